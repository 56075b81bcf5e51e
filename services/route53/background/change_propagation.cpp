// See change_propagation.hpp.
#include "services/route53/background/change_propagation.hpp"

#include "services/route53/limits.hpp"
#include "services/route53/metrics.hpp"

#include <algorithm>

namespace diorama::route53 {

ChangePropagation::ChangePropagation(
    Environment& environment,
    const Surroundings& surroundings,
    PublishedZones& published
)
    : environment_(environment)
    , state_(surroundings.state)
    , signals_(surroundings.signals)
    , targets_(surroundings.targets)
    , published_(published)
    , timer_(environment.scheduler) {
    std::set<ZoneKey> changed;
    for (const auto& [key, zone] : state_.hosted_zones) {
        auto pending = pending_of(zone, ZoneEdit::Kind::written);
        const auto prefix = record_set_prefix(zone.id);
        for (auto at = state_.record_sets.lower_bound(prefix);
             at != state_.record_sets.end() && at->first.starts_with(prefix);
             ++at) {
            const auto name = DNSName::parse(at->second.name).value_or(DNSName());
            if (!pending.nodes.contains(name)) pending.nodes[name] = node_of(zone, name);
        }
        make_visible(pending, changed);
    }
    if (!changed.empty()) publish(changed);
    for (const auto& [key, change] : state_.changes) {
        remembered_.emplace_back(change.submitted_at, key);
    }
    std::sort(remembered_.begin(), remembered_.end());
    for (const auto& [when, key] : remembered_) {
        if (!state_.changes.find(key)->is_in_sync) state_.changes.edit(key)->is_in_sync = true;
    }
}

ChangePropagation::PendingZone
ChangePropagation::pending_of(const HostedZone& zone, ZoneEdit::Kind kind) {
    PendingZone pending{{zone.created, zone.id}, kind, zone.account, zone.apex(), {}, {}};
    for (const auto& vpc : zone.vpcs) {
        pending.vpcs.push_back(vpc.id);
    }
    return pending;
}

std::shared_ptr<const CidrLocations>
ChangePropagation::locations_of(const std::string& account, const std::string& collection_id) {
    const auto* collection = state_.cidr_collections.find(account_key(account, collection_id));
    if (collection == nullptr) return nullptr;
    auto& [version, locations] = locations_[collection_id];
    if (version != collection->version) {
        version = collection->version;
        locations = collection->published();
    }
    return locations;
}

RecordSet ChangePropagation::published_set(const HostedZone& zone, const StoredRecordSet& stored) {
    auto set = stored.published();
    if (!stored.health_check_id.empty()) set.health = signals_.of(stored.health_check_id);
    if (set.alias && set.alias->evaluate_target_health && set.alias->hosted_zone_id != zone.id) {
        auto name = set.alias->name.to_string();
        name.pop_back();
        set.target_health = targets_.watch(name);
    }
    if (const auto* ip_based = std::get_if<IPBasedRouting>(&set.policy)) {
        set.locations = locations_of(zone.account, ip_based->collection_id);
    }
    return set;
}

std::shared_ptr<const Node>
ChangePropagation::node_of(const HostedZone& zone, const DNSName& name) {
    std::vector<RecordSet> sets;
    const auto prefix = record_set_prefix(zone.id, name);
    for (auto at = state_.record_sets.lower_bound(prefix);
         at != state_.record_sets.end() && at->first.starts_with(prefix);
         ++at) {
        sets.push_back(published_set(zone, at->second));
    }
    if (sets.empty()) return nullptr;
    return std::make_shared<const Node>(std::move(sets));
}

Change ChangePropagation::begin(const ZoneEdit& edit, Random& random) {
    Change change;
    change.account = edit.zone.account;
    change.comment = edit.comment;
    return begin(std::move(change), {edit}, random);
}

Change ChangePropagation::begin(
    const std::string& account,
    const std::vector<ZoneEdit>& edits,
    Random& random
) {
    Change change;
    change.account = account;
    return begin(std::move(change), edits, random);
}

Change ChangePropagation::begin(Change change, const std::vector<ZoneEdit>& edits, Random& random) {
    const auto now = environment_.clock.now();
    forget_old_changes(now);
    change.id = "C" + random.base36_upper(20);
    change.submitted_at = now;
    const auto key = account_key(change.account, change.id);
    state_.changes.put(key, change);
    remembered_.emplace_back(now, key);

    Pending pending{now + limits::propagation_delay.at(environment_.pace), key, {}};
    for (const auto& edit : edits) {
        const auto& zone = edit.zone;
        auto& pending_zone = pending.zones.emplace_back(pending_of(zone, edit.kind));
        for (const auto& name : edit.names) {
            pending_zone.nodes[name] = node_of(zone, name);
        }
    }
    pending_.push_back(std::move(pending));
    if (pending_.size() == 1) arm();
    return change;
}

void ChangePropagation::arm() {
    const auto wait = std::max(pending_.front().due - environment_.clock.now(), Duration(0));
    timer_.start_after(wait, [this] { publish_due(); });
}

void ChangePropagation::publish_due() {
    const auto now = environment_.clock.now();
    std::set<ZoneKey> changed;
    std::vector<std::string> in_sync;
    while (!pending_.empty() && pending_.front().due <= now) {
        for (const auto& zone : pending_.front().zones) {
            make_visible(zone, changed);
        }
        in_sync.push_back(std::move(pending_.front().change_key));
        pending_.pop_front();
    }
    publish(changed);
    for (const auto& key : in_sync) {
        if (auto* change = state_.changes.edit(key)) change->is_in_sync = true;
    }
    environment_.journal.commit();
    if (!pending_.empty()) arm();
}

void ChangePropagation::make_visible(const PendingZone& pending, std::set<ZoneKey>& changed) {
    changed.insert(pending.key);
    if (pending.kind == ZoneEdit::Kind::deleted) {
        visible_.erase(pending.key);
        return;
    }
    auto& visible = visible_[pending.key];
    visible.vpcs = pending.vpcs;
    if (visible.nodes.empty()) {
        visible.apex = pending.apex;
        visible.queries_series =
            environment_.metrics.series(metrics::dns_queries(pending.account, pending.key.id));
    }
    for (const auto& [name, node] : pending.nodes) {
        if (node == nullptr) {
            visible.nodes.erase(name);
        } else {
            visible.nodes[name] = node;
        }
    }
}

void ChangePropagation::publish(const std::set<ZoneKey>& changed) {
    std::vector<std::shared_ptr<const Zone>> zones;
    for (auto& [key, visible] : visible_) {
        if (changed.contains(key)) {
            auto zone = std::make_shared<Zone>(key.id, visible.apex, visible.vpcs);
            zone->queries_series = visible.queries_series;
            for (const auto& [name, node] : visible.nodes) {
                zone->add(name, node);
            }
            visible.zone = std::move(zone);
        }
        zones.push_back(visible.zone);
    }
    published_.publish(std::make_shared<const Zones>(std::move(zones)));
}

void ChangePropagation::forget_old_changes(Timestamp now) {
    while (!remembered_.empty() && remembered_.front().first + limits::change_lifetime < now) {
        state_.changes.erase(remembered_.front().second);
        remembered_.pop_front();
    }
}

} // namespace diorama::route53
