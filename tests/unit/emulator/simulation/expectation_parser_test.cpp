#include "emulator/simulation/expectation_parser.hpp"
#include "emulator/simulation/measure_catalogue.hpp"
#include "tests/unit/emulator/simulation/scenario_text.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace diorama::simulation {

using namespace std::chrono_literals;

namespace {

// Read against `shop`: the population shoppers, and fault(1), called dark, from 3h to 3h30m.
Parsed<Expectation> parse(std::string_view text) {
    static const ReadScenario read = read_text(shop);
    ExpectationContext context;
    context.scenario = &read.scenario;
    return parse_expectation(text, context);
}

ComparisonExpectation comparison(std::string_view text) {
    const auto parsed = parse(text);
    CAPTURE(text);
    CAPTURE(parsed.problem.message);
    REQUIRE(parsed);
    CHECK(parsed->text == text);
    return std::get<ComparisonExpectation>(parsed->what);
}

} // namespace

TEST_CASE("a measure is compared with a bound in base units") {
    struct Case {
        const char* text;
        const char* measure;
        std::vector<std::string> arguments;
        const char* attribute;
        double bound;
    };

    const std::vector<Case> cases{
        {"outcomes(shoppers).error_rate < 0.1%", "outcomes", {"shoppers"}, "error_rate", 0.001},
        {"outcomes(shoppers, \"GET https://www.example.com/\").p99 < 900ms",
         "outcomes",
         {"shoppers", "GET https://www.example.com/"},
         "p99",
         900e6},
        {"outcomes(all).p99.9 <= 2s", "outcomes", {"all"}, "p99.9", 2e9},
        {"outcomes.count > 1000", "outcomes", {}, "count", 1000},
        {"outcomes(shoppers).rate >= 120/min", "outcomes", {"shoppers"}, "rate", 2},
        {"outcomes(shoppers).timed_out == 0", "outcomes", {"shoppers"}, "timed_out", 0},
        {"metric(AWS/AutoScaling GroupInServiceInstances, WebGroup).max <= 24",
         "metric",
         {"AWS/AutoScaling GroupInServiceInstances", "WebGroup"},
         "max",
         24},
        {"metric(AWS/RDS CPUUtilization, DBInstanceIdentifier=shop).max < 80%",
         "metric",
         {"AWS/RDS CPUUtilization", "DBInstanceIdentifier=shop"},
         "max",
         80},
        {"metric(AWS/ApplicationELB TargetResponseTime, Balancer).p99 < 900ms",
         "metric",
         {"AWS/ApplicationELB TargetResponseTime", "Balancer"},
         "p99",
         0.9},
        {"expression(\"100 * m1 / (m1 + m2)\").max < 5",
         "expression",
         {"100 * m1 / (m1 + m2)"},
         "max",
         5},
        {"instances(WebGroup).launched < 10", "instances", {"WebGroup"}, "launched", 10},
        {"alarm(Busy).time_in_alarm < 5m", "alarm", {"Busy"}, "time_in_alarm", 300e9},
        {"cache.hit_ratio > 90%", "cache", {}, "hit_ratio", 0.9},
        {"dns(www.example.com).share(blue) < 12%", "dns", {"www.example.com", "blue"}, "share", 0.12
        },
        {"sql(Database, \"SELECT COUNT(*), 1 FROM orders\") >= 10",
         "sql",
         {"Database", "SELECT COUNT(*), 1 FROM orders"},
         "",
         10},
        {"writes_lost == 0", "writes_lost", {}, "", 0},
        {"cost < 12 USD", "cost", {}, "", 12},
    };
    for (const Case& expected : cases) {
        const auto found = comparison(expected.text);
        CAPTURE(expected.text);
        CHECK(found.measure.name == expected.measure);
        CHECK(found.measure.arguments == expected.arguments);
        CHECK(found.measure.attribute == expected.attribute);
        CHECK(found.bound == doctest::Approx(expected.bound));
        CHECK_FALSE(found.other);
    }
}

