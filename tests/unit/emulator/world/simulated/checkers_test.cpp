// Every rule that is watched is seen to be broken when it is, and not when it is not.
#include "emulator/world/simulated/checkers.hpp"

#include <doctest/doctest.h>

namespace diorama {

namespace {

using namespace std::chrono_literals;

struct Scene {
    VirtualTime time;
    SimulatedCheckers checkers{time, time.now()};

    std::uint64_t violations() const {
        simulation::Results results;
        checkers.put_into(results);
        std::uint64_t sum = 0;
        for (const auto& checker : results.checkers)
            sum += checker.violations;
        return sum;
    }

    std::string told() const {
        simulation::Results results;
        checkers.put_into(results);
        return results.violations.empty() ? "" : results.violations.front().text;
    }
};

struct Group {
    std::shared_ptr<elbv2::TargetGroup> group = std::make_shared<elbv2::TargetGroup>();
    elbv2::LoadBalancer load_balancer;

    explicit Group(int targets) {
        group->arn = "arn:group";
        group->pools.emplace_back();
        for (int i = 0; i < targets; ++i) {
            elbv2::Target target;
            target.id = "i-" + std::to_string(i);
            target.live = std::make_shared<elbv2::LiveTarget>();
            group->pools[0].targets.push_back(target);
        }
    }

