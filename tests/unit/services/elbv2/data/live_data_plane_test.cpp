// Addresses, names and listeners of load balancers on a network that only remembers what was asked.
#include "emulator/assert.hpp"
#include "services/elbv2/data/live_data_plane.hpp"
#include "tests/support/scripted_connection.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace diorama;
using namespace diorama::elbv2;

namespace {

class RememberedNetwork final : public network::Network {
public:
    explicit RememberedNetwork(test::FakeEdgeThread& thread)
        : thread_(thread) {}

    std::set<network::Endpoint> listening;
    bool forbids_low_ports = false;

    std::size_t thread_count() const override { return 1; }

    network::EdgeThread& thread(std::size_t) override { return thread_; }

    std::unique_ptr<network::Listener>
    listen(const network::Endpoint& endpoint, network::Accept, network::ListenOptions) override {
        if (forbids_low_ports && endpoint.port < 1024) throw network::NotPermitted("low port");
        if (!listening.insert(endpoint).second) throw network::AddressInUse("taken");
        return std::make_unique<Remembered>(*this, endpoint);
    }

    std::unique_ptr<network::DatagramListener>
    listen_datagrams(const network::Endpoint&, network::Datagram) override {
        return nullptr;
    }

    std::unique_ptr<network::DatagramExchange> exchange_datagrams(
        network::EdgeThread&,
        const network::Endpoint&,
        std::uint16_t,
        network::DatagramBack
    ) override {
        UNREACHABLE();
    }

    network::Connection& connect(
        network::EdgeThread&,
        const network::Endpoint&,
        std::shared_ptr<network::ConnectionEvents>,
        Duration,
        std::shared_ptr<network::TLSContext>,
        std::string
    ) override {
        UNREACHABLE();
    }

    void stop() override {}

    void run_blocking(std::function<void()> work) override { work(); }

private:
    class Remembered final : public network::Listener {
    public:
        Remembered(RememberedNetwork& network, network::Endpoint endpoint)
            : network_(network)
            , endpoint_(endpoint) {}

        ~Remembered() override { network_.listening.erase(endpoint_); }

        network::Endpoint endpoint() const override { return endpoint_; }

    private:
        RememberedNetwork& network_;
        network::Endpoint endpoint_;
    };

    test::FakeEdgeThread& thread_;
};

struct Scene {
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    RememberedNetwork network{thread};
    network::Names names;
    DiscardedMetrics metrics;
    SilentLog log;
    std::unique_ptr<http::Client> client = http::make_client(network);
    LiveDataPlane data_plane{
        {network, names, *client, metrics, log, Random(1)},
        [](const LoadBalancer&, const Listener&) { return nullptr; }
    };
    LoadBalancer load_balancer;

    Scene() {
        load_balancer.arn = "arn";
        load_balancer.host_names = {"web-1.us-east-1.elb.amazonaws.com", "web.elb.localhost"};
        load_balancer.zones = {"us-east-1a", "us-east-1b"};
        for (const auto& zone : load_balancer.zones)
            load_balancer.series[zone] = {};
        add_listener(80);
    }

    void add_listener(std::uint16_t port) {
        auto& listener = load_balancer.listeners[port];
        listener.port = port;
        listener.rules = {{0, {}, FixedResponseAction{200, "text/plain", "fine"}}};
    }

    void publish() { data_plane.publish(std::make_shared<LoadBalancer>(load_balancer)); }

    std::set<std::uint16_t> ports() const {
        std::set<std::uint16_t> all;
        for (const auto& endpoint : network.listening)
            all.insert(endpoint.port);
        return all;
    }
};

using Ports = std::set<std::uint16_t>;

} // namespace

TEST_CASE("live data plane: every zone has an address that listens, and both names lead to all") {
    Scene scene;
    scene.publish();
    CHECK(scene.network.listening.size() == 2);
    CHECK(scene.ports() == Ports{80});
    CHECK(scene.names.find("web.elb.localhost").size() == 2);
    CHECK(
        scene.names.find("web-1.us-east-1.elb.amazonaws.com") ==
        scene.names.find("web.elb.localhost")
    );
    CHECK(scene.data_plane.claims_host("WEB.elb.localhost:4566"));
    CHECK_FALSE(scene.data_plane.claims_host("other.elb.localhost"));
}

TEST_CASE("live data plane: listeners and zones follow the snapshot; nothing is left at the end") {
    Scene scene;
    scene.publish();
    scene.add_listener(8080);
    scene.publish();
    CHECK(scene.network.listening.size() == 4);
    scene.load_balancer.listeners.erase(80);
    scene.load_balancer.zones = {"us-east-1b"};
    scene.publish();
    CHECK(scene.network.listening.size() == 1);
    CHECK(scene.ports() == Ports{8080});
    CHECK(scene.names.find("web.elb.localhost").size() == 1);
    scene.data_plane.withdraw("arn");
    CHECK(scene.network.listening.empty());
    CHECK(scene.names.find("web.elb.localhost").empty());
    CHECK_FALSE(scene.data_plane.claims_host("web.elb.localhost"));
}

TEST_CASE("live data plane: a port that may not be bound is replaced, and connections redirected") {
    Scene scene;
    scene.network.forbids_low_ports = true;
    scene.publish();
    CHECK(scene.ports() == Ports{20000, 20001});
    const network::Endpoint proper{scene.names.find("web.elb.localhost").at(0), 80};
    const auto actual = scene.names.translate(proper);
    CHECK(actual.address == proper.address);
    CHECK(scene.network.listening.contains(actual));
    scene.data_plane.withdraw("arn");
    CHECK(scene.names.redirects().empty());
}

TEST_CASE("live data plane: an HTTPS listener without TLS does not listen") {
    Scene scene;
    scene.load_balancer.listeners[80].protocol = Protocol::https;
    scene.publish();
    CHECK(scene.network.listening.empty());
}

TEST_CASE("live data plane: the front door's requests reach the listener by Host") {
    Scene scene;
    scene.publish();
    test::ScriptedConnection viewer(scene.thread);
    const auto serve = http::serve(
        [&](std::shared_ptr<http::Exchange> exchange) {
            scene.data_plane.take_by_host(std::move(exchange));
        },
        {}
    );
    viewer.attach(serve(viewer));
    viewer.connect();
    viewer.receive("GET / HTTP/1.1\r\nHost: web.elb.localhost:4566\r\n\r\n");
    CHECK(viewer.take_sent().ends_with("\r\n\r\nfine"));
    scene.load_balancer.listeners.clear();
    scene.publish();
    viewer.receive("GET / HTTP/1.1\r\nHost: web.elb.localhost:4566\r\n\r\n");
    CHECK(viewer.take_sent().starts_with("HTTP/1.1 503 "));
}
