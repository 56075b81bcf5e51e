#include "emulator/simulation/expectation_parser.hpp"
#include "emulator/simulation/expectations.hpp"
#include "emulator/simulation/meter.hpp"
#include "tests/unit/emulator/simulation/scenario_text.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace diorama::simulation {

using namespace std::chrono_literals;

namespace {

// A cloud that was measured: a CPU that is at 20 and at 70 for a while, and one group.
class MeasuredCloud final : public Measurements {
public:
    Series metric(const MetricReference& metric, Duration period, const Window& window) override {
        asked.push_back(metric);
        periods.push_back(period);
        if (metric.name != "CPUUtilization") return {};
        if (metric.statistic == "SampleCount") return {{0min, 3}, {60min, 1}};
        if (metric.statistic == "Sum") return {{0min, 60}, {60min, 70}};
        Series series{{0min, 20}, {60min, 70}, {120min, 30}};
        std::erase_if(series, [&](const auto& point) {
            return point.first < window.from.value_or(0s) || point.first >= window.to.value_or(6h);
        });
        return series;
    }

    Series
    expression(const std::string& text, const std::map<std::string, MetricReference>& metrics, Duration, const Window&)
        override {
        if (text == "nonsense") throw NotMeasured("Error in expression 'e1'");
        CHECK(text == "100 * metric1 / metric2");
        CHECK(metrics.at("metric1").name == "HTTPCode_ELB_5XX_Count");
        CHECK(metrics.at("metric1").statistic == "Sum");
        CHECK(metrics.at("metric2").resources == std::vector<std::string>{"Balancer"});
        return {{0min, 1}, {1min, 4}};
    }

    std::vector<Activity> activities(const std::string&) override {
        return {{10min, false}, {70min, true}, {80min, false}};
    }

    CacheCounts cache(const std::string&, const Window& window) override {
        if (window.from) return {1, 1};
        return {8, 2};
    }

    NameCounts name(const std::string& host, const Window&) override {
        if (host != "www.example.com") throw NotMeasured("names are not counted");
        return {100, 2, {{"blue", 90}, {"green", 8}}};
    }

    bool knows_alarm(const std::string& name) override { return name == "stack-Unhealthy"; }

    std::string physical_id(const std::string& id) override {
        return id == "WebGroup" || id == "Unhealthy" ? "stack-" + id : id;
    }

    std::vector<MetricReference> asked;
    std::vector<Duration> periods;
};

constexpr std::string_view front = "GET https://www.example.com/";

OutcomeStep step(std::uint32_t good, std::uint32_t bad, float latency) {
    OutcomeStep made;
    made.count[static_cast<std::size_t>(Outcome::ok)] = good;
    made.count[static_cast<std::size_t>(Outcome::bad_gateway)] = bad;
    made.latency = {{latency, good + bad}};
    return made;
}

// Six hours in steps of ten minutes. In the third hour a fault: errors from 3h10m to 3h40m, and
// answers that take a second instead of a tenth.
Results six_hours() {
    Results results;
    results.duration = results.simulated = 6h;
    results.step = 10min;
    OutcomeRow row{"shoppers", std::string(front), {}, 0, 0, {}, {}};
    for (int i = 0; i < 36; ++i) {
        const bool is_bad = i >= 19 && i < 22;
        row.steps.push_back(step(is_bad ? 900 : 999, is_bad ? 100 : 1, is_bad ? 1.0F : 0.1F));
        for (std::size_t j = 0; j < outcome_count; ++j)
            row.count[j] += row.steps.back().count[j];
        for (const auto& [value, times] : row.steps.back().latency)
            row.latency.add(value, times);
    }
    row.retries = 40;
    results.outcomes = {row};
    results.requests = 36'000;
    results.visits = 30'000;
    results.cache_hits = 9;
    results.cache_misses = 1;
    results.lost_writes = 0;
    results.components = {
        {"instances", "ec2", "Auto Scaling group", ""},
        {"database", "rds", "RDS MySQL", ""},
    };
    results.timelines = {
        {"Auto Scaling group", "CPU utilization", "%", std::vector<double>(36, 40)},
        {"RDS MySQL", "CPU utilization", "%", std::vector<double>(36, 10)},
    };
    results.timelines[1].values[20] = 99;
    results.alarms = {
        {"stack-Unhealthy", "OK", 0s, 3h + 2min, "", ""},
        {"stack-Unhealthy", "ALARM", 3h + 2min, 4h, "", ""},
        {"stack-Unhealthy", "OK", 4h, 6h, "", ""},
    };
    results.instances = {
        {"i-1", "m6g.large", "us-east-1a", "stack-WebGroup", -1h, -1h, 3h, 3h + 5min, "", true, 0},
        {"i-2", "m6g.large", "us-east-1b", "stack-WebGroup", -1h, -1h, {}, {}, "", false, 0},
        {"i-3", "m6g.large", "us-east-1b", "stack-WebGroup", 3h, 4h, {}, {}, "", false, 0},
    };
    results.cost = {
        {"EC2", "m6g.large instance hours", 10, "hours", 0.077, 0.77},
        {"RDS", "storage", 1, "GB-months", 0.115, 1.23},
    };
    return results;
}

struct Judged {
    explicit Judged(std::string_view text, Results given = six_hours())
        : results(std::move(given)) {
        static const ReadScenario read = read_text(shop);
        Scenario scenario = read.scenario;
        const ExpectationContext context{&scenario};
        const auto parsed = parse_expectation(text, context);
        CAPTURE(text);
        CAPTURE(parsed.problem.message);
        REQUIRE(parsed);
        scenario.expectations = {*parsed};
        scenario.expectations[0].position = {"day.yaml", 7, 3};
        judge(scenario, cloud, results);
        REQUIRE(results.expectations.size() == 1);
    }

