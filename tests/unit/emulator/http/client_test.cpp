// Dialogues of the client with upstreams that the test plays: requests out, responses in.
#include "tests/unit/emulator/http/scripted_upstream.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::http;
using test::Failures;
using test::Upstream;

TEST_CASE("client: a request goes out as it is, and its response comes in parts") {
    Upstream upstream;
    upstream.start(Upstream::get("/a?b"));
    CHECK(upstream.network.attempts.at(0).timeout == std::chrono::seconds(10));
    CHECK(upstream.connection().sent().empty());
    upstream.connection().connect();
    CHECK(upstream.connection().sent() == "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n");
    upstream.connection().receive("HTTP/1.1 200 OK\r\nContent-Len");
    CHECK_FALSE(upstream.head.has_value());
    upstream.connection().receive("gth: 5\r\n\r\nhe");
    REQUIRE(upstream.head.has_value());
    CHECK(upstream.head->status == 200);
    CHECK(upstream.body == "he");
    CHECK(upstream.done.empty());
    upstream.connection().receive("llo");
    CHECK(upstream.body == "hello");
    CHECK(upstream.done == Failures{UpstreamFailure::none});
    CHECK_FALSE(upstream.call->reused_connection());
}

TEST_CASE("client: bodies get a Content-Length, large ones are not copied behind the head") {
    Upstream upstream;
    auto request = Upstream::get();
    request.head.method = "POST";
    request.body = std::string(20'000, 'b');
    upstream.start(request);
    upstream.connection().connect();
    CHECK(
        upstream.connection().sent() ==
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n" + request.body
    );
}

TEST_CASE("client: silence, nonsense and cut bodies are told apart") {
    Upstream silent;
    silent.start(Upstream::get());
    silent.connection().connect();
    silent.time.run_for(std::chrono::seconds(59));
    CHECK(silent.done.empty());
    silent.time.run_for(std::chrono::seconds(2));
    CHECK(silent.done == Failures{UpstreamFailure::response_timeout});
    CHECK(silent.connection().is_closed());

    Upstream nonsense;
    nonsense.start(Upstream::get());
    nonsense.connection().connect();
    nonsense.connection().receive("SSH-2.0-OpenSSH\r\n");
    CHECK(nonsense.done == Failures{UpstreamFailure::malformed});

    Upstream cut;
    cut.start(Upstream::get());
    cut.connection().connect();
    cut.connection().receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    cut.connection().receive_end();
    CHECK(cut.body == "hel");
    CHECK(cut.done == Failures{UpstreamFailure::body_cut});
}

TEST_CASE("client: every byte of a response puts the timeout off") {
    Upstream upstream;
    upstream.start(Upstream::get());
    upstream.connection().connect();
    for (const char c : std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")) {
        upstream.time.run_for(std::chrono::seconds(50));
        upstream.connection().receive({&c, 1});
    }
    CHECK(upstream.done.empty());
    upstream.time.run_for(std::chrono::seconds(61));
    CHECK(upstream.done == Failures{UpstreamFailure::response_timeout});
}

TEST_CASE("client: chunked bodies are decoded, undeclared ones end with the connection") {
    Upstream upstream;
    upstream.start(Upstream::get());
    upstream.connection().connect();
    upstream.connection().receive(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n"
    );
    CHECK(upstream.body == "abc");
    CHECK(upstream.done == Failures{UpstreamFailure::none});
    CHECK_FALSE(upstream.connection().is_closed());

    upstream.start(Upstream::get());
    upstream.connection().receive("HTTP/1.1 200 OK\r\n\r\nall of");
    upstream.connection().receive(" it");
    CHECK(upstream.done.size() == 1);
    upstream.connection().receive_end();
    CHECK(upstream.body == "all of it");
    CHECK(upstream.done == Failures{UpstreamFailure::none, UpstreamFailure::none});
}

TEST_CASE("client: informational responses are skipped, HEAD has no body") {
    Upstream upstream;
    auto request = Upstream::get();
    request.head.method = "HEAD";
    upstream.start(request);
    upstream.connection().connect();
    upstream.connection().receive(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"
    );
    REQUIRE(upstream.head.has_value());
    CHECK(upstream.head->status == 200);
    CHECK(upstream.done == Failures{UpstreamFailure::none});
}

TEST_CASE("client: a streamed request body, also one given before the connection is there") {
    Upstream upstream;
    auto request = Upstream::get();
    request.head.method = "PUT";
    request.head.headers.add("Transfer-Encoding", "chunked");
    request.streams_body = true;
    upstream.start(request);
    upstream.call->send_body("early");
    CHECK(upstream.call->unsent_bytes() > 0);
    upstream.connection().connect();
    CHECK(
        upstream.connection().take_sent() ==
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n"
    );
    upstream.connection().hold_output();
    upstream.call->send_body(std::string(16, 'x'));
    bool drained = false;
    upstream.call->when_drained([&] { drained = true; });
    upstream.thread.settle();
    CHECK_FALSE(drained);
    upstream.connection().release_output();
    CHECK(drained);
    CHECK(upstream.connection().take_sent() == "10\r\n" + std::string(16, 'x') + "\r\n");
    upstream.call->end_body();
    upstream.thread.settle();
    CHECK(upstream.connection().sent() == "0\r\n\r\n");
}

TEST_CASE("client: a paused response waits in the upstream, and its end is not lost") {
    Upstream upstream;
    upstream.start(Upstream::get());
    upstream.connection().connect();
    upstream.call->pause();
    CHECK(upstream.connection().is_reading_paused());
    upstream.connection().receive("HTTP/1.1 200 OK\r\n\r\nabc");
    upstream.connection().receive_end();
    CHECK(upstream.done.empty());
    upstream.time.run_for(std::chrono::hours(1));
    CHECK(upstream.done.empty());
    upstream.call->resume();
    upstream.thread.settle();
    CHECK(upstream.body == "abc");
    CHECK(upstream.done == Failures{UpstreamFailure::none});
}

TEST_CASE("client: nothing comes after cancel, and dropping the call cancels it") {
    Upstream upstream;
    upstream.start(Upstream::get());
    upstream.connection().connect();
    auto& connection = upstream.connection();
    connection.receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh");
    upstream.call->cancel();
    upstream.thread.settle();
    CHECK(connection.is_closed());
    CHECK(upstream.done.empty());

    upstream.start(Upstream::get());
    upstream.call.reset();
    upstream.thread.settle();
    CHECK(upstream.connection(1).is_closed());
}

TEST_CASE("client: a call may be cancelled from its own callback") {
    Upstream upstream;
    auto events = upstream.events();
    events.body = [&upstream, kept = std::make_shared<int>(7)](std::string_view bytes) {
        upstream.call->cancel();
        upstream.body += bytes;
        CHECK(*kept == 7);
    };
    upstream.call = upstream.client->start(upstream.thread, Upstream::get(), std::move(events));
    upstream.connection().connect();
    upstream.connection().receive(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"
    );
    CHECK(upstream.body == "a");
    CHECK(upstream.done.empty());
}

TEST_CASE("client: after 101 the call is a tunnel") {
    Upstream upstream;
    auto request = Upstream::get();
    request.head.headers.add("Connection", "Upgrade");
    upstream.start(request);
    upstream.connection().connect();
    upstream.connection().take_sent();
    upstream.connection().receive("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello");
    REQUIRE(upstream.head.has_value());
    CHECK(upstream.head->status == 101);
    CHECK(upstream.body == "hello");
    upstream.call->send_body("frame");
    upstream.thread.settle();
    CHECK(upstream.connection().sent() == "frame");
    upstream.time.run_for(std::chrono::hours(1));
    CHECK(upstream.done.empty());
    upstream.connection().receive_end();
    CHECK(upstream.done == Failures{UpstreamFailure::none});
}

TEST_CASE("client: fetch gathers the response, and cuts it at the limit") {
    Upstream upstream;
    std::optional<Response> fetched;
    std::optional<UpstreamFailure> failure;
    const auto gather = [&](UpstreamFailure how, Response response) {
        failure = how;
        fetched = std::move(response);
    };
    auto call = upstream.client->fetch(upstream.thread, Upstream::get(), 3, gather);
    upstream.connection().connect();
    upstream.connection().receive("HTTP/1.1 201 Made\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc");
    REQUIRE(fetched.has_value());
    CHECK(failure == UpstreamFailure::none);
    CHECK(fetched->status == 201);
    CHECK(fetched->reason == "Made");
    CHECK(fetched->headers.get("X") == "1");
    CHECK(fetched->body == "abc");
    CHECK_FALSE(upstream.connection().is_closed());

    fetched.reset();
    call = upstream.client->fetch(upstream.thread, Upstream::get(), 3, gather);
    upstream.connection().receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcdef");
    REQUIRE(fetched.has_value());
    CHECK(fetched->body == "abc");
    CHECK(upstream.connection().is_closed());
}
