// Groups as time passes: launches, health, replacement, scale-in, failure, deletion.
#include "tests/unit/services/autoscaling/group_scene.hpp"

using namespace diorama;
using namespace diorama::autoscaling;
using Phase = Instances::Phase;
using Health = TargetGroups::Health;
using Texts = std::vector<std::string>;

TEST_CASE("reconciler: a new group launches its instances spread over its zones") {
    GroupScene scene;
    scene.api.create_auto_scaling_group(scene.call(), GroupScene::group_input(1, 3, 4));
    scene.run(0);
    CHECK(
        scene.members() ==
        Texts{
            "i-1 us-east-1a Pending Healthy",
            "i-2 us-east-1b Pending Healthy",
            "i-3 us-east-1a Pending Healthy"
        }
    );
    CHECK(scene.activities()[0].status_code == api::ScalingActivityStatusCode::PreInService);
    scene.run(3);
    CHECK(scene.in_service() == "i-1 i-2 i-3");
    const auto activities = scene.activities();
    REQUIRE(activities.size() == 3);
    CHECK(activities[0].description == "Launching a new EC2 instance: i-3");
    CHECK(activities[2].description == "Launching a new EC2 instance: i-1");
    CHECK(activities[0].status_code == api::ScalingActivityStatusCode::Successful);
    CHECK(activities[2].details == R"({"Subnet ID":"subnet-a","Availability Zone":"us-east-1a"})");
    CHECK(
        activities[2].cause ==
        "At 2026-01-01T00:00:00Z a user request created an AutoScalingGroup changing the desired "
        "capacity from 0 to 3.  At 2026-01-01T00:00:00Z an instance was started in response to a "
        "difference between desired and actual capacity, increasing the capacity from 0 to 3."
    );
    CHECK(activities[0].cause == activities[2].cause);
}

TEST_CASE("reconciler: instances are launched with the group's tags that propagate") {
    GroupScene scene;
    scene.create(1, 1, 1, [](auto& input) {
        api::Tag shown;
        shown.key = "role";
        shown.value = "front";
        shown.propagate_at_launch = true;
        api::Tag kept;
        kept.key = "cost";
        kept.value = "7";
        input.tags = {shown, kept};
    });
    CHECK(
        scene.instances.launches[0].tags ==
        std::map<std::string, std::string>{{"aws:autoscaling:groupName", "web"}, {"role", "front"}}
    );
}

TEST_CASE("reconciler: an instance is registered with the target groups once it runs") {
    GroupScene scene;
    scene.api.create_auto_scaling_group(scene.call(), [] {
        auto input = GroupScene::group_input(1, 1, 1);
        input.target_group_arns = {"tg-1", "tg-2"};
        return input;
    }());
    scene.run(1);
    CHECK(scene.target_groups.health.empty());
    scene.run(2);
    CHECK(scene.target_groups.health_of("tg-1", "i-1") == Health::healthy);
    CHECK(scene.target_groups.health_of("tg-2", "i-1") == Health::healthy);
}

TEST_CASE("reconciler: an instance that ended is terminated first, then replaced in its zone") {
    GroupScene scene;
    scene.create(2, 2, 2);
    scene.instances.change("i-2", Phase::ending);
    scene.run(0);
    CHECK(
        scene.members() ==
        Texts{
            "i-1 us-east-1a InService Healthy",
            "i-2 us-east-1b Terminating Unhealthy",
            "i-3 us-east-1b Pending Healthy"
        }
    );
    const auto activities = scene.activities();
    CHECK(
        activities[0].cause == "At 2026-01-01T00:00:03Z an instance was launched in response to "
                               "an unhealthy instance needing to be replaced."
    );
    CHECK(activities[1].description == "Terminating EC2 instance: i-2");
    CHECK(
        activities[1].cause ==
        "At 2026-01-01T00:00:03Z an instance was taken out of service in response to an EC2 health "
        "check indicating it has been terminated or stopped."
    );
    scene.run(5);
    CHECK(scene.in_service() == "i-1 i-3");
    CHECK(scene.group().instances.size() == 2);
}

TEST_CASE("reconciler: an unhealthy target counts only with ELB health checks and after the grace "
          "period") {
    for (const bool uses_elb : {false, true}) {
        CAPTURE(uses_elb);
        GroupScene scene;
        scene.create(1, 1, 1, [&](auto& input) {
            input.target_group_arns = {"tg-1"};
            input.health_check_type = uses_elb ? "EC2,ELB" : "EC2";
            input.health_check_grace_period = 60;
        });
        scene.target_groups.health[{"tg-1", "i-1"}] = Health::unhealthy;
        scene.run(50);
        CHECK(scene.in_service() == "i-1");
        scene.run(20);
        if (!uses_elb) {
            CHECK(scene.in_service() == "i-1");
            continue;
        }
        CHECK(scene.in_state(api::LifecycleState::Terminating) == "i-1");
        CHECK(
            scene.activities()[1].cause.find(
                "was taken out of service in response to an ELB system health check failure."
            ) != std::string::npos
        );
    }
}

