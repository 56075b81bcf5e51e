// Policies over the API.
#include "tests/unit/services/autoscaling/group_scene.hpp"

using namespace diorama;
using namespace diorama::autoscaling;

namespace {

api::ScalingPolicy only_policy(GroupScene& scene) {
    const auto policies = scene.api.describe_policies(scene.call(), {}).scaling_policies;
    REQUIRE(policies.size() == 1);
    return policies[0];
}

} // namespace

TEST_CASE("policies: target tracking makes its two alarms, and takes them along when it goes") {
    GroupScene scene;
    scene.create(0, 0, 1);
    const auto arn = scene.tracking_policy(50, 60);
    REQUIRE(scene.alarms.alarms.size() == 2);
    const auto high = scene.alarms.alarms.begin()->second;
    const auto low = scene.alarms.alarms.rbegin()->second;
    CHECK(high.name.starts_with("TargetTracking-web-AlarmHigh-"));
    CHECK(high.comparison_operator == "GreaterThanThreshold");
    CHECK(high.threshold == 50);
    CHECK(high.evaluation_periods == 3);
    CHECK(
        high.description == "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + arn + "."
    );
    CHECK(high.policy_arn == arn);
    CHECK(high.metric.metric_namespace == "AWS/EC2");
    CHECK(high.metric.name == "CPUUtilization");
    CHECK(low.name.starts_with("TargetTracking-web-AlarmLow-"));
    CHECK(low.comparison_operator == "LessThanThreshold");
    CHECK(low.threshold == doctest::Approx(35));
    CHECK(low.evaluation_periods == 15);
    CHECK(only_policy(scene).alarms.size() == 2);

    CHECK(scene.tracking_policy(60, 60) == arn); // the same policy, changed
    CHECK(scene.alarms.alarms.size() == 2);
    CHECK(only_policy(scene).target_tracking_configuration->target_value == 60);
    scene.api.delete_policy(scene.call(), {"web", "policy"});
    CHECK(scene.alarms.alarms.empty());
    CHECK(error_of([&] {
              scene.api.delete_policy(scene.call(), {"web", "policy"});
          }) == "ValidationError: No scaling policy found with name policy");
}

TEST_CASE("policies: a step policy is read back as it was given") {
    GroupScene scene;
    scene.create(0, 0, 1);
    scene.put_policy([](auto& input) {
        input.policy_type = "StepScaling";
        input.adjustment_type = "PercentChangeInCapacity";
        input.min_adjustment_magnitude = 2;
        input.step_adjustments = {{0.0, {}, 10}};
    });
    const auto policy = only_policy(scene);
    CHECK(policy.policy_type == "StepScaling");
    CHECK(policy.adjustment_type == "PercentChangeInCapacity");
    CHECK(policy.min_adjustment_magnitude == 2);
    CHECK(policy.metric_aggregation_type == "Average");
    CHECK(policy.step_adjustments.at(0).scaling_adjustment == 10);
    CHECK(!policy.step_adjustments.at(0).metric_interval_upper_bound);
    CHECK(policy.policy_arn->ends_with(":autoScalingGroupName/web:policyName/policy"));
}

TEST_CASE("policies: what a policy cannot be is refused") {
    GroupScene scene;
    scene.create(0, 0, 1);
    using Input = api::PutScalingPolicyType;

    struct {
        std::function<void(Input&)> change;
        const char* error;
    } const examples[] = {
        {[](Input& input) { input.policy_type = "Magic"; },
         "ValidationError: Magic is not a valid policy type"},
        {[](Input& input) { input.policy_type = "PredictiveScaling"; },
         "NotImplemented: PutScalingPolicy of autoscaling does not emulate PredictiveScaling"},
        {[](Input& input) { input.adjustment_type = "Twice"; },
         "ValidationError: Twice is not a valid adjustment type"},
        {[](Input& input) { input.policy_type = "TargetTrackingScaling"; },
         "ValidationError: TargetTrackingConfiguration must be specified for a "
         "TargetTrackingScaling policy"},
        {[](Input& input) {
             input.policy_type = "StepScaling";
             input.adjustment_type = "ChangeInCapacity";
             input.step_adjustments = {{0.0, 1.0, 1}, {2.0, {}, 2}};
         },
         "ValidationError: There can't be a gap between step adjustment intervals"},
    };

    for (const auto& [change, error] : examples)
        CHECK(error_of([&] { scene.put_policy(change); }) == error);
}

TEST_CASE("policies: ExecutePolicy of a step policy needs the metric and the threshold") {
    GroupScene scene;
    scene.create(0, 0, 4);
    scene.put_policy([](auto& input) {
        input.policy_type = "StepScaling";
        input.adjustment_type = "ChangeInCapacity";
        input.step_adjustments = {{0.0, {}, 2}};
    });
    api::ExecutePolicyType input;
    input.auto_scaling_group_name = "web";
    input.policy_name = "policy";
    CHECK(
        error_of([&] { scene.api.execute_policy(scene.call(), input); }) ==
        "ValidationError: MetricValue and BreachThreshold are required when executing a "
        "StepScaling policy"
    );
    input.metric_value = 80;
    input.breach_threshold = 70;
    scene.api.execute_policy(scene.call(), input);
    CHECK(scene.desired() == 2);
}
