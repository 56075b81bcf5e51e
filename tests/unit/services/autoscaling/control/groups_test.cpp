// Groups over the API: what is refused, what is read back, what a change causes.
#include "tests/unit/services/autoscaling/group_scene.hpp"

using namespace diorama;
using namespace diorama::autoscaling;

TEST_CASE("groups: what a group cannot be is refused with AWS's sentence") {
    using Input = api::CreateAutoScalingGroupType;

    struct {
        std::function<void(Input&)> change;
        const char* error;
    } const examples[] = {
        {[](Input& input) { input.min_size = 5; },
         "ValidationError: Max bound, 4, must be greater than or equal to min bound, 5"},
        {[](Input& input) { input.desired_capacity = 0; },
         "ValidationError: Desired capacity:0 must be above the specified min size:1"},
        {[](Input& input) { input.desired_capacity = 5; },
         "ValidationError: Desired capacity:5 must be below the specified max size:4"},
        {[](Input& input) { input.launch_template.reset(); },
         "ValidationError: Valid requests must contain either LaunchTemplate, "
         "LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter."},
        {[](Input& input) { input.launch_template->launch_template_name = "none"; },
         "ValidationError: You must use a valid fully-formed launch template. No template."},
        {[](Input& input) { input.launch_template->version = "9"; },
         "ValidationError: You must use a valid fully-formed launch template. No version."},
        {[](Input& input) { input.vpc_zone_identifier = "sn-1"; },
         "ValidationError: The subnet ID 'sn-1' does not exist"},
        {[](Input& input) { input.vpc_zone_identifier.reset(); },
         "ValidationError: At least one Availability Zone or VPC Subnet is required."},
        {[](Input& input) {
             input.vpc_zone_identifier.reset();
             input.availability_zones = {"us-east-1z"};
         },
         "ValidationError: Invalid availability zone: [us-east-1z]"},
        {[](Input& input) { input.availability_zones = {"us-east-1c"}; },
         "ValidationError: The availability zones of the specified subnets and the Auto Scaling "
         "group do not match"},
        {[](Input& input) { input.target_group_arns = {"other"}; },
         "ValidationError: Provided Target Groups may not be valid. Please ensure they exist and "
         "try again."},
        {[](Input& input) { input.termination_policies = {"Never"}; },
         "ValidationError: 'Never' is not a valid termination policy."},
        {[](Input& input) { input.launch_configuration_name = "old"; },
         "NotImplemented: CreateAutoScalingGroup of autoscaling is emulated with LaunchTemplate "
         "only"},
    };

    GroupScene scene;
    for (const auto& [change, error] : examples) {
        auto input = GroupScene::group_input(1, 2, 4);
        change(input);
        CHECK(error_of([&] { scene.api.create_auto_scaling_group(scene.call(), input); }) == error);
    }
    CHECK(!scene.exists());
}

TEST_CASE("groups: a name is taken once in a region, and other regions do not see it") {
    GroupScene scene;
    scene.create(0, 0, 1);
    CHECK(
        error_of([&] { scene.create(0, 0, 1); }) ==
        "AlreadyExists: AutoScalingGroup by this name already exists - A group with the name web "
        "already exists"
    );
    auto elsewhere = scene.call();
    elsewhere.region = "eu-west-1";
    CHECK(scene.api.describe_auto_scaling_groups(elsewhere, {}).auto_scaling_groups.empty());
}

TEST_CASE("groups: a description shows what was given, and AWS's defaults") {
    GroupScene scene;
    scene.create(1, 1, 2);
    const auto group = scene.group();
    CHECK(group.default_cooldown == 300);
    CHECK(group.health_check_type == "EC2");
    CHECK(group.health_check_grace_period == 0);
    CHECK(group.vpc_zone_identifier == "subnet-a,subnet-b");
    CHECK(group.availability_zones == std::vector<std::string>{"us-east-1a", "us-east-1b"});
    CHECK(group.termination_policies == std::vector<std::string>{"Default"});
    CHECK(group.launch_template->launch_template_id == "lt-1");
    CHECK(!group.launch_template->version);
    CHECK(group.instances.at(0).launch_template->version == "1");
    CHECK(group.auto_scaling_group_arn->starts_with(
        "arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:"
    ));
    CHECK(group.auto_scaling_group_arn->ends_with(":autoScalingGroupName/web"));
}

