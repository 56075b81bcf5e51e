// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html and the pages
// beside it.
#include "services/route53/control/hosted_zones.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>
#include <tuple>

namespace diorama::route53 {

namespace {

// Observed: one name server in each of four domains, whose number says which block of servers.
struct NameServerBlock {
    unsigned first;
    std::string_view suffix;
};

constexpr NameServerBlock name_server_blocks[] =
    {{0, "com"}, {512, "net"}, {1024, "org"}, {1536, "co.uk"}};
constexpr unsigned name_servers_per_block = 512;

bool share_a_server(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    return std::any_of(left.begin(), left.end(), [&](const std::string& server) {
        return std::find(right.begin(), right.end(), server) != right.end();
    });
}

} // namespace

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
        ++count;
    }
    return count;
}

api::HostedZone HostedZones::describe_zone(const HostedZone& zone) const {
    api::HostedZone description;
    description.id = "/hostedzone/" + zone.id;
    description.name = zone.name;
    description.caller_reference = zone.caller_reference;
    description.config = api::HostedZoneConfig{zone.comment, false};
    description.resource_record_set_count = static_cast<std::int64_t>(record_set_count(zone));
    return description;
}

// AWS: zones with the same name, or one above the other, must not share a name server.
std::vector<std::string>
HostedZones::choose_name_servers(const DNSName& apex, Random& random) const {
    std::vector<std::string> servers;
    for (int attempt = 0; attempt < 64; ++attempt) {
        servers.clear();
        for (const auto& block : name_server_blocks) {
            const auto offset = static_cast<unsigned>(random.below(name_servers_per_block));
            servers.push_back(
                fmt::format("ns-{}.awsdns-{:02}.{}", block.first + offset, offset / 8, block.suffix)
            );
        }
        bool is_free = true;
        for (const auto& [key, zone] : control_.state.hosted_zones) {
            const auto other = zone.apex();
            const bool is_related = apex.is_within(other) || other.is_within(apex);
            if (is_related && share_a_server(servers, zone.name_servers)) is_free = false;
        }
        if (is_free) break;
    }
    for (std::size_t left = servers.size(); left > 1; --left) {
        std::swap(servers[left - 1], servers[random.below(left)]);
    }
    return servers;
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

api::CreateHostedZoneResponse
HostedZones::create(const aws::Call& call, const api::CreateHostedZoneRequest& input) {
    const auto name = DNSName::parse(input.name);
    if (!name || name->is_root())
        throw api::InvalidDomainName("{}", domain_name_problem(input.name));
    const bool is_private =
        input.hosted_zone_config && input.hosted_zone_config->private_zone.value_or(false);
    if (input.vpc) throw not_emulated("CreateHostedZone", "VPC");
    if (is_private) throw not_emulated("CreateHostedZone", "HostedZoneConfig.PrivateZone");
    if (input.delegation_set_id) throw not_emulated("CreateHostedZone", "DelegationSetId");
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
    zone.name_servers = choose_name_servers(name->lower(), call.random);
    zone.created = call.now;
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
    response.delegation_set.name_servers = stored.name_servers;
    response.location = "https://route53.amazonaws.com/2013-04-01/hostedzone/" + stored.id;
    return response;
}

api::GetHostedZoneResponse
HostedZones::get(const aws::Call& call, const api::GetHostedZoneRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.id);
    api::GetHostedZoneResponse response;
    response.hosted_zone = describe_zone(zone);
    response.delegation_set.emplace().name_servers = zone.name_servers;
    return response;
}

api::GetHostedZoneCountResponse HostedZones::count(const aws::Call& call) {
    return {.hosted_zone_count = static_cast<std::int64_t>(zones_of(call).size())};
}

api::ListHostedZonesResponse
HostedZones::list(const aws::Call& call, const api::ListHostedZonesRequest& input) {
    if (input.delegation_set_id) throw not_emulated("ListHostedZones", "DelegationSetId");
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    api::ListHostedZonesResponse response;
    response.marker = input.marker.value_or("");
    response.max_items = std::to_string(size);
    if (input.hosted_zone_type) return response; // PrivateHostedZone: there are none
    // AWS: "the value of marker is the ID of the first hosted zone" of the page.
    for (const auto* zone : zones_of(call)) {
        if (zone->id < bare_id(response.marker)) continue;
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
    control_.state.hosted_zones.erase(account_key(zone.account, zone.id));
    return {.change_info = describe(change)};
}

} // namespace diorama::route53
