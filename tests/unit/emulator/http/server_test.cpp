// Dialogues with the server over a scripted connection: what the client sends, what the handler
// sees and does, what the client gets.
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
    Handler handler;

    Server() {
        handler = [this](std::shared_ptr<Exchange> exchange) {
            exchanges.push_back(std::move(exchange));
        };
        options.refused = [this](int status, std::string_view reason, const Peer&) {
            refusals.push_back(std::to_string(status) + " " + std::string(reason));
        };
    }

    test::ScriptedConnection& connect() {
        client = std::make_unique<test::ScriptedConnection>(thread);
        client->attach(serve(handler, options)(*client));
        client->connect();
        return *client;
    }

    std::string answer_to(std::string_view bytes) {
        if (!client) connect();
        client->receive(bytes);
        return client->take_sent();
    }
};

Response text(std::string body, int status = 200) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

constexpr std::string_view date = "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n";

std::string ok(std::string_view fields, std::string_view body = {}) {
    return "HTTP/1.1 200 OK\r\n" + std::string(date) + std::string(fields) + "\r\n" +
           std::string(body);
}

} // namespace

TEST_CASE("server: a request is answered at once, head and body in one write") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        CHECK(exchange->request().target == "/a?b");
        CHECK(exchange->request().headers.get("host") == "x");
        CHECK(exchange->classification().tier == DesyncTier::compliant);
        CHECK_FALSE(exchange->has_body());
        CHECK_FALSE(exchange->content_length().has_value());
        auto response = text("hello");
        response.headers.add("Content-Type", "text/plain");
        exchange->respond(std::move(response));
    };
    CHECK(
        server.answer_to("GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n") ==
        ok("Content-Type: text/plain\r\nContent-Length: 5\r\n", "hello")
    );
    CHECK(server.client->flush_count() == 1);
    CHECK_FALSE(server.client->is_closed());
    CHECK(server.answer_to("GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("hello"));
}

TEST_CASE("server: an answer may come later") {
    Server server;
    CHECK(server.answer_to("GET / HTTP/1.1\r\n\r\n").empty());
    REQUIRE(server.exchanges.size() == 1);
    server.time.run_for(std::chrono::seconds(5));
    server.exchanges[0]->respond(text("late"));
    server.thread.settle();
    CHECK(server.client->sent().ends_with("\r\n\r\nlate"));
    CHECK(server.client->sent().find("00:00:05") != std::string::npos);
}

TEST_CASE("server: pipelined requests are handled one at a time, in order") {
    Server server;
    server.connect().receive("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HT");
    REQUIRE(server.exchanges.size() == 1);
    server.exchanges[0]->respond(text("one"));
    server.thread.settle();
    REQUIRE(server.exchanges.size() == 2);
    CHECK(server.exchanges[1]->request().target == "/2");
    server.client->receive("TP/1.1\r\n\r\n");
    REQUIRE(server.exchanges.size() == 2);
    server.exchanges[1]->respond(text("two"));
    server.thread.settle();
    REQUIRE(server.exchanges.size() == 3);
    CHECK(server.exchanges[2]->request().target == "/3");
}

TEST_CASE("server: pipelined requests answered at once leave in one write") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) { exchange->respond(text("x")); };
    server.connect().receive("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    CHECK(
        server.client->sent() == ok("Content-Length: 1\r\n", "x") + ok("Content-Length: 1\r\n", "x")
    );
    CHECK(server.client->flush_count() == 1);
}

TEST_CASE("server: a request may come byte by byte") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        exchange->collect_body(100, [exchange](BodyState state, std::string body, const Headers&) {
            CHECK(state == BodyState::complete);
            exchange->respond(text("<" + body + ">"));
        });
    };
    server.connect();
    for (const char c : std::string("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"))
        server.client->receive({&c, 1});
    CHECK(server.client->sent().ends_with("<body>"));
}

TEST_CASE("server: a chunked body is collected with its trailers") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        CHECK(exchange->has_body());
        CHECK_FALSE(exchange->content_length().has_value());
        exchange->collect_body(
            100,
            [exchange](BodyState state, std::string body, const Headers& trailers) {
                CHECK(state == BodyState::complete);
                exchange->respond(text(body + "," + std::string(trailers.get("x"))));
            }
        );
    };
    const auto answer =
        server.answer_to("POST / HTTP/1.1\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\nX: y\r\n\r\n"
                         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    CHECK(answer == ok("Content-Length: 6\r\n", "abcd,y") + ok("Content-Length: 1\r\n", ","));
}

