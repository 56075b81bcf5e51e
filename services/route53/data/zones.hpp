// The hosted zones as the data plane sees them: an immutable snapshot that control publishes and
// any thread reads. Keys are names in wire form and lower case, looked up in hash tables by the
// suffix of the question, so that nothing is converted on the way.
#pragma once

#include "services/route53/data/dns_message.hpp"
#include "services/route53/data/health_signal.hpp"
#include "services/route53/data/place.hpp"
#include "services/route53/data/routing_policy.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace diorama::route53 {

struct AliasTarget {
    DNSName name; // lower case
    std::string hosted_zone_id;
    bool evaluate_target_health = false;
    bool operator==(const AliasTarget&) const = default;
};

// The locations of a CIDR collection, by block.
using CidrLocations = CidrMap<std::string>;

// All records of one name, type and set identifier: what a routing policy chooses among.
struct RecordSet {
    RecordType type = RecordType::a;
    std::uint32_t ttl = 0;
    std::vector<std::string> record_data; // wire form; empty for an alias
    std::optional<AliasTarget> alias;
    std::string set_identifier; // empty: simple routing
    RoutingPolicy policy;

    // What the policy and the health of this one need, looked up when it was published.
    std::optional<Coordinates> at;                     // latency, geoproximity
    std::shared_ptr<const CidrLocations> locations;    // IP-based
    std::shared_ptr<const HealthSignal> health;        // of its health check
    std::shared_ptr<const HealthSignal> target_health; // of an alias target elsewhere

    bool is_simple() const { return std::holds_alternative<SimpleRouting>(policy); }
};

// What exists at one name: record sets, those of one type side by side. Without any it is an empty
// non-terminal: it exists only because a name below it does.
struct Node {
    explicit Node(std::vector<RecordSet> sets = {});

    std::vector<RecordSet> record_sets; // sorted by type, then set identifier

    // The record sets of one type; empty when there is none.
    std::pair<const RecordSet*, const RecordSet*> of_type(RecordType type) const;
    const RecordSet* find(RecordType type) const;
};

// The part of a node that one question is about.
using RecordSetRange = std::pair<const RecordSet*, const RecordSet*>;

struct WireHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view bytes) const {
        return std::hash<std::string_view>{}(bytes);
    }
};

template <class Value>
using ByWireName = // order-free: only looked up by name, never walked in an order that shows
    std::unordered_map<std::string, Value, WireHash, std::equal_to<>>;

class Zone {
public:
    // A zone with VPCs is private: it exists for them, and for no one else.
    Zone(std::string hosted_zone_id, DNSName apex, std::vector<std::string> vpcs = {});

    // Only while the zone is being built, before it is published.
    void add(const DNSName& lower_name, std::shared_ptr<const Node> node);

    const std::string& id() const { return id_; }

    const DNSName& apex() const { return apex_; }

    const std::vector<std::string>& vpcs() const { return vpcs_; }

    const Node* find(std::string_view lower_wire_name) const;

    // Whether a name other than the apex has NS records, so that questions may meet a zone cut.
    bool has_delegations() const { return has_delegations_; }

    bool has_wildcards() const { return has_wildcards_; }

    // Which metric series counts this zone's queries; see metrics.hpp.
    std::uint32_t queries_series = 0;

private:
    std::string id_;
    DNSName apex_;
    std::vector<std::string> vpcs_;
    ByWireName<std::shared_ptr<const Node>> nodes_;
    bool has_delegations_ = false;
    bool has_wildcards_ = false;
};

// Where a name leads within one zone.
struct Match {
    const Node* node = nullptr;       // the name itself, or the wildcard that stands for it
    const Node* zone_cut = nullptr;   // the name is at or below this delegation
    std::string_view zone_cut_name{}; // lower case, wire form
};

// RFC 1034 4.3.2 step 3: match down, label by label, in the zone.
Match find_match(const Zone& zone, std::string_view lower_wire_name, RecordType type);

class Zones {
public:
    // Of several zones with one name the first answers, as on AWS the one that the domain was
    // delegated to first.
    explicit Zones(std::vector<std::shared_ptr<const Zone>> zones = {});

    // The zone with the longest apex that the name lies in, of the public ones.
    const Zone* longest_match(std::string_view lower_wire_name) const;
    // The same for a client in that VPC (empty: in none). AWS: when a private zone matches, the
    // Resolver answers from it, whatever public zones there are.
    const Zone* longest_match(std::string_view lower_wire_name, std::string_view vpc) const;

    bool has_private() const { return !private_.empty(); }

    std::shared_ptr<const Zone> by_id(std::string_view hosted_zone_id) const;

    std::size_t size() const { return zones_.size(); }

private:
    std::vector<std::shared_ptr<const Zone>> zones_;
    ByWireName<const Zone*> by_apex_;
    std::map<std::string, ByWireName<const Zone*>, std::less<>> private_; // by VPC
};

} // namespace diorama::route53
