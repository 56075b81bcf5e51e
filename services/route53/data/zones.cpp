// Look-ups in the published snapshot; see zones.hpp.
#include "services/route53/data/zones.hpp"

#include <algorithm>
#include <tuple>

namespace diorama::route53 {

namespace {

std::string_view parent_of(std::string_view wire) {
    return wire.substr(1u + static_cast<unsigned char>(wire[0]));
}

const Zone* longest_of(const ByWireName<const Zone*>& zones, std::string_view lower_wire_name) {
    for (auto suffix = lower_wire_name;;) {
        const auto found = zones.find(suffix);
        if (found != zones.end()) return found->second;
        if (suffix[0] == 0) return nullptr;
        suffix.remove_prefix(1u + static_cast<unsigned char>(suffix[0]));
    }
}

} // namespace

Node::Node(std::vector<RecordSet> sets)
    : record_sets(std::move(sets)) {
    std::sort(
        record_sets.begin(),
        record_sets.end(),
        [](const RecordSet& left, const RecordSet& right) {
            return std::tie(left.type, left.set_identifier) <
                   std::tie(right.type, right.set_identifier);
        }
    );
}

std::pair<const RecordSet*, const RecordSet*> Node::of_type(RecordType type) const {
    const auto* first = record_sets.data();
    const auto* last = first + record_sets.size();
    while (first != last && first->type != type) {
        ++first;
    }
    const auto* end = first;
    while (end != last && end->type == type) {
        ++end;
    }
    return {first, end};
}

const RecordSet* Node::find(RecordType type) const {
    const auto [first, last] = of_type(type);
    return first == last ? nullptr : first;
}

Zone::Zone(std::string hosted_zone_id, DNSName apex, std::vector<std::string> vpcs)
    : id_(std::move(hosted_zone_id))
    , apex_(apex.lower())
    , vpcs_(std::move(vpcs)) {}

void Zone::add(const DNSName& lower_name, std::shared_ptr<const Node> node) {
    const bool is_apex = lower_name == apex_;
    if (!is_apex && node->find(RecordType::ns) != nullptr) has_delegations_ = true;
    if (lower_name.is_wildcard()) has_wildcards_ = true;
    nodes_[lower_name.wire()] = std::move(node);
    // RFC 4592 2.2.2: names between this one and the apex exist, if only as empty non-terminals.
    static const auto empty_non_terminal = std::make_shared<const Node>();
    for (auto name = lower_name; name != apex_ && !name.is_root();) {
        name = name.parent();
        if (!nodes_.try_emplace(name.wire(), empty_non_terminal).second) break;
    }
}

const Node* Zone::find(std::string_view lower_wire_name) const {
    const auto found = nodes_.find(lower_wire_name);
    return found == nodes_.end() ? nullptr : found->second.get();
}

Match find_match(const Zone& zone, std::string_view lower_wire_name, RecordType type) {
    Match match;
    const std::string_view apex = zone.apex().wire();
    if (zone.has_delegations()) {
        // From the name up to the apex, the last cut found is the highest, which counts. A question
        // for DS at the cut itself belongs to this side of it (RFC 4035 3.1.4.1).
        for (auto name = lower_wire_name; name.size() > apex.size(); name = parent_of(name)) {
            const auto* node = zone.find(name);
            if (node == nullptr || node->find(RecordType::ns) == nullptr) continue;
            if (type == RecordType::ds && name == lower_wire_name) continue;
            match.zone_cut = node;
            match.zone_cut_name = name;
        }
        if (match.zone_cut != nullptr) return match;
    }
    match.node = zone.find(lower_wire_name);
    if (match.node != nullptr || !zone.has_wildcards()) return match;
    // RFC 4592 3.3.1: the wildcard at the closest encloser, and no other, stands for the name.
    auto encloser = lower_wire_name;
    do {
        if (encloser.size() <= apex.size()) return match;
        encloser = parent_of(encloser);
    } while (zone.find(encloser) == nullptr);
    std::string wildcard("\x01*", 2);
    wildcard.append(encloser);
    match.node = zone.find(wildcard);
    return match;
}

Zones::Zones(std::vector<std::shared_ptr<const Zone>> zones)
    : zones_(std::move(zones)) {
    for (const auto& zone : zones_) {
        if (zone->vpcs().empty()) by_apex_.try_emplace(zone->apex().wire(), zone.get());
        for (const auto& vpc : zone->vpcs()) {
            private_[vpc].try_emplace(zone->apex().wire(), zone.get());
        }
    }
}

const Zone* Zones::longest_match(std::string_view lower_wire_name) const {
    return longest_of(by_apex_, lower_wire_name);
}

const Zone* Zones::longest_match(std::string_view lower_wire_name, std::string_view vpc) const {
    if (!vpc.empty()) {
        const auto seen = private_.find(vpc);
        if (seen != private_.end()) {
            if (const auto* zone = longest_of(seen->second, lower_wire_name)) return zone;
        }
    }
    return longest_of(by_apex_, lower_wire_name);
}

std::shared_ptr<const Zone> Zones::by_id(std::string_view hosted_zone_id) const {
    for (const auto& zone : zones_) {
        if (zone->id() == hosted_zone_id) return zone;
    }
    return nullptr;
}

} // namespace diorama::route53