TEST_CASE("server: collecting stops at the limit, and the rest is thrown away") {
    Server server;
    BodyState seen{};
    server.handler = [&](std::shared_ptr<Exchange> exchange) {
        exchange->collect_body(
            3,
            [&seen, exchange](BodyState state, std::string body, const Headers&) {
                seen = state;
                CHECK(body.empty());
                exchange->respond(text("", 413));
            }
        );
    };
    const auto answer =
        server.answer_to("POST / HTTP/1.1\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    CHECK(seen == BodyState::complete); // of the GET
    CHECK(answer.starts_with("HTTP/1.1 413 Content Too Large\r\n"));
    CHECK(answer.find("HTTP/1.1 413", 1) != std::string::npos);
}

TEST_CASE("server: a declared length over the limit is refused without asking for the body") {
    Server server;
    server.handler = [&](std::shared_ptr<Exchange> exchange) {
        exchange->collect_body(3, [exchange](BodyState state, std::string, const Headers&) {
            CHECK(state == BodyState::too_large);
            exchange->respond(text("", 413));
        });
    };
    const auto answer =
        server.answer_to("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 413"));
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(server.client->is_closed());
}

TEST_CASE("server: 100 Continue is sent when the handler asks for the body") {
    Server server;
    server.connect().receive("PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(server.client->sent().empty());
    REQUIRE(server.exchanges.size() == 1);
    std::string body;
    server.exchanges[0]->collect_body(10, [&](BodyState, std::string collected, const Headers&) {
        body = collected;
    });
    server.thread.settle();
    CHECK(server.client->take_sent() == "HTTP/1.1 100 Continue\r\n\r\n");
    server.client->receive("ok");
    CHECK(body == "ok");
    server.exchanges[0]->respond(text("fine"));
    server.thread.settle();
    CHECK_FALSE(server.client->is_closed());
}

TEST_CASE("server: 100 Continue is sent for an empty body too, if its length was given") {
    Server server;
    server.connect().receive("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(server.exchanges.size() == 1);
    bool is_complete = false;
    server.exchanges[0]->collect_body(10, [&](BodyState state, std::string, const Headers&) {
        is_complete = state == BodyState::complete;
    });
    server.thread.settle();
    CHECK(server.client->take_sent() == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(is_complete);
    server.exchanges[0]->respond(text("fine"));
    server.thread.settle();
    CHECK(server.client->take_sent().ends_with("fine"));
    CHECK_FALSE(server.client->is_closed());
}

TEST_CASE("server: a final answer instead of 100 Continue closes the connection") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) { exchange->respond(text("", 403)); };
    const auto answer =
        server.answer_to("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(server.client->is_closed());
}

TEST_CASE("server: a body nobody asked for is thrown away before the next request") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) { exchange->respond(text("x")); };
    server.connect().receive("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n01234");
    CHECK(server.client->take_sent().ends_with("x"));
    server.client->receive("56789GET / HTTP/1.1\r\n\r\n");
    CHECK(server.client->take_sent().ends_with("x"));
    CHECK_FALSE(server.client->is_closed());
    server.client->receive("POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n");
    CHECK(server.client->is_closed());
}

TEST_CASE("server: HEAD, 204 and 304 have no body") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        const auto path = exchange->request().path();
        exchange->respond(text("body", path == "/204" ? 204 : path == "/304" ? 304 : 200));
    };
    CHECK(server.answer_to("HEAD / HTTP/1.1\r\n\r\n") == ok("Content-Length: 4\r\n"));
    CHECK(
        server.answer_to("GET /204 HTTP/1.1\r\n\r\n") ==
        "HTTP/1.1 204 No Content\r\n" + std::string(date) + "\r\n"
    );
    CHECK(
        server.answer_to("GET /304 HTTP/1.1\r\n\r\n") ==
        "HTTP/1.1 304 Not Modified\r\n" + std::string(date) + "\r\n"
    );
}