    void forward(Scene& scene, std::size_t target, bool is_bound = false) const {
        scene.checkers.forwarded(
            load_balancer,
            {group.get(), &group->pools[0].targets[target], is_bound}
        );
    }
};

cloudfront::Distribution plain_distribution() {
    cloudfront::Distribution distribution;
    distribution.behaviors.emplace_back().path_pattern = "*";
    return distribution;
}

// Entries never change: every one that is served is an entry of its own.
void serve(
    Scene& scene,
    const cloudfront::Distribution& distribution,
    const cloudfront::Entry& entry
) {
    const auto served = std::make_shared<const cloudfront::Entry>(entry);
    scene.checkers.served_from_cache(distribution, served, scene.time.now());
}

cloudfront::Entry entry_until(Timestamp fresh_until) {
    cloudfront::Entry entry;
    entry.object_path = "/a";
    entry.fresh_until = fresh_until;
    entry.stale_while_revalidate = 30s;
    return entry;
}

} // namespace

TEST_CASE("checkers: an entry may be served while it is fresh, and while it may be revalidated") {
    Scene scene;
    const auto now = scene.time.now();
    const auto distribution = plain_distribution();
    serve(scene, distribution, entry_until(now + 1s));
    serve(scene, distribution, entry_until(now - 29s));
    CHECK(scene.violations() == 0);
    serve(scene, distribution, entry_until(now - 31s));
    auto strict = entry_until(now - 1s);
    strict.forbids_stale = true;
    serve(scene, distribution, strict);
    CHECK(scene.violations() == 2);
    CHECK(scene.told() == "/a was served stale");
}

TEST_CASE("checkers: a private answer must not come from the cache") {
    Scene scene;
    auto entry = entry_until(scene.time.now() + 1h);
    entry.headers.add("Cache-Control", "private, max-age=60");
    serve(scene, plain_distribution(), entry);
    CHECK(scene.violations() == 1);
}

TEST_CASE("checkers: what was anybody's once is not taken for everything that comes after it") {
    Scene scene;
    auto entry = entry_until(scene.time.now() + 1h);
    const auto anybodys = std::make_shared<const cloudfront::Entry>(entry);
    entry.headers.add("Cache-Control", "private");
    const auto somebodys = std::make_shared<const cloudfront::Entry>(entry);
    for (int i = 0; i < 3; ++i) {
        scene.checkers.served_from_cache(plain_distribution(), anybodys, scene.time.now());
        scene.checkers.served_from_cache(plain_distribution(), somebodys, scene.time.now());
    }
    CHECK(scene.violations() == 3);
}

TEST_CASE("checkers: for the behavior's minimum TTL CloudFront keeps private answers, too") {
    Scene scene;
    const auto now = scene.time.now();
    auto distribution = plain_distribution();
    distribution.behaviors.back().cache_policy.min_ttl = 1s;
    auto entry = entry_until(now + 1s);
    entry.stored_at = now;
    entry.headers.add("Cache-Control", "private, max-age=60");
    serve(scene, distribution, entry);
    CHECK(scene.violations() == 0);
    entry.fresh_until = now + 60s;
    serve(scene, distribution, entry);
    CHECK(scene.violations() == 1);
}

TEST_CASE("checkers: targets that take turns are fair from wherever they begin") {
    Scene scene;
    const Group group(3);
    for (const std::size_t target : {1u, 2u, 0u, 1u, 2u, 0u, 1u})
        group.forward(scene, target);
    CHECK(scene.violations() == 0);
}

TEST_CASE("checkers: a target that gets two requests in a row is seen") {
    Scene scene;
    const Group group(3);
    for (const std::size_t target : {0u, 1u, 1u, 1u})
        group.forward(scene, target);
    CHECK(scene.violations() > 0);
}

TEST_CASE("checkers: groups behind one action get their weighted shares, within chance") {
    Scene fair;
    Scene unfair;
    const Group heavy(1);
    Group light(1);
    light.group->arn = "arn:light";
    const elbv2::ForwardAction action{{{heavy.group, 9}, {light.group, 1}}};
    for (int i = 0; i < 1000; ++i) {
        fair.checkers.divided(action, i % 10 == 0 ? *light.group : *heavy.group);
        unfair.checkers.divided(action, i % 5 == 0 ? *light.group : *heavy.group);
    }
    fair.checkers.check_shares();
    CHECK(fair.violations() == 0);
    unfair.checkers.check_shares();
    CHECK(unfair.violations() == 2);
}

TEST_CASE("checkers: a target that was drained must get nothing more") {
    Scene scene;
    const Group group(1);
    group.forward(scene, 0);
    CHECK(scene.violations() == 0);
    scene.checkers.target_cut(group.group->pools[0].targets[0].live);
    group.forward(scene, 0);
    CHECK(scene.told() == "i-0 got a request after it was drained");
}

TEST_CASE("checkers: capacity has bounds") {
    Scene scene;
    scene.checkers.check_capacity("web", 1, 1, 3);
    scene.checkers.check_capacity("web", 1, 3, 3);
    CHECK(scene.violations() == 0);
    scene.checkers.check_capacity("web", 1, 4, 3);
    scene.checkers.check_capacity("web", 1, 0, 3);
    CHECK(scene.violations() == 2);
}

TEST_CASE("checkers: a replica is never ahead, and never goes back") {
    Scene scene;
    scene.checkers.check_replica("replica", 5, 10);
    scene.checkers.check_replica("replica", 7, 10);
    CHECK(scene.violations() == 0);
    scene.checkers.check_replica("replica", 6, 10);
    scene.checkers.check_replica("replica", 11, 10);
    CHECK(scene.violations() == 2);
}

TEST_CASE("checkers: requests that neither ended nor are under way are missed") {
    Scene scene;
    scene.checkers.request_ended(simulation::Outcome::ok, {});
    scene.checkers.check_outcomes(2, 1);
    CHECK(scene.violations() == 0);
    scene.checkers.check_outcomes(3, 1);
    CHECK(scene.violations() == 1);
}

TEST_CASE("checkers: lost writes and alarms against their rule are seen") {
    Scene scene;
    scene.checkers.check_writes("shop", 0);
    scene.checkers.check_alarm("busy", true, 3, 3);
    scene.checkers.check_alarm("busy", false, 2, 3);
    CHECK(scene.violations() == 0);
    scene.checkers.check_writes("shop", 1);
    scene.checkers.check_alarm("busy", true, 2, 3);
    scene.checkers.check_alarm("busy", false, 3, 3);
    CHECK(scene.violations() == 3);
}

TEST_CASE("checkers: a target that was taken out of its group must get nothing until it is put back"
) {
    Scene scene;
    const Group group(2);
    scene.checkers.member_changed("arn:group", "i-0", true);
    group.forward(scene, 0);
    scene.checkers.member_changed("arn:other", "i-0", false);
    group.forward(scene, 1);
    CHECK(scene.violations() == 0);
    scene.checkers.member_changed("arn:group", "i-0", false);
    group.forward(scene, 1);
    group.forward(scene, 0);
    CHECK(scene.told() == "i-0 got a request while it was drained");
    const auto before = scene.violations();
    scene.checkers.member_changed("arn:group", "i-0", true);
    group.forward(scene, 1);
    group.forward(scene, 0);
    CHECK(scene.violations() == before);
}

TEST_CASE("checkers: with least outstanding requests nobody is chosen while another has less to do"
) {
    Scene scene;
    const Group group(3);
    group.group->selection = elbv2::TargetSelection::least_outstanding_requests;
    group.group->pools[0].targets[1].live->outstanding = 2;
    group.forward(scene, 0);
    group.forward(scene, 2);
    CHECK(scene.violations() == 0);
    group.forward(scene, 1);
    CHECK(scene.told() == "i-1 got a request with 2 in progress, i-0 has fewer");
}

TEST_CASE("checkers: who is bound to a target takes nobody's turn") {
    Scene scene;
    const Group group(3);
    group.forward(scene, 0);
    for (int i = 0; i < 5; ++i)
        group.forward(scene, 0, true);
    group.forward(scene, 1);
    group.forward(scene, 2);
    CHECK(scene.violations() == 0);
}

TEST_CASE("checkers: weighted records get their shares of the answers, all alike if none weighs") {
    const auto answered = [](const std::vector<std::pair<std::string, unsigned>>& weights,
                             int each) {
        Scene scene;
        for (int i = 0; i < 1000; ++i) {
            NameAnswer answer;
            answer.choices.push_back({i % each == 0 ? "green" : "blue", weights});
            answer.choices.push_back({"a failover record", {}});
            scene.checkers.resolved("www.example.com", answer);
        }
        scene.checkers.check_shares();
        return scene.violations();
    };
    CHECK(answered({{"blue", 90}, {"green", 10}}, 10) == 0);
    CHECK(answered({{"blue", 90}, {"green", 10}}, 5) == 2);
    CHECK(answered({{"blue", 0}, {"green", 0}}, 2) == 0);
    CHECK(answered({{"blue", 0}, {"green", 0}}, 10) == 2);
}

TEST_CASE("checkers: a replica whose rows differ is told with the difference") {
    Scene scene;
    scene.checkers.check_rows("replica", std::nullopt);
    CHECK(scene.violations() == 0);
    scene.checkers.check_rows("replica", "it has no table shop.orders");
    CHECK(scene.told() == "replica: it has no table shop.orders");
}

} // namespace diorama
