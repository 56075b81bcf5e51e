// A load balancer node between a scripted client and scripted targets, with the real HTTP server
// and client in between.
#include "services/elbv2/data/load_balancer_node.hpp"
#include "tests/support/scripted_connection.hpp"
#include "tests/unit/services/elbv2/recorded_metrics.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::elbv2;
using namespace std::chrono_literals;

namespace {

constexpr auto zone = "us-east-1a";
const std::string of_zone = std::string(" ") + zone + " app/web/1";
const std::string of_group = " app/web/1 targetgroup/web/2";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct Scene {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::ScriptedNetwork network{thread};
    RecordedMetrics metrics;
    SilentLog log;
    std::unique_ptr<http::Client> client = http::make_client(network);
    std::shared_ptr<TargetGroup> group = std::make_shared<TargetGroup>();
    std::shared_ptr<LoadBalancer> load_balancer = std::make_shared<LoadBalancer>();
    std::shared_ptr<Published<LoadBalancer>> published;
    std::shared_ptr<LoadBalancerNode> node;
    std::vector<std::unique_ptr<test::ScriptedConnection>> clients;

    Scene() {
        const SeriesOwner owner{"000000000000", "us-east-1", "app/web/1", zone};
        group->live = std::make_shared<LiveTargetGroup>();
        group->pools.emplace_back();
        add_target("127.0.0.2:80");
        add_target("127.0.0.3:80");
        group->series[zone] = target_group_series(metrics, owner, "targetgroup/web/2");
        load_balancer->dns_name = "web-1.us-east-1.elb.amazonaws.com";
        load_balancer->zones = {zone};
        load_balancer->series[zone] = load_balancer_series(metrics, owner);
        load_balancer->listeners[80].rules = {{0, {}, ForwardAction{{{group, 1}}}}};
    }

    // Requests under way end with their clients.
    ~Scene() {
        for (const auto& viewer : clients)
            if (!viewer->is_closed()) viewer->break_off(network::CloseReason::reset);
        thread.settle();
    }

    void add_target(const std::string& endpoint) {
        group->pools[0].targets.push_back(
            {endpoint, 80, zone, *network::Endpoint::parse(endpoint), std::make_shared<LiveTarget>()
            }
        );
        group->sharing_targets = group->pools[0].targets.size();
    }

    test::ScriptedConnection& connect() {
        if (node == nullptr) {
            published = std::make_shared<Published<LoadBalancer>>(load_balancer);
            node = std::make_shared<LoadBalancerNode>(
                zone,
                published,
                LoadBalancerNode::Surroundings{*client, metrics, log, 1},
                Random(1)
            );
        }
        auto& connection =
            *clients.emplace_back(std::make_unique<test::ScriptedConnection>(thread));
        connection.set_endpoints(
            *network::Endpoint::parse("127.10.0.1:80"),
            *network::Endpoint::parse("192.0.2.9:4711")
        );
        connection.attach(node->accept(80)(connection));
        connection.connect();
        return connection;
    }

    test::ScriptedConnection& target(std::size_t attempt) {
        REQUIRE(network.attempts.size() > attempt);
        return *network.attempts[attempt].connection;
    }
};

std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: www.example.com\r\n\r\n";
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("node: a request goes to a target and its answer comes back") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(get("/a?b=c"));
    auto& target = scene.target(0);
    CHECK(scene.network.attempts[0].timeout == 10s);
    target.connect();
    CHECK(target.sent().starts_with("GET /a?b=c HTTP/1.1\r\n"));
    CHECK(contains(target.sent(), "X-Forwarded-For: 192.0.2.9\r\n"));
    CHECK(contains(target.sent(), "Host: www.example.com\r\n"));
    target.receive(ok);
    CHECK(viewer.sent().starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(viewer.sent().ends_with("\r\n\r\nok"));
    CHECK_FALSE(viewer.is_closed());
    CHECK(scene.metrics.sum("RequestCount app/web/1") == 1);
    CHECK(scene.metrics.sum("RequestCount" + of_zone) == 1);
    CHECK(scene.metrics.sum("RequestCount" + of_group) == 1);
    CHECK(scene.metrics.sum("RequestCountPerTarget targetgroup/web/2") == 0.5);
    CHECK(scene.metrics.sum("HTTPCode_Target_2XX_Count" + of_group) == 1);
    CHECK(scene.metrics.sum("NewConnectionCount" + of_zone) == 1);
    CHECK(scene.metrics.sum("ProcessedBytes" + of_zone) > 100);
}

TEST_CASE("node: requests take turns, and connections to targets are used again") {
    Scene scene;
    auto& viewer = scene.connect();
    for (int i = 0; i < 4; ++i) {
        viewer.receive(get("/"));
        auto& target = scene.target(static_cast<std::size_t>(i % 2));
        if (i < 2) target.connect();
        target.receive(ok);
    }
    CHECK(scene.network.attempts.size() == 2);
    CHECK(scene.network.attempts[0].target != scene.network.attempts[1].target);
}

TEST_CASE("node: with stickiness an answer's cookie leads back to its target") {
    Scene scene;
    scene.group->stickiness = Stickiness{1h, ""};
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).connect();
    scene.target(0).receive(ok);
    const auto& sent = viewer.sent();
    const auto begin = sent.find("Set-Cookie: AWSALB=");
    REQUIRE(begin != std::string::npos);
    CHECK(contains(sent, "Set-Cookie: AWSALBCORS="));
    const auto cookie = sent.substr(begin + 12, sent.find(';', begin) - begin - 12);
    for (int i = 0; i < 3; ++i) {
        viewer.receive("GET / HTTP/1.1\r\nHost: www.example.com\r\nCookie: " + cookie + "\r\n\r\n");
        CHECK(contains(scene.target(0).sent(), "Cookie: " + cookie));
        scene.target(0).receive(ok);
    }
    CHECK(scene.network.attempts.size() == 1);
    CHECK(scene.metrics.sum("NonStickyRequestCount app/web/1") == 1);
    CHECK(scene.metrics.sum("RequestCount app/web/1") == 4);
}

