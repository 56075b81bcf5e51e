// Questions for another server, with the test as that server.
#include "services/route53/data/upstream.hpp"
#include "services/route53/limits.hpp"
#include "tests/support/scripted_connection.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

#include <set>

using namespace diorama;
using namespace diorama::route53;

namespace {

struct Scene {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::ScriptedNetwork network{thread};
    Upstream upstream{network, *network::Endpoint::parse("192.0.2.53:53"), Random(1)};
    std::vector<DNSMessage> responses;

    void ask(std::uint16_t id, Transport transport = Transport::tcp) {
        DNSMessage request;
        request.id = id;
        request.questions.push_back({name_of("www.example.net"), RecordType::a});
        upstream.ask(thread, serialize(request), transport, [this](const std::string& bytes) {
            const auto message = parse_message(bytes);
            REQUIRE(message.has_value());
            responses.push_back(*message);
        });
        thread.settle();
    }

    test::ScriptedConnection& server(std::size_t number = 0) {
        return *network.attempts.at(number).connection;
    }
};

std::string framed(const DNSMessage& message) {
    const auto bytes = serialize(message);
    std::string text;
    text += static_cast<char>(bytes.size() >> 8);
    text += static_cast<char>(bytes.size());
    return text + bytes;
}

DNSMessage answer_to(std::uint16_t id) {
    DNSMessage response;
    response.id = id;
    response.is_response = true;
    response.answers.push_back(
        {name_of("www.example.net"), RecordType::a, 60, wire_of(RecordType::a, "192.0.2.80")}
    );
    return response;
}

} // namespace

TEST_CASE("upstream: the response comes back as it is") {
    Scene scene;
    scene.ask(7);
    scene.server().connect();
    CHECK(scene.server().sent().size() > 2);
    scene.server().receive(framed(answer_to(7)));
    REQUIRE(scene.responses.size() == 1);
    CHECK(scene.responses[0] == answer_to(7));
    CHECK(scene.server().is_closed());
}

TEST_CASE("upstream: no response, a refused connection and somebody else's response are SERVFAIL") {
    Scene scene;
    scene.ask(1);
    scene.ask(2);
    scene.ask(3);
    scene.server(0).connect();
    scene.server(1).break_off(network::CloseReason::refused);
    scene.server(2).connect();
    scene.server(2).receive(framed(answer_to(99)));
    scene.time.run_for(limits::upstream_timeout);
    REQUIRE(scene.responses.size() == 3);
    for (const auto& response : scene.responses) {
        CHECK(response.rcode == Rcode::server_failure);
        CHECK(response.questions.size() == 1);
    }
}

TEST_CASE("upstream: only so many questions are under way at a time") {
    Scene scene;
    for (std::size_t i = 0; i <= limits::upstream_questions_per_thread_max; ++i)
        scene.ask(static_cast<std::uint16_t>(i));
    CHECK(scene.network.attempts.size() == limits::upstream_questions_per_thread_max);
    CHECK(scene.responses.size() == 1);
}

namespace {

constexpr auto by_datagram = Transport::udp;

// The request as it went out.
DNSMessage sent_to(const test::ScriptedNetwork::Exchange& exchange) {
    REQUIRE_FALSE(exchange.sent.empty());
    const auto message = parse_message(exchange.sent.back());
    REQUIRE(message.has_value());
    return *message;
}

DNSMessage reply_to(const test::ScriptedNetwork::Exchange& exchange) {
    auto response = answer_to(sent_to(exchange).id);
    response.questions = sent_to(exchange).questions;
    return response;
}

} // namespace

