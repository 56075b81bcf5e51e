// What Route 53 remembers: hosted zones, their record sets, changes and tags, per account. Here is
// also what makes a stored record set into one that the data plane answers from.
#pragma once

#include "emulator/storage/journal.hpp"
#include "emulator/time/time.hpp"
#include "services/route53/data/zones.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

struct HostedZone {
    std::string account;
    std::string id;   // "Z0123456789ABCDEFGHIJ"
    std::string name; // "example.com."
    std::string caller_reference;
    std::optional<std::string> comment;
    std::vector<std::string> name_servers; // "ns-1.awsdns-00.com", without last dot
    Timestamp created;

    DNSName apex() const;
    std::string encode() const;
    static HostedZone decode(std::string_view bytes);
};

// A record set as the API gave it.
struct StoredRecordSet {
    std::string name; // lower case, escaped, with last dot
    RecordType type = RecordType::a;
    std::string set_identifier; // empty: none
    std::optional<std::uint8_t> weight;
    std::uint32_t ttl = 0;           // not for an alias
    std::vector<std::string> values; // as given
    std::optional<AliasTarget> alias;

    // Whether both would be answered alike; values in any order and any spelling.
    bool same_records(const StoredRecordSet& other) const;
    RecordSet published() const;
    std::string encode() const;
    static StoredRecordSet decode(std::string_view bytes);
};

struct Change {
    std::string account;
    std::string id; // "C0123456789ABCDEFGHIJ"
    bool is_in_sync = false;
    Timestamp submitted_at;
    std::optional<std::string> comment;

    std::string encode() const;
    static Change decode(std::string_view bytes);
};

struct ResourceTags {
    std::map<std::string, std::string> tags;

    std::string encode() const;
    static ResourceTags decode(std::string_view bytes);
};

struct State {
    explicit State(Journal& journal);

    Table<HostedZone> hosted_zones;     // by account_key(account, id)
    Table<StoredRecordSet> record_sets; // by record_set_key(): in the order that Route 53 lists
    Table<Change> changes;              // by account_key(account, id)
    Table<ResourceTags> tags;           // by account_key(account, "hostedzone/" + id)
};

std::string account_key(std::string_view account, std::string_view id);

// AWS: record sets are listed by name, labels reversed ("com.example.www."), then by type, then by
// set identifier.
std::string record_set_key(
    std::string_view hosted_zone_id,
    const DNSName& name,
    std::string_view type,
    std::string_view set_identifier
);
std::string record_set_key(std::string_view hosted_zone_id, const StoredRecordSet& record_set);
// What the keys of all record sets of the zone begin with; of one name.
std::string record_set_prefix(std::string_view hosted_zone_id);
std::string record_set_prefix(std::string_view hosted_zone_id, const DNSName& name);

} // namespace diorama::route53
