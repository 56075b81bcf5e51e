// AWS::ElasticLoadBalancingV2::LoadBalancer and TargetGroup. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

// The part of an ARN after the kind: "app/web/50dc6c495c0c9188",
// "targetgroup/web/73e2d6bc24d8a067".
std::string after_last_colon(const std::string& arn) {
    return arn.substr(arn.rfind(':') + 1);
}

class LoadBalancer final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::ElasticLoadBalancingV2::LoadBalancer"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"Name", Update::replacement},
            {"Scheme", Update::replacement},
            {"Type", Update::replacement},
            {"Subnets"},
            {"SubnetMappings"},
            {"SecurityGroups"},
            {"IpAddressType", Update::replacement},
            {"LoadBalancerAttributes"},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {
            "CanonicalHostedZoneID",
            "DNSName",
            "LoadBalancerArn",
            "LoadBalancerFullName",
            "LoadBalancerName",
            "SecurityGroups"
        };
        return known;
    }

    std::string_view name_property() const override { return "Name"; }

    std::string create(Work& work) const override {
        auto input = work.given(
            {"Scheme", "Type", "Subnets", "SubnetMappings", "SecurityGroups", "IpAddressType"}
        );
        input["Name"] = work.name_or_generated("Name", 32);
        if (const auto tags = work.tags(); !tags.empty()) input["Tags"] = tags;
        const auto made = work.call("elbv2", "CreateLoadBalancer", input);
        work.physical_id = made.at("LoadBalancers").at(0).at("LoadBalancerArn");
        put_attributes(work);
        return work.physical_id;
    }

    bool is_stable(Work& work) const override {
        const auto state = describe(work).at("State").value("Code", "");
        if (state == "failed") throw resource_failure("The load balancer could not be set up");
        return state != "provisioning";
    }

    Json read(Work& work) const override {
        const auto found = describe(work);
        return {
            {"CanonicalHostedZoneID", found.at("CanonicalHostedZoneId")},
            {"DNSName", found.at("DNSName")},
            {"LoadBalancerArn", work.physical_id},
            {"LoadBalancerFullName",
             after_last_colon(work.physical_id).substr(std::string_view("loadbalancer/").size())},
            {"LoadBalancerName", found.at("LoadBalancerName")},
            {"SecurityGroups", found.value("SecurityGroups", Json::array())}
        };
    }

    void update(Work& work) const override {
        const Json arn{{"LoadBalancerArn", work.physical_id}};
        if (work.changes("Subnets") || work.changes("SubnetMappings")) {
            auto input = work.given({"Subnets", "SubnetMappings"});
            input.update(arn);
            work.call("elbv2", "SetSubnets", input);
        }
        if (work.changes("SecurityGroups")) {
            auto input = work.given({"SecurityGroups"});
            input.update(arn);
            work.call("elbv2", "SetSecurityGroups", input);
        }
        if (work.changes("LoadBalancerAttributes")) put_attributes(work);
        update_elbv2_tags(work);
    }

    void remove(Work& work) const override {
        remove_by(work, "elbv2", "DeleteLoadBalancer", {{"LoadBalancerArn", work.physical_id}});
    }

private:
    static Json describe(const Work& work) {
        return work
            .call("elbv2", "DescribeLoadBalancers", {{"LoadBalancerArns", {work.physical_id}}})
            .at("LoadBalancers")
            .at(0);
    }

    static void put_attributes(const Work& work) {
        if (!work.has("LoadBalancerAttributes")) return;
        work.call(
            "elbv2",
            "ModifyLoadBalancerAttributes",
            {{"LoadBalancerArn", work.physical_id},
             {"Attributes", work.properties.at("LoadBalancerAttributes")}}
        );
    }
};

