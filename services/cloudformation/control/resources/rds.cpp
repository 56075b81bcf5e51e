// AWS::RDS::DBInstance and DBSubnetGroup. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

bool is_replica(const Json& properties) {
    return properties.contains("SourceDBInstanceIdentifier");
}

class DBInstance final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::RDS::DBInstance"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"DBInstanceIdentifier", Update::replacement},
            {"Engine", Update::replacement},
            {"DBName", Update::replacement},
            {"MasterUsername", Update::replacement},
            {"AvailabilityZone", Update::replacement},
            {"DBSubnetGroupName", Update::replacement},
            {"Port", Update::replacement},
            {"DBSnapshotIdentifier", Update::replacement},
            {"CharacterSetName", Update::replacement},
            {"StorageEncrypted", Update::replacement},
            {"KmsKeyId", Update::replacement},
            {"SourceDBInstanceIdentifier"},
            {"AllocatedStorage"},
            {"MaxAllocatedStorage"},
            {"AllowMajorVersionUpgrade"},
            {"AutoMinorVersionUpgrade"},
            {"BackupRetentionPeriod"},
            {"CopyTagsToSnapshot"},
            {"DBInstanceClass"},
            {"DBParameterGroupName"},
            {"DeletionProtection"},
            {"EngineVersion"},
            {"Iops"},
            {"LicenseModel"},
            {"MasterUserPassword"},
            {"MonitoringInterval"},
            {"MultiAZ"},
            {"OptionGroupName"},
            {"PreferredBackupWindow"},
            {"PreferredMaintenanceWindow"},
            {"PubliclyAccessible"},
            {"StorageType"},
            {"VPCSecurityGroups"},
            {"DeleteAutomatedBackups"},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {
            "DBInstanceArn",
            "DbiResourceId",
            "Endpoint.Address",
            "Endpoint.HostedZoneId",
            "Endpoint.Port"
        };
        return known;
    }

    std::string_view name_property() const override { return "DBInstanceIdentifier"; }

    // AWS: "For AWS::RDS::DBInstance resources that don't specify the DBClusterIdentifier property
    // … the default policy is Snapshot"; a read replica has no snapshot of its own.
    std::string_view default_deletion_policy(const Json& given) const override {
        return is_replica(given) ? "Delete" : "Snapshot";
    }

    bool supports_snapshots() const override { return true; }

    std::string create(Work& work) const override {
        auto input = api_names(work.properties);
        auto identifier = work.text("DBInstanceIdentifier");
        if (identifier.empty()) identifier = lower_case(work.generated_name(63));
        input["DBInstanceIdentifier"] = lower_case(identifier);
        if (const auto tags = work.tags(); !tags.empty()) input["Tags"] = tags;
        for (const auto* name : {"AllowMajorVersionUpgrade", "DeleteAutomatedBackups"})
            input.erase(name);
        if (is_replica(work.properties)) {
            // AWS: a replica has these of its source.
            for (const auto* name :
                 {"Engine",
                  "DBName",
                  "MasterUsername",
                  "MasterUserPassword",
                  "EngineVersion",
                  "LicenseModel",
                  "BackupRetentionPeriod",
                  "PreferredBackupWindow",
                  "PreferredMaintenanceWindow",
                  "StorageEncrypted"})
                input.erase(name);
            work.call("rds", "CreateDBInstanceReadReplica", input);
        } else if (work.has("DBSnapshotIdentifier")) {
            for (const auto* name : {"MasterUsername", "MasterUserPassword", "DBName"})
                input.erase(name);
            work.call("rds", "RestoreDBInstanceFromDBSnapshot", input);
        } else {
            work.call("rds", "CreateDBInstance", input);
        }
        return input.at("DBInstanceIdentifier");
    }

    bool is_stable(Work& work) const override {
        const auto found = describe(work);
        const auto status = found.value("DBInstanceStatus", "");
        if (status == "failed" || status.starts_with("incompatible") || status == "restore-error")
            throw resource_failure("DB instance " + work.physical_id + " is " + status);
        return status == "available" && !is_pending(found);
    }

    Json read(Work& work) const override {
        const auto found = describe(work);
        const auto endpoint = found.value("Endpoint", Json::object());
        return {
            {"DBInstanceArn", found.at("DBInstanceArn")},
            {"DbiResourceId", found.value("DbiResourceId", "")},
            {"Endpoint.Address", endpoint.value("Address", "")},
            {"Endpoint.HostedZoneId", endpoint.value("HostedZoneId", "")},
            {"Endpoint.Port", endpoint.value("Port", Json(0)).dump()}
        };
    }

    // AWS: a replica whose source changes is another one; without a source it is promoted.
    bool needs_replacement(const Json& before, const Json& after) const override {
        const bool gets_source =
            is_replica(after) && before.value("SourceDBInstanceIdentifier", Json()) !=
                                     after.at("SourceDBInstanceIdentifier");
        return gets_source || ResourceType::needs_replacement(before, after);
    }

    void update(Work& work) const override {
        if (is_replica(work.previous) && !is_replica(work.properties))
            work.call("rds", "PromoteReadReplica", {{"DBInstanceIdentifier", work.physical_id}});
        Json changed = Json::object();
        for (const auto& [name, value] : work.properties.items())
            if (work.changes(name.c_str()) && name != "Tags" &&
                name != "SourceDBInstanceIdentifier" && name != "DeleteAutomatedBackups")
                changed[name] = value;
        if (!changed.empty()) {
            auto input = api_names(changed);
            input["DBInstanceIdentifier"] = work.physical_id;
            input["ApplyImmediately"] = true;
            work.call("rds", "ModifyDBInstance", input);
        }
        if (work.changes("Tags")) update_tags(work);
    }

    void remove(Work& work) const override {
        Json input{
            {"DBInstanceIdentifier", work.physical_id},
            {"SkipFinalSnapshot", !work.takes_snapshot}
        };
        if (work.takes_snapshot)
            input["FinalDBSnapshotIdentifier"] = lower_case(
                work.stack_name + "-snapshot-" + work.logical_id + "-" +
                work.random.base36_upper(12)
            );
        if (work.has("DeleteAutomatedBackups"))
            input["DeleteAutomatedBackups"] = work.properties.at("DeleteAutomatedBackups");
        remove_by(work, "rds", "DeleteDBInstance", input);
    }

    bool is_gone(Work& work) const override {
        try {
            describe(work);
            return false;
        } catch (const aws::AWSError& error) {
            if (!says_missing(error)) throw;
            return true;
        }
    }

