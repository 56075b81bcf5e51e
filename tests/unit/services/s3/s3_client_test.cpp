// The client of s3_client.hpp; compiled with the tests of this service.
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

namespace diorama::s3::test {

std::string Answer::element(std::string_view name) const {
    const auto all = elements(name);
    return all.empty() ? std::string() : all.front();
}

std::vector<std::string> Answer::elements(std::string_view name) const {
    std::vector<std::string> found;
    const auto open = fmt::format("<{}>", name);
    const auto close = fmt::format("</{}>", name);
    for (auto at = body.find(open); at != body.npos; at = body.find(open, at)) {
        at += open.size();
        found.push_back(body.substr(at, body.find(close, at) - at));
    }
    return found;
}

Client::Client(const std::string& folder)
    : folder_(folder)
    , environment_{thread.time, thread, Random(1), metrics_, journal_, log_} {
    restart();
}

void Client::restart() {
    s3_.reset();
    Settings settings;
    settings.folder = folder_;
    settings.run_blocking = [this](std::function<void()> work) { thread.post(std::move(work)); };
    s3_ = std::make_unique<S3>(environment_, std::move(settings));
}

std::shared_ptr<diorama::test::FakeExchange> Client::start(
    const std::string& method,
    const std::string& target,
    http::Headers headers,
    std::vector<std::string> body
) {
    auto exchange = std::make_shared<diorama::test::FakeExchange>(
        thread,
        http::RequestHead{method, target, 11, std::move(headers)}
    );
    exchange->body.assign(body.begin(), body.end());
    s3_->serve(exchange);
    return exchange;
}

Answer Client::answer_of(const diorama::test::FakeExchange& exchange) {
    REQUIRE(exchange.is_complete);
    return {exchange.status, exchange.headers, exchange.sent};
}

Answer Client::send(
    const std::string& method,
    const std::string& target,
    http::Headers headers,
    std::string body
) {
    if (!headers.contains("host")) headers.add("Host", "localhost:4566");
    if (!headers.contains("authorization")) headers.add("Authorization", authorization);
    if (!headers.contains("content-length") && (method == "PUT" || method == "POST"))
        headers.add("Content-Length", std::to_string(body.size()));
    std::vector<std::string> pieces;
    if (!body.empty()) pieces = {body.substr(0, body.size() / 2), body.substr(body.size() / 2)};
    const auto exchange = start(method, target, std::move(headers), std::move(pieces));
    thread.run();
    return answer_of(*exchange);
}

void Client::put(const std::string& target, const std::string& body) {
    const auto answer = send("PUT", target, {}, body);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
}

void Client::make_public(const std::string& bucket) {
    REQUIRE(send("DELETE", "/" + bucket + "?publicAccessBlock").status == 204);
    const auto arn = "arn:aws:s3:::" + bucket;
    const auto policy =
        R"({"Statement": {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [")" +
        arn + R"(", ")" + arn + R"(/*"]}})";
    REQUIRE(send("PUT", "/" + bucket + "?policy", {}, policy).status == 204);
}

} // namespace diorama::s3::test
