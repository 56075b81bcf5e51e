// The run of a scenario against the live emulator: its clients live in events as in virtual time,
// but the time of the events is the machine's, and what they send goes over sockets. See
// world/live/live_run.hpp.
#include "emulator/simulation/clients.hpp"
#include "emulator/simulation/places.hpp"
#include "emulator/world/live/parts.hpp"
#include "emulator/world/live/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace diorama {

namespace {

using simulation::Results;
using std::chrono::milliseconds;

// How late a client may be for want of looking at the clock.
constexpr milliseconds blink(1);
constexpr milliseconds looks_on(100);
// Metrics are gathered every second; what the last one counted has arrived after that.
constexpr milliseconds gathering_time(1500);

simulation::PlaceId place_of(const std::string& name) {
    const auto* found = simulation::find_place(name);
    return static_cast<simulation::PlaceId>(
        found == nullptr ? 0 : found - simulation::places().data()
    );
}

// The clients of a run, and the events they live in, from the beginning to the end.
class Course {
public:
    Course(
        const simulation::Scenario& scenario,
        const std::map<std::string, simulation::ValueSource>& values,
        LiveTraffic& traffic,
        const Clock& clock
    )
        : traffic_(traffic)
        , clock_(clock)
        , time_(scenario.start)
        , end_(scenario.start + scenario.duration)
        , statistics_(scenario.start, scenario.duration, scenario.warmup)
        , clients_(
              scenario,
              values,
              {events_,
               traffic,
               statistics_,
               Random(scenario.seed).fork("clients"),
               place_of,
               nullptr}
          ) {
        clients_.start(end_);
    }

    // Everything that is due; false: it is over.
    bool step() {
        for (const auto& answer : traffic_.wait(blink)) {
            if (answer.at >= end_) return false;
            events_.run_until(std::max(answer.at, time_.now()));
            if (traffic_.is_awaited(answer)) clients_.answered(answer.token, answer.reply);
        }
        const Timestamp now = clock_.now();
        behind_ = std::max(behind_, now - time_.now());
        events_.run_until(std::clamp(now, time_.now(), end_));
        return now < end_;
    }

    Timestamp now() const { return time_.now(); }

    Timestamp end() const { return end_; }

    const simulation::Clients& clients() const { return clients_; }

    simulation::Statistics& statistics() { return statistics_; }

    std::uint64_t events() const { return events_.happened(); }

    // The longest that clients were late by: the machine had other things to do.
    Duration behind() const { return behind_; }

private:
    LiveTraffic& traffic_;
    const Clock& clock_;
    VirtualTime time_;
    simulation::EventQueue events_{time_};
    Timestamp end_;
    simulation::Statistics statistics_;
    simulation::Clients clients_;
    Duration behind_{};
};

// Of results that nobody counts live.
bool is_measured(const simulation::Measure& measure) {
    static const std::set<std::string_view> unknown{
        "sql_statements",
        "stale_reads",
        "writes_acknowledged",
        "writes_lost",
    };
    return !unknown.contains(measure.name);
}

} // namespace

// What the file says and a live run does not do: told with the run, never silently dropped.
std::string LiveRun::Parts::settings_without_effect() const {
    std::vector<std::string> unused;
    if (!scenario.app.routes.empty()) unused.emplace_back("app (instances run their own)");
    if (!scenario.deploy.sql.empty()) unused.emplace_back("deploy.sql");
    for (const auto& population : scenario.traffic) {
        if (population.clock_skew != Duration::zero())
            unused.push_back(fmt::format("traffic.{}.clock_skew", population.name));
    }
    return fmt::format("{}", fmt::join(unused, ", "));
}

// What was run, and its sums.
void LiveRun::Parts::describe(Results& results) const {
    results.is_live = true;
    results.scenario = scenario.name;
    results.description = scenario.description;
    results.path = scenario.path;
    results.seed = scenario.seed;
    results.version = version;
    results.start = scenario.start;
    results.duration = scenario.duration;
    results.sql_engine = "real";
    for (const auto& [key, value] : scenario.deploy.parameters)
        results.parameters.emplace_back(key, value);
    if (const auto unused = settings_without_effect(); !unused.empty())
        results.parameters.emplace_back("without effect live", unused);
    results.parameters.emplace_back("not measured live", "checkers, SQL statements and writes");
    const auto& counts = traffic->counts();
    results.cache_hits = counts.edge_hits;
    results.cache_misses = counts.edge_misses;
}

