#include "services/route53/background/change_propagation.hpp"
#include "services/route53/limits.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <set>
#include <thread>

using namespace diorama;
using namespace diorama::route53;

namespace {

// Remembers what is committed, as the durable journal does, in a map.
class RememberingJournal final : public Journal {
public:
    void load(
        std::string_view table,
        const std::function<void(std::string, std::string_view)>& each
    ) override {
        for (const auto& [key, bytes] : kept_[std::string(table)]) {
            each(key, bytes);
        }
    }

    void changed(JournaledTable& table, const std::string& key) override {
        changed_.insert({&table, key});
    }

    void forget(JournaledTable& table) override {
        std::erase_if(changed_, [&](const auto& entry) { return entry.first == &table; });
    }

    bool commit() override {
        for (const auto& [table, key] : changed_) {
            std::string bytes;
            auto& kept = kept_[std::string(table->name())];
            if (table->encode(key, bytes)) {
                kept[key] = bytes;
            } else {
                kept.erase(key);
            }
        }
        changed_.clear();
        return true;
    }

private:
    std::map<std::string, std::map<std::string, std::string>> kept_;
    std::set<std::pair<JournaledTable*, std::string>> changed_;
};

StoredRecordSet stored(std::string name, RecordType type, std::vector<std::string> values) {
    StoredRecordSet set;
    set.name = std::move(name);
    set.type = type;
    set.ttl = 60;
    set.values = std::move(values);
    return set;
}

HostedZone example_zone() {
    HostedZone zone;
    zone.account = "000000000000";
    zone.id = "Z1";
    zone.name = "example.com.";
    return zone;
}

} // namespace

TEST_CASE("change_propagation: after a restart everything acknowledged is published and INSYNC") {
    TestEnvironment test;
    RememberingJournal journal;
    Environment environment{test.time, test.time, Random(1), test.metrics, journal, test.log};
    Random random(1);
    std::string change_key;
    {
        State state(journal);
        PublishedZones published;
        HealthSignals signals;
        TargetWatch targets(test.time, nullptr);
        ChangePropagation propagation(environment, {state, signals, targets}, published);
        HostedZone zone;
        zone.account = "000000000000";
        zone.id = "Z1";
        zone.name = "example.com.";
        zone.name_servers = {"ns-1.awsdns-00.com"};
        state.hosted_zones.put(account_key(zone.account, zone.id), zone);
        auto plain = stored("www.example.com.", RecordType::a, {"192.0.2.1"});
        state.record_sets.put(record_set_key("Z1", plain), plain);
        auto weighted = stored("w.example.com.", RecordType::txt, {"\"\\303\" \"b\""});
        weighted.policy = WeightedRouting{7};
        weighted.health_check_id = "check";
        weighted.set_identifier = "seven";
        state.record_sets.put(record_set_key("Z1", weighted), weighted);
        auto alias = stored("a.example.com.", RecordType::a, {});
        alias.alias = AliasTarget{*DNSName::parse("www.example.com"), "Z1", true};
        state.record_sets.put(record_set_key("Z1", alias), alias);
        const auto change = propagation.begin(
            {zone, ZoneEdit::Kind::written, {*DNSName::parse("www.example.com")}, "why"},
            random
        );
        change_key = account_key(change.account, change.id);
        journal.commit();
        CHECK(published.current()->size() == 0);
    }
    State state(journal);
    PublishedZones published;
    HealthSignals signals;
    TargetWatch targets(test.time, nullptr);
    const ChangePropagation propagation(environment, {state, signals, targets}, published);
    const auto zone = published.current()->by_id("Z1");
    REQUIRE(zone != nullptr);
    const auto node = [&](const char* name) { return zone->find(DNSName::parse(name)->wire()); };
    REQUIRE(node("www.example.com") != nullptr);
    CHECK(node("www.example.com")->find(RecordType::a)->record_data.size() == 1);
    CHECK(
        node("w.example.com")->find(RecordType::txt)->policy == RoutingPolicy(WeightedRouting{7})
    );
    CHECK(node("w.example.com")->find(RecordType::txt)->health == signals.of("check"));
    CHECK(
        node("w.example.com")->find(RecordType::txt)->record_data[0] == "\x01\xc3\x01"
                                                                        "b"
    );
    CHECK(node("a.example.com")->find(RecordType::a)->alias->evaluate_target_health);
    REQUIRE(state.changes.find(change_key) != nullptr);
    CHECK(state.changes.find(change_key)->is_in_sync);
    CHECK(state.changes.find(change_key)->comment == "why");
}

