// What Route 53 remembers: hosted zones, their record sets, health checks, CIDR collections,
// changes and tags, per account. Here is also what makes a stored record set into one that the data
// plane answers from.
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

struct VPC {
    std::string region;
    std::string id;
    bool operator==(const VPC&) const = default;
};

struct HostedZone {
    std::string account;
    std::string id;   // "Z0123456789ABCDEFGHIJ"
    std::string name; // "example.com."
    std::string caller_reference;
    std::optional<std::string> comment;
    std::vector<std::string> name_servers; // "ns-1.awsdns-00.com", without last dot
    Timestamp created;
    std::string delegation_set_id = {}; // of a reusable one; empty: the zone's own
    bool is_private = false;
    std::vector<VPC> vpcs = {}; // that see a private zone, in the order of association

    DNSName apex() const;
    std::string encode() const;
    static HostedZone decode(std::string_view bytes);
};

// A record set as the API gave it.
struct StoredRecordSet {
    std::string name; // lower case, escaped, with last dot
    RecordType type = RecordType::a;
    std::string set_identifier; // empty: none
    RoutingPolicy policy;
    std::string health_check_id;     // empty: none
    std::uint32_t ttl = 0;           // not for an alias
    std::vector<std::string> values; // as given
    std::optional<AliasTarget> alias;
    std::string traffic_policy_instance_id = {}; // that made it; empty: none
    bool is_hidden = false;                      // of such an instance, under a name of its own

    // Whether both would be answered alike; values in any order and any spelling.
    bool same_records(const StoredRecordSet& other) const;
    RecordSet published() const;
    std::string encode() const;
    static StoredRecordSet decode(std::string_view bytes);
};

// Reusable ones only.
struct DelegationSet {
    std::string account;
    std::string id; // "N0123456789ABCDEFGHIJ"
    std::string caller_reference;
    std::vector<std::string> name_servers;

    std::string encode() const;
    static DelegationSet decode(std::string_view bytes);
};

// A VPC of any account that may be associated with a private zone.
struct VPCAuthorization {
    VPC vpc;

    std::string encode() const;
    static VPCAuthorization decode(std::string_view bytes);
};

// One version of one policy.
struct TrafficPolicy {
    std::string account;
    std::string id; // a UUID
    std::int64_t version = 1;
    std::string name;
    RecordType type = RecordType::a;
    std::string document;
    std::optional<std::string> comment;

    std::string encode() const;
    static TrafficPolicy decode(std::string_view bytes);
};

struct TrafficPolicyInstance {
    std::string account;
    std::string id; // a UUID
    std::string hosted_zone_id;
    std::string name; // lower case, escaped, with last dot
    std::uint32_t ttl = 0;
    std::string policy_id;
    std::int64_t policy_version = 1;
    RecordType type = RecordType::a;
    std::string change_id; // of its record sets, the newest
    bool is_updated = false;

    std::string encode() const;
    static TrafficPolicyInstance decode(std::string_view bytes);
};

struct QueryLoggingConfig {
    std::string account;
    std::string id; // a UUID
    std::string hosted_zone_id;
    std::string log_group_arn; // as given

    std::string encode() const;
    static QueryLoggingConfig decode(std::string_view bytes);
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

enum class HealthCheckType {
    http,
    https,
    http_string_match,
    https_string_match,
    tcp,
    calculated,
    cloudwatch_metric
};

// "HTTP_STR_MATCH", …
std::string_view to_string(HealthCheckType type);
std::optional<HealthCheckType> parse_health_check_type(std::string_view text);

enum class InsufficientData { healthy, unhealthy, last_known_status };

struct HealthCheckConfig {
    HealthCheckType type = HealthCheckType::http;
    bool is_inverted = false;
    bool is_disabled = false;

    // Of an endpoint.
    std::string ip_address; // empty: the domain name is resolved for every probe
    std::string domain_name;
    std::uint16_t port = 80;
    std::string resource_path; // as given
    std::string search_string;
    int request_interval_s = 30;
    int failure_threshold = 3;
    bool measures_latency = false;
    bool says_server_name = false;    // SNI
    std::vector<std::string> regions; // of the checkers; empty: all

    // Of other health checks.
    std::vector<std::string> children;
    int health_threshold = 0;

    // Of an alarm.
    std::string alarm_region;
    std::string alarm_name;
    InsufficientData insufficient_data = InsufficientData::last_known_status;

    bool is_endpoint() const {
        return type != HealthCheckType::calculated && type != HealthCheckType::cloudwatch_metric;
    }

    bool is_tls() const {
        return type == HealthCheckType::https || type == HealthCheckType::https_string_match;
    }

    bool has_search_string() const {
        return type == HealthCheckType::http_string_match ||
               type == HealthCheckType::https_string_match;
    }

    bool operator==(const HealthCheckConfig&) const = default;
};

struct HealthCheck {
    std::string account;
    std::string id; // a UUID
    std::string caller_reference;
    std::int64_t version = 1;
    HealthCheckConfig config;

    std::string encode() const;
    static HealthCheck decode(std::string_view bytes);
};

struct CidrCollection {
    std::string account;
    std::string id; // a UUID
    std::string name;
    std::string caller_reference;
    std::int64_t version = 1;
    std::map<CidrBlock, std::string> locations; // by block

    std::shared_ptr<const CidrLocations> published() const;
    std::string encode() const;
    static CidrCollection decode(std::string_view bytes);
};

struct State {
    explicit State(Journal& journal);

    Table<HostedZone> hosted_zones;         // by account_key(account, id)
    Table<StoredRecordSet> record_sets;     // by record_set_key(): in the order that Route 53 lists
    Table<Change> changes;                  // by account_key(account, id)
    Table<ResourceTags> tags;               // by account_key(account, "hostedzone/" + id)
    Table<HealthCheck> health_checks;       // by account_key(account, id)
    Table<CidrCollection> cidr_collections; // by account_key(account, id)
    Table<DelegationSet> delegation_sets;   // by account_key(account, id)
    // By account_key(account, zone id, region and VPC id, each on a line).
    Table<VPCAuthorization> vpc_authorizations;
    Table<TrafficPolicy> traffic_policies;                 // by traffic_policy_key()
    Table<TrafficPolicyInstance> traffic_policy_instances; // by account_key(account, id)
    Table<QueryLoggingConfig> query_logging_configs;       // by account_key(account, id)
};

std::string account_key(std::string_view account, std::string_view id);
// Versions in their order, one policy after the other.
std::string traffic_policy_key(std::string_view account, std::string_view id, std::int64_t version);

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
