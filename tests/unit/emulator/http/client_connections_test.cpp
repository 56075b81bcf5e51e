// Which connection a request of the client goes out on, and which are kept.
#include "emulator/http/limits.hpp"
#include "tests/unit/emulator/http/scripted_upstream.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::http;
using test::Failures;
using test::Upstream;

TEST_CASE("client: an idle connection is used again, until its time is over") {
    Upstream upstream;
    upstream.warm_up();
    upstream.time.run_for(std::chrono::seconds(4));
    upstream.start(Upstream::get("/again"));
    CHECK(upstream.network.attempts.size() == 1);
    CHECK(upstream.call->reused_connection());
    CHECK(upstream.connection().sent() == "GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
    upstream.connection().receive("HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(upstream.done == Failures{UpstreamFailure::none});
    upstream.time.run_for(std::chrono::seconds(6));
    CHECK(upstream.connection().is_closed());
    upstream.start(Upstream::get());
    CHECK(upstream.network.attempts.size() == 2);
}

TEST_CASE("client: other targets and requests that do not want it get a new connection") {
    Upstream upstream;
    upstream.warm_up();
    auto elsewhere = Upstream::get();
    elsewhere.target.port = 8081;
    upstream.start(elsewhere);
    CHECK(upstream.network.attempts.size() == 2);
    auto fresh = Upstream::get();
    fresh.from_pool = false;
    upstream.start(fresh);
    CHECK(upstream.network.attempts.size() == 3);
}

TEST_CASE("client: connections that cannot be used again are closed") {
    for (const std::string_view answer :
         {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nand more"}) {
        CAPTURE(answer);
        Upstream upstream;
        upstream.start(Upstream::get());
        upstream.connection().connect();
        upstream.connection().receive(answer);
        CHECK(upstream.done == Failures{UpstreamFailure::none});
        CHECK(upstream.connection().is_closed());
    }
}

TEST_CASE("client: bytes on an idle connection close it") {
    Upstream upstream;
    upstream.warm_up();
    upstream.connection().receive("HTTP/1.1 408 Request Timeout\r\n\r\n");
    CHECK(upstream.connection().is_closed());
    upstream.start(Upstream::get());
    CHECK(upstream.network.attempts.size() == 2);
}

TEST_CASE("client: a request on a connection that turns out closed is repeated once") {
    Upstream upstream;
    upstream.warm_up();
    upstream.start(Upstream::get("/again"));
    upstream.connection(0).break_off(network::CloseReason::reset);
    CHECK(upstream.done.empty());
    REQUIRE(upstream.network.attempts.size() == 2);
    upstream.connection(1).connect();
    CHECK(upstream.connection(1).sent() == "GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_FALSE(upstream.call->reused_connection());
    upstream.connection(1).break_off(network::CloseReason::reset);
    CHECK(upstream.done == Failures{UpstreamFailure::reset});
    CHECK(upstream.network.attempts.size() == 2);
}

TEST_CASE("client: POST is not repeated, nor anything after the first byte of a response") {
    Upstream post;
    post.warm_up();
    auto request = Upstream::get();
    request.head.method = "POST";
    post.start(request);
    post.connection().receive_end();
    CHECK(post.done == Failures{UpstreamFailure::reset});

    Upstream begun;
    begun.warm_up();
    begun.start(Upstream::get());
    begun.connection().receive("HTTP");
    begun.connection().receive_end();
    CHECK(begun.done == Failures{UpstreamFailure::reset});
}

TEST_CASE("client: failures to connect are told apart") {
    for (const auto& [reason, failure] :
         {std::pair{network::CloseReason::refused, UpstreamFailure::connect_refused},
          std::pair{network::CloseReason::unreachable, UpstreamFailure::connect_timeout},
          std::pair{network::CloseReason::tls_failed, UpstreamFailure::tls_failed}}) {
        Upstream upstream;
        upstream.start(Upstream::get());
        upstream.connection().break_off(reason);
        CHECK(upstream.done == Failures{failure});
    }
    Upstream without_tls;
    auto request = Upstream::get();
    request.tls = true;
    without_tls.start(request);
    CHECK(without_tls.done == Failures{UpstreamFailure::tls_failed});
}

TEST_CASE("client: an answer before the request was sent costs the connection") {
    Upstream upstream;
    auto request = Upstream::get();
    request.head.method = "PUT";
    request.head.headers.add("Content-Length", "5");
    request.streams_body = true;
    upstream.start(request);
    upstream.connection().connect();
    upstream.connection().receive("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    CHECK(upstream.done == Failures{UpstreamFailure::none});
    CHECK(upstream.connection().is_closed());
    upstream.call->send_body("hello");
}

TEST_CASE("client: the next request may be started when the last one is done") {
    Upstream upstream;
    std::shared_ptr<OutboundCall> second;
    auto events = upstream.events();
    events.done = [&](UpstreamFailure) {
        second = upstream.client->start(upstream.thread, Upstream::get("/2"), upstream.events());
    };
    upstream.call = upstream.client->start(upstream.thread, Upstream::get("/1"), std::move(events));
    upstream.connection().connect();
    upstream.connection().receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(second);
    CHECK(second->reused_connection());
    CHECK(upstream.connection().sent().ends_with("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n"));
    upstream.connection().receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
    CHECK(upstream.done == Failures{UpstreamFailure::none});
}

TEST_CASE("client: so many idle connections to a target are kept, and the oldest one goes") {
    Upstream upstream;
    std::vector<std::shared_ptr<OutboundCall>> calls;
    for (std::size_t i = 0; i <= limits::idle_connections_max; ++i) {
        upstream.start(Upstream::get());
        calls.push_back(upstream.call);
        upstream.connection(i).connect();
    }
    for (std::size_t i = 0; i <= limits::idle_connections_max; ++i)
        upstream.connection(i).receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    CHECK(upstream.connection(0).is_closed());
    CHECK_FALSE(upstream.connection(1).is_closed());
    CHECK_FALSE(upstream.connection(limits::idle_connections_max).is_closed());
}

TEST_CASE("client: a request body that does not move fails the call though the response goes on") {
    Upstream upstream;
    auto request = Upstream::get();
    request.head.method = "PUT";
    request.head.headers.add("Content-Length", "1000000");
    request.streams_body = true;
    upstream.start(request);
    upstream.connection().connect();
    upstream.connection().hold_output();
    upstream.call->send_body(std::string(1000, 'x'));
    upstream.connection().receive("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 13 && upstream.done.empty(); ++i) {
        upstream.time.run_for(std::chrono::seconds(10));
        if (upstream.done.empty()) upstream.connection().receive("x");
    }
    CHECK(upstream.done == Failures{UpstreamFailure::response_timeout});
}