TEST_CASE("change_propagation: changes are forgotten after a day") {
    TestEnvironment test;
    State state(test.journal);
    PublishedZones published;
    HealthSignals signals;
    TargetWatch targets(test.time, nullptr);
    ChangePropagation propagation(test.environment, {state, signals, targets}, published);
    Random random(1);
    const auto zone = example_zone();
    propagation.begin({zone, ZoneEdit::Kind::written, {}, std::nullopt}, random);
    test.time.run_for(std::chrono::hours(25));
    propagation.begin({zone, ZoneEdit::Kind::written, {}, std::nullopt}, random);
    CHECK(state.changes.size() == 1);
}

TEST_CASE(
    "change_propagation: of 100,000 records a change is seen as soon as it is INSYNC, and whole"
) {
    constexpr int names = 100'000;
    TestEnvironment test;
    State state(test.journal);
    PublishedZones published;
    HealthSignals signals;
    TargetWatch targets(test.time, nullptr);
    const auto name = [](int n) { return fmt::format("name-{}.example.com.", n); };
    const auto write = [&](int n, const std::string& value) {
        auto set = stored(name(n), RecordType::a, {value});
        state.record_sets.put(record_set_key("Z1", set), set);
        return *DNSName::parse(set.name);
    };
    const auto zone = example_zone();
    state.hosted_zones.put(account_key(zone.account, zone.id), zone);
    for (int n = 0; n < names; ++n)
        write(n, "192.0.2.1");
    ChangePropagation propagation(test.environment, {state, signals, targets}, published);
    Random random(1);

    // A thread that answers looks at both ends of the zone all the time.
    const auto first = DNSName::parse(name(0))->wire();
    const auto last = DNSName::parse(name(names - 1))->wire();
    std::atomic<bool> is_over = false;
    std::atomic<int> half_seen = 0;
    std::atomic<int> looks = 0;
    std::thread edge([&] {
        std::uint64_t version = 0;
        std::shared_ptr<const Zones> zones;
        while (!is_over) {
            if (published.version() != version) {
                version = published.version();
                zones = published.current();
            }
            const auto seen = zones->by_id("Z1");
            const auto value = [&](const std::string& wire) {
                return seen->find(wire)->find(RecordType::a)->record_data;
            };
            if (value(first) != value(last)) ++half_seen;
            ++looks;
        }
    });
    for (int round = 2; round < 6; ++round) {
        const auto value = fmt::format("192.0.2.{}", round);
        std::set<DNSName> changed{write(0, value), write(names - 1, value)};
        const auto change =
            propagation.begin({zone, ZoneEdit::Kind::written, changed, std::nullopt}, random);
        const auto key = account_key(change.account, change.id);
        const auto now = [&] {
            return published.current()
                ->by_id("Z1")
                ->find(last)
                ->find(RecordType::a)
                ->record_data[0];
        };
        const auto before = now();
        test.time.run_for(limits::propagation_delay.at(Pace::brisk) - std::chrono::milliseconds(1));
        CHECK_FALSE(state.changes.find(key)->is_in_sync);
        CHECK(now() == before);
        test.time.run_for(std::chrono::milliseconds(1));
        CHECK(state.changes.find(key)->is_in_sync);
        CHECK(static_cast<int>(now()[3]) == round);
    }
    is_over = true;
    edge.join();
    CHECK(looks > 0);
    CHECK(half_seen == 0);
}
