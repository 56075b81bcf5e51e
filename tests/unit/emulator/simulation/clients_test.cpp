// Clients against a cloud of one line: what they send, when they lose patience, what they count.
#include "emulator/simulation/clients.hpp"

#include <doctest/doctest.h>

namespace diorama::simulation {

namespace {

using namespace std::chrono_literals;

// Answers everything after `delay`, or never.
struct SmallCloud final : Cloud, EventSink {
    EventQueue& events;
    EventQueue::SinkId sink;
    Clients* clients = nullptr;
    Duration delay = 100ms;
    Duration ttl = 60s;
    int status = 200;
    bool answers = true;
    bool knows_names = true;
    int resolutions = 0;
    std::vector<Sending> sent;
    std::vector<Timestamp> times;
    std::vector<std::string> targets;

    explicit SmallCloud(EventQueue& queue)
        : events(queue)
        , sink(queue.add(*this)) {}

    Resolution resolve(const std::string&, PlaceId) override {
        ++resolutions;
        if (!knows_names) return {};
        return {{7}, ttl};
    }

    Duration distance(PlaceId, DestinationId) override { return 10ms; }

    void send(const Sending& sending) override {
        sent.push_back(sending);
        times.push_back(events.now());
        targets.push_back(sending.request->head.target);
        if (answers)
            events
                .schedule(events.now() + sending.connection_set_up + delay, sink, 0, sending.token);
    }

    void abandoned(std::uint32_t) override {}

    void happen(std::uint8_t, std::uint32_t token, std::uint32_t) override {
        Reply reply;
        reply.status = static_cast<std::uint16_t>(status);
        clients->answered(token, reply);
    }
};

struct Scene {
    VirtualTime time;
    EventQueue events{time};
    SmallCloud cloud{events};
    Scenario scenario;
    Timestamp start = time.now();
    std::unique_ptr<Statistics> statistics;
    std::unique_ptr<Clients> clients;

    Scene() {
        Population population;
        population.name = "shoppers";
        population.from = {{"us-east", 1.0}};
        population.arrivals = OpenLoop{{{{0s, 10.0}}}, false};
        add_request(population, "/");
        scenario.traffic.push_back(population);
        scenario.duration = 10s;
    }

    static void add_request(Population& population, std::string path, std::uint32_t times = 1) {
        RequestStep request;
        request.host = "www.example.com";
        request.name = "GET " + path;
        request.path = std::move(path);
        population.visit.push_back({1, times, request, {}});
    }

    Population& population() { return scenario.traffic[0]; }

