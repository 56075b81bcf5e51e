// AWS::Route53::RecordSet and RecordSetGroup: change batches of a hosted zone. See
// resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

std::string with_dot(std::string name) {
    if (!name.ends_with('.')) name += '.';
    return name;
}

// AWS: "Specify either HostedZoneName or HostedZoneId, but not both."
std::string zone_of(const Work& work, const Json& properties) {
    if (properties.contains("HostedZoneId")) return properties.at("HostedZoneId");
    if (!properties.contains("HostedZoneName"))
        throw aws::validation_error("Either HostedZoneId or HostedZoneName must be specified");
    const auto name = with_dot(properties.at("HostedZoneName"));
    const auto zones = work.call("route53", "ListHostedZonesByName", {{"DNSName", name}});
    for (const auto& zone : zones.at("HostedZones")) {
        if (zone.at("Name") != name) continue;
        const auto id = zone.at("Id").get<std::string>();
        return id.substr(id.rfind('/') + 1);
    }
    throw resource_failure("No hosted zones named " + name + " found");
}

// A record set as the API wants it.
Json record_set(const Json& properties) {
    Json record = Json::object();
    for (const auto& [name, value] : properties.items()) {
        if (name == "HostedZoneId" || name == "HostedZoneName" || name == "Comment") continue;
        record[name] = value;
    }
    if (record.contains("ResourceRecords")) {
        Json records = Json::array();
        for (const auto& value : record.at("ResourceRecords"))
            records.push_back({{"Value", value}});
        record["ResourceRecords"] = records;
    }
    if (record.contains("AliasTarget") && record.at("AliasTarget").is_object() &&
        !record.at("AliasTarget").contains("EvaluateTargetHealth"))
        record["AliasTarget"]["EvaluateTargetHealth"] = false;
    return record;
}

Json change(const char* action, const Json& record) {
    return {{"Action", action}, {"ResourceRecordSet", record}};
}

void send(Work& work, const std::string& zone, const Json& changes) {
    if (changes.empty()) return;
    const auto answered = work.call(
        "route53",
        "ChangeResourceRecordSets",
        {{"HostedZoneId", zone}, {"ChangeBatch", {{"Changes", changes}}}}
    );
    work.notes["change"] = answered.at("ChangeInfo").at("Id");
}

bool is_in_sync(const Work& work) {
    if (!work.notes.contains("change")) return true;
    const auto found = work.call("route53", "GetChange", {{"Id", work.notes.at("change")}});
    return found.at("ChangeInfo").value("Status", "") == "INSYNC";
}

// Records that are not there any more, or a zone that is gone, are removed.
void send_removal(Work& work, const Json& changes) {
    try {
        send(work, zone_of(work, work.properties), changes);
    } catch (const aws::AWSError& error) {
        const bool is_gone = says_missing(error) || error.code() == "InvalidChangeBatch";
        if (!is_gone) throw;
    }
}

class RecordSet final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::Route53::RecordSet"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"Name", Update::replacement, true},
            {"Type", Update::in_place, true},
            {"HostedZoneId", Update::replacement},
            {"HostedZoneName", Update::replacement},
            {"TTL"},
            {"ResourceRecords"},
            {"AliasTarget"},
            {"Weight"},
            {"SetIdentifier"},
            {"Region"},
            {"Failover"},
            {"GeoLocation"},
            {"GeoProximityLocation"},
            {"CidrRoutingConfig"},
            {"MultiValueAnswer"},
            {"HealthCheckId"},
            {"Comment", Update::ignored}
        };
        return known;
    }

    std::string create(Work& work) const override {
        send(
            work,
            zone_of(work, work.properties),
            Json::array({change("CREATE", record_set(work.properties))})
        );
        return work.text("Name");
    }

    bool is_stable(Work& work) const override { return is_in_sync(work); }

    void update(Work& work) const override {
        const bool is_same_record = !work.changes("Type") && !work.changes("SetIdentifier");
        auto changes = Json::array();
        if (is_same_record) {
            changes.push_back(change("UPSERT", record_set(work.properties)));
        } else {
            changes.push_back(change("DELETE", record_set(work.previous)));
            changes.push_back(change("CREATE", record_set(work.properties)));
        }
        send(work, zone_of(work, work.properties), changes);
    }

    void remove(Work& work) const override {
        send_removal(work, Json::array({change("DELETE", record_set(work.properties))}));
    }
};

class RecordSetGroup final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::Route53::RecordSetGroup"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"HostedZoneId", Update::replacement},
            {"HostedZoneName", Update::replacement},
            {"RecordSets"},
            {"Comment", Update::ignored}
        };
        return known;
    }

    std::string create(Work& work) const override {
        auto changes = Json::array();
        for (const auto& record : records(work.properties))
            changes.push_back(change("CREATE", record));
        send(work, zone_of(work, work.properties), changes);
        return work.generated_name();
    }

    bool is_stable(Work& work) const override { return is_in_sync(work); }

    // AWS: a change batch is atomic, so that no name is without an answer in between.
    void update(Work& work) const override {
        const auto before = records(work.previous);
        const auto after = records(work.properties);
        auto changes = Json::array();
        for (const auto& record : before)
            if (std::find(after.begin(), after.end(), record) == after.end())
                changes.push_back(change("DELETE", record));
        for (const auto& record : after)
            if (std::find(before.begin(), before.end(), record) == before.end())
                changes.push_back(change("CREATE", record));
        send(work, zone_of(work, work.properties), changes);
    }

    void remove(Work& work) const override {
        auto changes = Json::array();
        for (const auto& record : records(work.properties))
            changes.push_back(change("DELETE", record));
        send_removal(work, changes);
    }

private:
    static Json records(const Json& properties) {
        auto list = Json::array();
        for (const auto& record : properties.value("RecordSets", Json::array()))
            list.push_back(record_set(record));
        return list;
    }
};

} // namespace

const ResourceType& record_set_type() {
    static const RecordSet type;
    return type;
}

const ResourceType& record_set_group_type() {
    static const RecordSetGroup type;
    return type;
}

} // namespace diorama::cloudformation
