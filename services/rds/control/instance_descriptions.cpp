// Instances as DescribeDBInstances and all other operations show them.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
#include "services/rds/control/instances.hpp"
#include "services/rds/control/pages.hpp"

namespace diorama::rds {

namespace {

api::PendingModifiedValues describe_pending(const Modification& pending) {
    api::PendingModifiedValues result;
    result.db_instance_class = pending.instance_class;
    result.allocated_storage = pending.allocated_storage;
    result.backup_retention_period = pending.retention_days;
    result.multi_az = pending.is_multi_az;
    result.db_instance_identifier = pending.identifier;
    if (pending.master_password) result.master_user_password = "****";
    return result;
}

// What this emulator has only one of.
void describe_constants(api::DBInstance& result) {
    result.engine = "mysql";
    result.license_model = "general-public-license";
    result.db_parameter_groups.push_back({"default.mysql8.0", "in-sync"});
    result.option_group_memberships.push_back({"default:mysql-8-0", "in-sync"});
    result.db_instance_port = 0;
    result.storage_encrypted = false;
    result.monitoring_interval = 0;
    result.iam_database_authentication_enabled = false;
    result.performance_insights_enabled = false;
    result.customer_owned_ip_enabled = false;
    result.network_type = "IPV4";
    result.backup_target = "region";
    result.multi_tenant = false;
    result.dedicated_log_volume = false;
    result.ca_certificate_identifier = "rds-ca-rsa2048-g1";
    result.engine_lifecycle_support = "open-source-rds-extended-support";
}

} // namespace

std::pair<std::string, std::uint16_t> InstanceControl::endpoint_of(const DBInstance& instance
) const {
    if (environment_.advertise == Advertise::local) return {"localhost", instance.local_port};
    return {instance.endpoint_name(), instance.port};
}

api::DBInstance InstanceControl::describe(const DBInstance& instance) const {
    api::DBInstance result;
    describe_constants(result);
    result.db_instance_identifier = instance.identifier;
    result.db_instance_class = instance.instance_class;
    result.db_instance_status = instance.status;
    result.master_username = instance.master_user;
    if (!instance.db_name.empty()) result.db_name = instance.db_name;
    if (instance.has_endpoint) {
        const auto [address, port] = endpoint_of(instance);
        // The hosted zone of the endpoints' names in us-east-1; others differ on AWS.
        result.endpoint = api::Endpoint{address, port, "Z2R2ITUGPM61AM"};
        result.instance_create_time = instance.created;
    }
    result.allocated_storage = instance.allocated_storage;
    result.preferred_backup_window = instance.backup_window;
    result.preferred_maintenance_window = instance.maintenance_window;
    result.backup_retention_period = instance.retention_days;
    for (const auto& group : instance.security_groups)
        result.vpc_security_groups.push_back({group, "active"});
    result.availability_zone = instance.zone;
    if (!instance.secondary_zone.empty())
        result.secondary_availability_zone = instance.secondary_zone;
    result.multi_az = instance.is_multi_az;
    result.db_subnet_group =
        subnet_groups_.describe(instance.account, instance.region, instance.subnet_group);
    result.pending_modified_values = describe_pending(instance.pending);
    result.latest_restorable_time = instance.latest_restorable;
    result.engine_version = instance.engine_version;
    result.auto_minor_version_upgrade = instance.upgrades_itself;
    result.publicly_accessible = instance.is_public;
    result.storage_type = instance.storage_type;
    result.dbi_resource_id = instance.resource_id;
    result.db_instance_arn = instance.arn();
    result.copy_tags_to_snapshot = instance.copies_tags;
    result.deletion_protection = instance.is_protected;
    result.tag_list = describe_tags(instance.tags);
    if (const auto* source = state_.find_resource(instance.source)) {
        result.read_replica_source_db_instance_identifier = source->identifier;
        result.status_infos.push_back({"read replication", true, "replicating", std::nullopt});
    }
    for (const auto* replica : state_.replicas_of(instance))
        result.read_replica_db_instance_identifiers.push_back(replica->identifier);
    return result;
}

api::DBInstanceMessage InstanceControl::describe(
    const aws::Call& call,
    const api::DescribeDBInstancesMessage& input
) const {
    api::DBInstanceMessage result;
    if (input.db_instance_identifier) {
        result.db_instances.push_back(describe(find(call, *input.db_instance_identifier)));
        return result;
    }
    Page page(input.max_records, input.marker);
    const auto prefix = key_of(call.account, call.region, "");
    for (auto at = state_.instances.lower_bound(prefix);
         at != state_.instances.end() && at->first.starts_with(prefix);
         ++at) {
        const DBInstance& instance = at->second;
        const bool wanted =
            matches(input.filters, [&](std::string_view name) -> std::optional<std::string> {
                if (name == "db-instance-id") return instance.identifier;
                if (name == "dbi-resource-id") return instance.resource_id;
                if (name == "engine") return "mysql";
                if (name == "db-cluster-id" || name == "domain") return "";
                return std::nullopt;
            });
        if (wanted && page.takes(at->first)) result.db_instances.push_back(describe(instance));
    }
    result.marker = page.marker();
    return result;
}

} // namespace diorama::rds
