// AWS::Route53::HostedZone. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

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
        if (work.has("VPCs"))
            throw aws::AWSError("NotImplemented", 501, "Private hosted zones are not emulated");
        auto input = work.given({"Name", "HostedZoneConfig"});
        input["CallerReference"] = work.random.uuid();
        const auto made = work.call("route53", "CreateHostedZone", input);
        const auto id = made.at("HostedZone").at("Id").get<std::string>();
        work.physical_id = id.substr(id.rfind('/') + 1);
        work.notes["change"] = made.at("ChangeInfo").at("Id");
        tag(work);
        return work.physical_id;
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
        if (work.changes("HostedZoneTags")) tag(work);
    }

    void remove(Work& work) const override {
        remove_by(work, "route53", "DeleteHostedZone", {{"Id", work.physical_id}});
    }

private:
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
