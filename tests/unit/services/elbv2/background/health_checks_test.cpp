// Health checks on the clock: what is probed when, and what the API and the data plane learn.
#include "tests/unit/services/elbv2/cloud_scene.hpp"

using namespace diorama;
using namespace diorama::elbv2;
using namespace std::chrono_literals;

namespace {

struct Scene : CloudScene {
    std::string load_balancer = make_load_balancer();
    std::string group = make_target_group();

    void put_into_use() { make_listener(load_balancer, forward_to(group)); }

    std::set<std::string> routed() {
        const auto snapshot = elbv2.snapshot_of(load_balancer);
        const auto& action =
            std::get<ForwardAction>(snapshot->listeners.at(80).rules.back().action);
        std::set<std::string> ids;
        for (const auto& target : action.shares.at(0).target_group->pools.at(0).targets)
            ids.insert(target.id);
        return ids;
    }
};

using Ids = std::set<std::string>;
const ProbeResult refused{ProbeResult::Kind::failed, 0};

} // namespace

TEST_CASE("health checks: a target group that no listener uses is not probed") {
    Scene scene;
    scene.register_targets(scene.group, {"i-1"});
    scene.time.run_for(300s);
    CHECK(scene.prober.probes.empty());
    CHECK(scene.health(scene.group, "i-1") == "unused Target.NotInUse");
    CHECK(scene.health(scene.group, "i-2") == "unused Target.NotRegistered");
}

TEST_CASE("health checks: the first success after registration makes a target healthy") {
    Scene scene;
    scene.put_into_use();
    scene.register_targets(scene.group, {"i-1"});
    CHECK(scene.health(scene.group, "i-1") == "initial Elb.RegistrationInProgress");
    scene.time.run_for(0s);
    CHECK(scene.health(scene.group, "i-1") == "healthy");
    REQUIRE(scene.prober.probes.size() == 1);
    const auto& probe = scene.prober.probes[0];
    CHECK(probe.endpoint.to_string() == "127.30.0.1:80");
    CHECK(probe.host == "127.30.0.1:80");
    CHECK(probe.path == "/");
    CHECK(probe.timeout == 5s);
    scene.time.run_for(60s);
    CHECK(scene.prober.probes.size() == 3);
}

TEST_CASE("health checks: a failing target leaves the data plane and comes back") {
    Scene scene;
    scene.put_into_use();
    scene.register_targets(scene.group, {"i-1", "i-2"});
    scene.time.run_for(1s);
    CHECK(scene.routed() == Ids{"i-1", "i-2"});
    scene.prober.results["127.30.0.2:80"] = refused;
    scene.time.run_for(30s);
    CHECK(scene.health(scene.group, "i-2") == "healthy");
    scene.time.run_for(30s);
    CHECK(scene.health(scene.group, "i-2") == "unhealthy Target.FailedHealthChecks");
    CHECK(scene.routed() == Ids{"i-1"});
    CHECK(scene.elbv2.instance_health(scene.group, "i-2").state == TargetHealthState::unhealthy);
    scene.prober.results.clear();
    scene.time.run_for(120s);
    CHECK(scene.routed() == Ids{"i-1"});
    scene.time.run_for(30s);
    CHECK(scene.routed() == Ids{"i-1", "i-2"});
}

TEST_CASE("health checks: when all targets fail, all get requests") {
    Scene scene;
    scene.put_into_use();
    scene.register_targets(scene.group, {"i-1", "i-2"});
    scene.prober.results = {{"127.30.0.1:80", refused}, {"127.30.0.2:80", refused}};
    scene.time.run_for(61s);
    CHECK(scene.health(scene.group, "i-1") == "unhealthy Target.FailedHealthChecks");
    CHECK(scene.routed() == Ids{"i-1", "i-2"});
}

TEST_CASE("health checks: a stopped instance is unused, a running one is initial again") {
    Scene scene;
    scene.put_into_use();
    scene.register_targets(scene.group, {"i-1", "i-2"});
    scene.time.run_for(1s);
    scene.instances.instances["i-2"].is_running = false;
    scene.elbv2.instance_changed("000000000000", "us-east-1", "i-2");
    CHECK(scene.health(scene.group, "i-2") == "unused Target.InvalidState");
    CHECK(scene.routed() == Ids{"i-1"});
    scene.instances.instances["i-2"].is_running = true;
    scene.elbv2.instance_changed("000000000000", "us-east-1", "i-2");
    CHECK(scene.health(scene.group, "i-2") == "initial Elb.RegistrationInProgress");
    scene.instances.instances.erase("i-2");
    scene.elbv2.instance_changed("000000000000", "us-east-1", "i-2");
    scene.time.run_for(2s);
    CHECK(scene.health(scene.group, "i-2") == "unused Target.NotRegistered");
}

TEST_CASE("deregistration: an idle target is gone at once, a busy one when its delay has elapsed") {
    Scene scene;
    scene.put_into_use();
    scene.register_targets(scene.group, {"i-1", "i-2"});
    scene.time.run_for(1s);
    const auto snapshot = scene.elbv2.snapshot_of(scene.load_balancer);
    const auto& targets = std::get<ForwardAction>(snapshot->listeners.at(80).rules.back().action)
                              .shares.at(0)
                              .target_group->pools.at(0)
                              .targets;
    targets.at(0).live->outstanding = 1;
    scene.deregister_target(scene.group, "i-1");
    scene.deregister_target(scene.group, "i-2");
    CHECK(scene.health(scene.group, "i-1") == "draining Target.DeregistrationInProgress");
    CHECK(scene.routed().empty());
    scene.time.run_for(1s);
    CHECK(scene.health(scene.group, "i-2") == "unused Target.NotRegistered");
    scene.time.run_for(298s);
    CHECK(scene.health(scene.group, "i-1") == "draining Target.DeregistrationInProgress");
    scene.time.run_for(2s);
    CHECK(scene.health(scene.group, "i-1") == "unused Target.NotRegistered");
}

TEST_CASE("deregistration: a target that is registered again while it drains stays") {
    Scene scene;
    scene.put_into_use();
    scene.register_targets(scene.group, {"i-1"});
    scene.time.run_for(1s);
    scene.deregister_target(scene.group, "i-1");
    scene.register_targets(scene.group, {"i-1"});
    scene.time.run_for(400s);
    CHECK(scene.health(scene.group, "i-1") == "healthy");
}

TEST_CASE("slow start: only a target that joins one in full service starts slowly") {
    Scene scene;
    scene.put_into_use();
    api::ModifyTargetGroupAttributesInput attributes;
    attributes.target_group_arn = scene.group;
    auto& attribute = attributes.attributes.emplace_back();
    attribute.key = "slow_start.duration_seconds";
    attribute.value = "60";
    scene.api().modify_target_group_attributes(scene.call(), attributes);
    scene.register_targets(scene.group, {"i-1"});
    scene.time.run_for(1s);
    scene.register_targets(scene.group, {"i-2"});
    scene.time.run_for(1s);
    const auto snapshot = scene.elbv2.snapshot_of(scene.load_balancer);
    const auto& group = *std::get<ForwardAction>(snapshot->listeners.at(80).rules.back().action)
                             .shares.at(0)
                             .target_group;
    CHECK(group.slow_start == 60s);
    CHECK(group.pools[0].targets[0].live->slow_start_began.load() == epoch);
    CHECK(group.pools[0].targets[1].live->slow_start_began.load() != epoch);
}
