// The rules of ChangeResourceRecordSets; see change_batch.hpp. The sentences are AWS's.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
#include "services/route53/control/change_batch.hpp"

#include "services/route53/control/alias_zones.hpp"
#include "services/route53/data/record_data.hpp"
#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

// "[name='www.example.com.', type='A', set-identifier='blue']"
std::string identity(const StoredRecordSet& set) {
    auto text = fmt::format("[name='{}', type='{}'", set.name, to_string(set.type));
    if (!set.set_identifier.empty()) {
        text += fmt::format(", set-identifier='{}'", set.set_identifier);
    }
    return text + "]";
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string text;
    for (const auto& sentence : sentences) {
        if (!text.empty()) text += ", ";
        text += sentence;
    }
    return text;
}

RecordType record_type(api::RRType type) {
    return parse_record_type(to_string(type)).value_or(RecordType::a);
}

} // namespace

ChangeBatch::ChangeBatch(const State& state, const HostedZone& zone)
    : state_(state)
    , zone_(zone)
    , apex_(zone.apex()) {}

ChangeBatch::Found ChangeBatch::find(const std::string& key) const {
    const auto edited = edits_.find(key);
    if (edited != edits_.end()) return edited->second ? &*edited->second : nullptr;
    return state_.record_sets.find(key);
}

std::vector<std::pair<std::string, ChangeBatch::Found>>
ChangeBatch::record_sets_of(const DNSName& name) const {
    std::map<std::string, Found> found;
    const auto prefix = record_set_prefix(zone_.id, name);
    const auto& table = state_.record_sets;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        found[at->first] = &at->second;
    }
    for (auto at = edits_.lower_bound(prefix); at != edits_.end() && at->first.starts_with(prefix);
         ++at) {
        found[at->first] = at->second ? &*at->second : nullptr;
    }
    std::vector<std::pair<std::string, Found>> sets;
    for (auto& [key, set] : found) {
        if (set != nullptr) sets.emplace_back(key, set);
    }
    return sets;
}

bool ChangeBatch::parse_values(const api::ResourceRecordSet& input, StoredRecordSet& set) {
    if (input.resource_records.size() > limits::values_per_record_set_max) {
        complain(fmt::format(
            "Number of records limit of {} exceeded.",
            limits::values_per_record_set_max
        ));
        return false;
    }
    set.ttl = static_cast<std::uint32_t>(*input.ttl);
    std::set<std::string> seen;
    bool all_right = true;
    for (const auto& record : input.resource_records) {
        auto parsed = parse_record_data(set.type, record.value);
        if (const auto* problem = std::get_if<ValueProblem>(&parsed)) {
            complain(fmt::format(
                "Invalid Resource Record: '{}'",
                fatal_problem(problem->code, problem->sentence, record.value)
            ));
            all_right = false;
        } else if (!seen.insert(std::get<std::string>(parsed)).second) {
            complain(fmt::format("Duplicate Resource Record: '{}'", record.value));
            all_right = false;
        }
        set.values.push_back(record.value);
    }
    // UNKNOWN: AWS's sentence for two values where there can be one.
    const bool is_single = set.type == RecordType::cname || set.type == RecordType::soa;
    if (is_single && set.values.size() > 1) {
        complain(fmt::format(
            "RRSet of type {} with DNS name {} is not permitted to have more than one value",
            to_string(set.type),
            set.name
        ));
        all_right = false;
    }
    return all_right;
}

bool ChangeBatch::parse_alias(const api::ResourceRecordSet& input, StoredRecordSet& set) {
    const auto& target = *input.alias_target;
    const auto name = DNSName::parse(target.dns_name);
    if (!name) {
        complain(domain_name_problem(target.dns_name));
        return false;
    }
    set.alias = AliasTarget{
        name->lower(),
        std::string(bare_id(target.hosted_zone_id)),
        target.evaluate_target_health
    };
    return true;
}

