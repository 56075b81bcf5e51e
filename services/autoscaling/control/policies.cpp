// See policies.hpp.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html
#include "services/autoscaling/control/policies.hpp"

#include "emulator/aws/error.hpp"
#include "emulator/aws/ignored.hpp"
#include "services/autoscaling/control/pages.hpp"
#include "services/autoscaling/limits.hpp"

#include <algorithm>

namespace diorama::autoscaling {

namespace {

using aws::validation_error;

AdjustmentType adjustment_type_of(const std::optional<std::string>& name) {
    if (!name) throw validation_error("AdjustmentType is required for this policy type");
    if (*name == "ChangeInCapacity") return AdjustmentType::change_in_capacity;
    if (*name == "ExactCapacity") return AdjustmentType::exact_capacity;
    if (*name == "PercentChangeInCapacity") return AdjustmentType::percent_change_in_capacity;
    throw validation_error("{} is not a valid adjustment type", *name);
}

const char* name_of(AdjustmentType type) {
    switch (type) {
    case AdjustmentType::change_in_capacity:
        return "ChangeInCapacity";
    case AdjustmentType::exact_capacity:
        return "ExactCapacity";
    case AdjustmentType::percent_change_in_capacity:
        return "PercentChangeInCapacity";
    }
    return "";
}

const char* name_of(PolicyType type) {
    switch (type) {
    case PolicyType::simple:
        return "SimpleScaling";
    case PolicyType::step:
        return "StepScaling";
    case PolicyType::target_tracking:
        return "TargetTrackingScaling";
    }
    return "";
}

PolicyType policy_type_of(const api::PutScalingPolicyType& input) {
    const std::string name = input.policy_type.value_or("SimpleScaling");
    if (name == "SimpleScaling") return PolicyType::simple;
    if (name == "StepScaling") return PolicyType::step;
    if (name == "TargetTrackingScaling") return PolicyType::target_tracking;
    if (name == "PredictiveScaling") {
        throw aws::AWSError(
            "NotImplemented",
            501,
            "PutScalingPolicy of autoscaling does not emulate PredictiveScaling",
            aws::Fault::receiver
        );
    }
    throw validation_error("{} is not a valid policy type", name);
}

// AWS: the resource label is app/<load balancer>/<id>/targetgroup/<target group>/<id>.
TrackedMetric request_count_metric(const std::string& label) {
    const auto group = label.find("/targetgroup/");
    if (!label.starts_with("app/") || group == std::string::npos) {
        throw validation_error("ResourceLabel is invalid: {}", label);
    }
    return {
        "AWS/ApplicationELB",
        "RequestCountPerTarget",
        {{"TargetGroup", label.substr(group + 1)}},
        "Sum",
        ""
    };
}

TrackedMetric
predefined_metric(const Group& group, api::MetricType type, const std::string& label) {
    const std::map<std::string, std::string> group_dimension{{"AutoScalingGroupName", group.name}};
    switch (type) {
    case api::MetricType::ASGAverageCPUUtilization:
        return {"AWS/EC2", "CPUUtilization", group_dimension, "Average", ""};
    case api::MetricType::ASGAverageNetworkIn:
        return {"AWS/EC2", "NetworkIn", group_dimension, "Average", ""};
    case api::MetricType::ASGAverageNetworkOut:
        return {"AWS/EC2", "NetworkOut", group_dimension, "Average", ""};
    case api::MetricType::ALBRequestCountPerTarget:
        return request_count_metric(label);
    }
    return {};
}

void read_target_tracking(
    const Group& group,
    const api::PutScalingPolicyType& input,
    Policy& policy
) {
    if (!input.target_tracking_configuration) {
        throw validation_error(
            "TargetTrackingConfiguration must be specified for a TargetTrackingScaling policy"
        );
    }
    const auto& configuration = *input.target_tracking_configuration;
    const bool has_one = configuration.predefined_metric_specification.has_value() !=
                         configuration.customized_metric_specification.has_value();
    if (!has_one) {
        throw validation_error("Exactly one of PredefinedMetricSpecification or "
                               "CustomizedMetricSpecification must be specified");
    }
    if (configuration.target_value <= 0)
        throw validation_error("TargetValue must be greater than 0");
    policy.target = configuration.target_value;
    policy.scales_in = !configuration.disable_scale_in.value_or(false);
    if (configuration.predefined_metric_specification) {
        const auto& predefined = *configuration.predefined_metric_specification;
        policy.predefined_metric = api::to_string(predefined.predefined_metric_type);
        policy.resource_label = predefined.resource_label.value_or("");
        policy.metric =
            predefined_metric(group, predefined.predefined_metric_type, policy.resource_label);
        return;
    }
    const auto& customized = *configuration.customized_metric_specification;
    if (!customized.metrics.empty()) {
        throw aws::AWSError(
            "NotImplemented",
            501,
            "PutScalingPolicy of autoscaling does not emulate metric math in "
            "CustomizedMetricSpecification",
            aws::Fault::receiver
        );
    }
    if (!customized.metric_name || !customized.namespace_ || !customized.statistic) {
        throw validation_error(
            "CustomizedMetricSpecification needs MetricName, Namespace and Statistic"
        );
    }
    policy.metric.metric_namespace = *customized.namespace_;
    policy.metric.name = *customized.metric_name;
    policy.metric.statistic = api::to_string(*customized.statistic);
    policy.metric.unit = customized.unit.value_or("");
    for (const auto& dimension : customized.dimensions)
        policy.metric.dimensions[dimension.name] = dimension.value;
}

void read_adjustment(const api::PutScalingPolicyType& input, Policy& policy) {
    policy.adjustment_type = adjustment_type_of(input.adjustment_type);
    policy.min_magnitude =
        input.min_adjustment_magnitude.value_or(input.min_adjustment_step.value_or(0));
    if (policy.min_magnitude != 0 &&
        policy.adjustment_type != AdjustmentType::percent_change_in_capacity) {
        throw validation_error("MinAdjustmentMagnitude can only be specified with the "
                               "PercentChangeInCapacity adjustment type");
    }
    if (policy.type == PolicyType::simple) {
        if (!input.scaling_adjustment)
            throw validation_error("ScalingAdjustment must be specified for a SimpleScaling policy"
            );
        if (!input.step_adjustments.empty())
            throw validation_error("StepAdjustments cannot be specified for a SimpleScaling policy"
            );
        policy.adjustment = *input.scaling_adjustment;
        policy.cooldown_s = input.cooldown;
        return;
    }
    if (input.scaling_adjustment)
        throw validation_error("ScalingAdjustment cannot be specified for a StepScaling policy");
    policy.aggregation = input.metric_aggregation_type.value_or("Average");
    for (const auto& step : input.step_adjustments) {
        policy.steps.push_back(
            {step.metric_interval_lower_bound,
             step.metric_interval_upper_bound,
             step.scaling_adjustment}
        );
    }
    if (const auto fault = fault_of(policy.steps)) throw validation_error("{}", *fault);
}

api::ScalingPolicy describe_policy(const Group& group, const Policy& policy) {
    api::ScalingPolicy result;
    result.auto_scaling_group_name = group.name;
    result.policy_name = policy.name;
    result.policy_arn = policy.arn;
    result.policy_type = name_of(policy.type);
    result.enabled = policy.is_enabled;
    result.estimated_instance_warmup = policy.warmup_s;
    for (const auto& [name, arn] : policy.alarms) {
        api::Alarm alarm;
        alarm.alarm_name = name;
        alarm.alarm_arn = arn;
        result.alarms.push_back(std::move(alarm));
    }
    if (policy.type == PolicyType::target_tracking) {
        api::TargetTrackingConfiguration configuration;
        configuration.target_value = policy.target;
        configuration.disable_scale_in = !policy.scales_in;
        if (!policy.predefined_metric.empty()) {
            api::PredefinedMetricSpecification predefined;
            predefined.predefined_metric_type = *api::parse_metric_type(policy.predefined_metric);
            if (!policy.resource_label.empty()) predefined.resource_label = policy.resource_label;
            configuration.predefined_metric_specification = predefined;
        } else {
            api::CustomizedMetricSpecification customized;
            customized.metric_name = policy.metric.name;
            customized.namespace_ = policy.metric.metric_namespace;
            customized.statistic = api::parse_metric_statistic(policy.metric.statistic);
            if (!policy.metric.unit.empty()) customized.unit = policy.metric.unit;
            for (const auto& [name, value] : policy.metric.dimensions)
                customized.dimensions.push_back({name, value});
            configuration.customized_metric_specification = customized;
        }
        result.target_tracking_configuration = configuration;
        return result;
    }
    result.adjustment_type = name_of(policy.adjustment_type);
    if (policy.min_magnitude != 0) result.min_adjustment_magnitude = policy.min_magnitude;
    if (policy.type == PolicyType::simple) {
        result.scaling_adjustment = policy.adjustment;
        result.cooldown = policy.cooldown_s;
        return result;
    }
    result.metric_aggregation_type = policy.aggregation;
    for (const auto& step : policy.steps) {
        api::StepAdjustment adjustment;
        adjustment.metric_interval_lower_bound = step.lower_bound;
        adjustment.metric_interval_upper_bound = step.upper_bound;
        adjustment.scaling_adjustment = step.adjustment;
        result.step_adjustments.push_back(adjustment);
    }
    return result;
}

bool is_asked_for(const std::vector<std::string>& asked, const std::string& value) {
    return asked.empty() || std::find(asked.begin(), asked.end(), value) != asked.end();
}

} // namespace

const Policy*
PolicyControl::find(const std::string& group_key, const std::string& name_or_arn) const {
    for (const auto& [arn, policy] : state_.policies) {
        if (arn == name_or_arn || (policy.group == group_key && policy.name == name_or_arn))
            return &policy;
    }
    return nullptr;
}

api::PolicyARNType
PolicyControl::put(const aws::Call& call, const api::PutScalingPolicyType& input) {
    const Group& group = groups_.group_of(call, input.auto_scaling_group_name);
    const std::string group_key = key_of(group.place, group.name);
    Policy policy;
    policy.name = input.policy_name;
    policy.group = group_key;
    policy.type = policy_type_of(input);
    policy.is_enabled = input.enabled.value_or(true);
    policy.warmup_s = input.estimated_instance_warmup;
    if (policy.type == PolicyType::target_tracking) {
        read_target_tracking(group, input, policy);
    } else {
        read_adjustment(input, policy);
    }
    const Policy* existing = find(group_key, input.policy_name);
    policy.arn = existing != nullptr ? existing->arn
                                     : fmt::format(
                                           "arn:aws:autoscaling:{}:{}:scalingPolicy:{}:"
                                           "autoScalingGroupName/{}:policyName/{}",
                                           call.region,
                                           call.account,
                                           call.random.uuid(),
                                           group.name,
                                           policy.name
                                       );
    if (existing != nullptr) erase(group.place, Policy(*existing));
    if (policy.type == PolicyType::target_tracking) make_alarms(call, group, policy);
    api::PolicyARNType result;
    result.policy_arn = policy.arn;
    result.alarms = describe_policy(group, policy).alarms;
    const std::string arn = policy.arn;
    state_.policies.put(arn, std::move(policy));
    return result;
}

void PolicyControl::make_alarms(const aws::Call& call, const Group& group, Policy& policy) {
    TrackingAlarm alarm;
    alarm.place = group.place;
    alarm.metric = policy.metric;
    alarm.policy_arn = policy.arn;
    alarm.description =
        fmt::format("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {}.", policy.arn);
    alarm.name = fmt::format("TargetTracking-{}-AlarmHigh-{}", group.name, call.random.uuid());
    alarm.comparison_operator = "GreaterThanThreshold";
    alarm.threshold = policy.target;
    alarm.evaluation_periods = limits::tracking_high_periods;
    policy.alarms.emplace_back(alarm.name, alarms_.put(alarm));
    if (!policy.scales_in) return;
    alarm.name = fmt::format("TargetTracking-{}-AlarmLow-{}", group.name, call.random.uuid());
    alarm.comparison_operator = "LessThanThreshold";
    alarm.threshold = policy.target * limits::tracking_low_share;
    alarm.evaluation_periods = limits::tracking_low_periods;
    policy.alarms.emplace_back(alarm.name, alarms_.put(alarm));
}

void PolicyControl::erase(const Place& place, const Policy& policy) {
    for (const auto& [name, arn] : policy.alarms)
        alarms_.remove(place, name);
    state_.policies.erase(policy.arn);
}

api::PoliciesType
PolicyControl::describe(const aws::Call& call, const api::DescribePoliciesType& input) {
    if (input.auto_scaling_group_name) groups_.group_of(call, *input.auto_scaling_group_name);
    api::PoliciesType result;
    for (const auto& [arn, policy] : state_.policies) {
        const Group* group = state_.groups.find(policy.group);
        if (group == nullptr || group->place.account != call.account ||
            group->place.region != call.region)
            continue;
        if (input.auto_scaling_group_name && group->name != *input.auto_scaling_group_name)
            continue;
        if (!is_asked_for(input.policy_names, policy.name) &&
            !is_asked_for(input.policy_names, arn))
            continue;
        if (!is_asked_for(input.policy_types, name_of(policy.type))) continue;
        result.scaling_policies.push_back(describe_policy(*group, policy));
    }
    keep_page(result.scaling_policies, input, limits::records_usual, result);
    return result;
}

void PolicyControl::remove(const aws::Call& call, const api::DeletePolicyType& input) {
    const Place place{call.account, call.region};
    const auto* policy =
        find(key_of(place, input.auto_scaling_group_name.value_or("")), input.policy_name);
    if (policy == nullptr)
        throw validation_error("No scaling policy found with name {}", input.policy_name);
    erase(place, Policy(*policy));
}

void PolicyControl::remove_all_of(const aws::Call& call, const std::string& group_name) {
    const Place place{call.account, call.region};
    std::vector<Policy> policies;
    for (const auto& [arn, policy] : state_.policies) {
        if (policy.group == key_of(place, group_name)) policies.push_back(policy);
    }
    for (const auto& policy : policies)
        erase(place, policy);
}

void PolicyControl::execute(const aws::Call& call, const api::ExecutePolicyType& input) {
    const Place place{call.account, call.region};
    const auto* policy =
        find(key_of(place, input.auto_scaling_group_name.value_or("")), input.policy_name);
    if (policy == nullptr)
        throw validation_error("No scaling policy found with name {}", input.policy_name);
    if (policy->type == PolicyType::target_tracking) {
        throw validation_error(
            "ExecutePolicy is not supported for policies of type TargetTrackingScaling"
        );
    }
    if (policy->type == PolicyType::step && (!input.metric_value || !input.breach_threshold)) {
        throw validation_error(
            "MetricValue and BreachThreshold are required when executing a StepScaling policy"
        );
    }
    Trigger trigger;
    trigger.cause = fmt::format("a user request executed policy {}", policy->name);
    trigger.metric = input.metric_value;
    trigger.threshold = input.breach_threshold;
    trigger.honors_cooldown = input.honor_cooldown.value_or(false);
    const auto refusal = execution_.execute(*policy, trigger);
    if (!refusal.empty())
        throw api::ScalingActivityInProgressFault(
            "Policy {} was not executed: {}",
            policy->name,
            refusal
        );
}

} // namespace diorama::autoscaling
