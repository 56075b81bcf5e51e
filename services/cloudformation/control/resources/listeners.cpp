// AWS::ElasticLoadBalancingV2::Listener and ListenerRule. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

class Listener final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::ElasticLoadBalancingV2::Listener"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"LoadBalancerArn", Update::replacement, true},
            {"DefaultActions", Update::in_place, true},
            {"Port"},
            {"Protocol"},
            {"Certificates"},
            {"SslPolicy"},
            {"AlpnPolicy"},
            {"MutualAuthentication"},
            {"ListenerAttributes"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"ListenerArn"};
        return known;
    }

    std::string create(Work& work) const override {
        auto input = settings(work);
        input["LoadBalancerArn"] = work.properties.at("LoadBalancerArn");
        const auto made = work.call("elbv2", "CreateListener", input);
        work.physical_id = made.at("Listeners").at(0).at("ListenerArn");
        put_attributes(work);
        return work.physical_id;
    }

    Json read(Work& work) const override { return {{"ListenerArn", work.physical_id}}; }

    void update(Work& work) const override {
        auto input = settings(work);
        input["ListenerArn"] = work.physical_id;
        work.call("elbv2", "ModifyListener", input);
        if (work.changes("ListenerAttributes")) put_attributes(work);
    }

    void remove(Work& work) const override {
        remove_by(work, "elbv2", "DeleteListener", {{"ListenerArn", work.physical_id}});
    }

private:
    static Json settings(const Work& work) {
        auto input = work.given(
            {"DefaultActions",
             "Port",
             "Protocol",
             "Certificates",
             "SslPolicy",
             "MutualAuthentication"}
        );
        if (work.has("AlpnPolicy")) input["AlpnPolicy"] = work.properties.at("AlpnPolicy");
        return input;
    }

    static void put_attributes(const Work& work) {
        if (!work.has("ListenerAttributes")) return;
        work.call(
            "elbv2",
            "ModifyListenerAttributes",
            {{"ListenerArn", work.physical_id},
             {"Attributes", work.properties.at("ListenerAttributes")}}
        );
    }
};

class ListenerRule final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::ElasticLoadBalancingV2::ListenerRule"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"ListenerArn", Update::replacement, true},
            {"Priority", Update::in_place, true},
            {"Conditions", Update::in_place, true},
            {"Actions", Update::in_place, true}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"IsDefault", "RuleArn"};
        return known;
    }

    std::string create(Work& work) const override {
        const auto made = work.call("elbv2", "CreateRule", work.properties);
        return made.at("Rules").at(0).at("RuleArn");
    }

    Json read(Work& work) const override {
        return {{"RuleArn", work.physical_id}, {"IsDefault", false}};
    }

    void update(Work& work) const override {
        auto input = work.given({"Conditions", "Actions"});
        input["RuleArn"] = work.physical_id;
        work.call("elbv2", "ModifyRule", input);
        if (work.changes("Priority")) {
            const Json priority{
                {"RuleArn", work.physical_id},
                {"Priority", work.properties.at("Priority")}
            };
            work.call("elbv2", "SetRulePriorities", {{"RulePriorities", Json::array({priority})}});
        }
    }

    void remove(Work& work) const override {
        remove_by(work, "elbv2", "DeleteRule", {{"RuleArn", work.physical_id}});
    }
};

} // namespace

const ResourceType& listener_type() {
    static const Listener type;
    return type;
}

const ResourceType& listener_rule_type() {
    static const ListenerRule type;
    return type;
}

} // namespace diorama::cloudformation
