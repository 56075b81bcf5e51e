// Listeners and rules over the API.
#include "tests/unit/services/elbv2/cloud_scene.hpp"

using namespace diorama;
using namespace diorama::elbv2;

namespace {

struct Scene : CloudScene {
    std::string load_balancer = make_load_balancer();
    std::string group = make_target_group();
    std::string listener = make_listener(load_balancer, forward_to(group));

    std::string rule_error(api::CreateRuleInput input) {
        input.listener_arn = listener;
        if (input.actions.empty()) input.actions = {fixed("200")};
        return error_of([&] { api().create_rule(call(), input); });
    }

    std::vector<std::string> priorities() {
        api::DescribeRulesInput input;
        input.listener_arn = listener;
        std::vector<std::string> all;
        for (const auto& rule : api().describe_rules(call(), input).rules)
            all.push_back(*rule.priority);
        return all;
    }

    std::string listener_error(api::Action action, int port = 8080) {
        return error_of([&] { make_listener(load_balancer, std::move(action), port); });
    }
};

api::Action redirect(std::optional<std::string> protocol, std::optional<std::string> port) {
    api::Action action;
    action.type = api::ActionTypeEnum::redirect;
    auto& config = action.redirect_config.emplace();
    config.protocol = std::move(protocol);
    config.port = std::move(port);
    config.status_code = api::RedirectActionStatusCodeEnum::HTTP_301;
    return action;
}

using Priorities = std::vector<std::string>;

} // namespace

TEST_CASE("listeners: a listener shows its default action in full") {
    Scene scene;
    api::DescribeListenersInput input;
    input.load_balancer_arn = scene.load_balancer;
    const auto shown = scene.api().describe_listeners(scene.call(), input).listeners.at(0);
    CHECK(shown.listener_arn == scene.listener);
    CHECK(shown.port == 80);
    const auto& action = shown.default_actions.at(0);
    CHECK(action.target_group_arn == scene.group);
    CHECK(action.forward_config->target_groups.at(0).weight == 1);
    CHECK(scene.elbv2.resource_label_of(scene.group).starts_with("app/web/"));
}

TEST_CASE("listeners: one per port, and the port must be one") {
    Scene scene;
    CHECK(scene.listener_error(CloudScene::fixed("200"), 80) == "DuplicateListener");
    CHECK(scene.listener_error(CloudScene::fixed("200"), 70000) == "ValidationError");
    CHECK(scene.listener_error(CloudScene::fixed("200"), 8080).empty());
}

TEST_CASE("listeners: a target group serves one load balancer") {
    Scene scene;
    const auto other = scene.make_load_balancer("other");
    CHECK(scene.error_of([&] {
        scene.make_listener(other, CloudScene::forward_to(scene.group));
    }) == "TargetGroupAssociationLimit");
    CHECK(scene.listener_error(CloudScene::forward_to(scene.group + "x")) == "TargetGroupNotFound");
}

TEST_CASE("listeners: actions are checked as AWS checks them") {
    Scene scene;
    CHECK(
        scene.listener_error(redirect(std::nullopt, std::nullopt)) == "InvalidLoadBalancerAction"
    );
    CHECK(scene.listener_error(redirect("FTP", std::nullopt)) == "ValidationError");
    CHECK(scene.listener_error(CloudScene::fixed("301")) == "ValidationError");
    CHECK(scene.listener_error(redirect("HTTPS", "443")).empty());
    api::Action oidc;
    oidc.type = api::ActionTypeEnum::authenticate_oidc;
    CHECK(scene.listener_error(oidc) == "NotImplemented");
}

TEST_CASE("listeners: HTTPS needs a certificate") {
    Scene scene;
    api::CreateListenerInput input;
    input.load_balancer_arn = scene.load_balancer;
    input.protocol = api::ProtocolEnum::HTTPS;
    input.port = 443;
    input.default_actions = {CloudScene::fixed("200")};
    const auto create = [&] { scene.api().create_listener(scene.call(), input); };
    CHECK(scene.error_of(create) == "ValidationError");
    input.certificates.emplace_back().certificate_arn =
        "arn:aws:acm:us-east-1:000000000000:certificate/1";
    // This scene has no TLS.
    CHECK(scene.error_of(create) == "NotImplemented");
}

