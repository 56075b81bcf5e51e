// AWS::EC2::LaunchTemplate and Instance. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

// TagSpecifications of a resource type for the stack's own tags.
void add_tags(Json& input, const Work& work, const char* resource_type, const Json& tags) {
    auto specifications = work.properties.value("TagSpecifications", Json::array());
    if (!tags.empty()) specifications.push_back({{"ResourceType", resource_type}, {"Tags", tags}});
    if (!specifications.empty()) input["TagSpecifications"] = specifications;
}

class LaunchTemplate final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::EC2::LaunchTemplate"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"LaunchTemplateName", Update::replacement},
            {"LaunchTemplateData", Update::in_place, true},
            {"TagSpecifications", Update::replacement},
            {"VersionDescription"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] =
            {"DefaultVersionNumber", "LatestVersionNumber", "LaunchTemplateId"};
        return known;
    }

    std::string_view name_property() const override { return "LaunchTemplateName"; }

    std::string create(Work& work) const override {
        auto input = work.given({"LaunchTemplateData", "VersionDescription"});
        input["LaunchTemplateName"] = work.name_or_generated("LaunchTemplateName", 128);
        Json tags = Json::array();
        for (const auto& [key, value] : work.stack_tags)
            tags.push_back({{"Key", key}, {"Value", value}});
        add_tags(input, work, "launch-template", tags);
        const auto made = work.call("ec2", "CreateLaunchTemplate", input);
        return made.at("LaunchTemplate").at("LaunchTemplateId");
    }

    Json read(Work& work) const override {
        const auto found =
            work.call("ec2", "DescribeLaunchTemplates", {{"LaunchTemplateIds", {work.physical_id}}})
                .at("LaunchTemplates")
                .at(0);
        return {
            {"DefaultVersionNumber", found.at("DefaultVersionNumber").dump()},
            {"LatestVersionNumber", found.at("LatestVersionNumber").dump()},
            {"LaunchTemplateId", work.physical_id}
        };
    }

    // AWS: "CloudFormation creates a new version of the launch template"; the default one stays.
    void update(Work& work) const override {
        auto input = work.given({"LaunchTemplateData", "VersionDescription"});
        input["LaunchTemplateId"] = work.physical_id;
        work.call("ec2", "CreateLaunchTemplateVersion", input);
    }

    void remove(Work& work) const override {
        remove_by(work, "ec2", "DeleteLaunchTemplate", {{"LaunchTemplateId", work.physical_id}});
    }
};

class Instance final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::EC2::Instance"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"ImageId", Update::replacement},
            {"InstanceType", Update::replacement},
            {"SubnetId", Update::replacement},
            {"AvailabilityZone", Update::replacement},
            {"KeyName", Update::replacement},
            {"UserData", Update::replacement},
            {"SecurityGroupIds", Update::replacement},
            {"SecurityGroups", Update::replacement},
            {"LaunchTemplate", Update::replacement},
            {"Monitoring", Update::replacement},
            {"IamInstanceProfile", Update::ignored},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {
            "AvailabilityZone",
            "InstanceId",
            "PrivateDnsName",
            "PrivateIp",
            "PublicDnsName",
            "PublicIp",
            "VpcId"
        };
        return known;
    }

    std::string create(Work& work) const override {
        auto input = work.given(
            {"ImageId",
             "InstanceType",
             "SubnetId",
             "KeyName",
             "UserData",
             "SecurityGroupIds",
             "SecurityGroups",
             "LaunchTemplate"}
        );
        input["MinCount"] = 1;
        input["MaxCount"] = 1;
        if (work.has("Monitoring"))
            input["Monitoring"] = {{"Enabled", work.properties.at("Monitoring")}};
        if (work.has("AvailabilityZone"))
            input["Placement"] = {{"AvailabilityZone", work.properties.at("AvailabilityZone")}};
        if (const auto tags = work.tags(); !tags.empty())
            input["TagSpecifications"] =
                Json::array({{{"ResourceType", "instance"}, {"Tags", tags}}});
        return work.call("ec2", "RunInstances", input).at("Instances").at(0).at("InstanceId");
    }

    bool is_stable(Work& work) const override {
        const auto state = describe(work).at("State").value("Name", "");
        if (state != "pending" && state != "running")
            throw resource_failure("Instance " + work.physical_id + " did not stabilize: " + state);
        return state == "running";
    }

    Json read(Work& work) const override {
        const auto found = describe(work);
        return {
            {"AvailabilityZone", found.at("Placement").value("AvailabilityZone", "")},
            {"InstanceId", work.physical_id},
            {"PrivateDnsName", found.value("PrivateDnsName", "")},
            {"PrivateIp", found.value("PrivateIpAddress", "")},
            {"PublicDnsName", found.value("PublicDnsName", "")},
            {"PublicIp", found.value("PublicIpAddress", "")},
            {"VpcId", found.value("VpcId", "")}
        };
    }

    void update(Work& work) const override {
        Json keys = Json::array();
        for (const auto& tag : work.previous.value("Tags", Json::array()))
            keys.push_back({{"Key", tag.at("Key")}});
        const Json ids{{"Resources", {work.physical_id}}};
        if (!keys.empty()) {
            Json input{{"Tags", keys}};
            input.update(ids);
            work.call("ec2", "DeleteTags", input);
        }
        if (const auto tags = work.tags(); !tags.empty()) {
            Json input{{"Tags", tags}};
            input.update(ids);
            work.call("ec2", "CreateTags", input);
        }
    }

    void remove(Work& work) const override {
        remove_by(work, "ec2", "TerminateInstances", {{"InstanceIds", {work.physical_id}}});
    }

    bool is_gone(Work& work) const override {
        try {
            return describe(work).at("State").value("Name", "") == "terminated";
        } catch (const aws::AWSError& error) {
            if (!says_missing(error)) throw;
            return true;
        }
    }

private:
    static Json describe(const Work& work) {
        return work.call("ec2", "DescribeInstances", {{"InstanceIds", {work.physical_id}}})
            .at("Reservations")
            .at(0)
            .at("Instances")
            .at(0);
    }
};

} // namespace

const ResourceType& launch_template_type() {
    static const LaunchTemplate type;
    return type;
}

const ResourceType& instance_type() {
    static const Instance type;
    return type;
}

} // namespace diorama::cloudformation
