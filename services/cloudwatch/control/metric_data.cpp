// See metric_data.hpp.
#include "services/cloudwatch/control/metric_data.hpp"

#include "services/cloudwatch/control/metric_input.hpp"
#include "services/cloudwatch/control/shapes.hpp"
#include "services/cloudwatch/data/metric_query.hpp"
#include "services/cloudwatch/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace diorama::cloudwatch {

namespace {

using Combination = api::InvalidParameterCombinationException;
using Value = api::InvalidParameterValueException;

} // namespace

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
api::PutMetricDataOutput
MetricData::put_metric_data(const aws::Call& call, const api::PutMetricDataInput& input) {
    // UNKNOWN: whether the text names the whole namespace.
    if (input.namespace_.starts_with("AWS/"))
        throw Value("The value AWS/ for parameter Namespace is invalid.");
    std::vector<CheckedDatum> checked; // all are checked before any is put
    const auto check = [&](const std::vector<api::MetricDatum>& datums, const std::string& place) {
        if (datums.size() > limits::data_per_put)
            throw Value(
                "The collection {} must not have a size greater than {}.",
                place,
                limits::data_per_put
            );
        for (std::size_t i = 0; i < datums.size(); ++i)
            checked.push_back(check_datum(
                call,
                input.namespace_,
                datums[i],
                fmt::format("{}.member.{}", place, i + 1)
            ));
    };
    check(input.metric_data, "MetricData");
    for (std::size_t i = 0; i < input.entity_metric_data.size(); ++i) {
        const auto place = fmt::format("EntityMetricData.member.{}", i + 1);
        if (input.entity_metric_data[i].entity) call.ignored(place + ".Entity");
        check(input.entity_metric_data[i].metric_data, place + ".MetricData");
    }
    if (checked.empty())
        throw api::MissingRequiredParameterException("The parameter MetricData is required.");
    for (const auto& datum : checked)
        store_.put(datum.id, datum.when, datum.values, datum.resolution);
    return {};
}

namespace {

void check_query(
    const api::MetricDataQuery& query,
    std::size_t number,
    std::set<std::string>& ids
) {
    if (!is_valid_query_id(query.id))
        throw aws::validation_error(
            "The value {} for parameter MetricDataQueries.member.{}.Id is not matching the "
            "expected "
            "pattern ^[a-z][a-zA-Z0-9_]*$.",
            query.id,
            number
        );
    if (!ids.insert(query.id).second)
        throw aws::validation_error(
            "The values for parameter id in MetricDataQueries are not unique."
        );
    if (query.metric_stat.has_value() == query.expression.has_value())
        throw aws::validation_error(
            "The parameter MetricDataQueries.member.{} must specify either MetricStat or "
            "Expression.",
            number
        );
    if (!query.metric_stat) return;
    const auto& stat = *query.metric_stat;
    if (!parse_statistic(stat.stat))
        throw aws::validation_error(
            "The value {} for parameter MetricDataQueries.member.{}.MetricStat.Stat is not "
            "supported.",
            stat.stat,
            number
        );
    if (!is_valid_period(stat.period))
        throw aws::validation_error(
            "The value {} for parameter MetricDataQueries.member.{}.MetricStat.Period is not "
            "valid. Period must be 1, 5, 10, 20, 30 or a multiple of 60.",
            stat.period,
            number
        );
}

void check_queries(const aws::Call& call, const api::GetMetricDataInput& input) {
    if (input.start_time >= input.end_time)
        throw aws::validation_error(
            "The parameter StartTime must be less than the parameter EndTime."
        );
    if (input.metric_data_queries.size() > limits::queries_per_call)
        throw aws::validation_error(
            "The collection MetricDataQueries must not have a size greater than {}.",
            limits::queries_per_call
        );
    std::set<std::string> ids;
    for (std::size_t i = 0; i < input.metric_data_queries.size(); ++i) {
        const auto& query = input.metric_data_queries[i];
        check_query(query, i + 1, ids);
        if (query.label && query.label->find("${") != std::string::npos)
            call.ignored("MetricDataQueries.Label");
        if (query.account_id && *query.account_id != call.account)
            call.ignored("MetricDataQueries.AccountId");
    }
    if (input.label_options) call.ignored("LabelOptions");
}

// Observed: a metric's label is its name; statistics and periods are added if the queries differ in
// them, units never.
std::string label_of(const MetricQuery& query, const std::vector<MetricQuery>& all) {
    if (!query.label.empty()) return query.label;
    if (!query.metric_stat) return query.id;
    std::set<std::string> statistics;
    std::set<int> periods;
    for (const auto& other : all) {
        if (!other.metric_stat) continue;
        statistics.insert(other.metric_stat->statistic);
        periods.insert(other.metric_stat->period_s);
    }
    auto label = query.metric_stat->metric_name;
    if (statistics.size() > 1) label += " " + query.metric_stat->statistic;
    if (periods.size() > 1) label += fmt::format(" {}", query.metric_stat->period_s);
    return label;
}

std::vector<api::MessageData> messages_of(const MetricView& view, const MetricQuery& query) {
    if (!query.metric_stat || !query.metric_stat->unit.empty()) return {};
    const auto& stat = *query.metric_stat;
    const auto* metric = view.store.find(
        {view.account, view.region, stat.metric_namespace, stat.metric_name, stat.dimensions}
    );
    if (metric == nullptr || metric->by_unit.size() < 2) return {};
    std::string units;
    for (const auto& [unit, series] : metric->by_unit)
        units += (units.empty() ? "" : ", ") + unit;
    return {{"MultipleUnits", fmt::format("Multiple units returned: '[{}]'", units)}};
}

// One page of all results laid end to end.
class Page {
public:
    Page(std::size_t skip, std::size_t room)
        : skip_(skip)
        , room_(room)
        , given_(skip) {}

