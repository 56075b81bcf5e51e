// Which target gets a request.
#include "services/elbv2/data/target_selection.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace diorama;
using namespace diorama::elbv2;
using namespace std::chrono_literals;

namespace {

Target target(std::string id, std::string zone = "us-east-1a") {
    return {std::move(id), 80, std::move(zone), {}, std::make_shared<LiveTarget>()};
}

TargetGroup group_of(std::vector<Target> targets) {
    TargetGroup group;
    group.live = std::make_shared<LiveTargetGroup>();
    group.pools = {{"", std::move(targets)}};
    return group;
}

std::vector<std::string> ids_of(const std::vector<Target>& targets) {
    std::vector<std::string> ids;
    for (const auto& one : targets)
        ids.push_back(one.id);
    return ids;
}

const Timestamp noon = epoch + std::chrono::hours(500'000);
using enum TargetHealthState;
using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("selection: only healthy targets get requests while there are any") {
    const auto routable = routable_targets(
        {{target("a"), healthy},
         {target("b"), unhealthy},
         {target("c"), initial},
         {target("d"), draining},
         {target("e"), unused},
         {target("f"), healthy}},
        {}
    );
    CHECK(ids_of(routable) == Ids{"a", "f"});
}

TEST_CASE(
    "selection: fail-open: with no healthy target all but draining and unused ones get requests"
) {
    const auto routable = routable_targets(
        {{target("b"), unhealthy},
         {target("c"), initial},
         {target("d"), draining},
         {target("e"), unused}},
        {}
    );
    CHECK(ids_of(routable) == Ids{"b", "c"});
    CHECK(routable_targets({{target("d"), draining}}, {}).empty());
}

TEST_CASE("selection: fail-open begins below the minimum of healthy targets") {
    const std::vector<RegisteredTarget> registered = {
        {target("a"), healthy},
        {target("b"), healthy},
        {target("c"), unhealthy},
        {target("d"), unhealthy}
    };
    CHECK(routable_targets(registered, {.count = 2}).size() == 2);
    CHECK(routable_targets(registered, {.count = 3}).size() == 4);
    CHECK(routable_targets(registered, {.percentage = 50}).size() == 2);
    CHECK(routable_targets(registered, {.percentage = 51}).size() == 4);
}

TEST_CASE("selection: round robin gives every target its turn") {
    const auto group = group_of({target("a"), target("b"), target("c")});
    Random random(1);
    std::map<std::string, int> counts;
    for (int i = 0; i < 300; ++i)
        ++counts[select_target(group, "us-east-1a", random, noon)->id];
    CHECK(counts == std::map<std::string, int>{{"a", 100}, {"b", 100}, {"c", 100}});
}

TEST_CASE("selection: least outstanding requests prefers the idle target") {
    auto group = group_of({target("a"), target("b"), target("c")});
    group.selection = TargetSelection::least_outstanding_requests;
    group.pools[0].targets[0].live->outstanding = 2;
    group.pools[0].targets[1].live->outstanding = 1;
    group.pools[0].targets[2].live->outstanding = 3;
    Random random(1);
    for (int i = 0; i < 5; ++i)
        CHECK(select_target(group, "us-east-1a", random, noon)->id == "b");
}

TEST_CASE("selection: a target in slow start gets a linearly growing share") {
    auto group = group_of({target("a"), target("new")});
    group.slow_start = 100s;
    group.pools[0].targets[1].live->slow_start_began = noon;
    Random random(7);
    const auto share_after = [&](Duration passed) {
        int chosen = 0;
        for (int i = 0; i < 4000; ++i)
            chosen += select_target(group, "us-east-1a", random, noon + passed)->id == "new";
        return chosen / 4000.0;
    };
    CHECK(share_after(0s) == 0);
    CHECK(share_after(50s) > 0.15);
    CHECK(share_after(50s) < 0.45);
    CHECK(share_after(100s) == doctest::Approx(0.5).epsilon(0.01));
}

TEST_CASE("selection: with cross-zone off a node uses the targets of its own zone") {
    auto group = group_of({});
    group.pools = {{"us-east-1a", {target("a")}}, {"us-east-1b", {}}};
    Random random(1);
    CHECK(select_target(group, "us-east-1a", random, noon)->id == "a");
    CHECK(select_target(group, "us-east-1b", random, noon) == nullptr);
    CHECK(select_target(group, "us-east-1c", random, noon) == nullptr);
}

TEST_CASE("selection: weights share requests among target groups, weight zero gets none") {
    const auto group = [](std::string arn) {
        auto made = std::make_shared<TargetGroup>();
        made->arn = std::move(arn);
        return made;
    };
    Random random(3);
    const ForwardAction action{{{group("blue"), 3}, {group("off"), 0}, {group("green"), 1}}};
    std::map<std::string, int> counts;
    for (int i = 0; i < 4000; ++i)
        ++counts[select_target_group(action, random)->arn];
    CHECK(counts.size() == 2);
    CHECK(counts["blue"] > 2850);
    CHECK(counts["blue"] < 3150);
    CHECK(select_target_group({{{group("a"), 0}, {group("b"), 0}}}, random) == nullptr);
    CHECK(select_target_group({{{group("a"), 0}}}, random) == nullptr);
}
