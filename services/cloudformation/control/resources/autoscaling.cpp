// AWS::AutoScaling::AutoScalingGroup and ScalingPolicy. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

// How many instances a CreationPolicy waits for; 0 without one.
std::size_t signals_wanted(const Work& work) {
    if (!work.creation_policy.is_object() || !work.creation_policy.contains("ResourceSignal"))
        return 0;
    const auto signal = work.creation_policy.at("ResourceSignal");
    if (!signal.contains("Count")) return 1;
    const auto& count = signal.at("Count");
    const auto number =
        count.is_string() ? Json::parse(count.get<std::string>(), nullptr, false) : count;
    return number.is_number_integer() ? number.get<std::size_t>() : 1;
}

class AutoScalingGroup final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::AutoScaling::AutoScalingGroup"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"AutoScalingGroupName", Update::replacement},
            {"MinSize", Update::in_place, true},
            {"MaxSize", Update::in_place, true},
            {"DesiredCapacity"},
            {"LaunchTemplate"},
            {"LaunchConfigurationName"},
            {"MixedInstancesPolicy"},
            {"AvailabilityZones"},
            {"VPCZoneIdentifier"},
            {"TargetGroupARNs"},
            {"LoadBalancerNames", Update::replacement},
            {"HealthCheckType"},
            {"HealthCheckGracePeriod"},
            {"Cooldown"},
            {"DefaultInstanceWarmup"},
            {"TerminationPolicies"},
            {"NewInstancesProtectedFromScaleIn"},
            {"CapacityRebalance"},
            {"MaxInstanceLifetime"},
            {"MetricsCollection"},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"AutoScalingGroupARN"};
        return known;
    }

    std::string_view name_property() const override { return "AutoScalingGroupName"; }

    std::string create(Work& work) const override {
        auto input = settings(work);
        input.update(work.given({"LoadBalancerNames", "TargetGroupARNs"}));
        const auto group = work.name_or_generated("AutoScalingGroupName", 255);
        input["AutoScalingGroupName"] = group;
        if (const auto tags = group_tags(work, work.properties, group); !tags.empty())
            input["Tags"] = tags;
        work.call("autoscaling", "CreateAutoScalingGroup", input);
        work.physical_id = group;
        collect_metrics(work);
        return work.physical_id;
    }

    // Without a CreationPolicy a group is there when it has launched what it wants to have.
    // DIFFERS: AWS waits for the signals that instances send; here an instance in service is one.
    bool is_stable(Work& work) const override {
        const auto found = describe(work);
        if (found.is_null()) throw resource_failure("Group " + work.physical_id + " is gone");
        const auto instances = found.value("Instances", Json::array());
        const auto in_service = static_cast<std::size_t>(std::count_if(
            instances.begin(),
            instances.end(),
            [](const Json& instance) { return instance.value("LifecycleState", "") == "InService"; }
        ));
        if (const auto wanted = signals_wanted(work); wanted > 0) return in_service >= wanted;
        return instances.size() >= found.value("DesiredCapacity", std::size_t{0});
    }

    Json read(Work& work) const override {
        return {{"AutoScalingGroupARN", describe(work).at("AutoScalingGroupARN")}};
    }

    void update(Work& work) const override {
        auto input = settings(work);
        input["AutoScalingGroupName"] = work.physical_id;
        // AWS: a desired capacity that the template does not change is not set again, so that
        // scaling is not undone.
        if (!work.changes("DesiredCapacity")) input.erase("DesiredCapacity");
        work.call("autoscaling", "UpdateAutoScalingGroup", input);
        update_target_groups(work);
        if (work.changes("MetricsCollection")) {
            work.call(
                "autoscaling",
                "DisableMetricsCollection",
                {{"AutoScalingGroupName", work.physical_id}}
            );
            collect_metrics(work);
        }
        if (!work.changes("Tags")) return;
        const auto gone = group_tags(work, work.previous, work.physical_id);
        if (!gone.empty()) work.call("autoscaling", "DeleteTags", {{"Tags", gone}});
        const auto tags = group_tags(work, work.properties, work.physical_id);
        if (!tags.empty()) work.call("autoscaling", "CreateOrUpdateTags", {{"Tags", tags}});
    }

    void remove(Work& work) const override {
        remove_by(
            work,
            "autoscaling",
            "DeleteAutoScalingGroup",
            {{"AutoScalingGroupName", work.physical_id}, {"ForceDelete", true}}
        );
    }

    bool is_gone(Work& work) const override { return describe(work).is_null(); }