std::optional<StoredRecordSet> ChangeBatch::parse(const api::ResourceRecordSet& input) {
    const auto name = DNSName::parse(input.name);
    if (!name) {
        complain(domain_name_problem(input.name));
        return std::nullopt;
    }
    StoredRecordSet set;
    set.name = name->lower().to_string();
    set.type = record_type(input.type);
    set.set_identifier = input.set_identifier.value_or("");
    if (input.weight) set.weight = static_cast<std::uint8_t>(*input.weight);
    const bool all_right = input.alias_target ? parse_alias(input, set) : parse_values(input, set);
    if (!name->lower().is_within(apex_)) {
        complain(
            fmt::format("RRSet with DNS name {} is not permitted in zone {}", set.name, zone_.name)
        );
        return std::nullopt;
    }
    if (!all_right) return std::nullopt;
    return set;
}

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
    // UNKNOWN: AWS's sentences for the next three.
    if (set.type == RecordType::soa && !is_apex) return refuse("below the apex in zone");
    const bool is_authority = set.type == RecordType::ns || set.type == RecordType::soa;
    if (is_authority && name.is_wildcard()) return refuse("at a wildcard in zone");
    if (is_authority && (set.alias || (is_apex && set.weight))) {
        return refuse("as an alias or with a routing policy in zone");
    }
    return !has_conflict(key, set) && (!set.alias || alias_target_exists(set));
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
    }
    if (siblings < limits::weighted_per_name_and_type_max) return false;
    complain(fmt::format(
        "Number of records limit of {} exceeded.",
        limits::weighted_per_name_and_type_max
    ));
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

void ChangeBatch::create(const std::string& key, StoredRecordSet set) {
    if (!is_permitted(key, set)) return;
    edits_[key] = std::move(set);
}

void ChangeBatch::remove(const std::string& key, const StoredRecordSet& set) {
    const auto* existing = find(key);
    if (existing == nullptr) {
        complain(fmt::format(
            "Tried to delete resource record set {} but it was not found",
            identity(set)
        ));
        return;
    }
    // AWS: "you must specify all of the values that the record set currently has".
    if (!existing->same_records(set)) {
        complain(fmt::format(
            "Tried to delete resource record set {} but the values provided do not match the "
            "current values",
            identity(set)
        ));
        return;
    }
    edits_[key] = std::nullopt;
}

// One record set may be deleted and made anew in one batch; nothing else twice.
bool ChangeBatch::check_repetition(
    const std::string& key,
    api::ChangeAction action,
    const DNSName& name
) {
    const auto [before, is_first] = actions_.try_emplace(key, action);
    if (is_first) return true;
    const bool is_replacement =
        before->second == api::ChangeAction::DELETE && action != api::ChangeAction::DELETE;
    before->second = action;
    const bool is_plain_conflict = action == api::ChangeAction::CREATE; // said by CREATE itself
    if (is_replacement || is_plain_conflict) return true;
    complain(fmt::format(
        "The request contains an invalid set of changes for a resource record set '{} {}'",
        to_string(type_),
        name.to_string()
    ));
    return false;
}

void ChangeBatch::apply_change(const api::Change& change) {
    type_ = record_type(change.resource_record_set.type);
    auto set = parse(change.resource_record_set);
    if (!set) return;
    const auto name = DNSName::parse(set->name).value_or(DNSName());
    const auto key = record_set_key(zone_.id, *set);
    if (!check_repetition(key, change.action, name)) return;
    names_.insert(name);
    switch (change.action) {
    case api::ChangeAction::CREATE:
        if (find(key) != nullptr) {
            complain(fmt::format(
                "Tried to create resource record set {} but it already exists",
                identity(*set)
            ));
            return;
        }
        create(key, *std::move(set));
        return;
    case api::ChangeAction::UPSERT:
        create(key, *std::move(set));
        return;
    case api::ChangeAction::DELETE:
        remove(key, *set);
        return;
    }
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

void ChangeBatch::apply(const std::vector<api::Change>& changes) {
    for (const auto& change : changes) {
        check_fields(change);
    }
    check_quotas(changes);
    if (complaints_.empty()) {
        for (const auto& change : changes) {
            apply_change(change);
        }
        if (complaints_.empty()) check_apex();
    }
    if (!complaints_.empty()) throw api::InvalidChangeBatch("[{}]", joined(complaints_));
}

void ChangeBatch::commit(State& state) {
    for (auto& [key, set] : edits_) {
        if (set) {
            state.record_sets.put(key, *std::move(set));
        } else {
            state.record_sets.erase(key);
        }
    }
}

} // namespace diorama::route53
