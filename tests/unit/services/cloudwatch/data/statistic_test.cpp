#include "services/cloudwatch/data/numbers.hpp"
#include "services/cloudwatch/data/statistic.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudwatch;

namespace {

std::optional<double> value(std::string_view statistic, const Distribution& values) {
    const auto parsed = parse_statistic(statistic);
    REQUIRE(parsed);
    return value_of(*parsed, values);
}

Distribution one_to(int last) {
    Distribution values;
    for (int i = 1; i <= last; ++i)
        values.add(i);
    return values;
}

} // namespace

TEST_CASE("value_of: the simple statistics") {
    const auto values = one_to(4);
    CHECK(value("SampleCount", values) == 4);
    CHECK(value("Sum", values) == 10);
    CHECK(value("Average", values) == 2.5);
    CHECK(value("Minimum", values) == 1);
    CHECK(value("Maximum", values) == 4);
    CHECK_FALSE(value("Sum", Distribution{}));
}

TEST_CASE("value_of: percentiles and the trimmed family, within a bucket's width") {
    const auto values = one_to(100);
    CHECK(*value("p50", values) == doctest::Approx(50).epsilon(0.011));
    CHECK(*value("p99.9", values) == doctest::Approx(100).epsilon(0.011));
    CHECK(*value("tm90", values) == doctest::Approx(45.5).epsilon(0.011));
    CHECK(*value("TM(10%:90%)", values) == doctest::Approx(50.5).epsilon(0.011));
    CHECK(*value("IQM", values) == doctest::Approx(50.5).epsilon(0.011));
    CHECK(*value("tc90", values) == doctest::Approx(90));
    CHECK(*value("ts90", values) == doctest::Approx(4095).epsilon(0.011));
    CHECK(*value("wm90", values) == doctest::Approx(0.9 * 45.5 + 0.1 * 90).epsilon(0.011));
    CHECK(*value("PR(:50.5)", values) == doctest::Approx(50).epsilon(0.02));
    CHECK(*value("TC(20.5:80.5)", values) == doctest::Approx(60).epsilon(0.04));
}

TEST_CASE("value_of: no percentile of negative values nor of statistic sets") {
    Distribution negative;
    negative.add(-1);
    CHECK_FALSE(value("p50", negative));
    Distribution set;
    set.add_statistics(10, 20, 1, 5);
    CHECK_FALSE(value("p50", set));
    CHECK(value("Average", set) == 2);
}

TEST_CASE("parse_statistic: refuses what AWS refuses") {
    for (const auto* text :
         {"",
          "average",
          "p",
          "p101",
          "p1.12345678901",
          "tm",
          "TM()",
          "TM(:)",
          "TM(1%:2)",
          "px",
          "PR(1%:2%)",
          "TM(5:1)",
          "p-1",
          "tm(1:2)"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_statistic(text));
    }
}

TEST_CASE("java_double: as Java prints them") {
    const std::pair<double, std::string_view> examples[] = {
        {21, "21.0"},
        {0.05, "0.05"},
        {0.001, "0.001"},
        {0.0001, "1.0E-4"},
        {12345678, "1.2345678E7"},
        {10000000, "1.0E7"},
        {9999999, "9999999.0"},
        {-3.25, "-3.25"},
        {0, "0.0"},
        {44.474999999999994, "44.474999999999994"},
    };
    for (const auto& [number, text] : examples)
        CHECK(java_double(number) == text);
}