TEST_CASE("a comparison can be of a part of the run") {
    const auto window = [](const char* text) { return comparison(text).measure.window; };
    const auto written = window("outcomes(shoppers).p99 < 1s in [2h, 3h]");
    CHECK(written.from == 2h);
    CHECK(written.to == 3h);
    const auto during = window("outcomes(shoppers).p99 < 1s during fault(1)");
    CHECK(during.from == 3h);
    CHECK(during.to == 3h + 30min);
    const auto after = window("cost < 1 USD after fault(dark)");
    CHECK(after.from == 3h + 30min);
    CHECK_FALSE(after.to);
    const auto before = window("outcomes(shoppers).p99 before fault(1) < 1s");
    CHECK_FALSE(before.from);
    CHECK(before.to == 3h);
}

TEST_CASE("a measure can be compared with another, times a factor") {
    const auto found =
        comparison("outcomes(shoppers).p99 during fault(1) < 3 * outcomes(all).p50 before fault(1)"
        );
    CHECK(found.bound == 3);
    CHECK(found.measure.window.from == 3h);
    REQUIRE(found.other);
    CHECK(found.other->attribute == "p50");
    CHECK(found.other->window.to == 3h);
    const auto plain = comparison("requests >= visits in [1h, 2h]");
    CHECK(plain.bound == 1);
    CHECK(plain.measure.window.from == 1h);
    CHECK(plain.other->window.from == 1h);
}

TEST_CASE("alarms become a state, or never do") {
    const auto alarm = [](const char* text) {
        const auto parsed = parse(text);
        REQUIRE(parsed);
        return std::get<AlarmExpectation>(parsed->what);
    };
    const auto within = alarm("alarm(Unhealthy) becomes ALARM within 3m of fault(1)");
    CHECK(within.alarm == "Unhealthy");
    CHECK(within.state == "ALARM");
    CHECK(within.within == 3min);
    CHECK(within.fault == 1);
    CHECK_FALSE(within.never);
    CHECK_FALSE(alarm("alarm(Unhealthy) becomes OK within 3m of start").fault);
    CHECK_FALSE(alarm("alarm(Unhealthy) becomes ALARM").within);
    CHECK(alarm("alarm(\"too busy\") never becomes ALARM in [1h, 2h]").never);
    CHECK(alarm("alarm(\"too busy\") never becomes ALARM in [1h, 2h]").window.to == 2h);
}

TEST_CASE("recovery is counted from a fault") {
    const auto parsed = parse("recovered(shoppers) within 8m of fault(dark)");
    REQUIRE(parsed);
    const auto recovery = std::get<RecoveryExpectation>(parsed->what);
    CHECK(recovery.population == "shoppers");
    CHECK(recovery.within == 8min);
    CHECK(recovery.fault == 1);
}

