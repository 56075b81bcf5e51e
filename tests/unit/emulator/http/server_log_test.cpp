#include "emulator/http/exchange.hpp"
#include "tests/support/recorded_log.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace diorama;
using namespace diorama::http;

namespace {

// The lines that this client causes.
std::vector<std::string> lines_for(std::string_view bytes, Handler handler) {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::RecordedLog log;
    ServerOptions options;
    options.log = &log;
    options.component = "elbv2";
    test::ScriptedConnection client(thread);
    client.attach(serve(std::move(handler), options)(client));
    client.connect();
    client.receive(bytes);
    return log.lines();
}

} // namespace

TEST_CASE("server: what is malformed is logged in one line, under the listener's name") {
    const auto never = [](const std::shared_ptr<Exchange>&) { CHECK(false); };
    const auto head = lines_for("GET / HTTP/1.1\r\nbroken\r\n\r\n", never);
    REQUIRE(head.size() == 1);
    CHECK(head[0].starts_with("note elbv2 refused a request of "));
    CHECK(head[0].find(": 400 ") != std::string::npos);

    const auto body = lines_for(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        [](const std::shared_ptr<Exchange>& exchange) {
            exchange->collect_body(9, [exchange](BodyState, std::string, const Headers&) {});
        }
    );
    REQUIRE(body.size() == 1);
    CHECK(body[0].ends_with(": 400 the body's chunked coding is broken"));
}

TEST_CASE("server: a handler that throws is logged as an error") {
    const auto lines = lines_for("GET / HTTP/1.1\r\n\r\n", [](const std::shared_ptr<Exchange>&) {
        throw std::runtime_error("a defect");
    });
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("error elbv2 "));
    CHECK(lines[0].ends_with(" broke: a defect"));
}