private:
    // Lists of an answer are there even when they are empty.
    static bool is_pending(const Json& instance) {
        const auto pending = instance.value("PendingModifiedValues", Json::object());
        return std::any_of(pending.begin(), pending.end(), [](const Json& value) {
            return !value.is_structured() || !value.empty();
        });
    }

    static Json describe(const Work& work) {
        return work.call("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", work.physical_id}})
            .at("DBInstances")
            .at(0);
    }

    static Json api_names(Json properties) {
        if (properties.contains("VPCSecurityGroups")) {
            properties["VpcSecurityGroupIds"] = properties.at("VPCSecurityGroups");
            properties.erase("VPCSecurityGroups");
        }
        if (properties.contains("Engine") && properties.at("Engine").is_string())
            properties["Engine"] = lower_case(properties.at("Engine"));
        return properties;
    }

    static void update_tags(const Work& work) {
        const auto arn = describe(work).at("DBInstanceArn");
        Json keys = Json::array();
        for (const auto& tag : work.previous.value("Tags", Json::array()))
            keys.push_back(tag.at("Key"));
        if (!keys.empty())
            work.call("rds", "RemoveTagsFromResource", {{"ResourceName", arn}, {"TagKeys", keys}});
        if (const auto tags = work.tags(); !tags.empty())
            work.call("rds", "AddTagsToResource", {{"ResourceName", arn}, {"Tags", tags}});
    }
};

class DBSubnetGroup final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::RDS::DBSubnetGroup"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"DBSubnetGroupName", Update::replacement},
            {"DBSubnetGroupDescription", Update::in_place, true},
            {"SubnetIds", Update::in_place, true},
            {"Tags"}
        };
        return known;
    }

    std::string_view name_property() const override { return "DBSubnetGroupName"; }

    std::string create(Work& work) const override {
        auto input = work.given({"DBSubnetGroupDescription", "SubnetIds"});
        const auto group = lower_case(work.name_or_generated("DBSubnetGroupName", 255));
        input["DBSubnetGroupName"] = group;
        if (const auto tags = work.tags(); !tags.empty()) input["Tags"] = tags;
        work.call("rds", "CreateDBSubnetGroup", input);
        return group;
    }

    void update(Work& work) const override {
        auto input = work.given({"DBSubnetGroupDescription", "SubnetIds"});
        input["DBSubnetGroupName"] = work.physical_id;
        work.call("rds", "ModifyDBSubnetGroup", input);
    }

    void remove(Work& work) const override {
        remove_by(work, "rds", "DeleteDBSubnetGroup", {{"DBSubnetGroupName", work.physical_id}});
    }
};

} // namespace

const ResourceType& db_instance_type() {
    static const DBInstance type;
    return type;
}

const ResourceType& db_subnet_group_type() {
    static const DBSubnetGroup type;
    return type;
}

} // namespace diorama::cloudformation