void LiveRun::Parts::add_instances(
    const std::map<std::string, simulation::InstanceLife>& lives,
    Results& results
) const {
    for (const auto& [id, seen] : lives) {
        if (seen.terminated && *seen.terminated < Duration::zero()) continue;
        auto life = seen;
        const auto served = traffic->counts().by_instance.find(id);
        if (served != traffic->counts().by_instance.end()) life.requests = served->second;
        results.instances.push_back(std::move(life));
    }
    ScenarioStack::count_instances(results);
}

void LiveRun::Parts::add_architecture(Results& results) const {
    const auto& counts = traffic->counts();
    std::uint64_t on_instances = 0;
    for (const auto& [id, requests] : counts.by_instance)
        on_instances += requests;
    const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
    simulation::set_architecture(
        results,
        scenario.traffic.size(),
        results.instances.size(),
        {
            {"clients", "dns", "queries", count(results.dns_queries), 0},
            {"clients", "edge", "requests", count(counts.edge_requests), counts.edge_bytes},
            {"edge", "objects", "misses", count(counts.edge_misses), 0},
            {"clients", "balancer", "requests", count(counts.other_requests), counts.other_bytes},
            {"balancer", "instances", "requests", count(on_instances), 0},
        }
    );
}

Results LiveRun::run(const WatchRun& watch) {
    Parts& p = *parts_;
    p.scenario.start = p.started = p.clock.now();
    Course course(p.scenario, p.values, *p.traffic, p.clock);
    LiveWatch
        beside(p.scenario, p.stack, p.clock, p.started, Random(p.scenario.seed).fork("faults"));
    Results results;
    Timestamp looked = p.started;
    while (course.step()) {
        if (course.now() < looked + looks_on) continue;
        looked = course.now();
        const auto sight = beside.sight();
        const RunProgress progress{
            course.now() - p.started,
            p.scenario.duration,
            course.clients().requests(),
            course.clients().errors(),
            course.events(),
            sight.instances,
            sight.alarms,
        };
        if (watch && !watch(progress)) {
            results.interrupted = true;
            break;
        }
    }
    p.ended = results.interrupted ? course.now() : course.end();
    beside.end();
    p.pass(gathering_time);
    results.simulated = p.ended - p.started;
    p.describe(results);
    results.visits = course.clients().visits();
    results.dns_queries = course.clients().dns_queries();
    results.events = course.events();
    results.parameters.emplace_back(
        "clients were late by at most",
        fmt::format("{} ms", std::chrono::ceil<milliseconds>(course.behind()).count())
    );
    course.statistics().put_into(results, p.ended);
    p.stack.add_timelines(p.started, results);
    p.add_instances(beside.lives(), results);
    p.stack.add_alarms(p.started, results);
    ScenarioStack::add_faults(beside.faults(), results);
    p.stack.add_activities(p.started, results);
    std::ranges::sort(results.moments, [](const auto& a, const auto& b) {
        return std::tie(a.at, a.component, a.text) < std::tie(b.at, b.component, b.text);
    });
    p.add_architecture(results);
    return results;
}

std::unique_ptr<simulation::Measurements> LiveRun::measurements() {
    return parts_->stack.measurements(parts_->started, parts_->ended);
}

simulation::Usage LiveRun::usage(const Results& results) {
    const auto& counts = parts_->traffic->counts();
    return parts_->stack.usage(
        parts_->started,
        results,
        {counts.edge_requests, counts.edge_misses, counts.edge_bytes, counts.other_bytes}
    );
}

void fail_what_is_not_measured_live(
    const simulation::Scenario& scenario,
    simulation::Results& results
) {
    for (std::size_t i = 0; i < scenario.expectations.size(); ++i) {
        const auto* comparison =
            std::get_if<simulation::ComparisonExpectation>(&scenario.expectations[i].what);
        if (comparison == nullptr) continue;
        const bool is_known = is_measured(comparison->measure) &&
                              (!comparison->other || is_measured(*comparison->other));
        if (is_known) continue;
        results.expectations.at(i).passed = false;
        results.expectations.at(i).measured = "not measured live";
    }
}

} // namespace diorama