    OutcomeRow run(Duration span = 10s, std::map<std::string, ValueSource> values = {}) {
        statistics = std::make_unique<Statistics>(start, scenario.duration, 0s);
        clients = std::make_unique<Clients>(
            scenario,
            std::move(values),
            Clients::Surroundings{
                events,
                cloud,
                *statistics,
                Random(1),
                [](const std::string&) { return PlaceId(0); }
            }
        );
        cloud.clients = clients.get();
        clients->start(start + scenario.duration);
        events.run_until(start + span);
        Results results;
        statistics->put_into(results, events.now());
        return results.outcomes[0];
    }
};

std::uint64_t count(const OutcomeRow& row, Outcome outcome) {
    return row.count[static_cast<std::size_t>(outcome)];
}

} // namespace

TEST_CASE("visits come evenly spaced or at random, at the rate that was asked for") {
    Scene even;
    even.run();
    CHECK(even.cloud.sent.size() == 99);
    CHECK(even.cloud.times[0] - even.start == 100ms);

    Scene random;
    random.population().arrivals = OpenLoop{{{{0s, 1000.0}}}, true};
    random.run();
    CHECK(random.cloud.sent.size() == doctest::Approx(10'000).epsilon(0.03));
}

TEST_CASE("a curve's visits come where it is high") {
    Scene scene;
    scene.population().arrivals = OpenLoop{{{{0s, 0.0}, {10s, 200.0}}}, true};
    scene.run();
    const auto half = std::ranges::count_if(scene.cloud.times, [&](auto when) {
        return when - scene.start < 5s;
    });
    CHECK(scene.cloud.times.size() == doctest::Approx(1000).epsilon(0.1));
    CHECK(half == doctest::Approx(250).epsilon(0.2));
}

TEST_CASE("names are resolved once per TTL") {
    Scene scene;
    scene.cloud.ttl = 3s;
    scene.run();
    CHECK(scene.cloud.resolutions == 4);
}

TEST_CASE("a name that does not exist ends the request without sending it") {
    Scene scene;
    scene.cloud.knows_names = false;
    const auto row = scene.run();
    CHECK(scene.cloud.sent.empty());
    CHECK(count(row, Outcome::unresolved) == 99);
}

TEST_CASE("only the first request of a visit to a host pays for the connection") {
    Scene scene;
    Scene::add_request(scene.population(), "/a", 2);
    scene.run(1s);
    REQUIRE(scene.cloud.sent.size() >= 3);
    CHECK(scene.cloud.sent[0].connection_set_up > 0s);
    const auto kept = std::ranges::count_if(scene.cloud.sent, [](const auto& sending) {
        return sending.connection_set_up == 0s;
    });
    CHECK(kept > 10);
}

TEST_CASE(
    "a client that waits in vain gives up after its patience, and tries again as often as it may"
) {
    Scene scene;
    scene.cloud.answers = false;
    scene.scenario.duration = 200ms; // one visit
    scene.population().patience = {1s, 2, 500ms, true, 0};
    const auto row = scene.run(20s);
    REQUIRE(scene.cloud.times.size() == 3);
    CHECK(scene.cloud.times[1] - scene.cloud.times[0] == 1500ms);
    CHECK(scene.cloud.times[2] - scene.cloud.times[1] == 2s);
    CHECK(count(row, Outcome::timed_out) == 3);
    CHECK(row.retries == 2);
    CHECK(row.gave_up == 1);
    CHECK(scene.clients->under_way() == 0);
}

TEST_CASE("errors by status are told apart, and only the server's are errors") {
    for (const auto& [status, outcome] : std::map<int, Outcome>{
             {301, Outcome::ok},
             {404, Outcome::client_error},
             {500, Outcome::server_error},
             {502, Outcome::bad_gateway},
             {503, Outcome::unavailable},
             {504, Outcome::gateway_timeout},
         }) {
        Scene scene;
        scene.cloud.status = status;
        const auto row = scene.run(20s);
        CHECK(count(row, outcome) == 99);
        CHECK(row.errors() == (status >= 500 ? 99 : 0));
    }
}

TEST_CASE("placeholders are drawn from their sources") {
    Scene scene;
    scene.population().visit.clear();
    Scene::add_request(scene.population(), "/products/{product}/{serial}");
    scene.run(
        10s,
        {{"product", {ValueSource::Kind::choice, 1, 1, {"tea", "cup"}}},
         {"serial", {ValueSource::Kind::sequence, 1, 1, {}}}}
    );
    CHECK(
        (scene.cloud.targets[0] == "/products/tea/1" || scene.cloud.targets[0] == "/products/cup/1")
    );
    CHECK(scene.cloud.targets[41].ends_with("/42"));
}

TEST_CASE("in a closed loop there are never more requests under way than users") {
    Scene scene;
    scene.cloud.delay = 2s;
    scene.population().arrivals = ClosedLoop{{{{0s, 5.0}}}, RandomVariable::constant(0)};
    scene.run();
    CHECK(scene.clients->under_way() == 5);
    CHECK(scene.cloud.sent.size() <= 5 * 5 + 5);
    CHECK(scene.cloud.sent.size() >= 5 * 4);
}

TEST_CASE("a step with a share is taken by that share of the visits") {
    Scene scene;
    scene.population().arrivals = OpenLoop{{{{0s, 1000.0}}}, false};
    Scene::add_request(scene.population(), "/rare");
    scene.population().visit[1].share = 0.2;
    scene.run(20s);
    const auto rare = std::ranges::count(scene.cloud.targets, "/rare");
    CHECK(rare == doctest::Approx(2000).epsilon(0.1));
}

TEST_CASE("the same seed sends the same requests at the same times") {
    Scene first;
    Scene second;
    for (auto* scene : {&first, &second}) {
        scene->population().arrivals = OpenLoop{{{{0s, 100.0}}}, true};
        scene->run();
    }
    CHECK(first.cloud.times == second.cloud.times);
}

TEST_CASE("a long log is replayed to its end, and equal requests are one row") {
    Scene scene;
    Replay replay;
    for (int i = 0; i < 70'000; ++i) {
        LoggedRequest logged;
        logged.at = i * 100us;
        logged.request.host = "www.example.com";
        logged.request.path = i < 69'999 ? "/a" : "/last";
        logged.request.name = "GET " + logged.request.path;
        replay.requests.push_back(logged);
    }
    scene.population().arrivals = replay;
    CHECK(scene.run().total() == 69'999);
    CHECK(scene.cloud.targets.size() == 70'000);
    CHECK(scene.cloud.targets.back() == "/last");
}

} // namespace diorama::simulation
