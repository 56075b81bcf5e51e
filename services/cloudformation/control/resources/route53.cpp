// AWS::Route53::HostedZone. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

class HostedZone final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::Route53::HostedZone"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"Name", Update::replacement},
            {"HostedZoneConfig"},
            {"HostedZoneTags"},
            {"QueryLoggingConfig", Update::ignored},
            {"VPCs"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"Id", "NameServers"};
        return known;
    }

    std::string create(Work& work) const override {
        auto input = work.given({"Name", "HostedZoneConfig"});
        input["CallerReference"] = work.random.uuid();
        const auto vpcs = vpcs_of(work.properties);
        if (!vpcs.empty()) input["VPC"] = vpcs.at(0);
        const auto made = work.call("route53", "CreateHostedZone", input);
        const auto id = made.at("HostedZone").at("Id").get<std::string>();
        work.physical_id = id.substr(id.rfind('/') + 1);
        work.notes["change"] = made.at("ChangeInfo").at("Id");
        for (std::size_t i = 1; i < vpcs.size(); ++i)
            associate(work, "AssociateVPCWithHostedZone", vpcs.at(i));
        tag(work);
        return work.physical_id;
    }

    // AWS: a zone does not become private, nor public.
    bool needs_replacement(const Json& before, const Json& after) const override {
        return vpcs_of(before).empty() != vpcs_of(after).empty() ||
               ResourceType::needs_replacement(before, after);
    }

    bool is_stable(Work& work) const override {
        if (!work.notes.contains("change")) return true;
        const auto found = work.call("route53", "GetChange", {{"Id", work.notes.at("change")}});
        return found.at("ChangeInfo").value("Status", "") == "INSYNC";
    }

    Json read(Work& work) const override {
        const auto found = work.call("route53", "GetHostedZone", {{"Id", work.physical_id}});
        Json servers = Json::array();
        if (found.contains("DelegationSet")) servers = found.at("DelegationSet").at("NameServers");
        return {{"Id", work.physical_id}, {"NameServers", servers}};
    }

    void update(Work& work) const override {
        if (work.changes("HostedZoneConfig"))
            work.call(
                "route53",
                "UpdateHostedZoneComment",
                {{"Id", work.physical_id},
                 {"Comment",
                  work.properties.value("HostedZoneConfig", Json::object()).value("Comment", "")}}
            );
        const auto before = vpcs_of(work.previous);
        const auto after = vpcs_of(work.properties);
        for (const auto& vpc : after)
            if (std::find(before.begin(), before.end(), vpc) == before.end())
                associate(work, "AssociateVPCWithHostedZone", vpc);
        for (const auto& vpc : before)
            if (std::find(after.begin(), after.end(), vpc) == after.end())
                associate(work, "DisassociateVPCFromHostedZone", vpc);
        if (work.changes("HostedZoneTags")) tag(work);
    }

    void remove(Work& work) const override {
        remove_by(work, "route53", "DeleteHostedZone", {{"Id", work.physical_id}});
    }

private:
    static Json vpcs_of(const Json& properties) { return properties.value("VPCs", Json::array()); }

    static void associate(Work& work, const char* operation, const Json& vpc) {
        const auto answered =
            work.call("route53", operation, {{"HostedZoneId", work.physical_id}, {"VPC", vpc}});
        work.notes["change"] = answered.at("ChangeInfo").at("Id");
    }

    static void tag(const Work& work) {
        const auto tags = work.tags("HostedZoneTags");
        Json gone = Json::array();
        for (const auto& one : work.previous.value("HostedZoneTags", Json::array()))
            gone.push_back(one.at("Key"));
        if (tags.empty() && gone.empty()) return;
        Json input{{"ResourceType", "hostedzone"}, {"ResourceId", work.physical_id}};
        if (!tags.empty()) {
            for (const auto& one : tags)
                gone.erase(std::remove(gone.begin(), gone.end(), one.at("Key")), gone.end());
            input["AddTags"] = tags;
        }
        if (!gone.empty()) input["RemoveTagKeys"] = gone;
        work.call("route53", "ChangeTagsForResource", input);
    }
};

} // namespace

const ResourceType& hosted_zone_type() {
    static const HostedZone type;
    return type;
}

} // namespace diorama::cloudformation