TEST_CASE("node: a target that refuses the connection is a 502") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).break_off(network::CloseReason::refused);
    scene.thread.settle();
    CHECK(viewer.sent().starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    CHECK(contains(viewer.sent(), "Content-Length: 122\r\n"));
    CHECK(contains(viewer.sent(), "Server: awselb/2.0\r\n"));
    CHECK(scene.metrics.sum("HTTPCode_ELB_502_Count" + of_zone) == 1);
    CHECK(scene.metrics.sum("HTTPCode_ELB_5XX_Count app/web/1") == 1);
    CHECK(scene.metrics.sum("TargetConnectionErrorCount" + of_group) == 1);
    CHECK(scene.group->pools[0].targets[0].live->outstanding == 0);
}

TEST_CASE("node: a target that closes instead of answering is a 502") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).connect();
    scene.target(0).receive_end();
    scene.thread.settle();
    CHECK(viewer.sent().starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
}

TEST_CASE("node: a target that says nothing within the idle timeout is a 504") {
    Scene scene;
    scene.load_balancer->attributes.idle_timeout = 20s;
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).connect();
    scene.time.run_for(19s);
    CHECK(viewer.sent().empty());
    CHECK(scene.group->pools[0].targets[0].live->outstanding == 1);
    scene.time.run_for(4s);
    CHECK(viewer.sent().starts_with("HTTP/1.1 504 Gateway Time-out\r\n"));
    CHECK(scene.metrics.sum("HTTPCode_ELB_504_Count" + of_zone) == 1);
}

TEST_CASE("node: no targets at all is a 503 and counts no request") {
    Scene scene;
    scene.group->pools[0].targets.clear();
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    CHECK(viewer.sent().starts_with("HTTP/1.1 503 Service Temporarily Unavailable\r\n"));
    CHECK(contains(viewer.sent(), "Content-Length: 162\r\n"));
    CHECK(scene.metrics.sum("HTTPCode_ELB_503_Count" + of_zone) == 1);
    CHECK(scene.metrics.sum("RequestCount" + of_zone) == 0);
}

TEST_CASE("node: a response that breaks off breaks the client's connection off") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).connect();
    scene.target(0).receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    CHECK(contains(viewer.sent(), "half"));
    scene.target(0).receive_end();
    scene.thread.settle();
    CHECK(viewer.is_closed());
    CHECK(scene.group->pools[0].targets[0].live->outstanding == 0);
}

TEST_CASE("node: a client that goes away is counted as 460 and its request cancelled") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).connect();
    viewer.break_off(network::CloseReason::reset);
    scene.thread.settle();
    CHECK(scene.target(0).is_closed());
    CHECK(scene.metrics.sum("HTTPCode_ELB_4XX_Count" + of_zone) == 1);
    CHECK(scene.group->pools[0].targets[0].live->outstanding == 0);
}

