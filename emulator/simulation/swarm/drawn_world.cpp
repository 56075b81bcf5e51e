// See drawn_world.hpp. The scenario is written as a person would write it, so that one that broke
// can be made smaller by hand.
#include "emulator/simulation/swarm/drawn_world.hpp"

#include "emulator/simulation/swarm/drawn_cloud.hpp"

#include <fmt/format.h>

namespace diorama::simulation {

namespace {

class ScenarioDrawer {
public:
    ScenarioDrawer(const CloudShape& shape, Chance& chance)
        : shape_(shape)
        , chance_(chance)
        , minutes_(chance.number(8, 45)) {}

    std::string draw(std::uint64_t seed, const std::string& template_file) {
        text_ = fmt::format(
            "# A world drawn by `diorama swarm` from seed {0}: only what must hold of every run is "
            "expected of it.\nscenario: swarm-{0}\nseed: {0}\nduration: {1}m\n\n",
            seed,
            minutes_
        );
        text_ += fmt::format("deploy:\n  template: {}\n", template_file);
        if (shape_.has_edge) draw_files();
        draw_application();
        text_ += "\ntraffic:\n";
        const int populations = chance_.number(1, 3);
        for (int number = 1; number <= populations; ++number)
            draw_population(number);
        draw_faults();
        return std::move(text_);
    }

private:
    void line(int depth, const std::string& text) {
        text_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n";
    }

    std::string cache_control() {
        return chance_.one_of(
            {"public, max-age=86400",
             "public, max-age=30",
             "max-age=5, stale-while-revalidate=60",
             "no-cache",
             "private, max-age=60",
             "no-store"}
        );
    }

    void draw_files();
    void draw_application();
    void draw_route(const std::string& pattern, const char* statement);
    void draw_population(int number);
    std::string drawn_rate();
    std::string drawn_places();

    std::string group() { return fmt::format("Group{}", chance_.number(1, shape_.groups)); }

    void draw_faults();
    void draw_fault();
    std::string drawn_fault();
    std::string fault_of_instances();
    std::string fault_of_databases();

