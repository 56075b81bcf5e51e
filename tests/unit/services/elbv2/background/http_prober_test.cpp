// Health checks as HTTP requests.
#include "services/elbv2/background/http_prober.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::elbv2;
using namespace std::chrono_literals;

namespace {

struct Scene {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::ScriptedNetwork network{thread};
    std::unique_ptr<http::Client> client = http::make_client(network);
    HTTPProber prober{network, *client, time};
    std::vector<ProbeResult> results;

    test::ScriptedConnection& begin() {
        prober.probe(
            {*network::Endpoint::parse("127.30.0.1:80"), "127.30.0.1:80", "/health", false, 5s},
            [this](const ProbeResult& result) { results.push_back(result); }
        );
        thread.settle();
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

TEST_CASE("prober: a check is a GET of the path by ELB-HealthChecker/2.0") {
    Scene scene;
    auto& target = scene.begin();
    target.connect();
    CHECK(target.sent().starts_with("GET /health HTTP/1.1\r\nHost: 127.30.0.1:80\r\n"));
    CHECK(target.sent().find("User-Agent: ELB-HealthChecker/2.0\r\n") != std::string::npos);
    target.receive("HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(scene.result().kind == ProbeResult::Kind::answered);
    CHECK(scene.result().status == 204);
    scene.time.run_for(60s);
    CHECK(scene.results.size() == 1);
}

TEST_CASE("prober: a refused connection is a failure") {
    Scene scene;
    scene.begin().break_off(network::CloseReason::refused);
    CHECK(scene.result().kind == ProbeResult::Kind::failed);
}

TEST_CASE("prober: the timeout covers the check as a whole") {
    Scene scene;
    auto& target = scene.begin();
    scene.time.run_for(3s);
    target.connect();
    target.receive("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    scene.time.run_for(1s);
    CHECK(scene.results.empty());
    scene.time.run_for(1s);
    CHECK(scene.result().kind == ProbeResult::Kind::timed_out);
    CHECK(target.is_closed());
}