    void add(api::MetricDataResult result, const Series& series, bool newest_first) {
        std::vector<std::pair<Timestamp, double>> points(series.begin(), series.end());
        if (newest_first) std::reverse(points.begin(), points.end());
        const auto skipped = std::min(skip_, points.size());
        skip_ -= skipped;
        const auto taken = std::min(room_, points.size() - skipped);
        room_ -= taken;
        given_ += taken;
        for (std::size_t i = skipped; i < skipped + taken; ++i) {
            result.timestamps.push_back(points[i].first);
            result.values.push_back(points[i].second);
        }
        const bool is_complete = skipped + taken == points.size();
        is_last_ = is_last_ && is_complete;
        result.status_code = is_complete ? api::StatusCode::Complete : api::StatusCode::PartialData;
        results_.push_back(std::move(result));
    }

    api::GetMetricDataOutput finish() {
        api::GetMetricDataOutput output;
        output.metric_data_results = std::move(results_);
        if (!is_last_) output.next_token = page_token(given_);
        return output;
    }

private:
    std::size_t skip_;
    std::size_t room_;
    std::size_t given_;
    bool is_last_ = true;
    std::vector<api::MetricDataResult> results_;
};

} // namespace

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
api::GetMetricDataOutput
MetricData::get_metric_data(const aws::Call& call, const api::GetMetricDataInput& input) const {
    check_queries(call, input);
    std::vector<MetricQuery> queries;
    for (const auto& query : input.metric_data_queries)
        queries.push_back(query_from(query));
    const MetricView view{store_, call.account, call.region};
    const auto end =
        std::min(input.end_time, call.now + limits::accepts_future + limits::evaluates_every);
    const auto answers = answer(view, queries, [&](Duration period) {
        const auto period_s = std::chrono::duration_cast<std::chrono::seconds>(period).count();
        const auto start = std::max(input.start_time, oldest_readable(call.now, period_s));
        return timeline_of(round_start(start, call.now, period_s), end, period);
    });
    const bool newest_first = input.scan_by.value_or(api::ScanBy::TimestampDescending) ==
                              api::ScanBy::TimestampDescending;
    const auto room = std::clamp<std::size_t>(
        static_cast<std::size_t>(std::max(input.max_datapoints.value_or(0), 0)),
        0,
        limits::datapoints_per_page
    );
    Page page(given_before(input.next_token), room == 0 ? limits::datapoints_per_page : room);
    for (const auto& query : queries) {
        const auto& result = answers.at(query.id);
        if (!result.error.empty())
            throw aws::validation_error("Error in expression '{}': {}", query.id, result.error);
        if (!query.returns_data) continue;
        const api::MetricDataResult described{
            .id = query.id,
            .label = label_of(query, queries),
            .timestamps = {},
            .values = {},
            .status_code = {},
            .messages = messages_of(view, query),
        };
        for (const auto& series : result.series)
            page.add(described, series, newest_first);
    }
    return page.finish();
}

