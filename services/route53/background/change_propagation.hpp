// From the API to the name server: a change is PENDING until the snapshot with it is published, and
// INSYNC from that moment on. What a change makes of its names is captured when it is submitted, so
// that a later change never becomes visible with an earlier one.
#pragma once

#include "emulator/environment.hpp"
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
    // Publishes at once what an earlier process left.
    ChangePropagation(Environment& environment, State& state, PublishedZones& published);

    // The state has been edited already. Starts a change, PENDING, and returns it.
    Change begin(const ZoneEdit& edit, Random& random);

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
        SeriesId queries_series = 0;
        Nodes nodes;
        std::shared_ptr<const Zone> zone;
    };

    struct Pending {
        Timestamp due;
        std::string change_key;
        ZoneKey zone;
        ZoneEdit::Kind kind;
        std::string account;
        DNSName apex;
        Nodes nodes; // nullptr: no record set left
    };

    std::shared_ptr<const Node> node_of(std::string_view zone_id, const DNSName& name) const;
    void make_visible(const Pending& pending, std::set<ZoneKey>& changed);
    void publish(const std::set<ZoneKey>& changed);
    void publish_due();
    void arm();
    void forget_old_changes(Timestamp now);

    Environment& environment_;
    State& state_;
    PublishedZones& published_;
    std::map<ZoneKey, Visible> visible_;
    std::deque<Pending> pending_;
    std::deque<std::pair<Timestamp, std::string>> remembered_; // changes, oldest first
    Timer timer_;
};

} // namespace diorama::route53
