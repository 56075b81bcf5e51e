// See state.hpp. Records are kept as JSON.
#include "services/cloudwatch/state.hpp"

#include "emulator/storage/record.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::cloudwatch {

namespace {

using Json = nlohmann::json;
using storage::from_ticks;
using storage::ticks;

Json to_json(const MetricStat& stat) {
    Json dimensions = Json::array();
    for (const auto& dimension : stat.dimensions)
        dimensions.push_back({dimension.name, dimension.value});
    return {
        {"namespace", stat.metric_namespace},
        {"name", stat.metric_name},
        {"dimensions", dimensions},
        {"period", stat.period_s},
        {"statistic", stat.statistic},
        {"unit", stat.unit},
    };
}

MetricStat metric_stat_from(const Json& json) {
    MetricStat stat;
    stat.metric_namespace = json.at("namespace");
    stat.metric_name = json.at("name");
    for (const auto& dimension : json.at("dimensions"))
        stat.dimensions.push_back({dimension.at(0), dimension.at(1)});
    stat.period_s = json.at("period");
    stat.statistic = json.at("statistic");
    stat.unit = json.at("unit");
    return stat;
}

Json to_json(const MetricQuery& query) {
    Json json{
        {"id", query.id},
        {"expression", query.expression},
        {"label", query.label},
        {"returns", query.returns_data},
        {"period", query.period_s},
    };
    if (query.metric_stat) json["metric"] = to_json(*query.metric_stat);
    return json;
}

MetricQuery query_from(const Json& json) {
    MetricQuery query;
    query.id = json.at("id");
    query.expression = json.at("expression");
    query.label = json.at("label");
    query.returns_data = json.at("returns");
    query.period_s = json.at("period");
    if (json.contains("metric")) query.metric_stat = metric_stat_from(json.at("metric"));
    return query;
}

} // namespace

std::string
alarm_key(const std::string& account, const std::string& region, const std::string& name) {
    return account + "/" + region + "/" + name;
}

std::string Alarm::key() const {
    return alarm_key(account, region, name);
}

std::string Alarm::arn() const {
    return fmt::format("arn:aws:cloudwatch:{}:{}:alarm:{}", region, account, name);
}

AlarmRule Alarm::rule() const {
    return {
        .evaluation_periods = evaluation_periods,
        .datapoints_to_alarm = datapoints_to_alarm.value_or(evaluation_periods),
        .comparison =
            parse_comparison(comparison_operator).value_or(Comparison::greater_than_threshold),
        .threshold = threshold,
        .treat_missing_data =
            parse_treat_missing_data(treat_missing_data).value_or(TreatMissingData::missing),
    };
}

int Alarm::period_s() const {
    if (queries.empty()) return metric.period_s;
    int period = 0;
    for (const auto& query : queries)
        period = std::max(period, query.metric_stat ? query.metric_stat->period_s : query.period_s);
    return period == 0 ? 60 : period;
}

const std::vector<std::string>& Alarm::actions_for(AlarmState wanted) const {
    switch (wanted) {
    case AlarmState::ok:
        return ok_actions;
    case AlarmState::alarm:
        return alarm_actions;
    case AlarmState::insufficient_data:
        break;
    }
    return insufficient_data_actions;
}

std::string Alarm::encode() const {
    Json json{
        {"account", account},
        {"region", region},
        {"name", name},
        {"actions_enabled", actions_enabled},
        {"ok_actions", ok_actions},
        {"alarm_actions", alarm_actions},
        {"insufficient_data_actions", insufficient_data_actions},
        {"metric", to_json(metric)},
        {"queries", Json::array()},
        {"evaluation_periods", evaluation_periods},
        {"threshold", threshold},
        {"comparison_operator", comparison_operator},
        {"treat_missing_data", treat_missing_data},
        {"low_sample_count_percentile", low_sample_count_percentile},
        {"state", to_string(state)},
        {"state_reason", state_reason},
        {"state_reason_data", state_reason_data},
        {"configuration_updated", ticks(configuration_updated)},
        {"state_updated", ticks(state_updated)},
        {"state_transitioned", ticks(state_transitioned)},
        {"tags", tags},
    };
    for (const auto& query : queries)
        json["queries"].push_back(to_json(query));
    if (description) json["description"] = *description;
    if (datapoints_to_alarm) json["datapoints_to_alarm"] = *datapoints_to_alarm;
    return json.dump();
}

Alarm Alarm::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    Alarm alarm;
    alarm.account = json.at("account");
    alarm.region = json.at("region");
    alarm.name = json.at("name");
    alarm.actions_enabled = json.at("actions_enabled");
    alarm.ok_actions = json.at("ok_actions").get<std::vector<std::string>>();
    alarm.alarm_actions = json.at("alarm_actions").get<std::vector<std::string>>();
    alarm.insufficient_data_actions =
        json.at("insufficient_data_actions").get<std::vector<std::string>>();
    alarm.metric = metric_stat_from(json.at("metric"));
    for (const auto& query : json.at("queries"))
        alarm.queries.push_back(query_from(query));
    alarm.evaluation_periods = json.at("evaluation_periods");
    alarm.threshold = json.at("threshold");
    alarm.comparison_operator = json.at("comparison_operator");
    alarm.treat_missing_data = json.at("treat_missing_data");
    alarm.low_sample_count_percentile = json.at("low_sample_count_percentile");
    alarm.state = parse_alarm_state(json.at("state").get<std::string>())
                      .value_or(AlarmState::insufficient_data);
    alarm.state_reason = json.at("state_reason");
    alarm.state_reason_data = json.at("state_reason_data");
    alarm.configuration_updated = from_ticks(json.at("configuration_updated"));
    alarm.state_updated = from_ticks(json.at("state_updated"));
    alarm.state_transitioned = from_ticks(json.at("state_transitioned"));
    alarm.tags = json.at("tags").get<std::map<std::string, std::string>>();
    if (json.contains("description")) alarm.description = json.at("description");
    if (json.contains("datapoints_to_alarm"))
        alarm.datapoints_to_alarm = json.at("datapoints_to_alarm").get<int>();
    return alarm;
}

std::string AlarmHistoryItem::encode() const {
    return Json{
        {"account", account},
        {"region", region},
        {"alarm", alarm_name},
        {"timestamp", ticks(timestamp)},
        {"type", type},
        {"summary", summary},
        {"details", details},
    }
        .dump();
}

AlarmHistoryItem AlarmHistoryItem::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    AlarmHistoryItem item;
    item.account = json.at("account");
    item.region = json.at("region");
    item.alarm_name = json.at("alarm");
    item.timestamp = from_ticks(json.at("timestamp"));
    item.type = json.at("type");
    item.summary = json.at("summary");
    item.details = json.at("details");
    return item;
}

State::State(Journal& journal)
    : alarms(journal, "cloudwatch.alarms")
    , history(journal, "cloudwatch.alarm_history") {
    for (const auto& [key, item] : history)
        last_history_item_ = std::max<std::uint64_t>(last_history_item_, std::stoull(key));
}

void State::remember(AlarmHistoryItem item) {
    history.put(fmt::format("{:020}", ++last_history_item_), std::move(item));
}

void State::forget_history_before(Timestamp limit) {
    while (!history.empty() && history.begin()->second.timestamp < limit)
        history.erase(std::string(history.begin()->first));
}

} // namespace diorama::cloudwatch
