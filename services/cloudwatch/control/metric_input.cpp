// See metric_input.hpp.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
#include "services/cloudwatch/control/metric_input.hpp"

#include "services/cloudwatch/control/shapes.hpp"
#include "services/cloudwatch/limits.hpp"

#include <algorithm>
#include <cmath>

namespace diorama::cloudwatch {

namespace {

using Combination = api::InvalidParameterCombinationException;
using Value = api::InvalidParameterValueException;

void check_number(double value, const std::string& parameter) {
    // AWS: "Values must be in the range of -2^360 to 2^360. In addition, special values (for
    // example, NaN, +Infinity, -Infinity) are not supported."
    if (!std::isfinite(value) || std::abs(value) > limits::greatest_value)
        throw Value("The value {} for parameter {} is invalid.", value, parameter);
}

void check_one_kind_of_value(const api::MetricDatum& datum, const std::string& place) {
    const auto exclude = [&](bool first, bool second, const char* a, const char* b) {
        if (first && second)
            throw Combination(
                "The parameters {}.{} and {}.{} are mutually exclusive and you have specified "
                "both.",
                place,
                a,
                place,
                b
            );
    };
    const bool has_values = !datum.values.empty();
    exclude(
        datum.value.has_value(),
        datum.statistic_values.has_value(),
        "Value",
        "StatisticValues"
    );
    exclude(datum.value.has_value(), has_values, "Value", "Values");
    exclude(has_values, datum.statistic_values.has_value(), "Values", "StatisticValues");
    if (!datum.value && !datum.statistic_values && !has_values)
        throw api::MissingRequiredParameterException(
            "At least one of the parameters must be specified."
        );
}

Distribution distribution_of(const api::MetricDatum& datum, const std::string& place) {
    check_one_kind_of_value(datum, place);
    Distribution distribution;
    if (datum.value) {
        check_number(*datum.value, place + ".Value");
        distribution.add(*datum.value);
        return distribution;
    }
    if (datum.statistic_values) {
        const auto& set = *datum.statistic_values;
        for (const double value : {set.sample_count, set.sum, set.minimum, set.maximum})
            check_number(value, place + ".StatisticValues");
        if (set.sample_count <= 0 || set.minimum > set.maximum)
            throw Value("The parameter {}.StatisticValues is invalid.", place);
        distribution.add_statistics(set.sample_count, set.sum, set.minimum, set.maximum);
        return distribution;
    }
    if (!datum.counts.empty() && datum.counts.size() != datum.values.size())
        throw Value("The parameters {0}.Values and {0}.Counts must be of the same size.", place);
    if (datum.values.size() > limits::values_per_datum)
        throw Value(
            "The collection {}.Values must not have a size greater than {}.",
            place,
            limits::values_per_datum
        );
    for (std::size_t i = 0; i < datum.values.size(); ++i) {
        check_number(datum.values[i], place + ".Values");
        const double count = datum.counts.empty() ? 1 : datum.counts[i];
        check_number(count, place + ".Counts");
        if (count < 0)
            throw Value("The value {} for parameter {}.Counts is invalid.", count, place);
        distribution.add(datum.values[i], count);
    }
    return distribution;
}

void check_time(Timestamp when, Timestamp now, const std::string& place) {
    // AWS: "up to two weeks before the current date, and up to 2 hours after the current day".
    // UNKNOWN: the exact sentences.
    if (when < now - limits::accepts_past)
        throw Value(
            "The parameter {}.Timestamp must specify a time no more than two weeks in the past.",
            place
        );
    if (when > now + limits::accepts_future)
        throw Value(
            "The parameter {}.Timestamp must specify a time no more than two hours in the future.",
            place
        );
}

} // namespace

CheckedDatum check_datum(
    const aws::Call& call,
    const std::string& metric_namespace,
    const api::MetricDatum& datum,
    const std::string& place
) {
    CheckedDatum checked;
    checked.values = distribution_of(datum, place);
    checked.when = datum.timestamp.value_or(call.now);
    check_time(checked.when, call.now, place);
    if (datum.dimensions.size() > limits::dimensions_per_metric)
        throw Value(
            "The collection {}.Dimensions must not have a size greater than {}.",
            place,
            limits::dimensions_per_metric
        );
    const int resolution = datum.storage_resolution.value_or(60);
    if (resolution != 1 && resolution != 60)
        throw Value(
            "The value {} for parameter {}.StorageResolution is invalid.",
            resolution,
            place
        );
    checked.resolution = resolution == 1 ? StorageResolution::high : StorageResolution::standard;
    checked.id = {
        .account = call.account,
        .region = call.region,
        .metric_namespace = metric_namespace,
        .name = datum.metric_name,
        .dimensions = dimensions_from(datum.dimensions),
        .unit = datum.unit ? std::string(to_string(*datum.unit)) : "None",
    };
    return checked;
}

// AWS, GetMetricData, StartTime: "Start time less than 15 days ago - Round down to the nearest
// whole minute … between 15 and 63 days ago - … nearest 5-minute clock interval … greater than 63
// days ago
// - … nearest 1-hour clock interval. If you set Period to 5, 10, 20 or 30, the start time … is
// rounded down to the nearest time that corresponds to even 5-, 10-, 20- or 30-second divisions of
// a minute."
Timestamp round_start(Timestamp start, Timestamp now, std::int64_t period_s) {
    std::int64_t step = 60;
    if (period_s < 60) step = period_s;
    if (start < now - limits::keeps_minutes) step = 300;
    if (start < now - limits::keeps_five_minutes) step = 3600;
    return start - start.time_since_epoch() % std::chrono::seconds(step);
}

Timestamp oldest_readable(Timestamp now, std::int64_t period_s) {
    if (period_s % 60 != 0) return now - limits::keeps_seconds;
    if (period_s % 300 != 0) return now - limits::keeps_minutes;
    if (period_s % 3600 != 0) return now - limits::keeps_five_minutes;
    return now - limits::keeps_hours;
}

} // namespace diorama::cloudwatch