    const ExpectationResult& operator*() const { return results.expectations[0]; }

    const ExpectationResult* operator->() const { return &results.expectations[0]; }

    MeasuredCloud cloud;
    Results results;
};

struct Case {
    const char* text;
    bool passes;
    const char* measured;
};

void check(const std::vector<Case>& cases) {
    for (const auto& expected : cases) {
        const Judged judged(expected.text);
        CAPTURE(expected.text);
        CHECK(judged->passed == expected.passes);
        CHECK(judged->measured == expected.measured);
    }
}

} // namespace

TEST_CASE("expectations: outcomes over the whole run") {
    check({
        {"outcomes(shoppers).count == 36000", true, "count = 36000"},
        {"outcomes(all).errors < 333", false, "errors = 333"},
        {"outcomes(shoppers).error_rate < 1%", true, "error rate = 0.925%"},
        {"outcomes(shoppers).error_rate < 0.1%", false, "error rate = 0.925%"},
        {"outcomes(shoppers).bad_gateway <= 333", true, "bad gateway = 333"},
        {"outcomes(shoppers).timed_out != 0", false, "timed out = 0"},
        {"outcomes(shoppers).retries == 40", true, "retries = 40"},
        {"outcomes(shoppers).rate > 2/s", false, "rate = 1.67/s"},
        {"requests == 36000", true, "requests = 36000"},
        {"visits < 1000", false, "visits = 30000"},
        {"writes_lost == 0", true, "writes lost = 0"},
    });
}

TEST_CASE("expectations: latencies of the whole run and of a part of it") {
    CHECK(Judged("outcomes(shoppers).p50 < 110ms")->passed);
    CHECK_FALSE(Judged("outcomes(shoppers).p99 < 900ms")->passed);
    CHECK(Judged("outcomes(shoppers).p99 < 900ms before fault(1)")->passed);
    CHECK_FALSE(Judged("outcomes(shoppers).p50 < 900ms in [3h10m, 3h40m]")->passed);
    CHECK(Judged("outcomes(shoppers).max <= 1020ms")->passed);
}

TEST_CASE("expectations: a window takes the steps whose middle lies in it") {
    CHECK(Judged("outcomes(shoppers).count == 3000 in [3h10m, 3h40m]")->passed);
    CHECK(Judged("outcomes(shoppers).errors == 300 in [3h10m, 3h40m]")->passed);
    CHECK(Judged("outcomes(shoppers).errors == 202 during fault(1)")->measured == "errors = 201");
    // Shorter than a step: the step it lies in.
    CHECK(Judged("outcomes(shoppers).errors == 100 in [3h11m, 3h12m]")->passed);
    CHECK(Judged("requests == 6000 in [0h, 1h]")->passed);
}

TEST_CASE("expectations: a failure says when it was worst and where to look") {
    const Judged judged("outcomes(shoppers).error_rate < 0.1%");
    CHECK(judged->worst == 3h + 10min);
    CHECK(judged->points_to == "Auto Scaling group");
    CHECK(judged->bound == "< 0.1%");
    CHECK(judged->file == "day.yaml");
    CHECK(judged->line == 7);
    Results results = six_hours();
    results.outcomes[0].steps[20].count[static_cast<std::size_t>(Outcome::bad_gateway)] = 500;
    const Judged database("outcomes(shoppers).errors == 0", results);
    CHECK(database->worst == 3h + 20min);
    CHECK(database->points_to == "RDS MySQL"); // its CPU was busier at that time
    results = six_hours();
    results.outcomes[0].steps[19].count[static_cast<std::size_t>(Outcome::unresolved)] = 700;
    CHECK(Judged("outcomes(shoppers).error_rate < 0.1%", results)->points_to == "Route 53");
}

