// What CloudFront remembers: distributions, invalidations, origin access controls and cache
// policies, by account. Configurations are kept as the documents they were sent as
// (control/document.hpp), with what is looked up beside them.
#pragma once

#include "emulator/storage/journal.hpp"
#include "emulator/time/time.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudfront {

struct DistributionRecord {
    std::string account;
    std::string id;
    std::string e_tag;
    std::string caller_reference;
    std::string config; // a DistributionConfig
    bool is_deployed = false;
    bool is_enabled = false;
    Timestamp last_modified;
    std::vector<std::string> aliases; // lower case
    std::vector<std::string> cache_policy_ids;
    std::vector<std::string> origin_access_control_ids;
    std::map<std::string, std::string> tags;

    std::string arn() const;
    std::string encode() const;
    static DistributionRecord decode(std::string_view bytes);
};

struct InvalidationRecord {
    std::string distribution_id;
    std::string id;
    std::string caller_reference;
    std::vector<std::string> paths;
    Timestamp create_time;
    bool is_completed = false;

    std::string encode() const;
    static InvalidationRecord decode(std::string_view bytes);
};

struct OriginAccessControlRecord {
    std::string id;
    std::string e_tag;
    std::string name;
    std::string config; // an OriginAccessControlConfig

    std::string encode() const;
    static OriginAccessControlRecord decode(std::string_view bytes);
};

struct CachePolicyRecord {
    std::string id;
    std::string e_tag;
    std::string name;
    std::string config; // a CachePolicyConfig
    Timestamp last_modified;

    std::string encode() const;
    static CachePolicyRecord decode(std::string_view bytes);
};

// Keys are "<account>/<id>", of invalidations "<account>/<distribution id>/<id>".
struct State {
    explicit State(Journal& journal);

    Table<DistributionRecord> distributions;
    Table<InvalidationRecord> invalidations;
    Table<OriginAccessControlRecord> origin_access_controls;
    Table<CachePolicyRecord> cache_policies;

    // The distribution of any account that has this alias (lower case), if any.
    const DistributionRecord* find_by_alias(const std::string& alias) const;
};

std::string key_of(const std::string& account, const std::string& id);

// Calls `each` with every record whose key begins with `prefix`, in key order.
template <class Record, class Each>
void for_each_with_prefix(const Table<Record>& table, const std::string& prefix, Each each) {
    for (auto record = table.lower_bound(prefix); record != table.end(); ++record) {
        if (!record->first.starts_with(prefix)) return;
        each(record->second);
    }
}

} // namespace diorama::cloudfront