private:
    static Json describe(const Work& work) {
        const auto groups = work.call(
                                    "autoscaling",
                                    "DescribeAutoScalingGroups",
                                    {{"AutoScalingGroupNames", {work.physical_id}}}
        ).value("AutoScalingGroups", Json::array());
        return groups.empty() ? Json() : groups.at(0);
    }

    static Json settings(const Work& work) {
        auto input = work.given(
            {"MinSize",
             "MaxSize",
             "DesiredCapacity",
             "LaunchTemplate",
             "LaunchConfigurationName",
             "MixedInstancesPolicy",
             "AvailabilityZones",
             "HealthCheckType",
             "HealthCheckGracePeriod",
             "DefaultInstanceWarmup",
             "TerminationPolicies",
             "NewInstancesProtectedFromScaleIn",
             "CapacityRebalance",
             "MaxInstanceLifetime"}
        );
        if (work.has("Cooldown")) input["DefaultCooldown"] = work.properties.at("Cooldown");
        if (work.has("VPCZoneIdentifier")) {
            const auto& subnets = work.properties.at("VPCZoneIdentifier");
            std::string joined;
            if (subnets.is_string()) joined = subnets.get<std::string>();
            if (subnets.is_array())
                for (const auto& subnet : subnets)
                    joined += (joined.empty() ? "" : ",") + subnet.get<std::string>();
            input["VPCZoneIdentifier"] = joined;
        }
        return input;
    }

    static Json group_tags(const Work& work, const Json& properties, const std::string& group) {
        auto tags = properties.value("Tags", Json::array());
        if (&properties == &work.properties && work.previous.empty())
            for (const auto& [key, value] : work.stack_tags)
                tags.push_back({{"Key", key}, {"Value", value}, {"PropagateAtLaunch", true}});
        for (auto& tag : tags) {
            tag["ResourceId"] = group;
            tag["ResourceType"] = "auto-scaling-group";
        }
        return tags;
    }

    static void collect_metrics(const Work& work) {
        for (auto collection : work.properties.value("MetricsCollection", Json::array())) {
            collection["AutoScalingGroupName"] = work.physical_id;
            work.call("autoscaling", "EnableMetricsCollection", collection);
        }
    }

    static void update_target_groups(const Work& work) {
        const auto before = work.previous.value("TargetGroupARNs", Json::array());
        const auto after = work.properties.value("TargetGroupARNs", Json::array());
        const auto missing_in = [](const Json& from, const Json& among) {
            Json missing = Json::array();
            for (const auto& arn : from)
                if (std::find(among.begin(), among.end(), arn) == among.end())
                    missing.push_back(arn);
            return missing;
        };
        const auto change = [&](const char* operation, const Json& arns) {
            if (!arns.empty())
                work.call(
                    "autoscaling",
                    operation,
                    {{"AutoScalingGroupName", work.physical_id}, {"TargetGroupARNs", arns}}
                );
        };
        change("DetachLoadBalancerTargetGroups", missing_in(before, after));
        change("AttachLoadBalancerTargetGroups", missing_in(after, before));
    }
};

class ScalingPolicy final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::AutoScaling::ScalingPolicy"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"AutoScalingGroupName", Update::replacement, true},
            {"PolicyType"},
            {"AdjustmentType"},
            {"Cooldown"},
            {"EstimatedInstanceWarmup"},
            {"MetricAggregationType"},
            {"MinAdjustmentMagnitude"},
            {"ScalingAdjustment"},
            {"StepAdjustments"},
            {"TargetTrackingConfiguration"},
            {"PredictiveScalingConfiguration"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"Arn", "PolicyName"};
        return known;
    }

    std::string create(Work& work) const override {
        work.notes["PolicyName"] = work.generated_name(255);
        return put(work);
    }

    Json read(Work& work) const override {
        return {{"Arn", work.physical_id}, {"PolicyName", work.notes.value("PolicyName", "")}};
    }

    void update(Work& work) const override { put(work); }

    void remove(Work& work) const override {
        remove_by(
            work,
            "autoscaling",
            "DeletePolicy",
            {{"AutoScalingGroupName", work.properties.at("AutoScalingGroupName")},
             {"PolicyName", work.physical_id}}
        );
    }

private:
    static std::string put(const Work& work) {
        auto input = work.properties;
        input["PolicyName"] = work.notes.at("PolicyName");
        return work.call("autoscaling", "PutScalingPolicy", input).at("PolicyARN");
    }
};

} // namespace

const ResourceType& auto_scaling_group_type() {
    static const AutoScalingGroup type;
    return type;
}

const ResourceType& scaling_policy_type() {
    static const ScalingPolicy type;
    return type;
}

} // namespace diorama::cloudformation
