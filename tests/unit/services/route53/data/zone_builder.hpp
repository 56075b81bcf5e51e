// Zones for tests of the data plane, written as one would a zone file; only what matters in the
// test is said.
#pragma once

#include "services/route53/data/answer.hpp"
#include "services/route53/data/record_data.hpp"
#include "services/route53/state.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace diorama::route53 {

inline DNSName name_of(std::string_view text) {
    const auto name = DNSName::parse(text);
    REQUIRE(name.has_value());
    return *name;
}

inline std::string wire_of(RecordType type, std::string_view text) {
    const auto parsed = parse_record_data(type, text);
    REQUIRE(std::holds_alternative<std::string>(parsed));
    return std::get<std::string>(parsed);
}

class ZoneBuilder {
public:
    explicit ZoneBuilder(std::string_view apex, std::string id = "Z1")
        : apex_(name_of(apex))
        , id_(std::move(id)) {
        with(
            apex,
            RecordType::soa,
            {"ns-1.awsdns-00.com. hostmaster.example. 1 7200 900 1209600 300"},
            900
        );
        with(apex, RecordType::ns, {"ns-1.awsdns-00.com."}, 172800);
    }

    ZoneBuilder& with(
        std::string_view name,
        RecordType type,
        const std::vector<std::string>& values,
        std::uint32_t ttl = 300
    ) {
        RecordSet set;
        set.type = type;
        set.ttl = ttl;
        for (const auto& value : values) {
            set.record_data.push_back(wire_of(type, value));
        }
        return add(name, std::move(set));
    }

    ZoneBuilder&
    weighted(std::string_view name, std::string identifier, int weight, std::string ip) {
        RecordSet set;
        set.ttl = 60;
        set.set_identifier = std::move(identifier);
        set.policy = WeightedRouting{static_cast<std::uint8_t>(weight)};
        set.record_data = {wire_of(RecordType::a, ip)};
        return add(name, std::move(set));
    }

    // With a policy and perhaps a health check; the rest of what a published set has is looked up.
    ZoneBuilder& routed(
        std::string_view name,
        std::string identifier,
        RoutingPolicy policy,
        const std::string& ip,
        std::shared_ptr<const HealthSignal> health = nullptr
    ) {
        RecordSet set;
        set.ttl = 60;
        set.set_identifier = std::move(identifier);
        set.record_data = {wire_of(RecordType::a, ip)};
        set.health = std::move(health);
        return add(name, placed(std::move(set), std::move(policy)));
    }

    // An alias of a name in this zone that evaluates its health.
    ZoneBuilder& routed_alias(
        std::string_view name,
        std::string identifier,
        RoutingPolicy policy,
        std::string_view target,
        std::shared_ptr<const HealthSignal> health = nullptr
    ) {
        RecordSet set;
        set.set_identifier = std::move(identifier);
        set.alias = AliasTarget{name_of(target).lower(), id_, true};
        set.health = std::move(health);
        return add(name, placed(std::move(set), std::move(policy)));
    }

    ZoneBuilder& add(std::string_view name, RecordSet set) {
        sets_[name_of(name).lower()].push_back(std::move(set));
        return *this;
    }

    ZoneBuilder& in_locations(std::shared_ptr<const CidrLocations> locations) {
        locations_ = std::move(locations);
        return *this;
    }

    ZoneBuilder& alias(
        std::string_view name,
        RecordType type,
        std::string_view target,
        std::string hosted_zone_id
    ) {
        RecordSet set;
        set.type = type;
        set.alias = AliasTarget{name_of(target).lower(), std::move(hosted_zone_id), false};
        return add(name, std::move(set));
    }

    std::shared_ptr<const Zone> build() const {
        auto zone = std::make_shared<Zone>(id_, apex_);
        for (const auto& [name, sets] : sets_) {
            zone->add(name, std::make_shared<const Node>(sets));
        }
        return zone;
    }

private:
    RecordSet placed(RecordSet set, RoutingPolicy policy) const {
        StoredRecordSet stored;
        stored.policy = policy;
        set.at = stored.published().at;
        set.locations = locations_;
        set.policy = std::move(policy);
        return set;
    }

    DNSName apex_;
    std::string id_;
    std::shared_ptr<const CidrLocations> locations_;
    std::map<DNSName, std::vector<RecordSet>> sets_;
};

// Names and alias targets of which a test says where they are.
struct KnownNames final : AliasTargets, OwnNames {
    std::map<std::string, std::vector<network::IPAddress>, std::less<>> names;

    std::vector<network::IPAddress>
    addresses_of(std::string_view name, std::string_view) const override {
        const auto found = names.find(name);
        return found == names.end() ? std::vector<network::IPAddress>{} : found->second;
    }

    std::vector<network::IPAddress> addresses_of(std::string_view name) const override {
        return addresses_of(name, {});
    }
};

// "www.example.com. 300 A 192.0.2.1"
inline std::string text_of(const Record& record) {
    return fmt::format(
        "{} {} {} {}",
        record.name.to_string(),
        record.ttl,
        to_string(record.type),
        record_data_text(record.type, record.record_data)
    );
}

inline std::vector<std::string> texts_of(const std::vector<Record>& records) {
    std::vector<std::string> texts;
    for (const auto& record : records) {
        texts.push_back(text_of(record));
    }
    return texts;
}

} // namespace diorama::route53