namespace {

void check(const api::GetMetricStatisticsInput& input) {
    if (input.start_time >= input.end_time)
        throw Value("The parameter StartTime must be less than the parameter EndTime.");
    if (input.statistics.empty() && input.extended_statistics.empty())
        throw Combination(
            "At least one of the parameters Statistics and ExtendedStatistics must be specified."
        );
    if (!is_valid_period(input.period))
        throw Value(
            "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, and is {}.",
            input.period
        );
    for (const auto& statistic : input.extended_statistics) {
        const auto parsed = parse_statistic(statistic);
        if (!parsed || !parsed->is_extended())
            throw Value(
                "The value {} for parameter ExtendedStatistics is not supported.",
                statistic
            );
    }
    const auto span =
        std::chrono::duration_cast<std::chrono::seconds>(input.end_time - input.start_time);
    const auto points = static_cast<std::size_t>((span.count() + input.period - 1) / input.period);
    if (points > limits::datapoints_of_statistics)
        throw Combination(
            "You have requested up to {} datapoints, which exceeds the limit of {}. You may reduce "
            "the datapoints requested by increasing Period, or decreasing the time range.",
            points,
            limits::datapoints_of_statistics
        );
}

api::Datapoint describe(
    const api::GetMetricStatisticsInput& input,
    Timestamp when,
    const Distribution& values,
    const std::string& unit
) {
    api::Datapoint datapoint;
    datapoint.timestamp = when;
    datapoint.unit = api::parse_standard_unit(unit);
    for (const auto statistic : input.statistics) {
        switch (statistic) {
        case api::Statistic::SampleCount:
            datapoint.sample_count = values.count();
            break;
        case api::Statistic::Average:
            datapoint.average = values.average();
            break;
        case api::Statistic::Sum:
            datapoint.sum = values.sum();
            break;
        case api::Statistic::Minimum:
            datapoint.minimum = values.minimum();
            break;
        case api::Statistic::Maximum:
            datapoint.maximum = values.maximum();
            break;
        }
    }
    for (const auto& statistic : input.extended_statistics) {
        if (const auto value = value_of(*parse_statistic(statistic), values))
            datapoint.extended_statistics[statistic] = *value;
    }
    return datapoint;
}

} // namespace

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
api::GetMetricStatisticsOutput MetricData::get_metric_statistics(
    const aws::Call& call,
    const api::GetMetricStatisticsInput& input
) const {
    check(input);
    api::GetMetricStatisticsOutput output;
    output.label = input.metric_name;
    const auto* metric = store_.find(
        {call.account,
         call.region,
         input.namespace_,
         input.metric_name,
         dimensions_from(input.dimensions)}
    );
    if (metric == nullptr) return output;
    const std::chrono::seconds period(input.period);
    const auto start = round_start(input.start_time, call.now, input.period);
    for (const auto when : timeline_of(start, input.end_time, period)) {
        for (const auto& [unit, series] : metric->by_unit) {
            if (input.unit && unit != to_string(*input.unit)) continue;
            const auto values = series.period_at(when, period);
            if (!values.empty()) output.datapoints.push_back(describe(input, when, values, unit));
        }
    }
    return output;
}

namespace {

bool matches(const api::ListMetricsInput& input, const MetricKey& key) {
    if (input.namespace_ && *input.namespace_ != key.metric_namespace) return false;
    if (input.metric_name && *input.metric_name != key.name) return false;
    return std::all_of(input.dimensions.begin(), input.dimensions.end(), [&](const auto& filter) {
        return std::any_of(
            key.dimensions.begin(),
            key.dimensions.end(),
            [&](const auto& dimension) {
                return dimension.name == filter.name &&
                       (!filter.value || dimension.value == *filter.value);
            }
        );
    });
}

} // namespace

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
api::ListMetricsOutput
MetricData::list_metrics(const aws::Call& call, const api::ListMetricsInput& input) const {
    const auto skip = given_before(input.next_token);
    const auto oldest =
        call.now - (input.recently_active ? limits::recently_active : limits::lists_metrics_for);
    api::ListMetricsOutput output;
    std::size_t found = 0;
    const auto& metrics = store_.metrics();
    for (auto metric = metrics.lower_bound({call.account, call.region, "", "", {}});
         metric != metrics.end();
         ++metric) {
        const auto& [key, values] = *metric;
        if (key.account != call.account || key.region != call.region) break;
        if (!matches(input, key) || newest_datapoint_of(values) < oldest) continue;
        if (found++ < skip) continue;
        if (output.metrics.size() == limits::metrics_per_page) {
            output.next_token = page_token(skip + limits::metrics_per_page);
            break;
        }
        output.metrics.push_back({key.metric_namespace, key.name, describe(key.dimensions)});
    }
    return output;
}

} // namespace diorama::cloudwatch
