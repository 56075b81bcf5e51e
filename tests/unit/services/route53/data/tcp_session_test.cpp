// Clients over TCP that do not behave.
#include "services/route53/data/tcp_session.hpp"
#include "services/route53/limits.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::route53;
using namespace std::chrono_literals;

namespace {

struct Scene {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    TCPSessions sessions;
    std::vector<std::string> asked;
    std::vector<network::Endpoint> clients;
    std::vector<TCPSession::Reply> owed;
    bool answers_later = false;
    std::vector<std::unique_ptr<test::ScriptedConnection>> connections;

    test::ScriptedConnection& open() {
        auto& connection =
            *connections.emplace_back(std::make_unique<test::ScriptedConnection>(thread));
        connection.attach(std::make_shared<TCPSession>(
            connection,
            sessions,
            [this](
                std::string_view request,
                const network::Endpoint& client,
                const TCPSession::Reply& reply
            ) {
                clients.push_back(client);
                asked.emplace_back(request);
                if (answers_later)
                    owed.push_back(reply);
                else
                    reply("answer to " + std::string(request));
            }
        ));
        connection.connect();
        return connection;
    }
};

std::string framed(const std::string& text) {
    std::string bytes;
    bytes += static_cast<char>(text.size() >> 8);
    bytes += static_cast<char>(text.size());
    return bytes + text;
}

} // namespace

TEST_CASE("tcp_session: a message that comes a byte at a time must come in time") {
    Scene scene;
    auto& slow = scene.open();
    const std::string large = framed(std::string(65'535, 'x'));
    std::size_t sent = 0;
    while (!slow.is_closed() && sent < large.size()) {
        slow.receive(large.substr(sent++, 1));
        scene.time.run_for(10ms);
    }
    CHECK(slow.is_closed());
    CHECK(sent <= limits::tcp_message_timeout / 10ms + 1);
    CHECK(scene.asked.empty());
    CHECK(scene.sessions.size() == 0);
}

TEST_CASE("tcp_session: a flood of connections costs the quiet ones theirs, no one else's") {
    Scene scene;
    auto& busy = scene.open();
    std::vector<test::ScriptedConnection*> quiet;
    for (std::size_t i = 0; i < limits::tcp_sessions_per_thread_max + 20; ++i) {
        quiet.push_back(&scene.open());
        if (i % 50 == 0) busy.receive(framed("question"));
        scene.thread.settle();
    }
    CHECK(scene.sessions.size() == limits::tcp_sessions_per_thread_max);
    CHECK_FALSE(busy.is_closed());
    CHECK(quiet.front()->is_closed());
    CHECK_FALSE(quiet.back()->is_closed());
    quiet.back()->receive(framed("late"));
    CHECK(scene.asked.back() == "late");
}

TEST_CASE("tcp_session: answers that come later are sent, also to one that has finished asking") {
    Scene scene;
    scene.answers_later = true;
    auto& client = scene.open();
    client.receive(framed("one") + framed("two"));
    client.receive_end();
    CHECK_FALSE(client.is_finished());
    REQUIRE(scene.owed.size() == 2);
    scene.owed[1]("second");
    scene.thread.settle();
    CHECK_FALSE(client.is_finished());
    scene.owed[0]("first");
    scene.thread.settle();
    CHECK(client.is_finished());
    CHECK(client.sent() == framed("second") + framed("first"));
}

// The address is known only once the connection is there.
TEST_CASE("tcp_session: who asks is whom the connection comes from") {
    Scene scene;
    auto& client = scene.open();
    const network::Endpoint remote{network::IPAddress::v4(127, 30, 0, 7), 40'000};
    client.set_endpoints({}, remote);
    client.receive(framed("question"));
    CHECK(scene.clients.at(0) == remote);
}

TEST_CASE("tcp_session: an answer to a client that has gone is nobody's") {
    Scene scene;
    scene.answers_later = true;
    auto& client = scene.open();
    client.receive(framed("one"));
    client.break_off(network::CloseReason::reset);
    CHECK(scene.sessions.size() == 0);
    scene.owed.at(0)("too late");
    CHECK(client.sent().empty());
}
