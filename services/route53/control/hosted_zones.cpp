// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html and the pages
// beside it.
#include "services/route53/control/hosted_zones.hpp"

#include "services/route53/control/delegation_sets.hpp"
#include "services/route53/control/name_servers.hpp"
#include "services/route53/control/query_logging.hpp"
#include "services/route53/control/vpc_associations.hpp"
#include "services/route53/limits.hpp"

#include <algorithm>
#include <tuple>

namespace diorama::route53 {

std::vector<const HostedZone*> HostedZones::zones_of(const aws::Call& call) const {
    std::vector<const HostedZone*> zones;
    const auto prefix = account_key(call.account, "");
    const auto& table = control_.state.hosted_zones;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        zones.push_back(&at->second);
    }
    return zones;
}

std::size_t HostedZones::record_set_count(const HostedZone& zone) const {
    const auto prefix = record_set_prefix(zone.id);
    const auto& table = control_.state.record_sets;
    std::size_t count = 0;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        if (!at->second.is_hidden) ++count;
    }
    return count;
}

api::HostedZone HostedZones::describe_zone(const HostedZone& zone) const {
    api::HostedZone description;
    description.id = "/hostedzone/" + zone.id;
    description.name = zone.name;
    description.caller_reference = zone.caller_reference;
    description.config = api::HostedZoneConfig{zone.comment, zone.is_private};
    description.resource_record_set_count = static_cast<std::int64_t>(record_set_count(zone));
    return description;
}

void HostedZones::add_required_record_sets(const HostedZone& zone) {
    StoredRecordSet name_servers;
    name_servers.name = zone.name;
    name_servers.type = RecordType::ns;
    name_servers.ttl = limits::name_servers_ttl;
    for (const auto& server : zone.name_servers) {
        name_servers.values.push_back(server + ".");
    }
    StoredRecordSet authority;
    authority.name = zone.name;
    authority.type = RecordType::soa;
    authority.ttl = limits::start_of_authority_ttl;
    authority.values = {fmt::format(
        "{}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
        zone.name_servers[0]
    )};
    auto& table = control_.state.record_sets;
    table.put(record_set_key(zone.id, name_servers), name_servers);
    table.put(record_set_key(zone.id, authority), authority);
}

// A private zone has the first of all name servers, a public one those of its reusable delegation
// set, or four of its own.
void HostedZones::choose_name_servers_for(
    HostedZone& zone,
    const aws::Call& call,
    const api::CreateHostedZoneRequest& input
) const {
    const bool wants_private =
        input.hosted_zone_config && input.hosted_zone_config->private_zone.value_or(false);
    // AWS: "If you specify VPC, Route 53 creates a private hosted zone".
    if (wants_private && !input.vpc) {
        throw api::InvalidInput("VPC must be specified for a private hosted zone");
    }
    if (input.vpc) {
        if (input.delegation_set_id) {
            throw api::InvalidInput("DelegationSetId cannot be specified for a private hosted zone"
            );
        }
        const auto vpc = checked_vpc(control_, call, *input.vpc);
        check_namespace(control_.state, zone.apex(), vpc);
        zone.is_private = true;
        zone.vpcs = {vpc};
        zone.name_servers = name_servers_of_private_zones();
        return;
    }
    if (!input.delegation_set_id) {
        zone.name_servers = choose_name_servers(control_.state, zone.apex(), call.random);
        return;
    }
    const auto& set = delegation_set_of(control_.state, call, *input.delegation_set_id);
    if (have_conflict(control_.state, zone.apex(), set.name_servers)) {
        throw api::ConflictingDomainExists(
            "The delegation set {} is already used by a hosted zone with the same name, or with a "
            "name above or below {}",
            set.id,
            zone.name
        );
    }
    zone.delegation_set_id = set.id;
    zone.name_servers = set.name_servers;
}

api::CreateHostedZoneResponse
HostedZones::create(const aws::Call& call, const api::CreateHostedZoneRequest& input) {
    const auto name = DNSName::parse(input.name);
    if (!name || name->is_root())
        throw api::InvalidDomainName("{}", domain_name_problem(input.name));
    const auto zones = zones_of(call);
    for (const auto* zone : zones) {
        if (zone->caller_reference == input.caller_reference) {
            throw api::HostedZoneAlreadyExists(
                "A hosted zone has already been created with the specified caller reference."
            );
        }
    }
    if (zones.size() >= limits::hosted_zones_per_account_max) {
        throw api::TooManyHostedZones(
            "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones."
        );
    }
    HostedZone zone;
    zone.account = call.account;
    zone.id = "Z" + call.random.base36_upper(20);
    zone.name = name->lower().to_string();
    zone.caller_reference = input.caller_reference;
    if (input.hosted_zone_config) zone.comment = input.hosted_zone_config->comment;
    zone.created = call.now;
    choose_name_servers_for(zone, call, input);
    const auto& stored =
        control_.state.hosted_zones.put(account_key(zone.account, zone.id), std::move(zone));
    add_required_record_sets(stored);

    // AWS: "When you submit a CreateHostedZone request, the initial status of the hosted zone is
    // PENDING."
    const auto change = control_.propagation.begin(
        {stored, ZoneEdit::Kind::written, {stored.apex()}, std::nullopt},
        call.random
    );
    api::CreateHostedZoneResponse response;
    response.hosted_zone = describe_zone(stored);
    response.change_info = describe(change);
    response.delegation_set = describe_delegation_set(control_.state, stored);
    if (stored.is_private) response.vpc = describe_vpc(stored.vpcs[0]);
    response.location = "https://route53.amazonaws.com/2013-04-01/hostedzone/" + stored.id;
    return response;
}

