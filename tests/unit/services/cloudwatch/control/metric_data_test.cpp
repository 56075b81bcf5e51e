#include "tests/unit/services/cloudwatch/test_cloudwatch.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudwatch;
using namespace std::chrono_literals;

namespace {

api::MetricDatum latency(double value) {
    api::MetricDatum datum;
    datum.metric_name = "Latency";
    datum.value = value;
    return datum;
}

api::MetricDataQuery
latency_query(const std::string& id, const std::string& stat, int period = 60) {
    api::MetricDataQuery query;
    query.id = id;
    query.metric_stat = api::MetricStat{{"App", "Latency", {}}, period, stat, {}};
    return query;
}

} // namespace

TEST_CASE("PutMetricData: refuses contradictory values with AWS's sentences") {
    TestCloudWatch world;
    const auto put = [&](const api::MetricDatum& datum, const std::string& name = "App") {
        return error_of([&] {
            api::PutMetricDataInput input;
            input.namespace_ = name;
            input.metric_data = {datum};
            world.api.put_metric_data(world.call(), input);
        });
    };
    auto datum = latency(1);
    CHECK(put(datum) == "no error");
    datum.values = {1, 2};
    CHECK(
        put(datum) ==
        "InvalidParameterCombination: The parameters MetricData.member.1.Value and "
        "MetricData.member.1.Values are mutually exclusive and you have specified both."
    );
    datum.value.reset();
    datum.counts = {1};
    CHECK(
        put(datum) == "InvalidParameterValue: The parameters MetricData.member.1.Values and "
                      "MetricData.member.1.Counts must be of the same size."
    );
    datum = latency(1);
    datum.statistic_values = api::StatisticSet{1, 1, 1, 1};
    CHECK(
        put(datum) ==
        "InvalidParameterCombination: The parameters MetricData.member.1.Value and "
        "MetricData.member.1.StatisticValues are mutually exclusive and you have specified both."
    );
    CHECK(put(latency(1e300)).starts_with("InvalidParameterValue: The value"));
    datum = latency(1);
    datum.timestamp = world.test.time.now() - 15 * 24h;
    CHECK(
        put(datum).starts_with("InvalidParameterValue: The parameter MetricData.member.1.Timestamp")
    );
    CHECK(put(latency(1), "AWS/EC2").starts_with("InvalidParameterValue"));
}

TEST_CASE("GetMetricData: periods, labels, order and pages") {
    TestCloudWatch world;
    const auto start = world.test.time.now();
    for (int minute = 0; minute < 4; ++minute) {
        api::PutMetricDataInput input;
        input.namespace_ = "App";
        input.metric_data = {latency(minute), latency(minute + 2)};
        world.api.put_metric_data(world.call(), input);
        world.test.time.run_for(1min);
    }
    api::GetMetricDataInput input;
    input.metric_data_queries = {latency_query("a", "Average"), latency_query("b", "Maximum")};
    input.start_time = start + 30s; // rounded down to the minute
    input.end_time = start + 3min;  // excluded
    auto output = world.api.get_metric_data(world.call(), input);
    REQUIRE(output.metric_data_results.size() == 2);
    CHECK(output.metric_data_results[0].label == "Latency Average");
    CHECK(output.metric_data_results[0].values == std::vector<double>{3, 2, 1});
    CHECK(output.metric_data_results[0].timestamps.back() == start);
    CHECK(output.metric_data_results[1].values == std::vector<double>{4, 3, 2});
    CHECK_FALSE(output.next_token);

    input.max_datapoints = 4;
    input.scan_by = api::ScanBy::TimestampAscending;
    output = world.api.get_metric_data(world.call(), input);
    CHECK(output.metric_data_results[0].values == std::vector<double>{1, 2, 3});
    CHECK(output.metric_data_results[1].values == std::vector<double>{2});
    CHECK(output.metric_data_results[1].status_code == api::StatusCode::PartialData);
    REQUIRE(output.next_token);
    input.next_token = output.next_token;
    output = world.api.get_metric_data(world.call(), input);
    CHECK(output.metric_data_results[1].values == std::vector<double>{3, 4});
    CHECK_FALSE(output.next_token);

    api::MetricDataQuery sum;
    sum.id = "e";
    sum.expression = "a + b";
    input = {
        {latency_query("a", "Sum", 120), latency_query("b", "Sum", 120), sum},
        start,
        start + 4min
    };
    output = world.api.get_metric_data(world.call(), input);
    CHECK(output.metric_data_results[2].values == std::vector<double>{28, 12});
    CHECK(output.metric_data_results[2].label == "e");
}