TEST_CASE("upstream: what came over UDP is asked over UDP, under an id and from a port of its own"
) {
    Scene scene;
    for (const std::uint16_t id : {std::uint16_t(7), std::uint16_t(8), std::uint16_t(9)})
        scene.ask(id, by_datagram);
    CHECK(scene.network.attempts.empty());
    REQUIRE(scene.network.exchanges.size() == 3);
    std::set<std::uint16_t> ids;
    std::set<std::uint16_t> ports;
    for (const auto& exchange : scene.network.exchanges) {
        CHECK(exchange.target == *network::Endpoint::parse("192.0.2.53:53"));
        CHECK(exchange.local_port >= 1024);
        ids.insert(sent_to(exchange).id);
        ports.insert(exchange.local_port);
    }
    CHECK(ids.size() == 3);
    CHECK(ports.size() == 3);
    CHECK_FALSE(ids.contains(7));
    auto& second = scene.network.exchanges[1];
    second.back(serialize(reply_to(second)));
    REQUIRE(scene.responses.size() == 1);
    CHECK(scene.responses[0].id == 8);
    CHECK(scene.responses[0].answers == reply_to(second).answers);
    CHECK(second.is_over);
    CHECK_FALSE(scene.network.exchanges[0].is_over);
}

TEST_CASE("upstream: what somebody guessed is no answer, and the true one still counts") {
    Scene scene;
    scene.ask(7, by_datagram);
    auto& exchange = scene.network.exchanges.at(0);
    auto other_id = reply_to(exchange);
    other_id.id ^= 1;
    auto other_name = reply_to(exchange);
    other_name.questions[0].name = name_of("www.example.org");
    auto question = reply_to(exchange);
    question.is_response = false;
    for (const auto& guess : {other_id, other_name, question})
        exchange.back(serialize(guess));
    for (const auto* bytes : {"", "x", "0123456789ab", "\0\1\x80\0"})
        exchange.back(std::string_view(bytes));
    CHECK(scene.responses.empty());
    // 0x20: a server may spell the name as it likes.
    auto spelled = reply_to(exchange);
    spelled.questions[0].name = name_of("WWW.Example.NET");
    exchange.back(serialize(spelled));
    CHECK(scene.responses.size() == 1);
}

TEST_CASE("upstream: a datagram is sent again until the time is over, and then it is SERVFAIL") {
    Scene scene;
    scene.ask(7, by_datagram);
    scene.time.run_for(limits::upstream_timeout - std::chrono::milliseconds(1));
    auto& exchange = scene.network.exchanges.at(0);
    CHECK(exchange.sent.size() == limits::upstream_tries);
    CHECK(std::set<std::string>(exchange.sent.begin(), exchange.sent.end()).size() == 1);
    CHECK(scene.responses.empty());
    scene.time.run_for(std::chrono::milliseconds(1));
    REQUIRE(scene.responses.size() == 1);
    CHECK(scene.responses[0].rcode == Rcode::server_failure);
    CHECK(scene.responses[0].id == 7);
    CHECK(exchange.is_over);
}

TEST_CASE("upstream: where nobody listens, that is SERVFAIL at once") {
    Scene scene;
    scene.ask(7, by_datagram);
    scene.network.exchanges.at(0).back(std::nullopt);
    REQUIRE(scene.responses.size() == 1);
    CHECK(scene.responses[0].rcode == Rcode::server_failure);
}

TEST_CASE("upstream: a port that is taken is no obstacle; without any, it is SERVFAIL in the end") {
    Scene scene;
    scene.network.ports_in_use = 3;
    scene.ask(7, by_datagram);
    CHECK(scene.network.exchanges.size() == 1);
    scene.network.ports_in_use = limits::upstream_port_tries;
    scene.ask(8, by_datagram);
    CHECK(scene.network.exchanges.size() == 1);
    scene.time.run_for(limits::upstream_timeout);
    CHECK(scene.responses.size() == 2);
}

TEST_CASE("upstream: questions over UDP and TCP share the limit, and give their places back") {
    Scene scene;
    const auto most = limits::upstream_questions_per_thread_max;
    for (std::size_t i = 0; i <= most; ++i)
        scene.ask(static_cast<std::uint16_t>(i), i % 2 == 0 ? Transport::tcp : by_datagram);
    CHECK(scene.network.attempts.size() + scene.network.exchanges.size() == most);
    CHECK(scene.responses.size() == 1);
    scene.time.run_for(limits::upstream_timeout);
    CHECK(scene.responses.size() == most + 1);
    scene.ask(7, by_datagram);
    CHECK(scene.network.exchanges.size() == most / 2 + 1);
}
