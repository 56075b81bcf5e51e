// Load balancers over the API.
#include "tests/unit/services/elbv2/cloud_scene.hpp"

using namespace diorama;
using namespace diorama::elbv2;
using namespace std::chrono_literals;

namespace {

api::LoadBalancer describe(CloudScene& scene, const std::string& arn) {
    api::DescribeLoadBalancersInput input;
    input.load_balancer_arns = {arn};
    return scene.api().describe_load_balancers(scene.call(), input).load_balancers.at(0);
}

std::string
create_error(CloudScene& scene, std::vector<std::string> subnets, std::string name = "w") {
    return scene.error_of([&] {
        api::CreateLoadBalancerInput input;
        input.name = std::move(name);
        input.subnets = std::move(subnets);
        scene.api().create_load_balancer(scene.call(), input);
    });
}

std::string
set_attribute(CloudScene& scene, const std::string& arn, std::string key, std::string value) {
    return scene.error_of([&] {
        api::ModifyLoadBalancerAttributesInput input;
        input.load_balancer_arn = arn;
        auto& attribute = input.attributes.emplace_back();
        attribute.key = std::move(key);
        attribute.value = std::move(value);
        scene.api().modify_load_balancer_attributes(scene.call(), input);
    });
}

} // namespace

TEST_CASE("load balancers: a new one is provisioning, then active, with AWS's names") {
    CloudScene scene;
    const auto arn = scene.make_load_balancer();
    CHECK(
        arn.starts_with("arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/web/")
    );
    auto shown = describe(scene, arn);
    CHECK(shown.state->code == api::LoadBalancerStateEnum::provisioning);
    CHECK(shown.dns_name == "web.elb.localhost");
    CHECK(shown.vpc_id == "vpc-1");
    CHECK(shown.canonical_hosted_zone_id == "Z35SXDOTRQ7X7K");
    CHECK(shown.security_groups == std::vector<std::string>{"sg-default"});
    CHECK(shown.availability_zones.size() == 2);
    scene.time.run_for(1s);
    CHECK(describe(scene, arn).state->code == api::LoadBalancerStateEnum::active);
    scene.environment.advertise = Advertise::aws;
    const auto name = *describe(scene, arn).dns_name;
    CHECK(name.starts_with("web-"));
    CHECK(name.size() == std::string("web-1234567890.us-east-1.elb.amazonaws.com").size());
}

TEST_CASE("load balancers: two of one name in two regions have different local names") {
    CloudScene scene;
    scene.make_load_balancer();
    auto elsewhere = scene.call();
    elsewhere.region = "eu-west-1";
    api::CreateLoadBalancerInput input;
    input.name = "web";
    input.subnets = {"subnet-a", "subnet-b"};
    const auto second = scene.api().create_load_balancer(elsewhere, input).load_balancers.at(0);
    CHECK(*second.dns_name != "web.elb.localhost");
    CHECK(second.dns_name->ends_with(".elb.localhost"));
    CHECK(second.dns_name->starts_with("web-"));
}

TEST_CASE("load balancers: the same settings again are the same load balancer, others an error") {
    CloudScene scene;
    const auto arn = scene.make_load_balancer();
    CHECK(scene.make_load_balancer() == arn);
    scene.subnets.subnets["subnet-c"] = {"vpc-1", "us-east-1c"};
    CHECK(create_error(scene, {"subnet-a", "subnet-c"}, "web") == "DuplicateLoadBalancerName");
}

TEST_CASE("load balancers: subnets must exist, in two zones of one VPC") {
    CloudScene scene;
    CHECK(create_error(scene, {"subnet-a"}) == "ValidationError");
    CHECK(
        scene.last_message ==
        "At least two subnets in two different Availability Zones must be specified"
    );
    CHECK(create_error(scene, {"subnet-a", "subnet-none"}) == "SubnetNotFound");
    CHECK(create_error(scene, {"subnet-a", "subnet-a2"}) == "InvalidConfigurationRequest");
    CHECK(create_error(scene, {"subnet-a", "subnet-x"}) == "InvalidConfigurationRequest");
    for (const auto* name : {"-web", "web-", "we_b", "internal-web"})
        CHECK(create_error(scene, {"subnet-a", "subnet-b"}, name) == "ValidationError");
}

