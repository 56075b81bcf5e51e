// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateTrafficPolicyInstance.html and
// the pages beside it.
#include "services/route53/control/traffic_policy_instances.hpp"

#include "services/route53/control/policy_document.hpp"
#include "services/route53/control/traffic_policies.hpp"
#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

api::RRType api_type(RecordType type) {
    return api::parse_rr_type(to_string(type)).value_or(api::RRType::A);
}

// Instances are listed by hosted zone, then name, then type.
std::string order_of(std::string_view zone, std::string_view name, std::string_view type) {
    const auto parsed = DNSName::parse(name);
    return fmt::format(
        "{}\n{}\n{}",
        bare_id(zone),
        parsed ? parsed->lower().sort_text() : std::string(name),
        type
    );
}

std::string order_of(const TrafficPolicyInstance& instance) {
    return order_of(instance.hosted_zone_id, instance.name, to_string(instance.type));
}

std::string marker_of(
    const std::optional<std::string>& zone,
    const std::optional<std::string>& name,
    const std::optional<api::RRType>& type
) {
    if (!zone && !name) return {};
    return order_of(zone.value_or(""), name.value_or(""), type ? to_string(*type) : "");
}

} // namespace

const TrafficPolicyInstance&
TrafficPolicyInstances::instance_of(const aws::Call& call, const std::string& id) const {
    const auto* found = control_.state.traffic_policy_instances.find(account_key(call.account, id));
    if (found == nullptr) {
        throw api::NoSuchTrafficPolicyInstance("No traffic policy instance found with ID: {}", id);
    }
    return *found;
}

api::TrafficPolicyInstance
TrafficPolicyInstances::describe_instance(const TrafficPolicyInstance& stored) const {
    api::TrafficPolicyInstance description;
    description.id = stored.id;
    description.hosted_zone_id = stored.hosted_zone_id;
    description.name = stored.name;
    description.ttl = stored.ttl;
    // Applied from the moment the name server answers with it.
    const auto* change = control_.state.changes.find(account_key(stored.account, stored.change_id));
    const bool is_applied = change == nullptr || change->is_in_sync;
    description.state = is_applied ? "Applied" : stored.is_updated ? "Updating" : "Creating";
    description.traffic_policy_id = stored.policy_id;
    description.traffic_policy_version = static_cast<std::int32_t>(stored.policy_version);
    description.traffic_policy_type = api_type(stored.type);
    return description;
}

std::vector<StoredRecordSet> TrafficPolicyInstances::compiled(
    const TrafficPolicyInstance& instance,
    const TrafficPolicy& policy
) const {
    auto sets = compile_policy(
        policy.document,
        {instance.id,
         instance.hosted_zone_id,
         DNSName::parse(instance.name).value_or(DNSName()),
         instance.ttl}
    );
    if (const auto* wrong = std::get_if<std::string>(&sets)) {
        throw api::InvalidInput("{}", *wrong);
    }
    for (const auto& set : std::get<std::vector<StoredRecordSet>>(sets)) {
        const auto& health_checks = control_.state.health_checks;
        if (!set.health_check_id.empty() &&
            !health_checks.contains(account_key(instance.account, set.health_check_id))) {
            throw api::InvalidInput(
                "No health check exists with the specified ID: {}",
                set.health_check_id
            );
        }
    }
    return std::move(std::get<std::vector<StoredRecordSet>>(sets));
}

std::set<DNSName> TrafficPolicyInstances::erase_sets(const TrafficPolicyInstance& instance) {
    std::set<DNSName> names;
    auto& table = control_.state.record_sets;
    const auto prefix = record_set_prefix(instance.hosted_zone_id);
    std::vector<std::string> keys;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        if (at->second.traffic_policy_instance_id != instance.id) continue;
        keys.push_back(at->first);
        names.insert(DNSName::parse(at->second.name).value_or(DNSName()));
    }
    for (const auto& key : keys) {
        table.erase(key);
    }
    return names;
}

