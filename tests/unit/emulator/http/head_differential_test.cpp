// Our reader against Beast's request parser: where both accept a head, they must see the same
// request; and whatever Beast accepts, ours must read too.
#include "emulator/http/framing.hpp"
#include "emulator/http/head_reader.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace diorama::http;

namespace {

// Pieces of requests, right and wrong, that are put together at random (but always the same ones).
const std::vector<std::string> request_lines = {
    "GET / HTTP/1.1\r\n",
    "POST /a%20b?c=d&e HTTP/1.1\r\n",
    "OPTIONS * HTTP/1.0\r\n",
    "GET http://host:80/x HTTP/1.1\r\n",
    "M-SEARCH /\xc3\xa9 HTTP/1.1\r\n",
    "GET  / HTTP/1.1\r\n",
    "GET /a b HTTP/1.1\r\n",
    "GET / HTTP/1.1\n",
    "\r\nGET / HTTP/1.1\r\n",
    "GET / HTTP/2.0\r\n",
    "GE T / HTTP/1.1\r\n",
};
const std::vector<std::string> fields = {
    "Host: example.com\r\n",
    "X-Empty:\r\n",
    "X-Blanks: \t a  b \t\r\n",
    "x-colon: a:b: c\r\n",
    "X-Obs: \x80\xff\r\n",
    "X-Fold: a\r\n b\r\n",
    "X Y: 1\r\n",
    "X-Bare: lf\n",
    ": nameless\r\n",
    "no colon\r\n",
    "X-Control: \x01\r\n",
    "Connection: keep-alive\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
};

struct Seen {
    bool accepts = false;
    std::string method;
    std::string target;
    Headers headers;
    std::size_t consumed = 0;
};

Seen ask_beast(const std::string& bytes) {
    namespace beast = boost::beast;
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.skip(true);
    beast::error_code error;
    Seen seen;
    seen.consumed = parser.put(boost::asio::buffer(bytes), error);
    seen.accepts = !error && parser.is_header_done();
    const auto text = [](beast::string_view from) { return std::string(from.data(), from.size()); };
    seen.method = text(parser.get().method_string());
    seen.target = text(parser.get().target());
    for (const auto& field : parser.get())
        seen.headers.add(text(field.name_string()), text(field.value()));
    return seen;
}

Seen ask_ours(const std::string& bytes) {
    HeadReader reader{HeadLimits{}};
    Seen seen;
    seen.accepts = reader.read(bytes) == HeadStatus::ok;
    if (!seen.accepts) return seen;
    auto head = to_request_head(reader.head());
    seen.method = head.method;
    seen.target = head.target;
    seen.headers = head.headers;
    seen.consumed = reader.consumed();
    return seen;
}

// Beast joins folded lines with one space.
std::string squeezed(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c != ' ' || result.empty() || result.back() != ' ') result += c;
    }
    return result;
}

} // namespace

TEST_CASE("head reader: sees the same requests as Beast") {
    std::uint32_t state = 1;
    const auto random = [&state] {
        state = state * 1'664'525 + 1'013'904'223;
        return state >> 16U;
    };
    const auto pick = [&](const std::vector<std::string>& from) {
        return from[random() % from.size()];
    };
    int accepted_by_both = 0;
    for (int round = 0; round < 5000; ++round) {
        auto bytes = pick(request_lines);
        for (auto count = random() % 4; count > 0; --count)
            bytes += pick(fields);
        bytes += "\r\nbody";
        CAPTURE(bytes);
        const auto beast = ask_beast(bytes);
        const auto ours = ask_ours(bytes);
        if (!beast.accepts) continue;
        REQUIRE(ours.accepts);
        ++accepted_by_both;
        CHECK(ours.method == beast.method);
        CHECK(ours.target == beast.target);
        CHECK(ours.consumed == beast.consumed);
        REQUIRE(ours.headers.size() == beast.headers.size());
        // Beast keeps fields of the same name together.
        for (const auto& field : ours.headers) {
            CHECK(
                squeezed(ours.headers.joined(field.name)) ==
                squeezed(beast.headers.joined(field.name))
            );
        }
    }
    CHECK(accepted_by_both > 500);
}