TEST_CASE("server: a streamed answer without a length is chunked") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    auto& exchange = *server.exchanges.at(0);
    exchange.begin_response({200, {}, {{"X", "1"}}});
    exchange.send("hello");
    server.thread.settle();
    CHECK(server.client->flush_count() == 1);
    CHECK(
        server.client->take_sent() == ok("X: 1\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n")
    );
    exchange.send("");
    exchange.send(std::make_shared<const std::string>(std::string(20'000, 'a')), 1, 17'000);
    server.thread.settle();
    CHECK(server.client->take_sent() == "4268\r\n" + std::string(17'000, 'a') + "\r\n");
    exchange.end_response();
    server.thread.settle();
    CHECK(server.client->take_sent() == "0\r\n\r\n");
    CHECK_FALSE(server.client->is_closed());
}

TEST_CASE("server: a streamed head does not wait long for its body") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    server.exchanges.at(0)->begin_response({200, {}, {{"Content-Length", "3"}}});
    server.thread.settle();
    CHECK(server.client->take_sent() == ok("Content-Length: 3\r\n"));
    server.exchanges.at(0)->send("abcdef");
    server.exchanges.at(0)->end_response();
    server.thread.settle();
    CHECK(server.client->take_sent() == "abc");
}

TEST_CASE("server: an answer shorter than declared breaks the connection off") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    server.exchanges.at(0)->begin_response({200, {}, {{"Content-Length", "3"}}});
    server.exchanges.at(0)->send("a");
    server.exchanges.at(0)->end_response();
    server.thread.settle();
    CHECK(server.client->was_closed_abruptly());
}

TEST_CASE("server: HTTP/1.0 closes, unless it asks to keep the connection") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) { exchange->respond(text("x")); };
    CHECK(
        server.answer_to("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n") ==
        ok("Content-Length: 1\r\nConnection: keep-alive\r\n", "x")
    );
    CHECK(
        server.answer_to("GET / HTTP/1.0\r\n\r\n") ==
        ok("Content-Length: 1\r\nConnection: close\r\n", "x")
    );
    CHECK(server.client->is_closed());
}

TEST_CASE("server: to HTTP/1.0 a stream without length ends with the connection") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        exchange->begin_response({200, {}, {{"Transfer-Encoding", "chunked"}}});
        exchange->send("abc");
        exchange->end_response();
    };
    CHECK(
        server.answer_to("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") ==
        ok("Connection: close\r\n", "abc")
    );
    CHECK(server.client->is_closed());
}

TEST_CASE("server: Connection: close of either side is obeyed") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        auto response = text("");
        if (exchange->request().target == "/close") response.headers.add("Connection", "close");
        exchange->respond(std::move(response));
    };
    server.answer_to("GET /close HTTP/1.1\r\n\r\n");
    CHECK(server.client->is_closed());
    server.connect();
    CHECK(
        server.answer_to("GET / HTTP/1.1\r\nConnection: te, Close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"
        ) == ok("Content-Length: 0\r\nConnection: close\r\n")
    );
    CHECK(server.client->is_closed());
}

TEST_CASE("server: an exchange dropped without an answer answers 500") {
    Server server;
    server.connect().receive("GET / HTTP/1.1\r\n\r\n");
    server.exchanges.clear();
    server.thread.settle();
    CHECK(server.client->take_sent().starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    CHECK_FALSE(server.client->is_closed());
    server.client->receive("GET / HTTP/1.1\r\n\r\n");
    server.exchanges.at(0)->begin_response({200, {}, {}});
    server.exchanges.clear();
    server.thread.settle();
    CHECK(server.client->was_closed_abruptly());
}

TEST_CASE("server: a handler that throws has answered 500") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange>) { throw std::runtime_error("broken"); };
    CHECK(server.answer_to("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 500 "));
    CHECK(server.refusals == std::vector<std::string>{"500 broken"});
}

TEST_CASE("server: a value with a line end cannot add a field") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        auto response = text("");
        response.headers.add("Location", "/a\r\nSet-Cookie: x");
        exchange->respond(std::move(response));
    };
    const auto answer = server.answer_to("GET / HTTP/1.1\r\n\r\n");
    CHECK(answer.find("Location: /a  Set-Cookie: x\r\n") != std::string::npos);
}

TEST_CASE("server: interim responses come before the final one, but not for HTTP/1.0") {
    Server server;
    server.handler = [](std::shared_ptr<Exchange> exchange) {
        exchange->send_interim(103, {{"Link", "</a.css>"}});
        exchange->respond(text(""));
    };
    CHECK(
        server.answer_to("GET / HTTP/1.1\r\n\r\n") ==
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + ok("Content-Length: 0\r\n")
    );
    CHECK(server.answer_to("GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
}
