// What happens to a server connection besides plain requests: flow control, dangerous and broken
// requests, idleness, clients that leave, upgrades.
#include "emulator/http/exchange.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::http;

namespace {

struct Server {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    std::unique_ptr<test::ScriptedConnection> client;
    std::vector<std::shared_ptr<Exchange>> exchanges; // before the client goes
    std::vector<std::string> refusals;
    ServerOptions options;

    Server() {
        options.refused = [this](int status, std::string_view reason, const Peer&) {
            refusals.push_back(std::to_string(status) + " " + std::string(reason));
        };
    }

    test::ScriptedConnection& connect() {
        client = std::make_unique<test::ScriptedConnection>(thread);
        const auto accept = serve(
            [this](std::shared_ptr<Exchange> exchange) {
                exchanges.push_back(std::move(exchange));
            },
            options
        );
        client->attach(accept(*client));
        client->connect();
        return *client;
    }

    void respond(std::size_t index, std::string body = {}) {
        Response response;
        response.body = std::move(body);
        exchanges.at(index)->respond(std::move(response));
        thread.settle();
    }
};

struct Stream {
    std::string body;
    std::vector<BodyState> states;

    Exchange::Piece taker() {
        return [this](const BodyPiece& piece) {
            body += piece.bytes;
            states.push_back(piece.state);
        };
    }
};

// Speaks a protocol of one word.
struct Echo final : network::ConnectionEvents {
    explicit Echo(network::Connection& connection)
        : connection_(connection) {}

    std::size_t received(std::string_view bytes) override {
        connection_.write("echo:" + std::string(bytes));
        return bytes.size();
    }

    void closed(network::CloseReason reason) override { closed_for = reason; }

    std::optional<network::CloseReason> closed_for;
    network::Connection& connection_;
};

} // namespace

TEST_CASE("server flow: a streamed body comes piece by piece") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nab");
    Stream stream;
    server.exchanges.at(0)->stream_body(stream.taker());
    server.thread.settle();
    CHECK(stream.body == "ab");
    server.client->receive("cdefGET");
    CHECK(stream.body == "abcdef");
    CHECK(stream.states == std::vector{BodyState::more, BodyState::complete});
}

TEST_CASE("server flow: a paused body waits in the client") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n");
    Stream stream;
    auto& exchange = *server.exchanges.at(0);
    exchange.stream_body(stream.taker());
    exchange.pause_body();
    server.thread.settle();
    CHECK(server.client->is_reading_paused());
    server.client->receive("abcdef");
    CHECK(stream.body.empty());
    exchange.resume_body();
    server.thread.settle();
    CHECK_FALSE(server.client->is_reading_paused());
    CHECK(stream.body == "abcdef");
}

TEST_CASE("server flow: pausing within a piece keeps what is left of the bytes") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    auto& exchange = *server.exchanges.at(0);
    std::vector<std::string> pieces;
    exchange.stream_body([&](const BodyPiece& piece) {
        pieces.emplace_back(piece.bytes);
        exchange.pause_body();
    });
    server.thread.settle();
    server.client->receive("1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
    CHECK(pieces == std::vector<std::string>{"a"});
    exchange.resume_body();
    server.thread.settle();
    CHECK(pieces == std::vector<std::string>{"a", "b"});
    exchange.resume_body();
    server.thread.settle();
    CHECK(pieces == std::vector<std::string>{"a", "b", ""});
}

