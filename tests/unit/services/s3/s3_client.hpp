// A whole S3 with a client in front of it, for tests: requests go in as heads and bodies, responses
// come out, without sockets. With a folder it keeps everything there and its worker is the posting
// of virtual time.
#pragma once

#include "services/s3/s3.hpp"
#include "tests/support/fake_exchange.hpp"

#include <memory>
#include <string>
#include <vector>

namespace diorama::s3::test {

struct Answer {
    int status = 0;
    http::Headers headers;
    std::string body;

    std::string header(std::string_view name) const { return std::string(headers.get(name)); }

    // The text of the first element of that name; empty without.
    std::string element(std::string_view name) const;
    // Of all of them.
    std::vector<std::string> elements(std::string_view name) const;
};

// What a client named "test" signs with; nobody verifies it.
inline constexpr auto authorization =
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0";

class Client {
public:
    explicit Client(const std::string& folder = {});

    S3& s3() { return *s3_; }

    // As a new process finds it after the old one was killed.
    void restart();

    // Path style, signed by "test", host localhost:4566.
    Answer send(
        const std::string& method,
        const std::string& target,
        http::Headers headers = {},
        std::string body = {}
    );
    // Exactly these headers; the body in these pieces.
    std::shared_ptr<diorama::test::FakeExchange> start(
        const std::string& method,
        const std::string& target,
        http::Headers headers,
        std::vector<std::string> body
    );
    static Answer answer_of(const diorama::test::FakeExchange& exchange);
    void put(const std::string& target, const std::string& body);
    // Lets everybody read and list a bucket.
    void make_public(const std::string& bucket);

    diorama::test::ExchangeThread thread;

private:
    std::string folder_;
    SilentLog log_;
    DiscardedMetrics metrics_;
    ForgetfulJournal journal_;
    Environment environment_;
    std::unique_ptr<S3> s3_;
};

} // namespace diorama::s3::test
