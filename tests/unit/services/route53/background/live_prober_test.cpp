// One probe on one connection, with the test as the endpoint.
#include "services/route53/background/live_prober.hpp"
#include "services/route53/limits.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::route53;
using namespace std::chrono_literals;

namespace {

using Ending = ProbeResult::Ending;

struct Scene {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::ScriptedNetwork network{thread};
    std::vector<network::Endpoint> reached{*network::Endpoint::parse("127.30.0.1:80")};
    LiveProber prober{network, nullptr, time, [this](std::string_view, std::uint16_t) {
                          return reached;
                      }};
    std::vector<ProbeResult> results;
    HealthProbe probe{
        HealthProbe::Protocol::http,
        "www.example.com",
        80,
        "www.example.com",
        "/health",
        {},
        {},
        "us-east-1",
        "Amazon-Route53-Health-Check-Service"
    };

    void start() {
        prober.probe(probe, [this](const ProbeResult& result) { results.push_back(result); });
        thread.settle();
    }

    test::ScriptedConnection& begin() {
        start();
        REQUIRE(network.attempts.size() == 1);
        return *network.attempts[0].connection;
    }

    ProbeResult result() {
        thread.settle();
        REQUIRE(results.size() == 1);
        return results[0];
    }
};

} // namespace

TEST_CASE("live_prober: a check is a GET with the Host and the User-Agent of the checker") {
    Scene scene;
    auto& endpoint = scene.begin();
    scene.time.run_for(5ms);
    endpoint.connect();
    CHECK(endpoint.sent().starts_with("GET /health HTTP/1.1\r\nHost: www.example.com\r\n"));
    CHECK(
        endpoint.sent().find("User-Agent: Amazon-Route53-Health-Check-Service\r\n") !=
        std::string::npos
    );
    scene.time.run_for(7ms);
    endpoint.receive("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n");
    const auto result = scene.result();
    CHECK(result.ending == Ending::completed);
    CHECK(result.status == 302);
    CHECK(result.connection_time == 5ms);
    CHECK(result.time_to_first_byte == 7ms);
    CHECK(result.resolved == network::IPAddress::v4(127, 30, 0, 1));
    CHECK(endpoint.is_closed());
}

TEST_CASE("live_prober: a TCP check is over with the connection") {
    Scene scene;
    scene.probe.protocol = HealthProbe::Protocol::tcp;
    auto& endpoint = scene.begin();
    endpoint.connect();
    CHECK(scene.result().ending == Ending::completed);
    CHECK(endpoint.sent().empty());
}

TEST_CASE("live_prober: four seconds for the connection, two more for the response") {
    Scene slow;
    slow.begin();
    slow.time.run_for(limits::probe_connect_timeout);
    CHECK(slow.result().ending == Ending::connect_timed_out);

    Scene silent;
    auto& endpoint = silent.begin();
    silent.time.run_for(3s);
    endpoint.connect();
    silent.time.run_for(1999ms);
    CHECK(silent.results.empty());
    silent.time.run_for(1ms);
    CHECK(silent.result().ending == Ending::response_timed_out);
}

TEST_CASE("live_prober: refused, broken off and malformed are failures of their own") {
    Scene refused;
    refused.begin().break_off(network::CloseReason::refused);
    CHECK(refused.result().ending == Ending::refused);

    Scene cut;
    auto& endpoint = cut.begin();
    endpoint.connect();
    endpoint.break_off(network::CloseReason::reset);
    CHECK(cut.result().ending == Ending::broken_off);

    Scene strange;
    auto& ssh = strange.begin();
    ssh.connect();
    ssh.receive("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    CHECK(strange.result().ending == Ending::broken_off);
}

TEST_CASE("live_prober: the search string must be in the first 5,120 bytes of the body") {
    const auto finds = [](const std::string& response) {
        Scene scene;
        scene.probe.search_string = "all is well";
        auto& endpoint = scene.begin();
        endpoint.connect();
        // In pieces, as it comes.
        for (std::size_t at = 0; at < response.size() && !endpoint.is_closed(); at += 1000)
            endpoint.receive(response.substr(at, 1000));
        scene.time.run_for(5s);
        const auto result = scene.result();
        CHECK(result.ending == Ending::completed);
        CHECK(result.status == 200);
        return result.found_search_string;
    };
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n";
    const std::string text = "all is well";
    CHECK(finds(head + text + std::string(6000 - text.size(), '.')));
    CHECK(finds(head + std::string(5120 - text.size(), '.') + text + std::string(880, '.')));
    CHECK_FALSE(finds(head + std::string(5121 - text.size(), '.') + text + std::string(879, '.')));
    CHECK(finds("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nall is\r\n5\r\n "
                "well\r\n0\r\n\r\n"));
    CHECK_FALSE(finds("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"));
}

TEST_CASE("live_prober: a body that does not come is waited for two more seconds") {
    Scene scene;
    scene.probe.search_string = "well";
    auto& endpoint = scene.begin();
    endpoint.connect();
    scene.time.run_for(1500ms);
    endpoint.receive("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
    scene.time.run_for(1999ms);
    CHECK(scene.results.empty());
    scene.time.run_for(1ms);
    CHECK(scene.result().ending == Ending::response_timed_out);
}

TEST_CASE("live_prober: a name without address is unresolved, an address elsewhere is not reached"
) {
    Scene scene;
    scene.reached.clear();
    scene.start();
    CHECK(scene.result().ending == Ending::unresolved);
    CHECK(scene.network.attempts.empty());

    Scene elsewhere;
    elsewhere.reached.clear();
    elsewhere.probe.target = "192.0.2.1";
    elsewhere.start();
    CHECK(elsewhere.result().ending == Ending::connect_timed_out);
}
