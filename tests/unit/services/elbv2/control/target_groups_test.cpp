// Target groups, targets and tags over the API, and what of them survives.
#include "services/elbv2/state.hpp"
#include "tests/unit/services/elbv2/cloud_scene.hpp"

using namespace diorama;
using namespace diorama::elbv2;

namespace {

std::string
create_error(CloudScene& scene, std::function<void(api::CreateTargetGroupInput&)> change) {
    return scene.error_of([&] {
        api::CreateTargetGroupInput input;
        input.name = "group";
        input.protocol = api::ProtocolEnum::HTTP;
        input.port = 80;
        input.vpc_id = "vpc-1";
        change(input);
        scene.api().create_target_group(scene.call(), input);
    });
}

} // namespace

TEST_CASE("target groups: defaults are AWS's") {
    CloudScene scene;
    scene.make_target_group();
    const auto shown = scene.api().describe_target_groups(scene.call(), {}).target_groups.at(0);
    CHECK(shown.health_check_interval_seconds == 30);
    CHECK(shown.health_check_timeout_seconds == 5);
    CHECK(shown.healthy_threshold_count == 5);
    CHECK(shown.unhealthy_threshold_count == 2);
    CHECK(shown.health_check_port == "traffic-port");
    CHECK(shown.matcher->http_code == "200");
    CHECK(shown.target_type == api::TargetTypeEnum::instance);
    CHECK(shown.load_balancer_arns.empty());
}

TEST_CASE("target groups: an unknown name is TargetGroupNotFound") {
    CloudScene scene;
    api::DescribeTargetGroupsInput input;
    input.names = {"none"};
    CHECK(scene.error_of([&] {
        scene.api().describe_target_groups(scene.call(), input);
    }) == "TargetGroupNotFound");
    CHECK(scene.last_message == "One or more target groups not found");
}

TEST_CASE("target groups: settings out of range are refused, what is not emulated says so") {
    CloudScene scene;
    using Input = api::CreateTargetGroupInput;
    CHECK(create_error(scene, [](Input& input) {
              input.health_check_interval_seconds = 4;
          }) == "ValidationError");
    CHECK(create_error(scene, [](Input& input) {
              input.health_check_timeout_seconds = 30;
          }) == "ValidationError");
    CHECK(create_error(scene, [](Input& input) {
              input.health_check_path = "x";
          }) == "ValidationError");
    CHECK(create_error(scene, [](Input& input) {
              input.health_check_port = "0";
          }) == "ValidationError");
    CHECK(create_error(scene, [](Input& input) {
              input.matcher.emplace().http_code = "600";
          }) == "ValidationError");
    CHECK(create_error(scene, [](Input& input) { input.port.reset(); }) == "ValidationError");
    CHECK(create_error(scene, [](Input& input) {
              input.vpc_id = "vpc-none";
          }) == "ValidationError");
    CHECK(create_error(scene, [](Input& input) {
              input.target_type = api::TargetTypeEnum::lambda;
          }) == "NotImplemented");
    CHECK(create_error(scene, [](Input& input) {
              input.protocol = api::ProtocolEnum::TCP;
          }) == "NotImplemented");
    CHECK(create_error(scene, [](Input&) {}).empty());
    CHECK(create_error(scene, [](Input&) {}).empty());
    CHECK(create_error(scene, [](Input& input) { input.port = 81; }) == "DuplicateTargetGroupName");
}

TEST_CASE("target groups: slow start does not go with least outstanding requests") {
    CloudScene scene;
    const auto arn = scene.make_target_group();
    const auto set = [&](std::vector<std::pair<std::string, std::string>> attributes) {
        return scene.error_of([&] {
            api::ModifyTargetGroupAttributesInput input;
            input.target_group_arn = arn;
            for (const auto& [key, value] : attributes) {
                auto& attribute = input.attributes.emplace_back();
                attribute.key = key;
                attribute.value = value;
            }
            scene.api().modify_target_group_attributes(scene.call(), input);
        });
    };
    CHECK(set({{"slow_start.duration_seconds", "30"}}).empty());
    CHECK(
        set({{"load_balancing.algorithm.type", "least_outstanding_requests"}}) ==
        "InvalidConfigurationRequest"
    );
    CHECK(set({{"slow_start.duration_seconds", "0"},
               {"load_balancing.algorithm.type", "least_outstanding_requests"}})
              .empty());
    CHECK(set({{"slow_start.duration_seconds", "29"}}) == "ValidationError");
    CHECK(set({{"stickiness.enabled", "false"}, {"stickiness.type", "lb_cookie"}}).empty());
    CHECK(set({{"stickiness.enabled", "true"}}).empty());
    CHECK(set({{"stickiness.type", "app_cookie"}}) == "InvalidConfigurationRequest");
    CHECK(
        set({{"stickiness.type", "app_cookie"}, {"stickiness.app_cookie.cookie_name", "AWSALBX"}}
        ) == "InvalidConfigurationRequest"
    );
    CHECK(set({{"stickiness.type", "app_cookie"}, {"stickiness.app_cookie.cookie_name", "session"}})
              .empty());
    CHECK(set({{"stickiness.lb_cookie.duration_seconds", "604801"}}) == "ValidationError");
}