api::GetHostedZoneResponse
HostedZones::get(const aws::Call& call, const api::GetHostedZoneRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.id);
    api::GetHostedZoneResponse response;
    response.hosted_zone = describe_zone(zone);
    if (zone.is_private) {
        for (const auto& vpc : zone.vpcs) {
            response._vpcs.push_back(describe_vpc(vpc));
        }
    } else {
        response.delegation_set = describe_delegation_set(control_.state, zone);
    }
    return response;
}

api::GetHostedZoneCountResponse HostedZones::count(const aws::Call& call) {
    return {.hosted_zone_count = static_cast<std::int64_t>(zones_of(call).size())};
}

api::ListHostedZonesResponse
HostedZones::list(const aws::Call& call, const api::ListHostedZonesRequest& input) {
    std::string delegation_set;
    if (input.delegation_set_id) {
        delegation_set = delegation_set_of(control_.state, call, *input.delegation_set_id).id;
    }
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    api::ListHostedZonesResponse response;
    response.marker = input.marker.value_or("");
    response.max_items = std::to_string(size);
    // AWS: "the value of marker is the ID of the first hosted zone" of the page.
    for (const auto* zone : zones_of(call)) {
        if (zone->id < bare_id(response.marker)) continue;
        if (input.hosted_zone_type && !zone->is_private) continue; // PrivateHostedZone
        if (input.delegation_set_id && zone->delegation_set_id != delegation_set) continue;
        if (static_cast<std::int64_t>(response.hosted_zones.size()) == size) {
            response.is_truncated = true;
            response.next_marker = zone->id;
            break;
        }
        response.hosted_zones.push_back(describe_zone(*zone));
    }
    return response;
}

// AWS: "ListHostedZonesByName sorts hosted zones by name with the labels reversed."
api::ListHostedZonesByNameResponse
HostedZones::list_by_name(const aws::Call& call, const api::ListHostedZonesByNameRequest& input) {
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    if (input.hosted_zone_id && !input.dns_name) {
        throw api::InvalidInput("DNSName must be specified when HostedZoneId is specified");
    }
    std::string first_name;
    if (input.dns_name && !input.dns_name->empty()) {
        const auto name = DNSName::parse(*input.dns_name);
        if (!name) throw api::InvalidDomainName("{}", domain_name_problem(*input.dns_name));
        first_name = name->lower().sort_text();
    }
    const std::string first_id(bare_id(input.hosted_zone_id.value_or("")));

    std::vector<std::tuple<std::string, std::string, const HostedZone*>> sorted;
    for (const auto* zone : zones_of(call)) {
        auto name = zone->apex().sort_text();
        if (std::tie(name, zone->id) < std::tie(first_name, first_id)) continue;
        sorted.emplace_back(std::move(name), zone->id, zone);
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto& left, const auto& right) {
        return std::tie(std::get<0>(left), std::get<1>(left)) <
               std::tie(std::get<0>(right), std::get<1>(right));
    });

    api::ListHostedZonesByNameResponse response;
    response.dns_name = input.dns_name;
    response.hosted_zone_id = input.hosted_zone_id;
    response.max_items = std::to_string(size);
    for (const auto& [name, id, zone] : sorted) {
        if (static_cast<std::int64_t>(response.hosted_zones.size()) == size) {
            response.is_truncated = true;
            response.next_dns_name = zone->name;
            response.next_hosted_zone_id = id;
            break;
        }
        response.hosted_zones.push_back(describe_zone(*zone));
    }
    return response;
}

api::UpdateHostedZoneCommentResponse HostedZones::update_comment(
    const aws::Call& call,
    const api::UpdateHostedZoneCommentRequest& input
) {
    const auto& zone = hosted_zone_of(control_.state, call, input.id);
    auto* edited = control_.state.hosted_zones.edit(account_key(zone.account, zone.id));
    edited->comment = input.comment;
    return {.hosted_zone = describe_zone(*edited)};
}

api::DeleteHostedZoneResponse
HostedZones::remove(const aws::Call& call, const api::DeleteHostedZoneRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.id);
    // AWS: "You can delete a hosted zone only if it contains only the default SOA and NS records."
    const auto apex_prefix = record_set_prefix(zone.id, zone.apex());
    const auto prefix = record_set_prefix(zone.id);
    auto& table = control_.state.record_sets;
    std::vector<std::string> keys;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        const auto type = at->second.type;
        const bool is_required = at->first.starts_with(apex_prefix) &&
                                 (type == RecordType::ns || type == RecordType::soa);
        if (!is_required) {
            throw api::HostedZoneNotEmpty(
                "The specified hosted zone contains non-required resource record sets and so "
                "cannot be deleted."
            );
        }
        keys.push_back(at->first);
    }
    for (const auto& key : keys) {
        table.erase(key);
    }
    const auto change =
        control_.propagation.begin({zone, ZoneEdit::Kind::deleted, {}, std::nullopt}, call.random);
    control_.state.tags.erase(account_key(zone.account, "hostedzone/" + zone.id));
    stop_logging(control_, zone);
    auto& authorizations = control_.state.vpc_authorizations;
    const auto authorized = account_key(zone.account, zone.id + "\n");
    for (auto at = authorizations.lower_bound(authorized);
         at != authorizations.end() && at->first.starts_with(authorized);
         at = authorizations.lower_bound(authorized)) {
        authorizations.erase(std::string(at->first));
    }
    control_.state.hosted_zones.erase(account_key(zone.account, zone.id));
    return {.change_info = describe(change)};
}

} // namespace diorama::route53
