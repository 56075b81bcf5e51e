// The decision of a metric alarm: given what was measured in the last periods, which state follows.
// Pure: no clock, no store, no alarm; the evaluator in background/ brings them together.
#pragma once

#include "emulator/time/time.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace diorama::cloudwatch {

enum class AlarmState { ok, alarm, insufficient_data };
std::string_view to_string(AlarmState state); // "OK", "ALARM", "INSUFFICIENT_DATA"
std::optional<AlarmState> parse_alarm_state(std::string_view text);

enum class Comparison {
    greater_than_or_equal_to_threshold,
    greater_than_threshold,
    less_than_threshold,
    less_than_or_equal_to_threshold,
};
// "GreaterThanThreshold" and so on; nothing for the operators of anomaly detection.
std::optional<Comparison> parse_comparison(std::string_view text);

enum class TreatMissingData { missing, ignore, breaching, not_breaching };
std::optional<TreatMissingData> parse_treat_missing_data(std::string_view text);

struct AlarmRule {
    int evaluation_periods = 1;
    int datapoints_to_alarm = 1;
    Comparison comparison = Comparison::greater_than_threshold;
    double threshold = 0;
    TreatMissingData treat_missing_data = TreatMissingData::missing;
};

bool is_breaching(const AlarmRule& rule, double value);

// One bucket of the evaluation range; without a value it is missing.
struct RangeDatapoint {
    Timestamp timestamp;
    std::optional<double> value;
    double sample_count = 0;
    bool operator==(const RangeDatapoint&) const = default;
};

// How many buckets to look at for that many evaluation periods.
int evaluation_range_of(int evaluation_periods);

enum class Verdict { ok, alarm, insufficient_data, keep };

struct Evaluation {
    Verdict verdict = Verdict::keep;
    // The datapoints that counted, newest first: the newest real ones, filled up with missing ones
    // to the number of evaluation periods.
    std::vector<RangeDatapoint> considered;
    int received = 0; // real ones among them
    int missing = 0;
    int breaching = 0;
};

// `range` is oldest first.
Evaluation evaluate(const AlarmRule& rule, const std::vector<RangeDatapoint>& range);

} // namespace diorama::cloudwatch