TEST_CASE("rules: they are ordered by priority, the default rule last") {
    Scene scene;
    scene.make_rule(scene.listener, 20, "/b");
    scene.make_rule(scene.listener, 3, "/a");
    CHECK(scene.priorities() == Priorities{"3", "20", "default"});
    const auto& rules = scene.elbv2.snapshot_of(scene.load_balancer)->listeners.at(80).rules;
    CHECK(rules.size() == 3);
    CHECK(rules[0].priority == 3);
}

TEST_CASE("rules: a priority is taken once; priorities can be exchanged") {
    Scene scene;
    const auto first = scene.make_rule(scene.listener, 1, "/a");
    const auto second = scene.make_rule(scene.listener, 2, "/b");
    api::CreateRuleInput input;
    input.priority = 1;
    input.conditions = {CloudScene::path("/c")};
    CHECK(scene.rule_error(input) == "PriorityInUse");
    CHECK(scene.last_message == "Priority '1' is currently in use");

    const auto set = [&](std::vector<std::pair<std::string, int>> wanted) {
        return scene.error_of([&] {
            api::SetRulePrioritiesInput priorities;
            for (const auto& [arn, priority] : wanted) {
                auto& pair = priorities.rule_priorities.emplace_back();
                pair.rule_arn = arn;
                pair.priority = priority;
            }
            scene.api().set_rule_priorities(scene.call(), priorities);
        });
    };
    CHECK(set({{first, 2}}) == "PriorityInUse");
    CHECK(set({{first, 2}, {second, 1}}).empty());
    CHECK(scene.priorities() == Priorities{"1", "2", "default"});
}

TEST_CASE("rules: the default rule stays") {
    Scene scene;
    api::DescribeRulesInput input;
    input.listener_arn = scene.listener;
    const auto arn = *scene.api().describe_rules(scene.call(), input).rules.at(0).rule_arn;
    CHECK(scene.error_of([&] {
        scene.api().delete_rule(scene.call(), {arn});
    }) == "OperationNotPermitted");
}

TEST_CASE("rules: conditions are limited as AWS limits them") {
    Scene scene;
    const auto error = [&](std::vector<api::RuleCondition> conditions) {
        api::CreateRuleInput input;
        input.priority = 7;
        input.conditions = std::move(conditions);
        return scene.rule_error(input);
    };
    CHECK(error({}) == "ValidationError");
    CHECK(error({CloudScene::path("/a"), CloudScene::path("/b")}) == "ValidationError");
    CHECK(error({CloudScene::path("/" + std::string(128, 'a'))}) == "ValidationError");
    CHECK(error({CloudScene::path("/a b")}) == "ValidationError");
    CHECK(error({CloudScene::path("/******")}) == "ValidationError");
    auto many = CloudScene::path("/1");
    many.values = {"/1", "/2", "/3", "/4", "/5", "/6"};
    CHECK(error({many}) == "ValidationError");
    api::RuleCondition source;
    source.source_ip_config.emplace().values = {"10.0.0.0"};
    CHECK(error({source}) == "ValidationError");
    source.source_ip_config->values = {"10.0.0.0/8"};
    CHECK(error({source}).empty());
}

TEST_CASE("rules: a rule that goes takes its target group out of use") {
    Scene scene;
    const auto other = scene.make_target_group("other");
    api::CreateRuleInput input;
    input.listener_arn = scene.listener;
    input.priority = 1;
    input.conditions = {CloudScene::path("/x")};
    input.actions = {CloudScene::forward_to(other)};
    const auto rule = *scene.api().create_rule(scene.call(), input).rules.at(0).rule_arn;
    scene.register_targets(other, {"i-1"});
    CHECK(scene.health(other, "i-1") == "initial Elb.RegistrationInProgress");
    scene.api().delete_rule(scene.call(), {rule});
    CHECK(scene.health(other, "i-1") == "unused Target.NotInUse");
}