TEST_CASE("an expectation that is wrong says where in it, and what was meant") {
    const std::vector<std::pair<const char*, std::string>> cases{
        {"", "0 expected a measure like `outcomes(shoppers).p99`"},
        {"outcome(shoppers).p99 < 1s", "0 no measure `outcome`; outcomes"},
        {"outcomes(shopers).p99 < 1s", "9 no population `shopers`; shoppers"},
        {"outcomes(shoppers, \"GET https://www.example.com/car\").p99 < 1s",
         "20 no step `GET https://www.example.com/car` in the visits of shoppers; GET "
         "https://www.example.com/cart"},
        {"outcomes(shoppers).p98 < 1s", "19 `outcomes` has no `p98`; p90"},
        {"outcomes(shoppers) < 1s",
         "19 of what? `outcomes` has .count, .rate, .errors, .error_rate, .retries, .gave_up, "
         ".p50, .p90, .p95, .p99, .p99.9, .mean, .max, .ok, .client_error, .server_error, "
         ".bad_gateway, .unavailable, .gateway_timeout, .timed_out, .unresolved, .unreachable"},
        {"outcomes(shoppers).p99", "22 a comparison is missing: one of < <= == != >= >"},
        {"outcomes(shoppers).p99 <", "24 the bound is missing"},
        {"outcomes(shoppers).p99 < 5%", "25 `5%` is not a duration like `90s` or `3h30m`"},
        {"outcomes(shoppers).p99 < 900", "25 `900` has no unit; write `900s`, `900m` …"},
        {"outcomes(shoppers).p99 < 1s in 2h", "31 a window is written `in [2h, 3h]`"},
        {"outcomes(shoppers).p99 < 1s in [3h, 2h]", "31 the window ends before it begins"},
        {"outcomes(shoppers).p99 < 1s in [3h, 9h]", "36 `9h` is after the end of the run (6h)"},
        {"outcomes(shoppers).p99 < 1s during fault(2)", "41 no fault `2`: there are 1"},
        {"outcomes(shoppers).p99 < 1s during fault(drak)", "41 no fault `drak`: there are 1; dark"},
        {"outcomes(shoppers).p99 < 2 * cost", "29 the two measures do not have the same unit"},
        {"outcomes(shoppers).p99 < 2 * outcomes(x).p99", "38 no population `x`"},
        {"outcomes(a, b, c).p99 < 1s", "9 no population `a`"},
        {"outcomes(shoppers", "8 a parenthesis is not closed"},
        {"instances.max < 3", "0 which? Write `instances(group).max`"},
        {"metric(CPUUtilization).max < 3",
         "7 a namespace and a metric, like `AWS/RDS CPUUtilization`"},
        {"dns(ww.example.com).queries < 3",
         "4 no client asks for the host `ww.example.com`; www.example.com"},
        {"alarm(X) becomes ALRM", "17 no alarm state `ALRM`; ALARM"},
        {"alarm(X) becomes ALARM within 3m fault(1)", "33 of what? Write `of fault(1)`"},
        {"alarm(X) never ALARM", "15 write it like `alarm(X) never becomes ALARM`"},
        {"recovered in 8m", "10 write it like `recovered within 8m of fault(1)`"},
        {"recovered within 8m of fault(1) or so", "32 unexpected `or so`"},
        {"writes_lost == none", "15 no measure `none`"},
        {"sql(Database) > 1", "0 which? Write `sql(database, statement)`"},
        {"sql(Database, \"DELETE FROM orders\") > 1",
         "15 a SELECT in quotes, like \"SELECT COUNT(*) FROM orders\""},
        {"cost(a, b) < 1", "8 too many arguments; write `cost(service)`"},
    };
    for (const auto& [text, expected] : cases) {
        CAPTURE(text);
        const auto parsed = parse(text);
        REQUIRE_FALSE(parsed);
        const auto& [offset, message, suggestion] = parsed.problem;
        const auto told =
            fmt::format("{} {}{}{}", offset, message, suggestion.empty() ? "" : "; ", suggestion);
        CHECK(told == expected);
    }
}

TEST_CASE("a mistake in an expectation has the column inside the text") {
    CHECK(
        mistake_in(shop + "expect:\n  - outcomes(shopers).p99 < 1s\n") ==
        "10:14 no population `shopers`; did you mean `shoppers`?"
    );
    CHECK(
        mistake_in(shop + "expect: [\"outcomes(shopers).p99 < 1s\"]\n") ==
        "9:20 no population `shopers`; did you mean `shoppers`?"
    );
}

TEST_CASE("every measure of the catalogue can be written") {
    for (const MeasureKind& kind : measure_kinds()) {
        for (const MeasureAttribute& attribute : kind.attributes)
            CHECK_FALSE(attribute.description.empty());
        CHECK_FALSE(kind.description.empty());
        CHECK(find_measure_kind(kind.name) == &kind);
    }
}

} // namespace diorama::simulation