TEST_CASE("load balancers: an unknown one is LoadBalancerNotFound") {
    CloudScene scene;
    api::DescribeLoadBalancersInput input;
    input.names = {"none"};
    CHECK(scene.error_of([&] {
        scene.api().describe_load_balancers(scene.call(), input);
    }) == "LoadBalancerNotFound");
    CHECK(scene.last_message == "Load balancers '[none]' not found");
    const auto arn = scene.make_load_balancer();
    auto stranger = scene.call();
    stranger.account = "111111111111";
    CHECK(scene.api().describe_load_balancers(stranger, {}).load_balancers.empty());
}

TEST_CASE("load balancers: pages follow each other by marker") {
    CloudScene scene;
    for (const auto* name : {"a", "b", "c"})
        scene.make_load_balancer(name);
    api::DescribeLoadBalancersInput input;
    input.page_size = 2;
    const auto first = scene.api().describe_load_balancers(scene.call(), input);
    CHECK(first.load_balancers.size() == 2);
    input.marker = first.next_marker;
    const auto second = scene.api().describe_load_balancers(scene.call(), input);
    CHECK(second.load_balancers.size() == 1);
    CHECK_FALSE(second.next_marker);
}

TEST_CASE("load balancers: deleting takes listeners and rules along and frees the target group") {
    CloudScene scene;
    const auto arn = scene.make_load_balancer();
    const auto group = scene.make_target_group();
    const auto listener = scene.make_listener(arn, CloudScene::forward_to(group));
    const auto erase_group = [&] {
        return scene.error_of([&] { scene.api().delete_target_group(scene.call(), {group}); });
    };
    CHECK(erase_group() == "ResourceInUse");
    scene.api().delete_load_balancer(scene.call(), {arn});
    scene.api().delete_load_balancer(scene.call(), {arn});
    api::DescribeListenersInput input;
    input.listener_arns = {listener};
    CHECK(scene.error_of([&] {
        scene.api().describe_listeners(scene.call(), input);
    }) == "ListenerNotFound");
    CHECK(scene.elbv2.snapshot_of(arn) == nullptr);
    CHECK(erase_group().empty());
}

TEST_CASE("load balancers: attributes reach the data plane, or are reported, or refused") {
    CloudScene scene;
    const auto arn = scene.make_load_balancer();
    CHECK(set_attribute(scene, arn, "idle_timeout.timeout_seconds", "30").empty());
    CHECK(scene.elbv2.snapshot_of(arn)->attributes.idle_timeout == 30s);
    CHECK(set_attribute(scene, arn, "idle_timeout.timeout_seconds", "0") == "ValidationError");
    CHECK(set_attribute(scene, arn, "no.such.attribute", "0") == "ValidationError");
    CHECK(set_attribute(scene, arn, "routing.http.desync_mitigation_mode", "strictest").empty());
    CHECK(scene.elbv2.snapshot_of(arn)->attributes.desync == http::DesyncMitigation::strictest);

    api::ModifyLoadBalancerAttributesInput logs;
    logs.load_balancer_arn = arn;
    auto& attribute = logs.attributes.emplace_back();
    attribute.key = "access_logs.s3.enabled";
    attribute.value = "true";
    const auto call = scene.call();
    scene.api().modify_load_balancer_attributes(call, logs);
    CHECK(call.ignored_parameters == std::vector<std::string>{"access_logs.s3.enabled"});

    CHECK(set_attribute(scene, arn, "deletion_protection.enabled", "true").empty());
    CHECK(scene.error_of([&] {
        scene.api().delete_load_balancer(scene.call(), {arn});
    }) == "OperationNotPermitted");
}

TEST_CASE("load balancers: what is not emulated says so with 501") {
    CloudScene scene;
    CHECK(scene.error_of([&] {
        api::CreateLoadBalancerInput input;
        input.name = "net";
        input.type = api::LoadBalancerTypeEnum::network;
        scene.api().create_load_balancer(scene.call(), input);
    }) == "NotImplemented");
}
