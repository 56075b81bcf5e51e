// What alarms and people make policies do.
#include "tests/unit/services/autoscaling/group_scene.hpp"

using namespace diorama;
using namespace diorama::autoscaling;

TEST_CASE("simple policy: waits for its activity and the cooldown after it") {
    GroupScene scene;
    scene.create(1, 1, 9);
    const auto policy = scene.simple_policy(1, 60);
    CHECK(scene.alarm(policy, 2, 1).empty());
    CHECK(scene.desired() == 2);
    CHECK(scene.activities()[0].cause.starts_with(
        "At 2026-01-01T00:00:03Z a monitor alarm busy in state ALARM triggered policy policy "
        "changing the desired capacity from 1 to 2.  At "
    ));
    CHECK(scene.alarm(policy, 2, 1) == "a scaling activity is in progress");
    scene.run(3); // in service after two seconds
    CHECK(scene.alarm(policy, 2, 1) == "the cooldown has not ended");
    CHECK(
        error_of([&] { scene.set_desired(5, true); }) ==
        "ScalingActivityInProgress: Scaling activity web is in progress and blocks this action"
    );
    scene.run(58);
    CHECK(scene.alarm(policy, 2, 1) == "the cooldown has not ended");
    scene.run(1);
    CHECK(scene.alarm(policy, 2, 1).empty());
    CHECK(scene.desired() == 3);
}

TEST_CASE("simple policy: the group's cooldown holds where the policy has none, and a person may "
          "ignore it") {
    GroupScene scene;
    scene.create(1, 1, 9, [](auto& input) { input.default_cooldown = 30; });
    const auto policy = scene.simple_policy(1);
    CHECK(scene.alarm(policy, 2, 1).empty());
    scene.run(20);
    CHECK(scene.alarm(policy, 2, 1) == "the cooldown has not ended");
    api::ExecutePolicyType input;
    input.auto_scaling_group_name = "web";
    input.policy_name = "policy";
    scene.api.execute_policy(scene.call(), input);
    scene.run(0);
    CHECK(scene.desired() == 3);
    CHECK(
        scene.activities()[0].cause.find(
            "a user request executed policy policy changing the desired capacity from 2 to 3."
        ) != std::string::npos
    );
}

TEST_CASE("simple policy: at the limit nothing happens, so no cooldown begins") {
    GroupScene scene;
    scene.create(1, 2, 2);
    const auto policy = scene.simple_policy(1);
    CHECK(scene.alarm(policy, 2, 1).empty());
    CHECK(scene.desired() == 2);
    CHECK(scene.alarm(policy, 2, 1).empty());
}

TEST_CASE("step policy: warming instances count as capacity already added, and hold back scale-in"
) {
    GroupScene scene;
    scene.create(1, 2, 9);
    const auto policy = scene.put_policy([](auto& input) {
        input.policy_type = "StepScaling";
        input.adjustment_type = "ChangeInCapacity";
        input.estimated_instance_warmup = 60;
        input.step_adjustments = {
            {{}, -10.0, -1},
            {-10.0, 0.0, 0},
            {0.0, 10.0, 1},
            {10.0, {}, 3},
        };
    });
    scene.run(60); // both are warm
    CHECK(scene.alarm(policy, 75, 70).empty());
    CHECK(scene.desired() == 3);
    scene.run(10);
    CHECK(scene.alarm(policy, 75, 70).empty()); // the same step again
    CHECK(scene.desired() == 3);
    CHECK(scene.alarm(policy, 80, 70).empty()); // the next one
    CHECK(scene.desired() == 5);
    scene.run(10);
    CHECK(scene.alarm(policy, 50, 70) == "instances are warming up");
    scene.run(60);
    CHECK(scene.alarm(policy, 50, 70).empty());
    CHECK(scene.desired() == 4);
}

TEST_CASE("target tracking: goes out in proportion, comes in one at a time") {
    GroupScene scene;
    scene.create(1, 2, 9);
    const auto policy = scene.tracking_policy(50, 30);
    scene.run(30);
    CHECK(scene.alarm(policy, 90, 50).empty()); // 2 * 90 / 50 = 3.6
    CHECK(scene.desired() == 4);
    scene.run(10);
    CHECK(scene.alarm(policy, 90, 50).empty()); // two are warm: the same answer
    CHECK(scene.desired() == 4);
    CHECK(scene.alarm(policy, 10, 35) == "instances are warming up");
    scene.run(30);
    CHECK(scene.alarm(policy, 10, 35).empty());
    CHECK(scene.desired() == 3);
    CHECK(scene.alarm(policy, 1e300, 50).empty());
    CHECK(scene.desired() == 9);
}

TEST_CASE("target tracking: with DisableScaleIn a group only grows, and has no low alarm") {
    GroupScene scene;
    scene.create(1, 2, 9);
    const auto policy = scene.put_policy([](auto& input) {
        input.policy_type = "TargetTrackingScaling";
        api::TargetTrackingConfiguration configuration;
        configuration.target_value = 50;
        configuration.disable_scale_in = true;
        configuration.predefined_metric_specification.emplace();
        input.target_tracking_configuration = configuration;
    });
    CHECK(scene.alarms.alarms.size() == 1);
    scene.run(400);
    CHECK(scene.alarm(policy, 1, 35) == "the policy does not scale in");
}

TEST_CASE("target tracking: a group comes in only when all its policies agree") {
    GroupScene scene;
    scene.create(1, 3, 9);
    const auto one = scene.tracking_policy(50, 10, "one");
    const auto two = scene.tracking_policy(60, 10, "two");
    scene.run(30);
    CHECK(scene.alarm(one, 10, 35) == "another target tracking policy does not agree");
    CHECK(scene.desired() == 3);
    scene.run(60);
    CHECK(scene.alarm(two, 10, 42).empty());
    CHECK(scene.desired() == 2);
    scene.run(100);
    CHECK(scene.alarm(two, 10, 42) == "another target tracking policy does not agree");
}

TEST_CASE("policies: what cannot be carried out says why") {
    GroupScene scene;
    scene.create(1, 1, 9);
    CHECK(scene.alarm("arn:none", 2, 1) == "there is no such policy");
    const auto policy = scene.put_policy([](auto& input) {
        input.adjustment_type = "ChangeInCapacity";
        input.scaling_adjustment = 1;
        input.enabled = false;
    });
    CHECK(scene.alarm(policy, 2, 1) == "the policy is disabled");
    CHECK(scene.service.has_policy(policy));
    CHECK(!scene.service.has_policy("arn:none"));
}
