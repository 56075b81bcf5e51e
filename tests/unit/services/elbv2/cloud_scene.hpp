// One ELBv2 without sockets, with a VPC of two subnets, instances and a prober that a test directs.
#pragma once

#include "services/elbv2/api.hpp"
#include "services/elbv2/elbv2.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

namespace diorama::elbv2 {

struct FakeSubnets final : Subnets {
    std::map<std::string, Subnet> subnets = {
        {"subnet-a", {"vpc-1", "us-east-1a"}},
        {"subnet-a2", {"vpc-1", "us-east-1a"}},
        {"subnet-b", {"vpc-1", "us-east-1b"}},
        {"subnet-x", {"vpc-2", "us-east-1b"}},
    };

    std::optional<Subnet> find(const Place&, const std::string& id) override {
        const auto found = subnets.find(id);
        return found == subnets.end() ? std::nullopt : std::optional(found->second);
    }

    bool has_vpc(const Place&, const std::string& id) override { return id == "vpc-1"; }

    bool has_security_group(const Place&, const std::string& id) override { return id == "sg-1"; }

    std::string default_security_group(const Place&, const std::string&) override {
        return "sg-default";
    }
};

struct FakeInstances final : Instances {
    std::map<std::string, Instance> instances = {
        {"i-1", {"vpc-1", "us-east-1a", true}},
        {"i-2", {"vpc-1", "us-east-1b", true}},
        {"i-stopped", {"vpc-1", "us-east-1b", false}},
        {"i-elsewhere", {"vpc-2", "us-east-1b", true}},
    };

    std::optional<Instance> find(const Place&, const std::string& id) override {
        const auto found = instances.find(id);
        return found == instances.end() ? std::nullopt : std::optional(found->second);
    }

    std::optional<network::Endpoint>
    endpoint_of(const Place& place, const std::string& id, std::uint16_t port) override {
        const auto instance = find(place, id);
        if (!instance || !instance->is_running) return std::nullopt;
        return network::Endpoint{
            network::IPAddress::v4(127, 30, 0, static_cast<std::uint8_t>(id.back() - '0')),
            port
        };
    }
};

struct FakeCertificates final : Certificates {
    std::shared_ptr<network::TLSContext>
    context_for(const Place&, const std::vector<std::string>&, const std::string&) override {
        return nullptr;
    }
};

// Every address answers 200, unless the test says otherwise.
struct DirectedProber final : Prober {
    explicit DirectedProber(Scheduler& chosen)
        : scheduler(chosen) {}

    void probe(const Probe& probe, std::function<void(ProbeResult)> done) override {
        probes.push_back(probe);
        const auto found = results.find(probe.endpoint.to_string());
        const auto result =
            found == results.end() ? ProbeResult{ProbeResult::Kind::answered, 200} : found->second;
        scheduler.post([done = std::move(done), result] { done(result); });
    }

    Scheduler& scheduler;
    std::map<std::string, ProbeResult> results;
    std::vector<Probe> probes;
};

struct NoDataPlane final : DataPlane {
    void publish(const std::shared_ptr<const LoadBalancer>&) override {}

    void withdraw(const std::string&) override {}

    void cut(const std::shared_ptr<LiveTarget>&) override {}

    void count_active_connections() override {}
};

struct CloudScene : TestEnvironment {
    FakeSubnets subnets;
    FakeInstances instances;
    FakeCertificates certificates;
    DirectedProber prober{time};
    NoDataPlane data_plane;
    ELBv2 elbv2{environment, {subnets, instances, certificates}, prober, data_plane};
    Random random{5};

    api::ELBv2Api& api() { return static_cast<api::ELBv2Api&>(elbv2.api()); }

    aws::Call call() {
        return aws::Call{
            .account = "000000000000",
            .region = "us-east-1",
            .request_id = {},
            .access_key = {},
            .host = {},
            .scheme = "http",
            .now = time.now(),
            .random = random,
            .ignored_parameters = {},
        };
    }

    std::string make_load_balancer(const std::string& name = "web") {
        api::CreateLoadBalancerInput input;
        input.name = name;
        input.subnets = {"subnet-a", "subnet-b"};
        return *api().create_load_balancer(call(), input).load_balancers.at(0).load_balancer_arn;
    }

    std::string make_target_group(const std::string& name = "web") {
        api::CreateTargetGroupInput input;
        input.name = name;
        input.protocol = api::ProtocolEnum::HTTP;
        input.port = 80;
        input.vpc_id = "vpc-1";
        return *api().create_target_group(call(), input).target_groups.at(0).target_group_arn;
    }

    static api::Action forward_to(const std::string& target_group) {
        api::Action action;
        action.type = api::ActionTypeEnum::forward;
        action.target_group_arn = target_group;
        return action;
    }

    static api::Action fixed(const std::string& status) {
        api::Action action;
        action.type = api::ActionTypeEnum::fixed_response;
        action.fixed_response_config.emplace().status_code = status;
        return action;
    }

    static api::RuleCondition path(const std::string& pattern) {
        api::RuleCondition condition;
        condition.field = "path-pattern";
        condition.values = {pattern};
        return condition;
    }

    std::string make_listener(const std::string& load_balancer, api::Action action, int port = 80) {
        api::CreateListenerInput input;
        input.load_balancer_arn = load_balancer;
        input.protocol = api::ProtocolEnum::HTTP;
        input.port = port;
        input.default_actions = {std::move(action)};
        return *api().create_listener(call(), input).listeners.at(0).listener_arn;
    }

    std::string make_rule(const std::string& listener, int priority, const std::string& pattern) {
        api::CreateRuleInput input;
        input.listener_arn = listener;
        input.priority = priority;
        input.conditions = {path(pattern)};
        input.actions = {fixed("200")};
        return *api().create_rule(call(), input).rules.at(0).rule_arn;
    }

    void register_targets(const std::string& target_group, const std::vector<std::string>& ids) {
        api::RegisterTargetsInput input;
        input.target_group_arn = target_group;
        for (const auto& id : ids)
            input.targets.emplace_back().id = id;
        api().register_targets(call(), input);
    }

    void deregister_target(const std::string& target_group, const std::string& id) {
        api::DeregisterTargetsInput input;
        input.target_group_arn = target_group;
        input.targets.emplace_back().id = id;
        api().deregister_targets(call(), input);
    }

    // "healthy", or "unhealthy Target.Timeout".
    std::string health(const std::string& target_group, const std::string& id) {
        api::DescribeTargetHealthInput input;
        input.target_group_arn = target_group;
        input.targets.emplace_back().id = id;
        const auto shown =
            api().describe_target_health(call(), input).target_health_descriptions.at(0);
        auto text = std::string(to_string(*shown.target_health->state));
        if (shown.target_health->reason)
            text += " " + std::string(to_string(*shown.target_health->reason));
        return text;
    }

    // The code of the error that `act` ends with, and its sentence; empty without.
    template <class Act>
    std::string error_of(Act act) {
        try {
            act();
        } catch (const aws::AWSError& error) {
            last_message = error.message();
            return error.code();
        }
        return "";
    }

    std::string last_message;
};

} // namespace diorama::elbv2