void TrafficPolicyInstances::write(
    const aws::Call& call,
    TrafficPolicyInstance& instance,
    const std::vector<StoredRecordSet>& sets
) {
    auto names = erase_sets(instance);
    for (const auto& set : sets) {
        names.insert(DNSName::parse(set.name).value_or(DNSName()));
        control_.state.record_sets.put(record_set_key(instance.hosted_zone_id, set), set);
    }
    const auto& zone = hosted_zone_of(control_.state, call, instance.hosted_zone_id);
    instance.change_id =
        control_.propagation
            .begin({zone, ZoneEdit::Kind::written, names, std::nullopt}, call.random)
            .id;
}

api::CreateTrafficPolicyInstanceResponse TrafficPolicyInstances::create(
    const aws::Call& call,
    const api::CreateTrafficPolicyInstanceRequest& input
) {
    auto& state = control_.state;
    const auto& zone = hosted_zone_of(state, call, input.hosted_zone_id);
    const auto& policy =
        traffic_policy_of(state, call, input.traffic_policy_id, input.traffic_policy_version);
    const auto name = DNSName::parse(input.name);
    if (!name) throw api::InvalidInput("{}", domain_name_problem(input.name));
    if (!name->lower().is_within(zone.apex())) {
        throw api::InvalidInput("{} is not permitted in zone {}", input.name, zone.name);
    }
    TrafficPolicyInstance made;
    made.account = call.account;
    made.hosted_zone_id = zone.id;
    made.name = name->lower().to_string();
    made.ttl = static_cast<std::uint32_t>(input.ttl);
    made.policy_id = policy.id;
    made.policy_version = policy.version;
    made.type = policy.type;
    const auto prefix = record_set_prefix(zone.id, name->lower());
    const auto& table = state.record_sets;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        const auto& other = at->second;
        const bool is_alias_of_all =
            other.type == RecordType::cname || policy.type == RecordType::cname;
        if (other.type != policy.type && !is_alias_of_all) continue;
        throw api::TrafficPolicyInstanceAlreadyExists(
            "There is already a record set or a traffic policy instance with the name {} and the "
            "type {}",
            made.name,
            to_string(other.type)
        );
    }
    if (count(call).traffic_policy_instance_count >=
        static_cast<std::int32_t>(limits::traffic_policy_instances_per_account_max)) {
        throw api::TooManyTrafficPolicyInstances(
            "Limits Exceeded: MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER - Cannot create more traffic "
            "policy instances."
        );
    }
    made.id = call.random.uuid();
    const auto sets = compiled(made, policy);
    write(call, made, sets);
    const auto& stored =
        state.traffic_policy_instances.put(account_key(made.account, made.id), std::move(made));
    return {
        .traffic_policy_instance = describe_instance(stored),
        .location = "https://route53.amazonaws.com/2013-04-01/trafficpolicyinstance/" + stored.id
    };
}

api::GetTrafficPolicyInstanceResponse TrafficPolicyInstances::get(
    const aws::Call& call,
    const api::GetTrafficPolicyInstanceRequest& input
) {
    return {.traffic_policy_instance = describe_instance(instance_of(call, input.id))};
}

api::GetTrafficPolicyInstanceCountResponse TrafficPolicyInstances::count(const aws::Call& call) {
    const auto& table = control_.state.traffic_policy_instances;
    const auto prefix = account_key(call.account, "");
    std::int32_t number = 0;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        ++number;
    }
    return {.traffic_policy_instance_count = number};
}

api::UpdateTrafficPolicyInstanceResponse TrafficPolicyInstances::update(
    const aws::Call& call,
    const api::UpdateTrafficPolicyInstanceRequest& input
) {
    auto edited = instance_of(call, input.id);
    const auto& policy = traffic_policy_of(
        control_.state,
        call,
        input.traffic_policy_id,
        input.traffic_policy_version
    );
    // AWS: the DNS type of the other policy must be the same.
    if (policy.type != edited.type) {
        throw api::ConflictingTypes(
            "The traffic policy {} is for records of type {}, the instance for {}",
            policy.id,
            to_string(policy.type),
            to_string(edited.type)
        );
    }
    edited.ttl = static_cast<std::uint32_t>(input.ttl);
    edited.policy_id = policy.id;
    edited.policy_version = policy.version;
    edited.is_updated = true;
    const auto sets = compiled(edited, policy);
    write(call, edited, sets);
    const auto key = account_key(edited.account, edited.id);
    const auto& stored = control_.state.traffic_policy_instances.put(key, std::move(edited));
    return {.traffic_policy_instance = describe_instance(stored)};
}

