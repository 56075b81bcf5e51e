// From the API to the name server: a change is PENDING until the snapshot with it is published, and
// INSYNC from that moment on. What a change makes of its names is captured when it is submitted, so
// that a later change never becomes visible with an earlier one.
#pragma once

#include "emulator/environment.hpp"
#include "services/route53/background/target_watch.hpp"
#include "services/route53/data/published_zones.hpp"
#include "services/route53/state.hpp"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace diorama::route53 {

// What one call did to one hosted zone.
struct ZoneEdit {
    enum class Kind { written, deleted };

    const HostedZone& zone;
    Kind kind = Kind::written;
    std::set<DNSName> names; // whose record sets changed; lower case
    std::optional<std::string> comment;
};

class ChangePropagation {
public:
    // What published record sets look at besides themselves.
    struct Surroundings {
        State& state;
        HealthSignals& signals;
        TargetWatch& targets;
    };

    // Publishes at once what an earlier process left.
    ChangePropagation(
        Environment& environment,
        const Surroundings& surroundings,
        PublishedZones& published
    );

    // The state has been edited already. Starts a change, PENDING, and returns it.
    Change begin(const ZoneEdit& edit, Random& random);
    // Of several zones of one account, or of none; they become visible together.
    Change begin(const std::string& account, const std::vector<ZoneEdit>& edits, Random& random);

private:
    using Nodes = std::map<DNSName, std::shared_ptr<const Node>>;

    // Zones in the order of creation: the first of a name is the one that answers.
    struct ZoneKey {
        Timestamp created;
        std::string id;
        auto operator<=>(const ZoneKey&) const = default;
    };

    struct Visible {
        DNSName apex;
        std::vector<std::string> vpcs;
        SeriesId queries_series = 0;
        Nodes nodes;
        std::shared_ptr<const Zone> zone;
    };

    // What becomes of one zone.
    struct PendingZone {
        ZoneKey key;
        ZoneEdit::Kind kind;
        std::string account;
        DNSName apex;
        std::vector<std::string> vpcs; // of a private zone
        Nodes nodes;                   // nullptr: no record set left
    };

    struct Pending {
        Timestamp due;
        std::string change_key;
        std::vector<PendingZone> zones;
    };

    Change begin(Change change, const std::vector<ZoneEdit>& edits, Random& random);
    static PendingZone pending_of(const HostedZone& zone, ZoneEdit::Kind kind);
    std::shared_ptr<const Node> node_of(const HostedZone& zone, const DNSName& name);
    RecordSet published_set(const HostedZone& zone, const StoredRecordSet& stored);
    std::shared_ptr<const CidrLocations>
    locations_of(const std::string& account, const std::string& collection_id);
    void make_visible(const PendingZone& pending, std::set<ZoneKey>& changed);
    void publish(const std::set<ZoneKey>& changed);
    void publish_due();
    void arm();
    void forget_old_changes(Timestamp now);

    Environment& environment_;
    State& state_;
    HealthSignals& signals_;
    TargetWatch& targets_;
    PublishedZones& published_;
    // The newest version of each CIDR collection in use, made once for all record sets.
    std::map<std::string, std::pair<std::int64_t, std::shared_ptr<const CidrLocations>>> locations_;
    std::map<ZoneKey, Visible> visible_;
    std::deque<Pending> pending_;
    std::deque<std::pair<Timestamp, std::string>> remembered_; // changes, oldest first
    Timer timer_;
};

} // namespace diorama::route53
