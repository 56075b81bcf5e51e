// A client of one upstream that the test plays, and what its calls were told.
#pragma once

#include "emulator/http/client.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace diorama::test {

struct Upstream {
    VirtualTime time;
    FakeEdgeThread thread{time};
    ScriptedNetwork network{thread};
    std::unique_ptr<http::Client> client = http::make_client(network);

    std::shared_ptr<http::OutboundCall> call;
    std::optional<http::ResponseHead> head;
    std::string body;
    std::vector<http::UpstreamFailure> done;

    static http::OutboundRequest get(std::string target = "/") {
        http::OutboundRequest request;
        request.target.port = 8080;
        request.head.method = "GET";
        request.head.target = std::move(target);
        request.head.headers.add("Host", "x");
        return request;
    }

    http::ResponseEvents events() {
        return {
            [this](http::ResponseHead response) { head = std::move(response); },
            [this](std::string_view bytes) { body += bytes; },
            [this](http::UpstreamFailure failure) { done.push_back(failure); }
        };
    }

    void start(http::OutboundRequest request) {
        head.reset();
        body.clear();
        call = client->start(thread, std::move(request), events());
        thread.settle();
    }

    ScriptedConnection& connection(std::size_t attempt = 0) {
        return *network.attempts.at(attempt).connection;
    }

    // One exchange that leaves its connection in the pool.
    void warm_up() {
        start(get());
        connection().connect();
        connection().receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        connection().take_sent();
        REQUIRE(done == std::vector{http::UpstreamFailure::none});
        done.clear();
    }
};

using Failures = std::vector<http::UpstreamFailure>;

} // namespace diorama::test