api::DeleteTrafficPolicyInstanceResponse TrafficPolicyInstances::remove(
    const aws::Call& call,
    const api::DeleteTrafficPolicyInstanceRequest& input
) {
    auto gone = instance_of(call, input.id);
    write(call, gone, {});
    control_.state.traffic_policy_instances.erase(account_key(gone.account, gone.id));
    return {};
}

TrafficPolicyInstances::Page TrafficPolicyInstances::page(
    const aws::Call& call,
    const std::string& from,
    std::int64_t size,
    const Filter& filter
) const {
    std::map<std::string, const TrafficPolicyInstance*> sorted;
    for (const auto& [key, instance] : control_.state.traffic_policy_instances) {
        if (instance.account != call.account || !filter(instance)) continue;
        sorted[order_of(instance)] = &instance;
    }
    Page page;
    for (auto at = sorted.lower_bound(from); at != sorted.end(); ++at) {
        if (static_cast<std::int64_t>(page.instances.size()) == size) {
            page.next = at->second;
            break;
        }
        page.instances.push_back(describe_instance(*at->second));
    }
    return page;
}

api::ListTrafficPolicyInstancesResponse TrafficPolicyInstances::list(
    const aws::Call& call,
    const api::ListTrafficPolicyInstancesRequest& input
) {
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    auto found = page(
        call,
        marker_of(
            input.hosted_zone_id_marker,
            input.traffic_policy_instance_name_marker,
            input.traffic_policy_instance_type_marker
        ),
        size,
        [](const auto&) { return true; }
    );
    api::ListTrafficPolicyInstancesResponse response;
    response.max_items = std::to_string(size);
    response.traffic_policy_instances = std::move(found.instances);
    if (found.next == nullptr) return response;
    response.is_truncated = true;
    response.hosted_zone_id_marker = found.next->hosted_zone_id;
    response.traffic_policy_instance_name_marker = found.next->name;
    response.traffic_policy_instance_type_marker = api_type(found.next->type);
    return response;
}

api::ListTrafficPolicyInstancesByHostedZoneResponse TrafficPolicyInstances::list_by_zone(
    const aws::Call& call,
    const api::ListTrafficPolicyInstancesByHostedZoneRequest& input
) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    std::string from;
    if (input.traffic_policy_instance_name_marker) {
        from = marker_of(
            zone.id,
            input.traffic_policy_instance_name_marker,
            input.traffic_policy_instance_type_marker
        );
    }
    auto found = page(call, from, size, [&](const auto& instance) {
        return instance.hosted_zone_id == zone.id;
    });
    api::ListTrafficPolicyInstancesByHostedZoneResponse response;
    response.max_items = std::to_string(size);
    response.traffic_policy_instances = std::move(found.instances);
    if (found.next == nullptr) return response;
    response.is_truncated = true;
    response.traffic_policy_instance_name_marker = found.next->name;
    response.traffic_policy_instance_type_marker = api_type(found.next->type);
    return response;
}

api::ListTrafficPolicyInstancesByPolicyResponse TrafficPolicyInstances::list_by_policy(
    const aws::Call& call,
    const api::ListTrafficPolicyInstancesByPolicyRequest& input
) {
    const auto& policy = traffic_policy_of(
        control_.state,
        call,
        input.traffic_policy_id,
        input.traffic_policy_version
    );
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    auto found = page(
        call,
        marker_of(
            input.hosted_zone_id_marker,
            input.traffic_policy_instance_name_marker,
            input.traffic_policy_instance_type_marker
        ),
        size,
        [&](const auto& instance) {
            return instance.policy_id == policy.id && instance.policy_version == policy.version;
        }
    );
    api::ListTrafficPolicyInstancesByPolicyResponse response;
    response.max_items = std::to_string(size);
    response.traffic_policy_instances = std::move(found.instances);
    if (found.next == nullptr) return response;
    response.is_truncated = true;
    response.hosted_zone_id_marker = found.next->hosted_zone_id;
    response.traffic_policy_instance_name_marker = found.next->name;
    response.traffic_policy_instance_type_marker = api_type(found.next->type);
    return response;
}

} // namespace diorama::route53