TEST_CASE("reconciler: SetInstanceHealth replaces an instance unless it is in its grace period") {
    GroupScene scene;
    scene.create(1, 1, 1, [](auto& input) { input.health_check_grace_period = 60; });
    scene.api.set_instance_health(scene.call(), {"i-1", "Unhealthy", {}});
    scene.run(0);
    CHECK(scene.in_service() == "i-1");
    scene.api.set_instance_health(scene.call(), {"i-1", "Unhealthy", false});
    scene.run(0);
    CHECK(scene.in_state(api::LifecycleState::Terminating) == "i-1");
    CHECK(
        scene.activities()[1].cause == "At 2026-01-01T00:00:03Z an instance was taken out of "
                                       "service in response to a user health-check."
    );
}

TEST_CASE("reconciler: scale-in deregisters, waits until the target has drained, then terminates") {
    GroupScene scene;
    scene.create(1, 2, 2, [](auto& input) { input.target_group_arns = {"tg-1"}; });
    scene.set_desired(1);
    scene.run(60);
    const auto victim = scene.in_state(api::LifecycleState::Terminating);
    REQUIRE(!victim.empty());
    CHECK(scene.instances.terminated.empty());
    CHECK(scene.target_groups.health_of("tg-1", victim) == Health::draining);
    auto activity = scene.activities()[0];
    CHECK(activity.status_code == api::ScalingActivityStatusCode::WaitingForELBConnectionDraining);
    CHECK(
        activity.cause ==
        "At 2026-01-01T00:00:03Z a user request explicitly set group desired capacity changing the "
        "desired capacity from 2 to 1.  At 2026-01-01T00:00:03Z an instance was taken out of "
        "service in response to a difference between desired and actual capacity, shrinking the "
        "capacity from 2 to 1.  At 2026-01-01T00:00:03Z instance " +
            victim + " was selected for termination."
    );
    scene.target_groups.drained("tg-1", victim);
    scene.run(5);
    CHECK(scene.instances.terminated == Texts{victim});
    scene.run(5);
    CHECK(scene.group().instances.size() == 1);
    activity = scene.activities()[0];
    CHECK(activity.status_code == api::ScalingActivityStatusCode::Successful);
    CHECK(activity.progress == 100);
}

TEST_CASE("reconciler: scale-in leaves protected instances alone") {
    GroupScene scene;
    scene.create(0, 2, 2, [](auto& input) { input.new_instances_protected_from_scale_in = true; });
    scene.set_desired(0);
    scene.run(30);
    CHECK(scene.in_service() == "i-1 i-2");
}

TEST_CASE("reconciler: a launch that fails is an activity with the reason, and is tried again") {
    GroupScene scene;
    scene.instances.launch_error = "We have no capacity.";
    scene.create(1, 1, 1);
    scene.run(30);
    auto activities = scene.activities();
    REQUIRE(activities.size() == 2); // one in each zone
    CHECK(activities[0].status_code == api::ScalingActivityStatusCode::Failed);
    CHECK(
        activities[0].description == "Launching a new EC2 instance.  Status Reason: We have no "
                                     "capacity.  Launching EC2 instance failed."
    );
    CHECK(activities[0].status_message == "We have no capacity. Launching EC2 instance failed.");
    scene.run(40);
    activities = scene.activities();
    REQUIRE(activities.size() == 4);
    CHECK(
        activities[0].cause ==
        "At 2026-01-01T00:01:00Z an instance was started in response to a difference between "
        "desired and actual capacity, increasing the capacity from 0 to 1."
    );
    scene.instances.launch_error.clear();
    scene.run(70);
    CHECK(scene.in_service() == "i-1");
}

TEST_CASE("reconciler: where one zone has no capacity, another one gets the instance at once") {
    GroupScene scene;
    scene.instances.zones_without_capacity = {"us-east-1a"};
    scene.create(2, 2, 2);
    scene.run(30);
    CHECK(scene.in_service() == "i-1 i-2");
    for (const auto& [id, instance] : scene.instances.known)
        CHECK(instance.zone == "us-east-1b");
}

