// AWS::Route53::HealthCheck and CidrCollection. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

class HealthCheck final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::Route53::HealthCheck"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"HealthCheckConfig", Update::in_place, true},
            {"HealthCheckTags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"HealthCheckId"};
        return known;
    }

    // AWS: what an update of a health check cannot change needs another one.
    bool needs_replacement(const Json& before, const Json& after) const override {
        const auto differs = [&](const char* field) {
            const auto value = [field](const Json& properties) {
                return properties.value("HealthCheckConfig", Json::object()).value(field, Json());
            };
            return value(before) != value(after);
        };
        return differs("Type") || differs("RequestInterval") || differs("MeasureLatency");
    }

    std::string create(Work& work) const override {
        const auto made = work.call(
            "route53",
            "CreateHealthCheck",
            {{"CallerReference", work.random.uuid()},
             {"HealthCheckConfig", work.properties.at("HealthCheckConfig")}}
        );
        work.physical_id = made.at("HealthCheck").at("Id");
        tag(work);
        return work.physical_id;
    }

    Json read(Work& work) const override { return {{"HealthCheckId", work.physical_id}}; }

    void update(Work& work) const override {
        if (work.changes("HealthCheckConfig")) {
            work.call("route53", "UpdateHealthCheck", update_of(work));
        }
        if (work.changes("HealthCheckTags")) tag(work);
    }

    void remove(Work& work) const override {
        remove_by(work, "route53", "DeleteHealthCheck", {{"HealthCheckId", work.physical_id}});
    }

private:
    // What the template does not say any more goes back to what it is without.
    static Json update_of(const Work& work) {
        const auto& config = work.properties.at("HealthCheckConfig");
        const auto before = work.previous.value("HealthCheckConfig", Json::object());
        Json input{{"HealthCheckId", work.physical_id}};
        for (const auto& [field, value] : config.items()) {
            if (field == "Type" || field == "RequestInterval" || field == "MeasureLatency")
                continue;
            input[field] = value;
        }
        Json reset = Json::array();
        for (const char* field :
             {"ChildHealthChecks", "FullyQualifiedDomainName", "Regions", "ResourcePath"})
            if (before.contains(field) && !config.contains(field)) reset.push_back(field);
        if (!reset.empty()) input["ResetElements"] = reset;
        const auto restore = [&](const char* field, const Json& value) {
            if (before.contains(field) && !config.contains(field)) input[field] = value;
        };
        restore("Inverted", false);
        restore("Disabled", false);
        restore("FailureThreshold", 3);
        return input;
    }

    static void tag(const Work& work) {
        const auto tags = work.tags("HealthCheckTags");
        Json gone = Json::array();
        for (const auto& one : work.previous.value("HealthCheckTags", Json::array()))
            gone.push_back(one.at("Key"));
        for (const auto& one : tags)
            gone.erase(std::remove(gone.begin(), gone.end(), one.at("Key")), gone.end());
        if (tags.empty() && gone.empty()) return;
        Json input{{"ResourceType", "healthcheck"}, {"ResourceId", work.physical_id}};
        if (!tags.empty()) input["AddTags"] = tags;
        if (!gone.empty()) input["RemoveTagKeys"] = gone;
        work.call("route53", "ChangeTagsForResource", input);
    }
};

class CidrCollection final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::Route53::CidrCollection"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {{"Name", Update::replacement, true}, {"Locations"}};
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"Id", "Arn"};
        return known;
    }

    std::string create(Work& work) const override {
        const auto made = work.call(
            "route53",
            "CreateCidrCollection",
            {{"Name", work.text("Name")}, {"CallerReference", work.random.uuid()}}
        );
        work.physical_id = made.at("Collection").at("Id");
        work.notes["arn"] = made.at("Collection").at("Arn");
        change(work, Json::array(), locations(work.properties));
        return work.physical_id;
    }

    Json read(Work& work) const override {
        return {{"Id", work.physical_id}, {"Arn", work.notes.value("arn", "")}};
    }

    void update(Work& work) const override {
        change(work, locations(work.previous), locations(work.properties));
    }

    void remove(Work& work) const override {
        try {
            change(work, locations(work.properties), Json::array());
        } catch (const aws::AWSError& error) {
            if (!says_missing(error)) throw;
        }
        remove_by(work, "route53", "DeleteCidrCollection", {{"Id", work.physical_id}});
    }

private:
    static Json locations(const Json& properties) {
        return properties.value("Locations", Json::array());
    }

    static void change(const Work& work, const Json& before, const Json& after) {
        Json changes = Json::array();
        const auto add = [&changes](const char* action, const Json& location) {
            changes.push_back(
                {{"LocationName", location.at("LocationName")},
                 {"Action", action},
                 {"CidrList", location.at("CidrList")}}
            );
        };
        for (const auto& location : before)
            if (std::find(after.begin(), after.end(), location) == after.end())
                add("DELETE_IF_EXISTS", location);
        for (const auto& location : after)
            if (std::find(before.begin(), before.end(), location) == before.end())
                add("PUT", location);
        if (changes.empty()) return;
        work.call(
            "route53",
            "ChangeCidrCollection",
            {{"Id", work.physical_id}, {"Changes", changes}}
        );
    }
};

} // namespace

const ResourceType& health_check_type() {
    static const HealthCheck type;
    return type;
}

const ResourceType& cidr_collection_type() {
    static const CidrCollection type;
    return type;
}

} // namespace diorama::cloudformation
