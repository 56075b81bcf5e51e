// See alarms.hpp.
#include "services/cloudwatch/control/alarms.hpp"

#include "emulator/aws/arn.hpp"
#include "services/cloudwatch/control/alarm_input.hpp"
#include "services/cloudwatch/control/shapes.hpp"
#include "services/cloudwatch/data/alarm_reason.hpp"
#include "services/cloudwatch/limits.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::cloudwatch {

namespace {

AlarmHistoryItem configuration_update(const Alarm& alarm, Timestamp now, std::string_view change) {
    const bool is_delete = change == "deleted";
    nlohmann::ordered_json details{
        {"version", "1.0"},
        {"type",
         is_delete             ? "Delete"
         : change == "created" ? "Create"
                               : "Update"},
        {is_delete             ? "deletedAlarm"
         : change == "created" ? "createdAlarm"
                               : "updatedAlarm",
         {{"alarmName", alarm.name},
          {"alarmArn", alarm.arn()},
          {"stateValue", to_string(alarm.state)},
          {"actionsEnabled", alarm.actions_enabled},
          {"okActions", alarm.ok_actions},
          {"alarmActions", alarm.alarm_actions},
          {"insufficientDataActions", alarm.insufficient_data_actions},
          {"evaluationPeriods", alarm.evaluation_periods},
          {"threshold", alarm.threshold},
          {"comparisonOperator", alarm.comparison_operator}}},
    };
    return {
        .account = alarm.account,
        .region = alarm.region,
        .alarm_name = alarm.name,
        .timestamp = now,
        .type = "ConfigurationUpdate",
        .summary = fmt::format("Alarm \"{}\" {}", alarm.name, change),
        .details = details.dump(),
    };
}

} // namespace

void Alarms::put(Alarm alarm, Timestamp now) {
    alarm.configuration_updated = now;
    const auto* known = state_.alarms.find(alarm.key());
    if (known != nullptr) {
        // AWS: "When you update an existing alarm, its state is left unchanged, but the update
        // completely overwrites the previous configuration of the alarm."
        alarm.state = known->state;
        alarm.state_reason = known->state_reason;
        alarm.state_reason_data = known->state_reason_data;
        alarm.state_updated = known->state_updated;
        alarm.state_transitioned = known->state_transitioned;
        // AWS: "Tags … If you are using this operation to update an existing alarm, any tags you
        // specify in this parameter are ignored."
        alarm.tags = known->tags;
    } else {
        alarm.state = AlarmState::insufficient_data;
        alarm.state_reason = initial_state_reason;
        alarm.state_updated = now;
        alarm.state_transitioned = now;
    }
    state_.remember(configuration_update(alarm, now, known == nullptr ? "created" : "updated"));
    const auto key = alarm.key();
    evaluator_.watch(state_.alarms.put(key, std::move(alarm)));
}