TEST_CASE("reconciler: a suspended process does not happen until it is resumed") {
    const auto suspend = [](GroupScene& scene, const char* process) {
        scene.api.suspend_processes(scene.call(), {"web", {process}});
    };
    const auto resume = [](GroupScene& scene, const char* process) {
        scene.api.resume_processes(scene.call(), {"web", {process}});
        scene.run(3);
    };
    GroupScene scene;
    scene.create(0, 1, 4, [](auto& input) { input.target_group_arns = {"tg-1"}; });

    SUBCASE("Launch") {
        suspend(scene, "Launch");
        scene.set_desired(2);
        scene.run(30);
        CHECK(scene.in_service() == "i-1");
        resume(scene, "Launch");
        CHECK(scene.in_service() == "i-1 i-2");
    }

    SUBCASE("Terminate") {
        suspend(scene, "Terminate");
        scene.set_desired(0);
        scene.run(30);
        CHECK(scene.in_service() == "i-1");
        resume(scene, "Terminate");
        CHECK(scene.in_state(api::LifecycleState::Terminating) == "i-1");
    }

    SUBCASE("HealthCheck") {
        suspend(scene, "HealthCheck");
        scene.instances.change("i-1", Phase::gone);
        scene.run(30);
        CHECK(scene.members() == Texts{"i-1 us-east-1a InService Healthy"});
        resume(scene, "HealthCheck");
        CHECK(scene.in_service() == "i-2");
    }

    SUBCASE("ReplaceUnhealthy") {
        suspend(scene, "ReplaceUnhealthy");
        scene.instances.change("i-1", Phase::gone);
        scene.run(30);
        CHECK(scene.members() == Texts{"i-1 us-east-1a InService Unhealthy"});
        resume(scene, "ReplaceUnhealthy");
        CHECK(scene.in_service() == "i-2");
    }

    SUBCASE("AddToLoadBalancer") {
        suspend(scene, "AddToLoadBalancer");
        scene.set_desired(2);
        scene.run(30);
        CHECK(scene.in_service() == "i-1 i-2");
        resume(scene, "AddToLoadBalancer");
        // AWS: what was launched meanwhile has to be registered by hand.
        CHECK(scene.target_groups.health_of("tg-1", "i-2") == Health::unused);
    }

    SUBCASE("AlarmNotification") {
        const auto policy = scene.simple_policy(1);
        suspend(scene, "AlarmNotification");
        CHECK(scene.alarm(policy, 2, 1) == "AlarmNotification is suspended");
        CHECK(scene.desired() == 1);
    }
}

TEST_CASE("reconciler: a group with instances is deleted only by force, and goes with the last") {
    GroupScene scene;
    scene.create(1, 2, 2, [](auto& input) { input.target_group_arns = {"tg-1"}; });
    scene.tracking_policy(50, 60);
    scene.api.suspend_processes(scene.call(), {"web", {}});
    const auto remove = [&](bool forced) {
        scene.api.delete_auto_scaling_group(scene.call(), {"web", forced});
    };
    CHECK(
        error_of([&] { remove(false); }) ==
        "ResourceInUse: You cannot delete an AutoScalingGroup while there are instances or pending "
        "Spot instance request(s) still in the group."
    );
    CHECK(scene.alarms.alarms.size() == 2);
    remove(true);
    CHECK(scene.alarms.alarms.empty());
    CHECK(scene.group().status == "Delete in progress");
    scene.run(10);
    CHECK(
        error_of([&] { scene.set_desired(1); }) ==
        "ScalingActivityInProgress: AutoScalingGroup 'web' is pending delete and cannot be changed"
    );
    CHECK(scene.in_state(api::LifecycleState::Terminating) == "i-1 i-2");
    scene.target_groups.health.clear();
    scene.run(10);
    CHECK(!scene.exists());
    CHECK(scene.activities().empty());
    CHECK(scene.instances.terminated == Texts{"i-1", "i-2"});
}

TEST_CASE("reconciler: an empty group is deleted at once, one that scales in not yet") {
    GroupScene scene;
    scene.create(0, 1, 2);
    scene.set_desired(0);
    scene.run(0);
    CHECK(
        error_of([&] { scene.api.delete_auto_scaling_group(scene.call(), {"web", {}}); }) ==
        "ScalingActivityInProgress: You cannot delete an AutoScalingGroup while there are scaling "
        "activities in progress for that group."
    );
    scene.run(5);
    scene.api.delete_auto_scaling_group(scene.call(), {"web", {}});
    CHECK(!scene.exists());
    CHECK(
        error_of([&] { scene.simple_policy(1); }) ==
        "ValidationError: AutoScalingGroup name not found - AutoScalingGroup 'web' not "
        "found"
    );
}

TEST_CASE("reconciler: an instance that never comes up is replaced") {
    GroupScene scene;
    scene.api.create_auto_scaling_group(scene.call(), GroupScene::group_input(1, 1, 1));
    scene.run(1);
    scene.instances.change("i-1", Phase::gone);
    scene.run(5);
    CHECK(scene.in_service() == "i-2");
    const auto activities = scene.activities();
    REQUIRE(activities.size() == 3);
    CHECK(activities[2].status_code == api::ScalingActivityStatusCode::Cancelled);
}