TEST_CASE("expectations: a measure can be held against another") {
    const Judged kept(
        "outcomes(shoppers).p50 during fault(1) < 11 * outcomes(all).p50 before fault(1)"
    );
    CHECK(kept->passed);
    const Judged broken(
        "outcomes(shoppers).p50 during fault(1) < 3 * outcomes(all).p50 before fault(1)"
    );
    CHECK_FALSE(broken->passed);
    CHECK(broken->bound.starts_with("< 3 × "));
}

TEST_CASE("expectations: what could not be measured has not held") {
    Results results = six_hours();
    results.simulated = 2h;
    results.interrupted = true;
    const Judged late("outcomes(shoppers).errors < 1000 after fault(1)", results);
    CHECK_FALSE(late->passed);
    CHECK(late->measured == "errors: the run ended before");
    results = six_hours();
    results.outcomes.clear();
    CHECK(Judged("outcomes.p99 < 1s", results)->measured == "p99: there were no such requests");
    CHECK_FALSE(Judged("expression(\"nonsense\").max < 5")->passed);
    CHECK(
        Judged("metric(AWS/RDS NoSuchMetric, Database).max < 5")->measured ==
        "NoSuchMetric max: no such metric has datapoints"
    );
}

TEST_CASE("expectations: metrics by their statistics") {
    check({
        {"metric(AWS/RDS CPUUtilization, Database).max <= 70%", true, "CPUUtilization max = 70"},
        {"metric(AWS/RDS CPUUtilization, Database).max < 70%", false, "CPUUtilization max = 70"},
        {"metric(AWS/RDS CPUUtilization, Database).min >= 20%", true, "CPUUtilization min = 20"},
        {"metric(AWS/RDS CPUUtilization, Database).last == 30", true, "CPUUtilization last = 30"},
        {"metric(AWS/RDS CPUUtilization, Database).sum > 1000", false, "CPUUtilization sum = 130"},
        // Of all samples, not of the minutes.
        {"metric(AWS/RDS CPUUtilization, Database).average < 33",
         true,
         "CPUUtilization average = 32.5"},
        {"metric(AWS/RDS CPUUtilization, Database).max < 50 in [1h, 2h]",
         false,
         "CPUUtilization max = 70"},
    });
    const Judged judged("metric(AWS/RDS CPUUtilization, Database, Role=WRITER).p99 < 60");
    CHECK(judged->worst == 60min);
    CHECK(judged->points_to == "RDS MySQL");
    REQUIRE(judged.cloud.asked.size() == 2);
    CHECK(judged.cloud.asked[0].metric_namespace == "AWS/RDS");
    CHECK(judged.cloud.asked[0].resources == std::vector<std::string>{"Database"});
    CHECK(
        judged.cloud.asked[0].dimensions[0] == std::pair<std::string, std::string>("Role", "WRITER")
    );
    CHECK(judged.cloud.asked[1].statistic == "p99");
    CHECK(judged.cloud.periods[1] == 6h);
}

TEST_CASE("expectations: metric math names metrics in its places") {
    constexpr auto text = "expression(\"100 * metric(AWS/ApplicationELB HTTPCode_ELB_5XX_Count, "
                          "Balancer).sum / metric(AWS/ApplicationELB RequestCount, "
                          "Balancer).sum\").max < ";
    CHECK(Judged(text + std::string("5"))->passed);
    const Judged broken(text + std::string("3"));
    CHECK_FALSE(broken->passed);
    CHECK(broken->worst == 1min);
    CHECK(broken->points_to == "Application Load Balancer");
}

TEST_CASE("expectations: instances, activities, caches and names") {
    check({
        {"instances(WebGroup).max <= 2", true, "max = 2"},
        {"instances(WebGroup).min >= 2", false, "min = 1"},
        {"instances(WebGroup).last == 2", true, "last = 2"},
        {"instances(WebGroup).average > 1.8", true, "average = 1.833333333"},
        {"instances(WebGroup).launched == 1", true, "launched = 1"},
        {"instances(WebGroup).terminated < 1", false, "terminated = 1"},
        {"instances(WebGroup).min >= 2 before fault(1)", true, "min = 2"},
        {"activities(WebGroup).count == 3", true, "count = 3"},
        {"activities(WebGroup).failed == 0", false, "failed = 1"},
        {"activities(WebGroup).failed == 0 in [0h, 1h]", true, "failed = 0"},
        {"cache.hit_ratio >= 90%", true, "hit ratio = 90%"},
        {"cache.hit_ratio >= 90% in [1h, 2h]", false, "hit ratio = 50%"},
        {"cache.misses == 0", false, "misses = 1"},
        {"dns(www.example.com).share(blue) >= 90%", true, "share = 90%"},
        {"dns(www.example.com).share(red) > 0", false, "share = 0%"},
        {"dns(www.example.com).failures < 2", false, "failures = 2"},
    });
}

