// What a hosted zone may hold: where a type may stand, what may stand beside it, what an alias may
// point to, and how much. The rules of ChangeBatch; the sentences are AWS's.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
#include "services/route53/control/alias_zones.hpp"
#include "services/route53/control/change_batch.hpp"
#include "services/route53/control/routing_fields.hpp"
#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

// Where a type may stand.
bool ChangeBatch::is_permitted(const std::string& key, const StoredRecordSet& set) {
    const auto name = DNSName::parse(set.name).value_or(DNSName());
    const bool is_apex = name == apex_;
    const auto refuse = [&](std::string_view reason) {
        complain(fmt::format(
            "RRSet of type {} with DNS name {} is not permitted {} {}",
            to_string(set.type),
            set.name,
            reason,
            zone_.name
        ));
        return false;
    };
    if (set.type == RecordType::cname && is_apex) return refuse("at apex in zone");
    // UNKNOWN: AWS's sentences for the next four.
    if (set.type == RecordType::soa && !is_apex) return refuse("below the apex in zone");
    if (set.type == RecordType::ds && is_apex) return refuse("at apex in zone");
    const bool is_authority = set.type == RecordType::ns || set.type == RecordType::soa;
    if (is_authority && name.is_wildcard()) return refuse("at a wildcard in zone");
    if (is_authority && (set.alias || (is_apex && !set.set_identifier.empty()))) {
        return refuse("as an alias or with a routing policy in zone");
    }
    return !has_conflict(key, set) && is_routable(set) && (!set.alias || alias_target_exists(set));
}

namespace {

// UNKNOWN: AWS's sentence for two records of one policy that say the same.
bool say_the_same(const RoutingPolicy& left, const RoutingPolicy& right) {
    if (std::holds_alternative<WeightedRouting>(left)) return false;
    if (std::holds_alternative<MultivalueRouting>(left)) return false;
    // AWS: several geoproximity records may be in one region.
    if (std::holds_alternative<GeoproximityRouting>(left)) return false;
    return left == right;
}

std::size_t group_size_max(const RoutingPolicy& policy) {
    if (std::holds_alternative<GeoproximityRouting>(policy)) {
        return limits::geoproximity_per_name_and_type_max;
    }
    if (std::holds_alternative<IPBasedRouting>(policy)) {
        return limits::ip_based_per_name_and_type_max;
    }
    return limits::record_sets_per_name_and_type_max;
}

} // namespace

// AWS: "all of the records in a group must have the same routing policy".
bool ChangeBatch::fits_group(const StoredRecordSet& set, const StoredRecordSet& other) {
    const auto complain_that = [&](std::string_view why) {
        complain(fmt::format(
            "RRSet with DNS name {}, type {}, SetIdentifier {} cannot be created {}",
            set.name,
            to_string(set.type),
            set.set_identifier,
            why
        ));
        return false;
    };
    if (set.policy.index() != other.policy.index()) {
        return complain_that(fmt::format(
            "because a non {} rrset exists with the same name and type.",
            name_of(set.policy)
        ));
    }
    if (say_the_same(set.policy, other.policy)) {
        return complain_that(fmt::format(
            "as the {} rrset with SetIdentifier {} already answers for the same requests.",
            name_of(other.policy),
            other.set_identifier
        ));
    }
    return true;
}

// What a routing policy and health refer to must be there.
bool ChangeBatch::is_routable(const StoredRecordSet& set) {
    if (!set.health_check_id.empty() &&
        !state_.health_checks.contains(account_key(zone_.account, set.health_check_id))) {
        throw api::NoSuchHealthCheck(
            "No health check exists with the specified ID: {}",
            set.health_check_id
        );
    }
    const auto* routing = std::get_if<IPBasedRouting>(&set.policy);
    if (routing == nullptr) return true;
    // AWS: "IP-based routing is not supported in private hosted zones." UNKNOWN: the sentence.
    if (zone_.is_private) {
        complain("IP-based routing is not supported in private hosted zones");
        return false;
    }
    const auto* collection =
        state_.cidr_collections.find(account_key(zone_.account, routing->collection_id));
    // UNKNOWN: AWS's sentences for the next two.
    if (collection == nullptr) {
        complain(fmt::format("The CIDR collection {} does not exist", routing->collection_id));
        return false;
    }
    const auto& locations = collection->locations;
    const bool exists = std::any_of(locations.begin(), locations.end(), [&](const auto& entry) {
        return entry.second == routing->location;
    });
    if (!exists && routing->location != "*") {
        complain(fmt::format(
            "The location {} does not exist in the CIDR collection {}",
            routing->location,
            routing->collection_id
        ));
        return false;
    }
    return true;
}

