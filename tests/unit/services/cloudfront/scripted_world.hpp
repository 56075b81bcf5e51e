// What CloudFront needs of the world, played by the test: origins that answer when the test says
// so, addresses, and listeners that only remember.
#pragma once

#include "emulator/http/client.hpp"
#include "services/cloudfront/ports.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <set>

namespace diorama::cloudfront {

class ScriptedCall final : public http::OutboundCall {
public:
    ScriptedCall(http::OutboundRequest request, http::ResponseEvents events)
        : request(std::move(request))
        , events(std::move(events)) {}

    // What the origin does.

    void answer(int status, http::Headers headers, std::string_view body) {
        begin(status, std::move(headers));
        if (!body.empty()) send(body);
        finish();
    }

    void begin(int status, http::Headers headers) {
        if (!is_cancelled) events.head({status, {}, std::move(headers)});
    }

    void send(std::string_view body) {
        if (!is_cancelled) events.body(body);
    }

    void finish(http::UpstreamFailure failure = http::UpstreamFailure::none) {
        const auto done = std::exchange(events, {}).done;
        if (!is_cancelled) done(failure);
    }

    void send_body(std::string bytes) override { sent_body += bytes; }

    void end_body() override { is_body_complete = true; }

    std::size_t unsent_bytes() const override { return 0; }

    void when_drained(std::function<void()> drained) override { drained(); }

    void pause() override { is_paused = true; }

    void resume() override { is_paused = false; }

    void cancel() override {
        is_cancelled = true;
        events = {};
    }

    const network::Endpoint& target() const override { return request.target; }

    bool reused_connection() const override { return false; }

    http::OutboundRequest request;
    http::ResponseEvents events;
    std::string sent_body;
    bool is_body_complete = false;
    bool is_paused = false;
    bool is_cancelled = false;
};

class ScriptedClient final : public http::Client {
public:
    std::shared_ptr<http::OutboundCall>
    start(network::EdgeThread&, http::OutboundRequest request, http::ResponseEvents events)
        override {
        calls.push_back(std::make_shared<ScriptedCall>(std::move(request), std::move(events)));
        started_.push_back(calls.back());
        return calls.back();
    }

    std::shared_ptr<http::OutboundCall>
    fetch(network::EdgeThread&, http::OutboundRequest, std::size_t, Fetched) override {
        return {};
    }

    // The call that nobody has looked at yet.
    std::shared_ptr<ScriptedCall> next() {
        REQUIRE(!calls.empty());
        auto call = calls.front();
        calls.pop_front();
        return call;
    }

    // Ends those that are still under way, which hold whoever waits for them.
    void end_all() {
        for (const auto& started : started_) {
            const auto call = started.lock();
            if (call && call->events.done) call->finish(http::UpstreamFailure::reset);
        }
    }

    std::deque<std::shared_ptr<ScriptedCall>> calls;

private:
    std::vector<std::weak_ptr<ScriptedCall>> started_;
};

class ScriptedAddresses final : public OriginAddresses {
public:
    std::vector<network::Endpoint>
    endpoints_of(std::string_view domain_name, std::uint16_t port) override {
        asked.emplace_back(domain_name, port);
        if (domain_name.ends_with(".invalid")) return {};
        return {{network::IPAddress::v4(127, 0, 0, 9), port}};
    }

    std::vector<std::pair<std::string, std::uint16_t>> asked;
};

class ScriptedListeners final : public ViewerListeners {
public:
    void listen(const std::string& edge_location, http::Handler) override {
        edge_locations.insert(edge_location);
    }

    void publish(const std::string& host_name, const std::string&) override {
        host_names.insert(host_name);
    }

    void withdraw(const std::string& host_name) override { host_names.erase(host_name); }

    std::set<std::string> edge_locations;
    std::set<std::string> host_names;
};

} // namespace diorama::cloudfront
