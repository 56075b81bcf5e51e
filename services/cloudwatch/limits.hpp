// Every number of CloudWatch, with its source.
#pragma once

#include "emulator/time/time.hpp"

#include <cstddef>

namespace diorama::cloudwatch::limits {

using namespace std::chrono_literals;

// AWS: CloudWatch User Guide, "Metrics retention".
inline constexpr Duration keeps_seconds = 3h;            // datapoints with a period under 60 s
inline constexpr Duration keeps_minutes = 15 * 24h;      // 60 s
inline constexpr Duration keeps_five_minutes = 63 * 24h; // 300 s
inline constexpr Duration keeps_hours = 455 * 24h;       // 3600 s

// AWS: API reference, PutMetricData and MetricDatum.
inline constexpr std::size_t data_per_put = 1000;
inline constexpr std::size_t values_per_datum = 150;
inline constexpr std::size_t dimensions_per_metric = 30;
inline constexpr Duration accepts_past = 14 * 24h;
inline constexpr Duration accepts_future = 2h;
inline constexpr double greatest_value = 0x1p360;

// AWS: API reference, GetMetricData, GetMetricStatistics, ListMetrics.
inline constexpr std::size_t queries_per_call = 500;
inline constexpr std::size_t datapoints_per_page = 100'800;
inline constexpr std::size_t datapoints_of_statistics = 1440;
inline constexpr std::size_t metrics_per_page = 500;
inline constexpr Duration lists_metrics_for = 14 * 24h;
inline constexpr Duration recently_active = 3h;

// AWS: API reference, PutMetricAlarm, DescribeAlarms, DescribeAlarmHistory, DeleteAlarms.
inline constexpr std::size_t actions_per_state = 5;
inline constexpr std::size_t metrics_per_math_alarm = 10;
inline constexpr std::size_t alarms_per_page = 50; // unless MaxRecords says otherwise
inline constexpr std::size_t history_items_per_page = 100;
inline constexpr std::size_t tags_per_alarm = 50;
inline constexpr std::int64_t evaluation_span_s = 86'400;          // periods * period
inline constexpr std::int64_t long_evaluation_span_s = 7 * 86'400; // for periods of an hour and up
inline constexpr Duration keeps_history = 14 * 24h;

// Observed: three buckets back for one evaluation period, five for three.
inline constexpr int extra_evaluation_range = 2;

// AWS: User Guide, "Using CloudWatch alarms": high-resolution alarms are evaluated every 10 s,
// others every minute.
inline constexpr Duration evaluates_every = 60s;
inline constexpr Duration evaluates_high_resolution_every = 10s;
// Observed: Auto Scaling actions are invoked again every minute.
inline constexpr Duration repeats_scaling_every = 60s;

} // namespace diorama::cloudwatch::limits
