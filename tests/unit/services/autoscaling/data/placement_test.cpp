// Who is launched where, and who has to go.
#include "services/autoscaling/data/placement.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::autoscaling;
using namespace std::chrono_literals;

namespace {

const Timestamp start{std::chrono::seconds(1'767'225'600)};

Placed instance(std::string id, std::string zone, Duration after = {}, std::int64_t version = 1) {
    return {std::move(id), std::move(zone), "lt-1", version, start + after, false};
}

} // namespace

TEST_CASE("placement: launches go to the zone with the fewest instances") {
    const std::vector<std::string> zones{"a", "b", "c"};
    CHECK(zone_for_launch(zones, {}) == "a");
    CHECK(zone_for_launch(zones, {instance("1", "a")}) == "b");
    CHECK(zone_for_launch(zones, {instance("1", "a"), instance("2", "b")}) == "c");
    CHECK(
        zone_for_launch(zones, {instance("1", "a"), instance("2", "b"), instance("3", "c")}) == "a"
    );
}

TEST_CASE("placement: scale in takes from the fullest zone, then the oldest template") {
    const std::vector<Placed> group{
        instance("1", "a", 0s, 1),
        instance("2", "a", 10s, 2),
        instance("3", "b", 0s, 1)
    };
    CHECK(instance_to_terminate(group, {}, start + 1min, 0) == "1");
}

TEST_CASE("placement: an instance that is closest to its next hour goes first by default") {
    const std::vector<Placed> group{instance("1", "a", 0s), instance("2", "a", 20min)};
    CHECK(instance_to_terminate(group, {}, start + 50min, 0) == "1");
    CHECK(instance_to_terminate(group, {}, start + 70min, 0) == "2");
}

TEST_CASE("placement: policies are applied in order, and protected instances stay") {
    std::vector<Placed> group{
        instance("1", "a", 0s),
        instance("2", "a", 20min),
        instance("3", "a", 40min)
    };
    CHECK(instance_to_terminate(group, {TerminationPolicy::newest_instance}, start + 1h, 0) == "3");
    CHECK(instance_to_terminate(group, {TerminationPolicy::oldest_instance}, start + 1h, 0) == "1");
    group[0].is_protected = true;
    CHECK(instance_to_terminate(group, {TerminationPolicy::oldest_instance}, start + 1h, 0) == "2");
    for (auto& placed : group)
        placed.is_protected = true;
    CHECK_FALSE(instance_to_terminate(group, {}, start + 1h, 0));
}