void Alarms::erase(const std::string& key, Timestamp now) {
    const auto* alarm = state_.alarms.find(key);
    if (alarm == nullptr) return;
    state_.remember(configuration_update(*alarm, now, "deleted"));
    evaluator_.forget(key);
    state_.alarms.erase(key);
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
api::PutMetricAlarmOutput
Alarms::put_metric_alarm(const aws::Call& call, const api::PutMetricAlarmInput& input) {
    auto alarm = check_alarm(call, input);
    for (const auto* actions :
         {&alarm.ok_actions, &alarm.alarm_actions, &alarm.insufficient_data_actions}) {
        for (const auto& action : *actions) {
            if (!actions_.is_emulated(action)) call.ignored("Action " + action);
        }
    }
    put(std::move(alarm), call.now);
    return {};
}

namespace {

bool has_action(const Alarm& alarm, const std::string& prefix) {
    for (const auto* actions :
         {&alarm.ok_actions, &alarm.alarm_actions, &alarm.insufficient_data_actions}) {
        for (const auto& action : *actions) {
            if (action.starts_with(prefix)) return true;
        }
    }
    return false;
}

bool matches(const api::DescribeAlarmsInput& input, const Alarm& alarm) {
    const auto& names = input.alarm_names;
    if (!names.empty() && std::find(names.begin(), names.end(), alarm.name) == names.end())
        return false;
    if (input.alarm_name_prefix && !alarm.name.starts_with(*input.alarm_name_prefix)) return false;
    if (input.state_value && to_string(*input.state_value) != to_string(alarm.state)) return false;
    return !input.action_prefix || has_action(alarm, *input.action_prefix);
}

} // namespace

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
api::DescribeAlarmsOutput
Alarms::describe_alarms(const aws::Call& call, const api::DescribeAlarmsInput& input) const {
    if (!input.alarm_names.empty() && input.alarm_name_prefix)
        throw aws::validation_error(
            "AlarmNamePrefix and AlarmNames are mutually exclusive and you have specified both."
        );
    api::DescribeAlarmsOutput output;
    const auto& types = input.alarm_types;
    const bool wants_metric_alarms =
        types.empty() ||
        std::find(types.begin(), types.end(), api::AlarmType::MetricAlarm) != types.end();
    // There are no composite alarms, so no alarm has children or parents.
    if (!wants_metric_alarms || input.children_of_alarm_name || input.parents_of_alarm_name)
        return output;
    const auto skip = given_before(input.next_token);
    const auto most =
        input.max_records ? static_cast<std::size_t>(*input.max_records) : limits::alarms_per_page;
    std::size_t found = 0;
    const auto first = alarm_key(call.account, call.region, "");
    for (auto entry = state_.alarms.lower_bound(first);
         entry != state_.alarms.end() && entry->first.starts_with(first);
         ++entry) {
        if (!matches(input, entry->second) || found++ < skip) continue;
        if (output.metric_alarms.size() == most) {
            output.next_token = page_token(skip + most);
            break;
        }
        output.metric_alarms.push_back(describe(entry->second));
    }
    return output;
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html
api::DescribeAlarmsForMetricOutput Alarms::describe_alarms_for_metric(
    const aws::Call& call,
    const api::DescribeAlarmsForMetricInput& input
) const {
    const auto dimensions = dimensions_from(input.dimensions);
    const auto watches = [&](const MetricStat& stat) {
        if (stat.metric_name != input.metric_name || stat.metric_namespace != input.namespace_)
            return false;
        if (stat.dimensions != dimensions) return false;
        if (input.statistic && stat.statistic != to_string(*input.statistic)) return false;
        if (input.extended_statistic && stat.statistic != *input.extended_statistic) return false;
        if (input.period && stat.period_s != *input.period) return false;
        return !input.unit || stat.unit == to_string(*input.unit);
    };
    api::DescribeAlarmsForMetricOutput output;
    const auto first = alarm_key(call.account, call.region, "");
    for (auto entry = state_.alarms.lower_bound(first);
         entry != state_.alarms.end() && entry->first.starts_with(first);
         ++entry) {
        const auto& alarm = entry->second;
        const bool found =
            alarm.queries.empty()
                ? watches(alarm.metric)
                : std::any_of(alarm.queries.begin(), alarm.queries.end(), [&](const auto& query) {
                      return query.metric_stat && watches(*query.metric_stat);
                  });
        if (found) output.metric_alarms.push_back(describe(alarm));
    }
    return output;
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
api::SetAlarmStateOutput
Alarms::set_alarm_state(const aws::Call& call, const api::SetAlarmStateInput& input) {
    auto* alarm = state_.alarms.edit(alarm_key(call.account, call.region, input.alarm_name));
    if (alarm == nullptr) throw api::ResourceNotFound(""); // AWS gives no message
    const auto reason_data = input.state_reason_data.value_or("");
    if (!reason_data.empty() && !nlohmann::json::accept(reason_data))
        throw api::InvalidFormatFault("The value for parameter StateReasonData is not valid JSON.");
    evaluator_.change_state(
        *alarm,
        *parse_alarm_state(to_string(input.state_value)),
        input.state_reason,
        reason_data
    );
    return {};
}

// AWS: EnableAlarmActions and DisableAlarmActions; names that do not exist are passed over.
void Alarms::enable_actions(
    const aws::Call& call,
    const std::vector<std::string>& names,
    bool enabled
) {
    for (const auto& name : names) {
        auto* alarm = state_.alarms.edit(alarm_key(call.account, call.region, name));
        if (alarm == nullptr || alarm->actions_enabled == enabled) continue;
        alarm->actions_enabled = enabled;
        alarm->configuration_updated = call.now;
        state_.remember(configuration_update(*alarm, call.now, "updated"));
    }
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
api::DeleteAlarmsOutput
Alarms::delete_alarms(const aws::Call& call, const api::DeleteAlarmsInput& input) {
    // AWS: "If you specify any incorrect alarm names, the alarms you specify with correct names are
    // still deleted. […] To confirm that alarms were deleted successfully, you can use the
    // DescribeAlarms operation".
    // UNKNOWN: when its ResourceNotFound comes; here a name that is not there is no error.
    for (const auto& name : input.alarm_names)
        erase(alarm_key(call.account, call.region, name), call.now);
    return {};
}

std::string Alarms::key_of(const aws::Call& call, const std::string& arn) const {
    const auto parsed = aws::ARN::parse(arn);
    constexpr std::string_view prefix = "alarm:";
    if (!parsed || parsed->service != "cloudwatch" || !parsed->resource.starts_with(prefix))
        throw api::InvalidParameterValueException(
            "The value {} for parameter ResourceARN is invalid.",
            arn
        );
    const auto key =
        alarm_key(call.account, parsed->region, parsed->resource.substr(prefix.size()));
    if (parsed->account != call.account || !state_.alarms.contains(key))
        throw api::ResourceNotFoundException("Unknown");
    return key;
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
api::TagResourceOutput
Alarms::tag_resource(const aws::Call& call, const api::TagResourceInput& input) {
    auto tags = state_.alarms.find(key_of(call, input.resource_arn))->tags;
    for (const auto& tag : input.tags)
        tags[tag.key] = tag.value;
    if (tags.size() > limits::tags_per_alarm)
        throw api::InvalidParameterValueException(
            "An alarm can have no more than {} tags.",
            limits::tags_per_alarm
        );
    state_.alarms.edit(key_of(call, input.resource_arn))->tags = std::move(tags);
    return {};
}

api::UntagResourceOutput
Alarms::untag_resource(const aws::Call& call, const api::UntagResourceInput& input) {
    auto* alarm = state_.alarms.edit(key_of(call, input.resource_arn));
    for (const auto& key : input.tag_keys)
        alarm->tags.erase(key);
    return {};
}

api::ListTagsForResourceOutput
Alarms::list_tags_for_resource(const aws::Call& call, const api::ListTagsForResourceInput& input) {
    api::ListTagsForResourceOutput output;
    for (const auto& [key, value] : state_.alarms.find(key_of(call, input.resource_arn))->tags)
        output.tags.push_back({key, value});
    return output;
}

} // namespace diorama::cloudwatch
