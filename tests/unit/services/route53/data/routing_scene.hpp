// A zone of one name whose record sets have policies, and who answers for it: what the tests of
// routing share.
#pragma once

#include "services/route53/data/routing.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace diorama::route53::routing_scene {

inline constexpr auto name = "www.example.com";

using Health = std::shared_ptr<HealthSignal>;

inline Health healthy() {
    return std::make_shared<HealthSignal>();
}

inline Health unhealthy() {
    auto signal = healthy();
    signal->set(false);
    return signal;
}

// Who answered, by the last number of the address; counted over many questions.
struct Tally {
    std::map<int, int> counts;
    std::size_t most_answers = 0;
    bool depends_on_place = false;
    Answer::Outcome outcome = Answer::Outcome::refused;

    std::string only() const {
        if (counts.empty()) return "nobody";
        if (counts.size() > 1) return "several";
        return std::to_string(counts.begin()->first);
    }

    double share(int who) const {
        double sum = 0;
        for (const auto& [one, count] : counts)
            sum += count;
        const auto found = counts.find(who);
        return found == counts.end() ? 0 : found->second / sum;
    }
};

inline Tally ask(const ZoneBuilder& zone, const std::string& from = "198.18.0.1", int times = 1) {
    static const KnownNames names;
    const Zones zones({zone.build()});
    Random random(7);
    Tally tally;
    for (int i = 0; i < times; ++i) {
        const auto found = answer(
            {zones, names, names},
            {name_of(name), RecordType::a, class_in},
            {*network::IPAddress::parse(from), std::nullopt, nullptr},
            random
        );
        for (const auto& record : found.answers) {
            if (record.type != RecordType::a) continue;
            ++tally.counts[static_cast<unsigned char>(record.record_data[3])];
        }
        tally.most_answers = std::max(tally.most_answers, found.answers.size());
        tally.depends_on_place = found.depends_on_place;
        tally.outcome = found.outcome;
    }
    return tally;
}

inline std::string ip(int who) {
    return "192.0.2." + std::to_string(who);
}

// Record sets of one policy; who answers is numbered from 1.
inline ZoneBuilder
group(const std::vector<std::pair<RoutingPolicy, Health>>& sets, std::string_view at = name) {
    ZoneBuilder zone("example.com");
    int who = 0;
    for (const auto& [policy, health] : sets) {
        ++who;
        zone.routed(at, std::to_string(who), policy, ip(who), health);
    }
    return zone;
}

inline RoutingPolicy weight(int value) {
    return WeightedRouting{static_cast<std::uint8_t>(value)};
}

inline RoutingPolicy primary() {
    return FailoverRouting{true};
}

inline RoutingPolicy secondary() {
    return FailoverRouting{false};
}

inline RoutingPolicy region(std::string where) {
    return LatencyRouting{std::move(where)};
}

inline RoutingPolicy country(std::string code, std::string subdivision = {}) {
    return GeolocationRouting{{}, std::move(code), std::move(subdivision)};
}

inline RoutingPolicy continent(std::string code) {
    return GeolocationRouting{std::move(code), {}, {}};
}

inline RoutingPolicy near_region(std::string where, int bias = 0) {
    return GeoproximityRouting{std::move(where), {}, {}, {}, bias};
}

// From the project's own table.
inline constexpr auto new_york = "198.18.0.1";
inline constexpr auto chicago = "198.18.1.1";
inline constexpr auto california = "198.18.2.1";
inline constexpr auto toronto = "198.18.10.1";
inline constexpr auto frankfurt = "198.18.31.1";
inline constexpr auto dublin = "198.18.35.1";
inline constexpr auto kyiv = "198.18.36.1";
inline constexpr auto tokyo = "198.18.56.1";
inline constexpr auto nowhere = "127.0.0.1";

struct Rule {
    const char* quoted;
    ZoneBuilder zone;
    const char* from;
    const char* answers;
};

inline void hold(const std::vector<Rule>& rules) {
    for (const auto& rule : rules) {
        CAPTURE(rule.quoted);
        CAPTURE(rule.from);
        CHECK(ask(rule.zone, rule.from, 50).only() == rule.answers);
    }
}

} // namespace diorama::route53::routing_scene
