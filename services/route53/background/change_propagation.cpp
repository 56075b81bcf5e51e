// See change_propagation.hpp.
#include "services/route53/background/change_propagation.hpp"

#include "services/route53/limits.hpp"
#include "services/route53/metrics.hpp"

#include <algorithm>

namespace diorama::route53 {

ChangePropagation::ChangePropagation(
    Environment& environment,
    State& state,
    PublishedZones& published
)
    : environment_(environment)
    , state_(state)
    , published_(published)
    , timer_(environment.scheduler) {
    std::set<ZoneKey> changed;
    for (const auto& [key, zone] : state_.hosted_zones) {
        Pending pending{
            {},
            {},
            {zone.created, zone.id},
            ZoneEdit::Kind::written,
            zone.account,
            zone.apex(),
            {}
        };
        const auto prefix = record_set_prefix(zone.id);
        for (auto at = state_.record_sets.lower_bound(prefix);
             at != state_.record_sets.end() && at->first.starts_with(prefix);
             ++at) {
            const auto name = DNSName::parse(at->second.name).value_or(DNSName());
            if (!pending.nodes.contains(name)) pending.nodes[name] = node_of(zone.id, name);
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

std::shared_ptr<const Node>
ChangePropagation::node_of(std::string_view zone_id, const DNSName& name) const {
    std::vector<RecordSet> sets;
    const auto prefix = record_set_prefix(zone_id, name);
    for (auto at = state_.record_sets.lower_bound(prefix);
         at != state_.record_sets.end() && at->first.starts_with(prefix);
         ++at) {
        sets.push_back(at->second.published());
    }
    if (sets.empty()) return nullptr;
    return std::make_shared<const Node>(std::move(sets));
}

Change ChangePropagation::begin(const ZoneEdit& edit, Random& random) {
    const auto now = environment_.clock.now();
    forget_old_changes(now);
    Change change;
    change.account = edit.zone.account;
    change.id = "C" + random.base36_upper(20);
    change.submitted_at = now;
    change.comment = edit.comment;
    const auto key = account_key(change.account, change.id);
    state_.changes.put(key, change);
    remembered_.emplace_back(now, key);

    Pending pending{
        now + limits::propagation_delay.at(environment_.pace),
        key,
        {edit.zone.created, edit.zone.id},
        edit.kind,
        edit.zone.account,
        edit.zone.apex(),
        {},
    };
    for (const auto& name : edit.names) {
        pending.nodes[name] = node_of(edit.zone.id, name);
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
        make_visible(pending_.front(), changed);
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

void ChangePropagation::make_visible(const Pending& pending, std::set<ZoneKey>& changed) {
    changed.insert(pending.zone);
    if (pending.kind == ZoneEdit::Kind::deleted) {
        visible_.erase(pending.zone);
        return;
    }
    auto& visible = visible_[pending.zone];
    if (visible.nodes.empty()) {
        visible.apex = pending.apex;
        visible.queries_series =
            environment_.metrics.series(metrics::dns_queries(pending.account, pending.zone.id));
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
            auto zone = std::make_shared<Zone>(key.id, visible.apex);
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
