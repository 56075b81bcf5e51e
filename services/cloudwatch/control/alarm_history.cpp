// See alarm_history.hpp.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
#include "services/cloudwatch/control/alarm_history.hpp"

#include "services/cloudwatch/control/shapes.hpp"
#include "services/cloudwatch/limits.hpp"

#include <algorithm>

namespace diorama::cloudwatch {

namespace {

bool matches(
    const AlarmHistoryItem& item,
    const aws::Call& call,
    const api::DescribeAlarmHistoryInput& input
) {
    if (item.account != call.account || item.region != call.region) return false;
    if (item.timestamp < call.now - limits::keeps_history) return false;
    if (input.alarm_name && item.alarm_name != *input.alarm_name) return false;
    if (input.history_item_type && item.type != to_string(*input.history_item_type)) return false;
    if (input.start_date && item.timestamp < *input.start_date) return false;
    return !input.end_date || item.timestamp <= *input.end_date;
}

api::AlarmHistoryItem describe(const AlarmHistoryItem& item) {
    api::AlarmHistoryItem described;
    described.alarm_name = item.alarm_name;
    described.alarm_type = api::AlarmType::MetricAlarm;
    described.timestamp = item.timestamp;
    described.history_item_type = api::parse_history_item_type(item.type);
    described.history_summary = item.summary;
    described.history_data = item.details;
    return described;
}

} // namespace

api::DescribeAlarmHistoryOutput describe_alarm_history(
    const State& state,
    const aws::Call& call,
    const api::DescribeAlarmHistoryInput& input
) {
    std::vector<const AlarmHistoryItem*> items; // oldest first
    const auto& types = input.alarm_types;
    const bool wants_metric_alarms =
        types.empty() ||
        std::find(types.begin(), types.end(), api::AlarmType::MetricAlarm) != types.end();
    for (const auto& [key, item] : state.history) {
        if (wants_metric_alarms && matches(item, call, input)) items.push_back(&item);
    }
    // AWS: newest first, unless ScanBy says otherwise.
    if (input.scan_by.value_or(api::ScanBy::TimestampDescending) ==
        api::ScanBy::TimestampDescending)
        std::reverse(items.begin(), items.end());
    const auto skip = std::min(given_before(input.next_token), items.size());
    const auto most = input.max_records ? static_cast<std::size_t>(*input.max_records)
                                        : limits::history_items_per_page;
    const auto end = std::min(items.size(), skip + most);
    api::DescribeAlarmHistoryOutput output;
    for (std::size_t i = skip; i < end; ++i)
        output.alarm_history_items.push_back(describe(*items[i]));
    if (end < items.size()) output.next_token = page_token(end);
    return output;
}

} // namespace diorama::cloudwatch