class TargetGroup final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::ElasticLoadBalancingV2::TargetGroup"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"Name", Update::replacement},
            {"Port", Update::replacement},
            {"Protocol", Update::replacement},
            {"ProtocolVersion", Update::replacement},
            {"VpcId", Update::replacement},
            {"TargetType", Update::replacement},
            {"IpAddressType", Update::replacement},
            {"HealthCheckEnabled"},
            {"HealthCheckIntervalSeconds"},
            {"HealthCheckPath"},
            {"HealthCheckPort"},
            {"HealthCheckProtocol"},
            {"HealthCheckTimeoutSeconds"},
            {"HealthyThresholdCount"},
            {"UnhealthyThresholdCount"},
            {"Matcher"},
            {"TargetGroupAttributes"},
            {"Targets"},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] =
            {"LoadBalancerArns", "TargetGroupArn", "TargetGroupFullName", "TargetGroupName"};
        return known;
    }

    std::string_view name_property() const override { return "Name"; }

    std::string create(Work& work) const override {
        auto input = health_check(work);
        input.update(work.given(
            {"Port", "Protocol", "ProtocolVersion", "VpcId", "TargetType", "IpAddressType"}
        ));
        input["Name"] = work.name_or_generated("Name", 32);
        if (const auto tags = work.tags(); !tags.empty()) input["Tags"] = tags;
        const auto made = work.call("elbv2", "CreateTargetGroup", input);
        work.physical_id = made.at("TargetGroups").at(0).at("TargetGroupArn");
        put_attributes(work);
        if (work.has("Targets"))
            work.call("elbv2", "RegisterTargets", targets(work, work.properties.at("Targets")));
        return work.physical_id;
    }

    Json read(Work& work) const override {
        const auto found =
            work.call("elbv2", "DescribeTargetGroups", {{"TargetGroupArns", {work.physical_id}}})
                .at("TargetGroups")
                .at(0);
        return {
            {"LoadBalancerArns", found.value("LoadBalancerArns", Json::array())},
            {"TargetGroupArn", work.physical_id},
            {"TargetGroupFullName", after_last_colon(work.physical_id)},
            {"TargetGroupName", found.at("TargetGroupName")}
        };
    }

    void update(Work& work) const override {
        auto input = health_check(work);
        input["TargetGroupArn"] = work.physical_id;
        work.call("elbv2", "ModifyTargetGroup", input);
        if (work.changes("TargetGroupAttributes")) put_attributes(work);
        if (work.changes("Targets")) {
            if (work.previous.contains("Targets"))
                work.call("elbv2", "DeregisterTargets", targets(work, work.previous.at("Targets")));
            if (work.has("Targets"))
                work.call("elbv2", "RegisterTargets", targets(work, work.properties.at("Targets")));
        }
        update_elbv2_tags(work);
    }

    void remove(Work& work) const override {
        remove_by(work, "elbv2", "DeleteTargetGroup", {{"TargetGroupArn", work.physical_id}});
    }

private:
    static Json health_check(const Work& work) {
        return work.given(
            {"HealthCheckEnabled",
             "HealthCheckIntervalSeconds",
             "HealthCheckPath",
             "HealthCheckPort",
             "HealthCheckProtocol",
             "HealthCheckTimeoutSeconds",
             "HealthyThresholdCount",
             "UnhealthyThresholdCount",
             "Matcher"}
        );
    }

    static Json targets(const Work& work, const Json& list) {
        return {{"TargetGroupArn", work.physical_id}, {"Targets", list}};
    }

    static void put_attributes(const Work& work) {
        if (!work.has("TargetGroupAttributes")) return;
        work.call(
            "elbv2",
            "ModifyTargetGroupAttributes",
            {{"TargetGroupArn", work.physical_id},
             {"Attributes", work.properties.at("TargetGroupAttributes")}}
        );
    }
};

} // namespace

void update_elbv2_tags(const Work& work) {
    if (!work.changes("Tags")) return;
    Json keys = Json::array();
    for (const auto& tag : work.previous.value("Tags", Json::array()))
        keys.push_back(tag.at("Key"));
    const Json arns{{"ResourceArns", {work.physical_id}}};
    if (!keys.empty()) {
        Json input{{"TagKeys", keys}};
        input.update(arns);
        work.call("elbv2", "RemoveTags", input);
    }
    if (const auto tags = work.tags(); !tags.empty()) {
        Json input{{"Tags", tags}};
        input.update(arns);
        work.call("elbv2", "AddTags", input);
    }
}

const ResourceType& load_balancer_type() {
    static const LoadBalancer type;
    return type;
}

const ResourceType& target_group_type() {
    static const TargetGroup type;
    return type;
}

} // namespace diorama::cloudformation