TEST_CASE("GetMetricData: several units give the alphabetically first and a message") {
    TestCloudWatch world;
    world.put(1, "Milliseconds");
    world.put(2, "Count");
    api::MetricDataQuery query;
    query.id = "m";
    query.metric_stat = api::MetricStat{{"AWS/Test", "Load", {}}, 60, "Sum", {}};
    const auto now = world.test.time.now();
    const auto result =
        world.api.get_metric_data(world.call(), {{query}, now, now + 60s}).metric_data_results[0];
    CHECK(result.values == std::vector<double>{2});
    REQUIRE(result.messages.size() == 1);
    CHECK(result.messages[0].value == "Multiple units returned: '[Count, Milliseconds]'");
}

TEST_CASE("GetMetricStatistics: one datapoint per unit, and AWS's limits") {
    TestCloudWatch world;
    world.put(1, "Milliseconds");
    world.put(2, "Count");
    api::GetMetricStatisticsInput input;
    input.namespace_ = "AWS/Test";
    input.metric_name = "Load";
    input.start_time = world.test.time.now();
    input.end_time = input.start_time + 60s;
    input.period = 60;
    input.statistics = {api::Statistic::Sum, api::Statistic::SampleCount};
    input.extended_statistics = {"p50"};
    const auto output = world.api.get_metric_statistics(world.call(), input);
    REQUIRE(output.datapoints.size() == 2);
    CHECK(output.datapoints[0].unit == api::StandardUnit::Count);
    CHECK(output.datapoints[0].sum == 2);
    CHECK_FALSE(output.datapoints[0].average);
    CHECK(output.datapoints[0].extended_statistics.at("p50") == 2);

    input.end_time = input.start_time + 24h;
    input.period = 1;
    CHECK(
        error_of([&] { world.api.get_metric_statistics(world.call(), input); }) ==
        "InvalidParameterCombination: You have requested up to 86400 datapoints, which exceeds the "
        "limit of 1440. You may reduce the datapoints requested by increasing Period, or "
        "decreasing "
        "the time range."
    );
    input.end_time = input.start_time;
    CHECK(
        error_of([&] { world.api.get_metric_statistics(world.call(), input); }) ==
        "InvalidParameterValue: The parameter StartTime must be less than the parameter EndTime."
    );
}

TEST_CASE("ListMetrics: filters by namespace, name and dimensions; keeps accounts apart") {
    TestCloudWatch world;
    auto datum = latency(1);
    datum.dimensions = {{"Host", "a"}, {"App", "shop"}};
    api::PutMetricDataInput input;
    input.namespace_ = "App";
    input.metric_data = {latency(1), datum};
    world.api.put_metric_data(world.call(), input);
    CHECK(world.api.list_metrics(world.call(), {}).metrics.size() == 2);
    api::ListMetricsInput filter;
    filter.dimensions = {{"Host", {}}};
    const auto found = world.api.list_metrics(world.call(), filter).metrics;
    REQUIRE(found.size() == 1);
    CHECK(found[0].dimensions[0].name == "App"); // sorted
    auto other = world.call();
    other.account = "111111111111";
    CHECK(world.api.list_metrics(other, {}).metrics.empty());
    filter.next_token = "nonsense";
    CHECK(error_of([&] { world.api.list_metrics(world.call(), filter); }
    ).starts_with("InvalidNextToken"));
}