TEST_CASE("targets: only running instances of the VPC can be registered") {
    CloudScene scene;
    const auto arn = scene.make_target_group();
    const auto error = [&](const std::string& id) {
        return scene.error_of([&] { scene.register_targets(arn, {id}); });
    };
    CHECK(error("i-none") == "InvalidTarget");
    CHECK(error("i-stopped") == "InvalidTarget");
    CHECK(
        scene.last_message ==
        "The following targets are not in a running state and cannot be registered: 'i-stopped'"
    );
    CHECK(error("i-elsewhere") == "InvalidTarget");
    CHECK(error("i-1").empty());
    CHECK(scene.error_of([&] {
        scene.register_targets(arn + "x", {"i-1"});
    }) == "TargetGroupNotFound");
}

TEST_CASE("tags: they are added, shown and removed on any resource") {
    CloudScene scene;
    const auto group = scene.make_target_group();
    const auto balancer = scene.make_load_balancer();
    scene.api().add_tags(scene.call(), {{group, balancer}, {{"a", "1"}, {"b", "2"}}});
    scene.api().remove_tags(scene.call(), {{balancer}, {"a"}});
    const auto shown =
        scene.api().describe_tags(scene.call(), {{group, balancer}}).tag_descriptions;
    CHECK(shown.at(0).tags.size() == 2);
    CHECK(shown.at(1).tags == std::vector<api::Tag>{{"b", "2"}});
    CHECK(scene.error_of([&] {
        scene.api().describe_tags(scene.call(), {{group + "x"}});
    }) == "TargetGroupNotFound");
    CHECK(scene.error_of([&] {
        scene.api().add_tags(scene.call(), {{group}, {{"a", "1"}, {"a", "2"}}});
    }) == "DuplicateTagKeys");
}

TEST_CASE("state: records read back as they were written") {
    TargetGroupRecord group;
    group.arn = "arn:aws:elasticloadbalancing:us-east-1:0:targetgroup/web/1";
    group.health_check.matcher = "200-299";
    group.attributes["slow_start.duration_seconds"] = "30";
    group.targets = {{"i-1", 80, "", {}}, {"10.0.0.1", 81, "all", epoch + std::chrono::seconds(7)}};
    CHECK(TargetGroupRecord::decode(group.encode()).encode() == group.encode());

    RuleRecord rule;
    rule.arn = "arn:aws:elasticloadbalancing:us-east-1:0:listener-rule/app/web/1/2/3";
    rule.priority = 5;
    rule.conditions = {
        {"query-string", "", {}, {{std::nullopt, "v"}, {"k", "w"}}},
        {"host-header", "", {"*.a.b"}, {}}
    };
    rule.action.forward = {{"arn", 3}};
    rule.action.order = 1;
    CHECK(RuleRecord::decode(rule.encode()).encode() == rule.encode());
    rule.action = {};
    rule.action.redirect = ActionRecord::Redirect{.status = 301};
    CHECK(RuleRecord::decode(rule.encode()).encode() == rule.encode());
    CHECK(
        load_balancer_arn_of(rule.arn) ==
        "arn:aws:elasticloadbalancing:us-east-1:0:loadbalancer/app/web/1"
    );
    CHECK(
        listener_arn_of(rule.arn) == "arn:aws:elasticloadbalancing:us-east-1:0:listener/app/web/1/2"
    );
    CHECK(label_of(rule.arn) == "listener-rule/app/web/1/2/3");
    CHECK(
        label_of("arn:aws:elasticloadbalancing:us-east-1:0:loadbalancer/app/web/1") == "app/web/1"
    );
}