bool ChangeBatch::has_conflict(const std::string& key, const StoredRecordSet& set) {
    const auto name = DNSName::parse(set.name).value_or(DNSName());
    std::size_t siblings = 0;
    for (const auto& [other_key, other] : record_sets_of(name)) {
        if (other_key == key) continue;
        if (other->type != set.type) {
            if (set.type == RecordType::cname) {
                complain(fmt::format(
                    "RRSet of type CNAME with DNS name {} is not permitted as it conflicts with "
                    "other records with the same DNS name in zone {}",
                    set.name,
                    zone_.name
                ));
                return true;
            }
            if (other->type == RecordType::cname) {
                complain(fmt::format(
                    "RRSet of type {} with DNS name {} is not permitted because a conflicting "
                    "RRSet of type CNAME with the same DNS name already exists in zone {}",
                    to_string(set.type),
                    set.name,
                    zone_.name
                ));
                return true;
            }
            continue;
        }
        ++siblings;
        if (set.set_identifier.empty() || other->set_identifier.empty()) {
            const auto identifier = set.set_identifier.empty()
                                        ? std::string()
                                        : ", SetIdentifier " + set.set_identifier;
            complain(fmt::format(
                "RRSet with DNS name {}, type {}{} cannot be created as other RRSets exist with "
                "the same name and type.",
                set.name,
                to_string(set.type),
                identifier
            ));
            return true;
        }
        if (!fits_group(set, *other)) return true;
    }
    if (siblings < group_size_max(set.policy)) return false;
    complain(fmt::format("Number of records limit of {} exceeded.", group_size_max(set.policy)));
    return true;
}

// AWS: an alias points to a resource of AWS or to "another record in the same hosted zone".
// DIFFERS: whether a load balancer, distribution or website of that name exists is not checked;
// until it does the alias answers NODATA.
bool ChangeBatch::alias_target_exists(const StoredRecordSet& set) {
    const auto& target = *set.alias;
    const auto target_name = target.name.to_string();
    const auto complain_that = [&](std::string_view what) {
        complain(fmt::format(
            "Tried to create an alias that targets {}, type {} in zone {}, but {}",
            target_name,
            to_string(set.type),
            target.hosted_zone_id,
            what
        ));
    };
    constexpr std::string_view not_within =
        "the alias target name does not lie within the target zone";
    constexpr std::string_view not_found = "that target was not found";
    const bool is_address = set.type == RecordType::a || set.type == RecordType::aaaa;
    if (target.hosted_zone_id != zone_.id) {
        const auto zone = find_alias_zone(target.hosted_zone_id);
        if (!zone &&
            state_.hosted_zones.contains(account_key(zone_.account, target.hosted_zone_id))) {
            throw not_emulated(
                "ChangeResourceRecordSets",
                "AliasTarget.HostedZoneId of another hosted zone"
            );
        }
        if (!zone) {
            throw api::NoSuchHostedZone("No hosted zone found with ID: {}", target.hosted_zone_id);
        }
        // AWS: "You can't set EvaluateTargetHealth to true when the alias target is a CloudFront
        // distribution." UNKNOWN: the sentence.
        if (zone->kind == AliasZone::Kind::distribution && target.evaluate_target_health) {
            complain_that("EvaluateTargetHealth must be false for a CloudFront distribution");
            return false;
        }
        const bool is_within = lies_within(*zone, target_name);
        if (!is_within) complain_that(not_within);
        // AWS: buckets have IPv4 addresses only.
        const bool has_type = set.type == RecordType::a ||
                              (is_address && zone->kind != AliasZone::Kind::bucket_website);
        if (!is_within || !has_type) complain_that(not_found);
        return is_within && has_type;
    }
    const bool is_within = target.name.is_within(apex_);
    if (!is_within) complain_that(not_within);
    const auto prefix = record_set_prefix(zone_.id, target.name) + to_string(set.type) + "\n";
    bool exists = false;
    for (const auto& [key, other] : record_sets_of(target.name)) {
        exists = exists || key.starts_with(prefix);
    }
    if (!exists || target_name == set.name) complain_that(not_found);
    return is_within && exists && target_name != set.name;
}

void ChangeBatch::check_apex() {
    bool has_authority = false;
    bool has_name_servers = false;
    for (const auto& [key, set] : record_sets_of(apex_)) {
        has_authority = has_authority || set->type == RecordType::soa;
        has_name_servers = has_name_servers || set->type == RecordType::ns;
    }
    if (!has_authority) complain("A HostedZone must contain exactly one SOA record.");
    if (!has_name_servers) {
        complain("A HostedZone must contain at least one NS record for the zone itself.");
    }
}

void ChangeBatch::check_quotas(const std::vector<api::Change>& changes) {
    std::size_t values = 0;
    std::size_t characters = 0;
    for (const auto& change : changes) {
        // AWS: "When the value of the Action element is UPSERT, each ResourceRecord element is
        // counted twice."
        const std::size_t times = change.action == api::ChangeAction::UPSERT ? 2 : 1;
        for (const auto& record : change.resource_record_set.resource_records) {
            values += times;
            characters += times * record.value.size();
        }
    }
    if (values > limits::values_per_batch_max) {
        complain(
            fmt::format("Number of records limit of {} exceeded.", limits::values_per_batch_max)
        );
    }
    if (characters > limits::value_characters_per_batch_max) {
        complain(fmt::format(
            "Number of characters limit of {} exceeded.",
            limits::value_characters_per_batch_max
        ));
    }
}

void ChangeBatch::check_size() {
    std::set<std::string> keys;
    const auto prefix = record_set_prefix(zone_.id);
    const auto& table = state_.record_sets;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        keys.insert(keys.end(), at->first);
    }
    for (const auto& [key, set] : edits_) {
        if (set) keys.insert(key);
        if (!set) keys.erase(key);
    }
    if (keys.size() > limits::record_sets_per_zone_max) {
        complain(
            fmt::format("Number of records limit of {} exceeded.", limits::record_sets_per_zone_max)
        );
    }
}

} // namespace diorama::route53
