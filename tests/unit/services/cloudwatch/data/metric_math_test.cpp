#include "services/cloudwatch/data/metric_math.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace diorama;
using namespace diorama::cloudwatch;

namespace {

constexpr double gap = NAN;

Timestamp minute(std::size_t i) {
    return epoch + std::chrono::minutes(i);
}

Series series_of(const std::vector<double>& values) {
    Series series;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) series[minute(i)] = values[i];
    }
    return series;
}

using Metrics = std::map<std::string, Series>;

MathResult evaluate(std::string_view expression, const Metrics& metrics) {
    const auto parsed = parse_math(expression);
    if (!parsed.tree) return {{}, parsed.error};
    MathContext context;
    for (const auto& [id, series] : metrics)
        context.metrics.push_back(id);
    for (std::size_t i = 0; i < 5; ++i)
        context.timeline.push_back(minute(i));
    context.find = [&](const std::string& id) {
        const auto found = metrics.find(id);
        return found == metrics.end() ? nullptr : &found->second;
    };
    return evaluate_math(*parsed.tree, context);
}

Series series(std::string_view expression, const Metrics& metrics) {
    CAPTURE(expression);
    const auto result = evaluate(expression, metrics);
    REQUIRE_MESSAGE(result.error.empty(), result.error);
    REQUIRE(std::holds_alternative<Series>(result.value));
    return std::get<Series>(result.value);
}

const Metrics table{
    {"m1", series_of({1, 1, 0, 0, gap})},
    {"m2", series_of({30, gap, 0, 0, 30})},
    {"m3", series_of({0, 0, 20, gap, 20})},
};

} // namespace

TEST_CASE("evaluate_math: operators bind as usual") {
    const Metrics metrics{{"a", series_of({1, 2})}, {"b", series_of({4, 8})}};
    CHECK(series("a + b * 2", metrics) == series_of({9, 18}));
    CHECK(series("(a + b) * 2", metrics) == series_of({10, 20}));
    CHECK(series("100*a/b", metrics) == series_of({25, 25}));
    CHECK(series("-a ^ 2", metrics) == series_of({-1, -4}));
    CHECK(series("b - a - 1", metrics) == series_of({2, 5}));
    CHECK(series("a < 2 AND b >= 4", metrics) == series_of({1, 0}));
    CHECK(series("a == 2 || b == 4", metrics) == series_of({1, 1}));
}

TEST_CASE("evaluate_math: a missing operand is zero, division by zero drops the point") {
    const Metrics metrics{{"a", series_of({1, gap, 3})}, {"b", series_of({gap, 2, 0})}};
    CHECK(series("a + b", metrics) == series_of({1, 2, 3}));
    CHECK(series("a / b", metrics) == series_of({gap, 0, gap}));
}

TEST_CASE("evaluate_math: IF as in AWS's table") {
    CHECK(series("IF(m1, m2, m3)", table) == series_of({30, 0, 20}));
    CHECK(series("IF(m1, 5, m3)", table) == series_of({5, 5, 20}));
    CHECK(series("IF(m1, m2, 5)", table) == series_of({30, 0, 5, 5}));
}

TEST_CASE("evaluate_math: functions") {
    const Metrics metrics{{"a", series_of({1, gap, 3, gap})}, {"b", series_of({4, 4, 8, 8})}};
    CHECK(series("FILL(a, 0)", metrics) == series_of({1, 0, 3, 0, 0}));
    CHECK(series("FILL(a, REPEAT)", metrics) == series_of({1, 1, 3, 3, 3}));
    CHECK(series("FILL(a, LINEAR)", metrics) == series_of({1, 2, 3}));
    CHECK(series("SUM(METRICS())", metrics) == series_of({5, 4, 11, 8}));
    CHECK(series("AVG([a, b])", metrics) == series_of({2.5, 4, 5.5, 8}));
    CHECK(series("b - AVG(b)", metrics) == series_of({-2, -2, 2, 2}));
    CHECK(series("b / PERIOD(b)", metrics).at(minute(0)) == doctest::Approx(4.0 / 60));
    CHECK(series("RATE(b)", metrics).at(minute(2)) == doctest::Approx(4.0 / 60));
    CHECK(series("RUNNING_SUM(b)", metrics) == series_of({4, 8, 16, 24}));
    CHECK(series("DIFF(b)", metrics) == series_of({gap, 0, 4, 0}));
    CHECK(series("MAX(METRICS(\"a\"))", metrics) == series_of({1, gap, 3}));
}

TEST_CASE("evaluate_math: what is wrong is said") {
    const std::pair<std::string_view, std::string_view> examples[] = {
        {"a +", "Unexpected end of expression"},
        {"a ? b", "Unexpected character '?' at position 2"},
        {"x", "Undefined metric or expression id 'x'"},
        {"ANOMALY_DETECTION_BAND(m1)", "The function ANOMALY_DETECTION_BAND is not emulated"},
        {"AVG()", "Wrong number of arguments for function AVG"},
        {"m1 + REPEAT", "Unexpected 'REPEAT'"},
        {"(m1", "Unexpected end of expression"},
        {"\"m1", "Unterminated string literal"},
    };
    for (const auto& [expression, error] : examples) {
        CAPTURE(expression);
        CHECK(evaluate(expression, table).error != "");
        if (expression[0] != 'a') CHECK(evaluate(expression, table).error == error);
    }
    CHECK_FALSE(parse_math(std::string(1000, '(')).tree);
    CHECK_FALSE(parse_math(std::string(1000, '-')).tree);
}
