// A change batch while it is being checked: the changes are applied one after another to a copy of
// what they touch, and only if all of them are right does the state change. All complaints are
// collected, as AWS does.
#pragma once

#include "services/route53/control/control.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace diorama::route53 {

class ChangeBatch {
public:
    ChangeBatch(const State& state, const HostedZone& zone);

    // Checks and applies every change. Throws InvalidInput for a change that says nothing sensible,
    // NotImplemented for what is not emulated, InvalidChangeBatch with all complaints otherwise.
    void apply(const std::vector<api::Change>& changes);

    // Writes the result; to be called once, after apply().
    void commit(State& state);

    // The names whose record sets changed.
    const std::set<DNSName>& names() const { return names_; }

private:
    using Found = const StoredRecordSet*;

    void apply_change(const api::Change& change);
    std::optional<StoredRecordSet> parse(const api::Change& change);
    bool parse_values(const api::ResourceRecordSet& input, StoredRecordSet& set);
    bool parse_alias(const api::ResourceRecordSet& input, StoredRecordSet& set);
    void create(const std::string& key, StoredRecordSet set);
    void remove(const std::string& key, const StoredRecordSet& set);
    bool is_permitted(const std::string& key, const StoredRecordSet& set);
    bool has_conflict(const std::string& key, const StoredRecordSet& set);
    bool alias_target_exists(const StoredRecordSet& set);
    bool is_routable(const StoredRecordSet& set);
    bool fits_group(const StoredRecordSet& set, const StoredRecordSet& other);
    void check_apex();
    void check_size();
    bool check_repetition(const std::string& key, api::ChangeAction action, const DNSName& name);
    void check_quotas(const std::vector<api::Change>& changes);

    Found find(const std::string& key) const;
    // All record sets of one name as the batch has left them so far.
    std::vector<std::pair<std::string, Found>> record_sets_of(const DNSName& name) const;

    void complain(std::string sentence) { complaints_.push_back(std::move(sentence)); }

    const State& state_;
    const HostedZone& zone_;
    DNSName apex_;
    std::map<std::string, std::optional<StoredRecordSet>> edits_; // nothing: deleted
    std::map<std::string, api::ChangeAction> actions_;
    std::set<DNSName> names_;
    std::vector<std::string> complaints_;
    RecordType type_ = RecordType::a; // of the change being looked at
};

// Throws InvalidInput or NotImplemented for a change whose fields do not go together.
void check_fields(const api::Change& change);

} // namespace diorama::route53