    const CloudShape& shape_;
    Chance& chance_;
    int minutes_;
    std::string text_;
};

void ScenarioDrawer::draw_files() {
    line(
        1,
        fmt::format(
            "files: {{ Assets: {{ count: {}, size: lognormal({}KiB, 1), prefix: assets/, "
            "cache_control: \"{}\" }} }}",
            chance_.one_of({1, 20, 300}),
            chance_.number(1, 400),
            cache_control()
        )
    );
}

void ScenarioDrawer::draw_application() {
    text_ += "\napp:\n";
    line(1, fmt::format("start: {}s", chance_.number(5, 60)));
    line(1, fmt::format("concurrency_per_vcpu: {}", chance_.one_of({2, 16, 64})));
    line(1, fmt::format("queue_limit: {}", chance_.one_of({8, 128, 1024})));
    if (shape_.has_database && chance_.with(0.3))
        line(1, "health: { path: /health, cpu: 1ms, needs_database: true }");
    line(1, "routes:");
    draw_route("GET /", "SELECT item FROM orders WHERE id = {order}");
    draw_route("GET /api/orders/*", "SELECT item, amount FROM orders WHERE id = {order}");
    draw_route("POST /api/orders", "INSERT INTO orders (item, amount) VALUES ('{item}', 1)");
    line(1, "values:");
    line(2, fmt::format("order: zipf({}, 1.1)", chance_.one_of({10, 1'000, 100'000})));
    line(2, "item: [hat, scarf, umbrella]");
    if (shape_.has_edge) line(2, "asset: files(Assets, 0.9)");
}

void ScenarioDrawer::draw_route(const std::string& pattern, const char* statement) {
    std::string route = fmt::format(
        "{}: {{ cpu: lognormal({}ms, {}), size: {}KiB",
        pattern,
        chance_.one_of({1, 5, 40, 150}),
        chance_.one_of({"0.2", "0.6", "1.2"}),
        chance_.number(1, 60)
    );
    if (shape_.has_database) route += fmt::format(", sql: [\"{}\"]", statement);
    if (chance_.with(0.4)) route += fmt::format(", cache_control: \"{}\"", cache_control());
    if (chance_.with(0.2)) route += ", private: true";
    if (chance_.with(0.2)) route += fmt::format(", error_rate: {}%", chance_.number(1, 20));
    line(2, route + " }");
}

std::string ScenarioDrawer::drawn_rate() {
    const int rate = chance_.one_of({1, 4, 12, 40});
    switch (chance_.number(0, 3)) {
    case 0:
        return fmt::format("{}/s", rate);
    case 1:
        return fmt::format("spike({}/s, {}/s, at {}m, for 2m)", rate, rate * 6, minutes_ / 2);
    case 2:
        return fmt::format("step({}/s, {}/s, at {}m)", rate, rate * 3, minutes_ / 3);
    default:
        return fmt::format("[0m {}/s, {}m {}/s]", rate, minutes_, rate * 4);
    }
}

std::string ScenarioDrawer::drawn_places() {
    const int share = chance_.number(1, 99);
    const auto* far = chance_.one_of({"eu-west", "ap-south", "sa-east", "ap-oceania"});
    return fmt::format("{{ us-east: {}%, {}: {}% }}", share, far, 100 - share);
}

void ScenarioDrawer::draw_population(int number) {
    line(1, fmt::format("population{}:", number));
    line(2, "from: " + drawn_places());
    if (chance_.with(0.25)) {
        line(
            2,
            fmt::format("closed: {{ users: {}, pause: exponential(2s) }}", chance_.number(1, 60))
        );
    } else {
        line(2, "rate: " + drawn_rate());
        if (chance_.with(0.2)) line(2, "arrivals: constant");
    }
    line(2, "visit:");
    line(3, "- GET http://www.example.com/");
    if (shape_.has_edge)
        line(
            3,
            fmt::format("- {}x GET https://static.example.com/{{asset}}", chance_.number(1, 6))
        );
    if (chance_.with(0.6)) line(3, fmt::format("- think exponential({}s)", chance_.number(1, 6)));
    line(3, "- GET http://www.example.com/api/orders/{order}");
    if (chance_.with(0.7)) line(3, "- 30%: POST http://www.example.com/api/orders");
    if (chance_.with(0.3)) line(3, "- 10%: GET http://www.example.com/status");
    line(
        2,
        fmt::format(
            "patience: {{ timeout: {}s, retries: {}, backoff: {} }}",
            chance_.one_of({1, 4, 10, 30}),
            chance_.number(0, 3),
            chance_.one_of({"constant(1s)", "exponential(500ms)"})
        )
    );
    if (chance_.with(0.2)) line(2, "resolver: { cache: false }");
    if (chance_.with(0.2)) line(2, "keep_connections: false");
}

std::string ScenarioDrawer::fault_of_instances() {
    const auto length = fmt::format(" for: {}s,", chance_.number(20, 200));
    const auto target = fmt::format("{} of {}", chance_.one_of({"one", "50%"}), group());
    switch (chance_.number(0, 4)) {
    case 0:
        return fmt::format("do: aws:ec2:terminate-instances, target: {}", target);
    case 1:
        return fmt::format("do: aws:ec2:reboot-instances, target: {}", target);
    case 2:
        return length + " do: az-power-interruption, zone: us-east-1a";
    case 3:
        return length + " do: aws:network:disrupt-connectivity, zone: us-east-1b";
    default:
        return fmt::format(
            "do: set-desired-capacity, target: {}, parameters: {{ capacity: {} }}",
            group(),
            chance_.number(1, 4)
        );
    }
}

std::string ScenarioDrawer::fault_of_databases() {
    const auto length = fmt::format(" for: {}s,", chance_.number(20, 200));
    if (shape_.has_replica && chance_.with(0.3))
        return fmt::format(
            "{} do: replica-lag, target: Replica, parameters: {{ lag: {}s }}",
            length,
            chance_.number(1, 60)
        );
    if (chance_.with(0.3)) return length + " do: full-disk, target: Database";
    return fmt::format(
        "do: aws:rds:reboot-db-instances, target: Database, parameters: {{ forceFailover: {} }}",
        shape_.has_standby && chance_.with(0.7)
    );
}

std::string ScenarioDrawer::drawn_fault() {
    if (shape_.has_database && chance_.with(0.3)) return fault_of_databases();
    if (shape_.has_edge && chance_.with(0.2))
        return "do: global-invalidation, target: Distribution";
    if (chance_.with(0.15))
        return fmt::format(
            "for: {}s, do: poisoned-deployment, target: {}",
            chance_.number(30, 240),
            group()
        );
    if (chance_.with(0.1))
        return fmt::format(
            "for: {}s, do: packet-loss, parameters: {{ share: {}% }}",
            chance_.number(10, 100),
            chance_.number(1, 30)
        );
    return fault_of_instances();
}

void ScenarioDrawer::draw_faults() {
    const int count = chance_.number(0, 5);
    if (count == 0) return;
    text_ += "\nfaults:\n";
    for (int number = 0; number < count; ++number)
        line(
            1,
            fmt::format(
                "- {{ at: {}s, {} }}",
                chance_.number(30, minutes_ * 60 - 30),
                drawn_fault()
            )
        );
}

} // namespace

DrawnWorld draw_world(std::uint64_t seed) {
    const Random random(seed);
    Chance of_cloud(random.fork("swarm/cloud"));
    Chance of_scenario(random.fork("swarm/scenario"));
    DrawnWorld drawn;
    drawn.template_file = fmt::format("swarm-{}.template.json", seed);
    const auto shape = draw_shape(of_cloud);
    drawn.cloud = draw_template(shape, of_cloud);
    drawn.scenario = ScenarioDrawer(shape, of_scenario).draw(seed, drawn.template_file);
    return drawn;
}

} // namespace diorama::simulation