TEST_CASE("node: a request body is streamed in its own framing") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
    scene.target(0).connect();
    CHECK(contains(scene.target(0).sent(), "Content-Length: 6\r\n"));
    CHECK(scene.target(0).sent().ends_with("\r\n\r\nabc"));
    viewer.receive("def");
    CHECK(scene.target(0).sent().ends_with("\r\n\r\nabcdef"));
    scene.target(0).receive(ok);
    viewer.receive(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    );
    scene.target(1).connect();
    CHECK(contains(scene.target(1).sent(), "Transfer-Encoding: chunked\r\n"));
    CHECK(scene.target(1).sent().ends_with("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
}

TEST_CASE("node: a slow client stops the target, a slow target stops the client") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).connect();
    viewer.hold_output();
    scene.target(0).receive("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    scene.target(0).receive(std::string(400'000, 'x'));
    CHECK(scene.target(0).is_reading_paused());
    viewer.release_output();
    scene.thread.settle();
    CHECK_FALSE(scene.target(0).is_reading_paused());

    auto& sender = scene.connect();
    sender.receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
    scene.target(1).connect();
    scene.target(1).hold_output();
    sender.receive(std::string(400'000, 'y'));
    CHECK(sender.is_reading_paused());
    scene.target(1).release_output();
    scene.thread.settle();
    CHECK_FALSE(sender.is_reading_paused());
}

TEST_CASE("node: an ambiguous request is forwarded and both connections closed after it") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nhi\r\n0\r\n\r\n"
    );
    scene.target(0).connect();
    CHECK_FALSE(contains(scene.target(0).sent(), "Content-Length"));
    scene.target(0).receive(ok);
    scene.thread.settle();
    CHECK(contains(viewer.sent(), "200 OK"));
    CHECK(viewer.is_closed());
    CHECK(scene.target(0).is_closed());
    CHECK(scene.metrics.sum("DesyncMitigationMode_NonCompliant_Request_Count" + of_zone) == 1);
}

TEST_CASE("node: redirects and fixed responses are answered and counted without a target") {
    Scene scene;
    scene.load_balancer->listeners[80].rules.insert(
        scene.load_balancer->listeners[80].rules.begin(),
        {{1,
          {PathPatternCondition{{"/r"}}},
          RedirectAction{.protocol = "HTTPS", .port = "443", .status = 301}},
         {2, {PathPatternCondition{{"/f"}}}, FixedResponseAction{200, "text/plain", "fine"}}}
    );
    auto& viewer = scene.connect();
    viewer.receive(get("/r"));
    CHECK(contains(viewer.sent(), "HTTP/1.1 301 Moved Permanently\r\n"));
    CHECK(contains(viewer.sent(), "Location: https://www.example.com:443/r\r\n"));
    viewer.receive(get("/f"));
    CHECK(viewer.sent().ends_with("\r\n\r\nfine"));
    CHECK(scene.network.attempts.empty());
    CHECK(scene.metrics.sum("HTTP_Redirect_Count" + of_zone) == 1);
    CHECK(scene.metrics.sum("HTTPCode_ELB_3XX_Count" + of_zone) == 1);
    CHECK(scene.metrics.sum("HTTP_Fixed_Response_Count" + of_zone) == 1);
    CHECK(scene.metrics.sum("RuleEvaluations app/web/1") == 3);
}

TEST_CASE("node: when the deregistration delay has elapsed, waiting requests get a 502") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive(get("/"));
    scene.target(0).connect();
    scene.node->cut(scene.group->pools[0].targets[1].live, scene.thread);
    scene.thread.settle();
    CHECK(viewer.sent().empty());
    scene.node->cut(scene.group->pools[0].targets[0].live, scene.thread);
    scene.thread.settle();
    CHECK(viewer.sent().starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
}

TEST_CASE("node: a WebSocket is joined with its target after 101") {
    Scene scene;
    auto& viewer = scene.connect();
    viewer.receive("GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Key: x\r\n\r\n");
    auto& target = scene.target(0);
    target.connect();
    CHECK(contains(target.sent(), "Upgrade: websocket\r\n"));
    CHECK(contains(target.take_sent(), "Sec-WebSocket-Key: x\r\n"));
    target.receive(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello"
    );
    scene.thread.settle();
    CHECK(viewer.sent().starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    CHECK(viewer.sent().ends_with("\r\n\r\nhello"));
    viewer.receive("ping");
    CHECK(target.sent() == "ping");
    CHECK(scene.group->pools[0].targets[0].live->outstanding == 1);
    viewer.break_off(network::CloseReason::end_of_stream);
    scene.thread.settle();
    CHECK(target.is_closed());
    CHECK(scene.group->pools[0].targets[0].live->outstanding == 0);
}

TEST_CASE("node: a new snapshot is used by the next request of an open connection") {
    Scene scene;
    auto& viewer = scene.connect();
    auto changed = std::make_shared<LoadBalancer>(*scene.load_balancer);
    changed->listeners[80].rules = {{0, {}, FixedResponseAction{404, "text/plain", "gone"}}};
    scene.published->set(changed);
    viewer.receive(get("/"));
    CHECK(viewer.sent().starts_with("HTTP/1.1 404 Not Found\r\n"));
}
