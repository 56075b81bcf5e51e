// Questions for another server, with the test as that server.
#include "services/route53/data/upstream.hpp"
#include "services/route53/limits.hpp"
#include "tests/support/scripted_connection.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

using namespace diorama;
using namespace diorama::route53;

namespace {

struct Scene {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::ScriptedNetwork network{thread};
    Upstream upstream{network, *network::Endpoint::parse("192.0.2.53:53")};
    std::vector<DNSMessage> responses;

    void ask(std::uint16_t id) {
        DNSMessage request;
        request.id = id;
        request.questions.push_back({name_of("www.example.net"), RecordType::a});
        upstream.ask(thread, serialize(request), [this](const std::string& bytes) {
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
