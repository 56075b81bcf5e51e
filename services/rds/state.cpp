// See state.hpp. Records are kept as JSON.
#include "services/rds/state.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nlohmann {

template <>
struct adl_serializer<diorama::Timestamp> {
    static void to_json(json& value, const diorama::Timestamp& when) {
        value = when.time_since_epoch().count();
    }

    static void from_json(const json& value, diorama::Timestamp& when) {
        when = diorama::Timestamp(diorama::Duration(value.get<std::int64_t>()));
    }
};

template <class T>
struct adl_serializer<std::optional<T>> {
    static void to_json(json& value, const std::optional<T>& given) {
        value = given ? json(*given) : json(nullptr);
    }

    static void from_json(const json& value, std::optional<T>& given) {
        if (value.is_null()) {
            given.reset();
        } else {
            given = value.get<T>();
        }
    }
};

} // namespace nlohmann

namespace diorama::rds {

// Members that an older record lacks keep their defaults.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(BackupObject, account, region, bucket, key)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    Modification,
    instance_class,
    allocated_storage,
    retention_days,
    is_multi_az,
    identifier,
    master_password
)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Origin, kind, master_password, backup, log, until)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    DBInstance,
    account,
    region,
    identifier,
    resource_id,
    status,
    instance_class,
    engine_version,
    master_user,
    db_name,
    allocated_storage,
    storage_type,
    port,
    local_port,
    endpoint_hash,
    has_endpoint,
    is_multi_az,
    zone,
    secondary_zone,
    is_on_second_host,
    subnet_group,
    security_groups,
    is_public,
    is_protected,
    copies_tags,
    upgrades_itself,
    retention_days,
    backup_window,
    maintenance_window,
    created,
    changed,
    stopped,
    source,
    pending,
    origin,
    tags,
    shipped_position,
    latest_restorable
)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    DBSnapshot,
    account,
    region,
    identifier,
    status,
    is_automated,
    created,
    object,
    position,
    instance,
    tags
)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    ShippedLog,
    resource_id,
    object,
    last_position,
    shipped
)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    DBSubnetGroup,
    account,
    region,
    name,
    description,
    subnets,
    tags
)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    Event,
    account,
    region,
    source,
    identifier,
    arn,
    message,
    categories,
    when
)

namespace {

template <class Record>
std::string encoded(const Record& record) {
    return nlohmann::json(record).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class Record>
Record decoded(std::string_view bytes) {
    return nlohmann::json::parse(bytes).get<Record>();
}

std::string arn_of(
    const std::string& account,
    const std::string& region,
    std::string_view kind,
    std::string_view name
) {
    return fmt::format("arn:aws:rds:{}:{}:{}:{}", region, account, kind, name);
}

} // namespace

std::string key_of(const std::string& account, const std::string& region, const std::string& name) {
    return account + '/' + region + '/' + name;
}

std::string DBInstance::key() const {
    return key_of(account, region, identifier);
}

std::string DBInstance::arn() const {
    return arn_of(account, region, "db", identifier);
}

std::string DBInstance::endpoint_name() const {
    return fmt::format("{}.{}.{}.rds.amazonaws.com", identifier, endpoint_hash, region);
}

std::string DBInstance::encode() const {
    return encoded(*this);
}

DBInstance DBInstance::decode(std::string_view bytes) {
    return decoded<DBInstance>(bytes);
}

std::string DBSnapshot::key() const {
    return key_of(account, region, identifier);
}

std::string DBSnapshot::arn() const {
    return arn_of(account, region, "snapshot", identifier);
}

std::string DBSnapshot::encode() const {
    return encoded(*this);
}

DBSnapshot DBSnapshot::decode(std::string_view bytes) {
    return decoded<DBSnapshot>(bytes);
}

std::string ShippedLog::key() const {
    return fmt::format("{}/{:020}", resource_id, last_position);
}

std::string ShippedLog::encode() const {
    return encoded(*this);
}

ShippedLog ShippedLog::decode(std::string_view bytes) {
    return decoded<ShippedLog>(bytes);
}

std::string DBSubnetGroup::key() const {
    return key_of(account, region, name);
}

std::string DBSubnetGroup::arn() const {
    return arn_of(account, region, "subgrp", name);
}

std::string DBSubnetGroup::encode() const {
    return encoded(*this);
}

DBSubnetGroup DBSubnetGroup::decode(std::string_view bytes) {
    return decoded<DBSubnetGroup>(bytes);
}

std::string Event::encode() const {
    return encoded(*this);
}

Event Event::decode(std::string_view bytes) {
    return decoded<Event>(bytes);
}

State::State(Journal& journal)
    : instances(journal, "rds.instances")
    , snapshots(journal, "rds.snapshots")
    , shipped_logs(journal, "rds.shipped_logs")
    , subnet_groups(journal, "rds.subnet_groups")
    , events(journal, "rds.events") {
    // Numbers only tell events of one moment apart.
    next_event_ = events.size();
}

const DBInstance* State::find_resource(const std::string& resource_id) const {
    for (const auto& [key, instance] : instances)
        if (instance.resource_id == resource_id) return &instance;
    return nullptr;
}

std::vector<const DBInstance*> State::replicas_of(const DBInstance& source) const {
    std::vector<const DBInstance*> replicas;
    for (const auto& [key, instance] : instances)
        if (instance.source == source.resource_id) replicas.push_back(&instance);
    return replicas;
}

void State::add_event(Event event) {
    const auto key =
        fmt::format("{:020}/{:010}", event.when.time_since_epoch().count(), ++next_event_);
    events.put(key, std::move(event));
}

} // namespace diorama::rds
