// Applying the changes of a batch one by one; see change_batch.hpp. The sentences are AWS's.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
#include "services/route53/control/change_batch.hpp"

#include "services/route53/control/routing_fields.hpp"
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

std::optional<StoredRecordSet> ChangeBatch::parse(const api::Change& change) {
    const auto& input = change.resource_record_set;
    const auto name = DNSName::parse(input.name);
    if (!name) {
        complain(domain_name_problem(input.name));
        return std::nullopt;
    }
    StoredRecordSet set;
    set.name = name->lower().to_string();
    set.type = record_type(input.type);
    set.set_identifier = input.set_identifier.value_or("");
    set.policy = parse_policy(change);
    set.health_check_id = input.health_check_id.value_or("");
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
    auto set = parse(change);
    if (!set) return;
    const auto name = DNSName::parse(set->name).value_or(DNSName());
    const auto key = record_set_key(zone_.id, *set);
    if (!check_repetition(key, change.action, name)) return;
    // UNKNOWN: AWS's sentence.
    if (const auto* existing = find(key);
        existing != nullptr && !existing->traffic_policy_instance_id.empty()) {
        complain(fmt::format(
            "The resource record set {} belongs to the traffic policy instance {}",
            identity(*set),
            existing->traffic_policy_instance_id
        ));
        return;
    }
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
        if (complaints_.empty()) check_size();
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