TEST_CASE("expectations: cost, of all and of one service") {
    check({
        {"cost < 12 USD", true, "cost = $2.00"},
        {"cost < 1 USD", false, "cost = $2.00"},
        {"cost(EC2) < 1 USD", true, "cost = $0.77"},
    });
    CHECK(Judged("cost < 1 USD")->points_to == "RDS MySQL");
    Results results = six_hours();
    results.cost[0].price = std::numeric_limits<double>::quiet_NaN();
    const Judged unknown("cost < 12 USD", results);
    CHECK_FALSE(unknown->passed);
    CHECK(unknown->measured == "cost: no price is known for m6g.large instance hours");
}

TEST_CASE("expectations: alarms become a state in time, or never") {
    check({
        {"alarm(Unhealthy) becomes ALARM within 3m of fault(1)", true, "after 2m"},
        {"alarm(Unhealthy) becomes ALARM within 1m of fault(1)", false, "after 2m"},
        {"alarm(Unhealthy) becomes ALARM", true, "at 3h02m"},
        {"alarm(Unhealthy) becomes INSUFFICIENT_DATA", false, "never"},
        {"alarm(Unhealthy) becomes OK within 1h of fault(1)", true, "after 1h"},
        {"alarm(Unhealthy) never becomes ALARM", false, "at 3h02m"},
        {"alarm(Unhealthy) never becomes ALARM in [0h, 3h]", true, "never"},
        {"alarm(Unhealthy) never becomes ALARM in [3h30m, 5h]", false, "at 3h02m"},
        {"alarm(Unhealthy) never becomes INSUFFICIENT_DATA", true, "never"},
        {"alarm(Unhealthy).times_in_alarm == 1", true, "times in alarm = 1"},
        {"alarm(Unhealthy).time_in_alarm < 10m", false, "time in alarm = 58m"},
        // An alarm that does not exist is no good news.
        {"alarm(Unknown) never becomes ALARM", false, "there is no such alarm"},
    });
}

TEST_CASE("expectations: recovery ends with the last step that has more errors than before") {
    check({
        {"recovered within 45m of fault(1)", true, "after 40m (errors back at 0.1%)"},
        {"recovered(shoppers) within 30m of fault(1)", false, "after 40m (errors back at 0.1%)"},
    });
    CHECK(Judged("recovered within 30m of fault(1)")->worst == 3h + 10min);
    Results results = six_hours();
    for (std::size_t i = 19; i < 22; ++i)
        results.outcomes[0].steps[i] = step(998, 2, 0.1F); // chance, not a fault
    CHECK(
        Judged("recovered within 30m of fault(1)", results)->measured ==
        "at once (errors stayed at 0.1%)"
    );
    for (std::size_t i = 19; i < 36; ++i)
        results.outcomes[0].steps[i] = step(900, 100, 0.1F);
    CHECK(Judged("recovered within 4h of fault(1)", results)->measured == "not yet after 3h");
    results = six_hours();
    // A second lot of errors, hours later, is another story.
    results.outcomes[0].steps[34] = step(500, 500, 0.1F);
    CHECK(Judged("recovered within 45m of fault(1)", results)->passed);
}

TEST_CASE("expectations: what no run could measure is found before it begins") {
    Scenario scenario = read_text(shop).scenario;
    const ExpectationContext context{&scenario};
    const auto mistakes = [&](std::string_view text) {
        const auto parsed = parse_expectation(text, context);
        REQUIRE(parsed);
        scenario.expectations = {*parsed};
        return mistakes_in_expectations(scenario);
    };
    CHECK(mistakes("cost < 1 USD after fault(1)").size() == 1);
    CHECK(mistakes("requests >= visits in [1h, 2h]").size() == 1);
    CHECK(mistakes("expression(\"metric(CPUUtilization)\").max < 1").size() == 1);
    CHECK(mistakes("expression(\"metric(AWS/RDS CPUUtilization\").max < 1").size() == 1);
    CHECK(mistakes("requests > 5 in [1h, 2h]").empty());
}

} // namespace diorama::simulation