TEST_CASE("groups: new bounds pull the desired capacity along, and say so") {
    GroupScene scene;
    scene.create(1, 3, 3);
    scene.update([](auto& input) { input.max_size = 2; });
    CHECK(scene.desired() == 2);
    scene.run(0);
    CHECK(scene.activities()[0].cause.starts_with(
        "At 2026-01-01T00:00:03Z a user request update of AutoScalingGroup constraints to min: "
        "1, max: 2, desired: 2 changing the desired capacity from 3 to 2.  At "
    ));
    CHECK(error_of([&] {
              scene.update([](auto& input) {
                  input.min_size = 4;
                  input.default_cooldown = 1;
              });
          }) == "ValidationError: Max bound, 2, must be greater than or equal to min bound, 4");
    CHECK(scene.group().default_cooldown == 300); // all or nothing
    CHECK(
        error_of([&] { scene.set_desired(3); }) ==
        "ValidationError: New SetDesiredCapacity value 3 is above max value 2 for the "
        "AutoScalingGroup."
    );
    CHECK(
        error_of([&] { scene.set_desired(0); }) ==
        "ValidationError: New SetDesiredCapacity value 0 is below min value 1 for the "
        "AutoScalingGroup."
    );
}

TEST_CASE("groups: an instance terminated through the group is replaced unless the capacity goes "
          "down with it") {
    GroupScene scene;
    scene.create(1, 2, 3);
    const auto activity =
        scene.api.terminate_instance_in_auto_scaling_group(scene.call(), {"i-1", true}).activity;
    CHECK(
        activity->cause == "At 2026-01-01T00:00:03Z instance i-1 was taken out of service in "
                           "response to a user request."
    );
    scene.run(10);
    CHECK(scene.in_service() == "i-2");
    scene.api.terminate_instance_in_auto_scaling_group(scene.call(), {"i-2", false});
    CHECK(error_of([&] {
              scene.api.terminate_instance_in_auto_scaling_group(scene.call(), {"i-2", false});
          }) == "ScalingActivityInProgress: Instance i-2 is already terminating.");
    scene.run(10);
    CHECK(scene.in_service() == "i-3");
    CHECK(error_of([&] {
              scene.api.terminate_instance_in_auto_scaling_group(scene.call(), {"i-3", true});
          }).starts_with("ValidationError: Currently, desiredSize equals minSize (1)."));
    CHECK(
        error_of([&] {
            scene.api.terminate_instance_in_auto_scaling_group(scene.call(), {"i-9", true});
        }) == "ValidationError: Instance Id not found - No managed instance found for instance ID: "
              "i-9"
    );
}

TEST_CASE("groups: target groups are attached and detached all or none") {
    GroupScene scene;
    scene.create(1, 1, 1);
    scene.api.attach_load_balancer_target_groups(scene.call(), {"web", {"tg-1"}});
    CHECK(scene.target_groups.health_of("tg-1", "i-1") == TargetGroups::Health::healthy);
    CHECK(
        error_of([&] {
            scene.api.attach_load_balancer_target_groups(scene.call(), {"web", {"tg-2", "other"}});
        }) != "no error"
    );
    CHECK(error_of([&] {
              scene.api.detach_load_balancer_target_groups(scene.call(), {"web", {"tg-1", "tg-2"}});
          }) != "no error");
    CHECK(scene.group().target_group_arns == std::vector<std::string>{"tg-1"});
    CHECK(scene.target_groups.health.size() == 1);
    scene.api.detach_load_balancer_target_groups(scene.call(), {"web", {"tg-1"}});
    CHECK(scene.group().target_group_arns.empty());
    CHECK(scene.target_groups.health_of("tg-1", "i-1") == TargetGroups::Health::draining);
}

TEST_CASE("groups: enabled group metrics are published each minute") {
    GroupScene scene;
    scene.create(1, 2, 4);
    scene.run(120);
    CHECK(scene.metrics.values.empty());
    scene.api.enable_metrics_collection(
        scene.call(),
        {"web", {"GroupDesiredCapacity", "GroupInServiceInstances"}, "1Minute"}
    );
    scene.run(60);
    CHECK(scene.metrics.values.size() == 2);
    CHECK(scene.metrics.values["GroupDesiredCapacity"] == std::vector<double>{2});
    CHECK(scene.metrics.values["GroupInServiceInstances"] == std::vector<double>{2});
    scene.api.disable_metrics_collection(scene.call(), {"web", {}});
    scene.run(60);
    CHECK(scene.metrics.values["GroupDesiredCapacity"].size() == 1);
}

TEST_CASE("groups: tags are shown, filtered and removed") {
    GroupScene scene;
    scene.create(0, 0, 1);
    api::Tag tag;
    tag.resource_id = "web";
    tag.resource_type = "auto-scaling-group";
    tag.key = "role";
    tag.value = "front";
    scene.api.create_or_update_tags(scene.call(), {{tag}});
    const auto count = [&](const char* name, const char* value) {
        api::Filter filter;
        filter.name = name;
        filter.values = {value};
        api::DescribeTagsType input;
        input.filters = {filter};
        return scene.api.describe_tags(scene.call(), input).tags.size();
    };
    CHECK(count("key", "role") == 1);
    CHECK(count("value", "back") == 0);
    CHECK(count("auto-scaling-group", "web") == 1);
    CHECK(count("propagate-at-launch", "false") == 1);
    scene.api.delete_tags(scene.call(), {{tag}});
    CHECK(count("key", "role") == 0);
}
