#include "emulator/simulation/reader/expression.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <utility>
#include <vector>

namespace diorama::simulation {

using namespace std::chrono_literals;
using Law = RandomVariable::Law;

namespace {

const CurveContext day{Timestamp{}, 24h, false};

template <typename Value>
std::string problem_of(const Parsed<Value>& parsed) {
    if (parsed) return "none";
    return fmt::format(
        "{} {}{}",
        parsed.problem.offset,
        parsed.problem.message,
        parsed.problem.suggestion.empty() ? "" : "; " + parsed.problem.suggestion
    );
}

} // namespace

TEST_CASE("laws are read with their parameters in base units") {
    struct Case {
        const char* text;
        Law law;
        double mean;
    };

    for (const Case& expected : {
             Case{"6ms", Law::constant, 6e6},
             Case{"constant(6ms)", Law::constant, 6e6},
             Case{"exponential(4s)", Law::exponential, 4e9},
             Case{"uniform(1ms, 3ms)", Law::uniform, 2e6},
             Case{"normal(6ms,1ms)", Law::normal, 6e6},
             Case{"lognormal(6ms, 0)", Law::lognormal, 6e6},
             Case{"empirical(1ms: 50%, 3ms: 50%)", Law::empirical, 2e6},
             Case{"empirical(1ms 50%, 3ms 50%)", Law::empirical, 2e6},
         }) {
        CAPTURE(expected.text);
        const auto law = parse_law(expected.text, Quantity::duration);
        REQUIRE(law);
        CHECK(law->law() == expected.law);
        CHECK(law->mean() == doctest::Approx(expected.mean));
    }
    CHECK(parse_law("4KiB", Quantity::size)->mean() == 4096);
}

TEST_CASE("a law that is wrong says where and how it is written") {
    const auto problem = [](const char* text) {
        return problem_of(parse_law(text, Quantity::duration));
    };
    CHECK(problem("6") == "0 `6` has no unit; write `6s`, `6m` …");
    CHECK(problem("-6ms") == "0 `-6ms` is negative");
    CHECK(problem("lognomal(6ms, 0.5)") == "0 no law `lognomal`; lognormal");
    CHECK(
        problem("lognormal(6ms)") ==
        "0 write it like lognormal(6ms, 0.5), by median and the deviation of the logarithm"
    );
    CHECK(problem("uniform(1ms, 3)") == "13 `3` has no unit; write `3s`, `3m` …");
    CHECK(problem("uniform(3ms, 1ms)") == "13 the end is before the beginning");
    CHECK(problem("exponential(4s") == "14 a parenthesis is not closed");
    CHECK(problem("empirical(1ms 50%, 2ms 10%)") == "10 the shares add up to 60%, not 100%");
    CHECK(problem("empirical(1ms, 2ms)") == "10 a value and its share, like `20ms 5%`");
    CHECK(problem("exponential") == "0 write it like exponential(4s), by its mean");
}

TEST_CASE("rates over time become points") {
    const auto constant = parse_curve("400/s", day);
    REQUIRE(constant);
    CHECK(constant->curve.at(5h) == 400);

    const auto points = parse_curve("[0h 400/s, 2h 900/s]", day);
    REQUIRE(points);
    CHECK(points->curve.at(1h) == 650);
    CHECK(points->curve.at(9h) == 900);

    const auto step = parse_curve("step(10/s, 50/s, at 2h)", day);
    REQUIRE(step);
    CHECK(step->curve.at(2h - 1ns) == 10);
    CHECK(step->curve.at(2h) == 50);

    const auto ramp = parse_curve("ramp(0/s, 100/s, from 1h, to 2h)", day);
    REQUIRE(ramp);
    CHECK(ramp->curve.at(30min) == 0);
    CHECK(ramp->curve.at(90min) == 50);

    const auto spike = parse_curve("spike(10/s, 500/s, at 2h, for 10m)", day);
    REQUIRE(spike);
    CHECK(spike->curve.at(2h + 5min) == 500);
    CHECK(spike->curve.at(2h + 10min) == 10);
    CHECK(parse_curve("400 requests/s", day)->counts_requests);
}

TEST_CASE("a diurnal curve has its mean, and its peak at the time of day") {
    CurveContext context{Timestamp(6h), 48h, false}; // begins at six in the morning
    const auto curve = parse_curve("diurnal(1000/s, peak 20:00, swing 60%)", context);
    REQUIRE(curve);
    CHECK(curve->curve.at(14h) == doctest::Approx(1600));
    CHECK(curve->curve.at(26h) == doctest::Approx(400));
    CHECK(curve->curve.integral(24h) / 86'400 == doctest::Approx(1000).epsilon(0.001));
}

TEST_CASE("a rate that is wrong says where") {
    const auto problem = [](const char* text) { return problem_of(parse_curve(text, day)); };
    CHECK(problem("-4/s") == "0 `-4/s` is negative");
    CHECK(problem("400") == "0 `400` is not a rate like `400/s` or `120/min`");
    CHECK(problem("[0h 1/s, 25h 2/s]") == "9 `25h` is after the end of the run (1d)");
    CHECK(problem("[2h 1/s, 1h 2/s]") == "9 a point before the one that precedes it");
    CHECK(problem("[-1h 1/s]") == "1 `-1h` is before the start");
    CHECK(
        problem("[0h 1/s, 1h 2 requests/s]") ==
        "12 counts requests where another point counts visits"
    );
    CHECK(problem("spyke(1/s, 2/s, at 1h, for 1m)") == "0 no curve `spyke`; spike");
    CHECK(problem("step(1/s, 2/s)") == "0 write it like step(400/s, 900/s, at 2h)");
    CHECK(problem("diurnal(1/s, 27:00, 10%)") == "13 `27:00` is not a time of day like `20:30`");
    CHECK(problem("[]") == "0 no points");
}

TEST_CASE("values of placeholders have a source") {
    const auto zipf = parse_value_source("zipf(10000, 1.1)");
    REQUIRE(zipf);
    CHECK(zipf->kind == ValueSource::Kind::zipf);
    CHECK(zipf->count == 10'000);
    CHECK(zipf->exponent == 1.1);
    CHECK(parse_value_source("uniform(5)")->count == 5);
    CHECK(parse_value_source("sequence")->kind == ValueSource::Kind::sequence);
    CHECK(parse_value_source("choice(red, blue)")->choices.size() == 2);
    CHECK(parse_value_source("files(Assets)")->bucket == "Assets");
    CHECK(problem_of(parse_value_source("zipff(1, 2)")) == "0 no source of values `zipff`; zipf");
    CHECK(problem_of(parse_value_source("uniform(0)")) == "8 `0` is not a count from 1");
}

} // namespace diorama::simulation