TEST_CASE("server flow: much that cannot be used stops the reading") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    server.client->receive("GET /2 HTTP/1.1\r\n\r\n" + std::string(70'000, '\n'));
    CHECK(server.client->is_reading_paused());
    server.respond(0);
    REQUIRE(server.exchanges.size() == 2);
    CHECK(server.client->is_reading_paused());
}

TEST_CASE("server flow: unsent bytes are counted, and their leaving is told once") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    server.client->hold_output();
    auto& exchange = *server.exchanges.at(0);
    exchange.begin_response({200, {}, {{"Content-Length", "200000"}}});
    exchange.send(std::string(100'000, 'x'));
    int drained = 0;
    exchange.when_drained([&] { ++drained; });
    server.thread.settle();
    CHECK(exchange.unsent_bytes() > 100'000);
    CHECK(drained == 0);
    server.client->release_output();
    CHECK(drained == 1);
    CHECK(exchange.unsent_bytes() == 0);
    exchange.when_drained([&] { ++drained; });
    CHECK(drained == 1);
    server.thread.settle();
    CHECK(drained == 2);
}

TEST_CASE("server desync: defensive refuses severe requests and closes after ambiguous ones") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    CHECK(server.client->sent().starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(server.client->is_closed());
    CHECK(server.refusals == std::vector<std::string>{"400 MultipleContentLength"});
    CHECK(server.exchanges.empty());

    server.connect().receive(
        "POST / HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    );
    REQUIRE(server.exchanges.size() == 1);
    CHECK(server.exchanges[0]->classification().reason == DesyncReason::both_te_cl_present);
    server.respond(0);
    CHECK(server.client->is_closed());
}

TEST_CASE("server desync: strictest refuses what is not compliant, monitor refuses nothing readable"
) {
    const std::string acceptable = "GET / HTTP/1.1\r\nX Y: 1\r\n\r\n";
    const std::string severe = "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n";
    Server strictest;
    strictest.options.desync = DesyncMitigation::strictest;
    strictest.connect().receive(acceptable);
    CHECK(strictest.refusals == std::vector<std::string>{"400 NonCompliantHeader"});

    Server monitor;
    monitor.options.desync = DesyncMitigation::monitor;
    monitor.connect().receive(severe);
    REQUIRE(monitor.exchanges.size() == 1);
    CHECK(monitor.exchanges[0]->classification().reason == DesyncReason::bad_header);
    monitor.respond(0);
    CHECK_FALSE(monitor.client->is_closed());
    monitor.client->receive("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n");
    CHECK(monitor.refusals == std::vector<std::string>{"400 the length of the body is unclear"});
}

TEST_CASE("server limits: too long, too large, too new, unknown codings") {
    Server server;
    server.options.error_response = [](int status, std::string_view) {
        Response response;
        response.status = status == 431 ? 413 : status;
        return response;
    };
    server.connect().receive("GET /" + std::string(17'000, 'a'));
    CHECK(server.client->sent().starts_with("HTTP/1.1 414 "));
    server.connect().receive("GET / HTTP/1.1\r\nX: " + std::string(17'000, 'a'));
    CHECK(server.client->sent().starts_with("HTTP/1.1 413 "));
    server.connect().receive("GET / HTTP/2.0\r\n\r\n");
    CHECK(server.client->sent().starts_with("HTTP/1.1 505 "));
    server.connect().receive("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
    CHECK(server.client->sent().starts_with("HTTP/1.1 501 "));
    server.connect().receive("\x16\x03\x01\x02");
    CHECK(server.client->sent().starts_with("HTTP/1.1 400 "));
    CHECK(server.client->is_closed());
    CHECK(server.exchanges.empty());
    CHECK(server.refusals.size() == 5);
}

TEST_CASE("server: broken chunks are told to the handler, and answered 400 if it says nothing") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    Stream stream;
    server.exchanges.at(0)->stream_body(stream.taker());
    server.thread.settle();
    CHECK(stream.states == std::vector{BodyState::malformed});
    server.exchanges.clear();
    server.thread.settle();
    CHECK(server.client->sent().starts_with("HTTP/1.1 400 "));
    CHECK(server.client->is_closed());
}

TEST_CASE("server idleness: a silent connection is closed, a begun request gets 408") {
    Server server;
    server.connect();
    server.time.run_for(std::chrono::seconds(59));
    CHECK_FALSE(server.client->is_closed());
    server.time.run_for(std::chrono::seconds(1));
    CHECK(server.client->is_closed());
    CHECK(server.client->sent().empty());

    server.connect().receive("GET / HT");
    server.time.run_for(std::chrono::seconds(60));
    CHECK(server.client->sent().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    CHECK(server.client->is_closed());
}

TEST_CASE("server idleness: every byte is a sign of life, and a handler may think for long") {
    Server server;
    server.connect();
    for (const char c : std::string("GET / HTTP/1.1\r\n\r\n")) {
        server.time.run_for(std::chrono::seconds(50));
        server.client->receive({&c, 1});
    }
    server.time.run_for(std::chrono::hours(1));
    CHECK_FALSE(server.client->is_closed());
    server.respond(0);
    server.time.run_for(std::chrono::seconds(59));
    CHECK_FALSE(server.client->is_closed());
    server.time.run_for(std::chrono::seconds(2));
    CHECK(server.client->is_closed());
}

TEST_CASE("server idleness: a body that stops coming is aborted and answered 408") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nab");
    Stream stream;
    server.exchanges.at(0)->stream_body(stream.taker());
    server.time.run_for(std::chrono::seconds(60));
    CHECK(stream.states == std::vector{BodyState::more, BodyState::aborted});
    CHECK(server.client->sent().starts_with("HTTP/1.1 408 "));
}

TEST_CASE("server idleness: a client that stops reading is cut off") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    server.client->hold_output();
    server.exchanges.at(0)->begin_response({200, {}, {}});
    server.exchanges.at(0)->send("never read");
    bool abandoned = false;
    server.exchanges.at(0)->when_abandoned([&] { abandoned = true; });
    server.time.run_for(std::chrono::seconds(121));
    CHECK(server.client->is_closed());
    CHECK(abandoned);
}

TEST_CASE("server: a handler is told when the client goes away") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nab");
    Stream stream;
    int abandoned = 0;
    server.exchanges.at(0)->stream_body(stream.taker());
    server.exchanges.at(0)->when_abandoned([&] { ++abandoned; });
    server.thread.settle();
    server.client->break_off(network::CloseReason::reset);
    CHECK(stream.states == std::vector{BodyState::more, BodyState::aborted});
    CHECK(abandoned == 1);
    server.respond(0, "to nobody");
    CHECK(server.client->sent().empty());
}

TEST_CASE("server: a client that has finished sending still gets its answers") {
    Server server;
    server.connect().receive("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    server.client->receive_end();
    CHECK_FALSE(server.client->is_closed());
    server.respond(0, "one");
    REQUIRE(server.exchanges.size() == 2);
    server.respond(1, "two");
    CHECK(server.client->sent().ends_with("two"));
    CHECK(server.client->is_closed());

    server.connect().receive_end();
    CHECK(server.client->is_closed());
}

TEST_CASE("server: finishing in the middle of a body aborts it") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nab");
    Stream stream;
    server.exchanges.at(0)->stream_body(stream.taker());
    server.thread.settle();
    server.client->receive_end();
    CHECK(stream.states == std::vector{BodyState::more, BodyState::aborted});
    server.respond(0, "too bad");
    CHECK(server.client->sent().ends_with("too bad"));
    CHECK(server.client->is_closed());
}

TEST_CASE("server: a request given up because its body ended early is answered 400") {
    Server server;
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nab");
    Stream stream;
    server.exchanges.at(0)->stream_body(stream.taker());
    server.thread.settle();
    server.client->receive_end();
    server.exchanges.clear();
    server.thread.settle();
    CHECK(server.client->sent().starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(server.client->is_closed());
}

TEST_CASE("server: finishing can be taken for leaving") {
    Server server;
    server.options.half_close_abandons = true;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    bool abandoned = false;
    server.exchanges.at(0)->when_abandoned([&] { abandoned = true; });
    server.client->receive_end();
    CHECK(abandoned);
    CHECK(server.client->is_closed());
}

TEST_CASE("server: abort breaks the connection off") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    server.exchanges.at(0)->abort();
    server.thread.settle();
    CHECK(server.client->was_closed_abruptly());
    CHECK(server.client->sent().empty());
}

TEST_CASE("server: after an upgrade everything belongs to the other protocol") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\nUpgrade: echo\r\n\r\nearly");
    auto& exchange = *server.exchanges.at(0);
    const auto echo = std::make_shared<Echo>(exchange.connection());
    exchange.upgrade({101, {}, {{"Connection", "Upgrade"}, {"Upgrade", "echo"}}}, echo);
    server.thread.settle();
    CHECK(
        server.client->take_sent() ==
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\necho:early"
    );
    server.client->receive("GET / HTTP/1.1\r\n\r\n");
    CHECK(server.client->take_sent() == "echo:GET / HTTP/1.1\r\n\r\n");
    server.time.run_for(std::chrono::hours(1));
    CHECK_FALSE(server.client->is_closed());
    server.client->break_off(network::CloseReason::reset);
    CHECK(echo->closed_for == network::CloseReason::reset);
}

TEST_CASE("server: the peer is described, and the request dated by its first byte") {
    Server server;
    server.connect().receive("G");
    const auto began = server.time.now();
    server.time.run_for(std::chrono::seconds(3));
    server.client->receive("ET / HTTP/1.1\r\n\r\n");
    CHECK(server.exchanges.at(0)->received_at() == began);
    CHECK(server.exchanges.at(0)->peer().client.port == 50'000);
    CHECK(server.exchanges.at(0)->peer().local.port == 80);
}
