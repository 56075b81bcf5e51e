// RunInstances and what follows, over the API.
#include "tests/unit/services/ec2/region_scene.hpp"

#include <set>

using namespace diorama;
using namespace diorama::ec2;

TEST_CASE("instances: one is pending, then running with an address of its own") {
    RegionScene scene;
    auto input = RegionScene::order();
    input.key_name = "key";
    const auto reservation = scene.instances.run(scene.call(), input);
    const auto id = reservation.instances.at(0).instance_id.value();
    CHECK(reservation.instances[0].state->code == 0);
    CHECK(!reservation.instances[0].public_ip_address);
    scene.run(3);
    const auto instance = scene.described(id);
    CHECK(instance.state->code == 16);
    CHECK(instance.public_ip_address->starts_with("127."));
    CHECK(instance.private_dns_name->starts_with("ip-172-31-"));
    CHECK(instance.private_dns_name->ends_with(".ec2.internal"));
    CHECK(instance.key_name == "key");
    CHECK(scene.hosts.scripts[id].identity.vcpus == 2);
}

TEST_CASE("instances: what cannot be launched is refused") {
    using Input = api::RunInstancesRequest;

    struct {
        std::function<void(Input&)> change;
        const char* error;
    } const examples[] = {
        {[](Input& input) { input.image_id.reset(); },
         "MissingParameter: The request must contain the parameter ImageId"},
        {[](Input& input) { input.image_id = "ami-x"; },
         "InvalidAMIID.Malformed: Invalid id: \"ami-x\""},
        {[](Input& input) { input.instance_type = "z9.huge"; },
         "InvalidParameterValue: Invalid value 'z9.huge' for InstanceType."},
        {[](Input& input) { input.user_data = "%%%"; },
         "InvalidUserData.Malformed: Invalid BASE64 encoding of user data."},
        {[](Input& input) { input.subnet_id = "subnet-0"; },
         "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not exist"},
        {[](Input& input) {
             input.placement.emplace();
             input.placement->availability_zone = "us-east-1z";
         },
         "InvalidParameterValue: Invalid availability zone: [us-east-1z]"},
        {[](Input& input) { input.security_group_ids = {"sg-0"}; },
         "InvalidGroup.NotFound: The security group 'sg-0' does not exist"},
        {[](Input& input) { input.min_count = 0; },
         "InvalidParameterValue: Value (0) for parameter minCount is invalid. Minimum count must "
         "be at least 1 and not more than the maximum count."},
        {[](Input& input) { input.min_count = input.max_count = 5000; },
         "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free "
         "addresses to satisfy the request."},
    };

    RegionScene scene;
    for (const auto& [change, error] : examples) {
        auto input = RegionScene::order();
        change(input);
        CHECK(error_of([&] { scene.instances.run(scene.call(), input); }) == error);
    }
    CHECK(scene.state.instances.empty()); // all or none
}

TEST_CASE("instances: a subnet gives as many addresses as it has, each once, and again after an "
          "instance's end") {
    RegionScene scene;
    const auto& subnet = scene.topologies.topology_of("000000000000", "us-east-1").subnets[1];
    auto input = RegionScene::order();
    input.subnet_id = subnet.id;
    input.max_count = 1'000'000;
    const auto launched = scene.instances.run(scene.call(), input).instances;
    CHECK(launched.size() == 4091);
    std::set<std::string> addresses;
    for (const auto& instance : launched)
        addresses.insert(*instance.private_ip_address);
    CHECK(addresses.size() == 4091);
    CHECK(!addresses.contains("172.31.16.3"));
    CHECK(addresses.contains("172.31.16.4"));
    CHECK(addresses.contains("172.31.31.254"));
    CHECK(!addresses.contains("172.31.31.255"));
    api::DescribeSubnetsRequest subnets;
    subnets.subnet_ids = {subnet.id};
    CHECK(
        scene.topologies.describe_subnets(scene.call(), subnets)
            .subnets.at(0)
            .available_ip_address_count == 0
    );
    input.max_count = 1;
    CHECK(error_of([&] { scene.instances.run(scene.call(), input); }) != "no error");
    scene.lifecycle.terminate(*launched[5].instance_id);
    scene.run(3);
    CHECK(
        scene.instances.run(scene.call(), input).instances.at(0).private_ip_address ==
        launched[5].private_ip_address
    );
}

TEST_CASE("instances: a launch template gives what the request does not say") {
    RegionScene scene;
    scene.create_template("web", [](auto& settings) {
        settings.instance_type = "t3.small";
        settings.placement.emplace();
        settings.placement->availability_zone = "us-east-1c";
        settings.monitoring.emplace();
        settings.monitoring->enabled = true;
        api::LaunchTemplateTagSpecificationRequest tags;
        tags.resource_type = "instance";
        tags.tags = {{"role", "front"}};
        settings.tag_specifications = {tags};
    });
    auto input = RegionScene::order();
    input.image_id.reset();
    input.instance_type.reset();
    input.launch_template.emplace();
    input.launch_template->launch_template_name = "web";
    auto instance = scene.described(scene.launch(input));
    CHECK(instance.instance_type == "t3.small");
    CHECK(instance.placement->availability_zone == "us-east-1c");
    CHECK(instance.monitoring->state == api::MonitoringState::enabled);
    CHECK(instance.tags == std::vector<api::Tag>{{"role", "front"}});
    input.instance_type = "t3.micro";
    input.placement.emplace();
    input.placement->availability_zone = "us-east-1a";
    instance = scene.described(scene.launch(input));
    CHECK(instance.instance_type == "t3.micro");
    CHECK(instance.placement->availability_zone == "us-east-1a");
}

TEST_CASE("instances: a repeated client token launches nothing") {
    RegionScene scene;
    auto input = RegionScene::order(2);
    input.client_token = "once";
    const auto first = scene.instances.run(scene.call(), input);
    const auto second = scene.instances.run(scene.call(), input);
    CHECK(first.reservation_id == second.reservation_id);
    CHECK(scene.state.instances.size() == 2);
}

TEST_CASE("instances: ids are checked before anything is done") {
    RegionScene scene;
    const auto id = scene.launch();
    CHECK(error_of([&] {
              scene.instances.terminate(scene.call(), {{id, "i-nonsense"}, {}});
          }) == "InvalidInstanceID.Malformed: Invalid id: \"i-nonsense\"");
    CHECK(error_of([&] {
              scene.instances.terminate(scene.call(), {{id, "i-00000000000000000"}, {}});
          }) == "InvalidInstanceID.NotFound: The instance ID 'i-00000000000000000' does not exist");
    CHECK(error_of([&] {
              scene.instances.terminate(scene.call("eu-west-1"), {{id}, {}});
          }) == "InvalidInstanceID.NotFound: The instance ID '" + id + "' does not exist");
    CHECK(scene.state_of(id) == "running");
}

TEST_CASE("instances: stop, start and terminate tell the states before and after") {
    RegionScene scene;
    const auto id = scene.launch();
    api::StopInstancesRequest stop;
    stop.instance_ids = {id};
    const auto change = scene.instances.stop(scene.call(), stop).stopping_instances.at(0);
    CHECK(change.previous_state->code == 16);
    CHECK(change.current_state->code == 64);
    CHECK(!scene.hosts.scripts[id].is_up);
    scene.run(3);
    CHECK(scene.described(id).state->code == 80);
    CHECK(
        scene.described(id).state_transition_reason == "User initiated (2026-01-01 00:00:03 GMT)"
    );
    const auto address = scene.described(id).private_ip_address;
    api::StartInstancesRequest start;
    start.instance_ids = {id};
    scene.instances.start(scene.call(), start);
    scene.run(3);
    CHECK(scene.described(id).state->code == 16);
    CHECK(scene.described(id).private_ip_address == address);
    CHECK(iso8601(*scene.described(id).launch_time) == "2026-01-01T00:00:06Z");
    api::TerminateInstancesRequest terminate;
    terminate.instance_ids = {id};
    scene.instances.terminate(scene.call(), terminate);
    scene.run(3);
    CHECK(!scene.described(id).private_ip_address);
    CHECK(
        error_of([&] { scene.instances.start(scene.call(), start); }) ==
        "IncorrectInstanceState: The instance '" + id +
            "' is not in a state from which it can be started."
    );
}

TEST_CASE("instances: the status shows whether what should run does") {
    RegionScene scene;
    const auto id = scene.launch();
    api::DescribeInstanceStatusRequest input;
    const auto status = [&] {
        return scene.instances.describe_status(scene.call(), input).instance_statuses.at(0);
    };
    CHECK(status().instance_status->status == api::SummaryStatus::ok);
    scene.hosts.scripts[id].is_running = false;
    CHECK(status().instance_status->status == api::SummaryStatus::impaired);
    CHECK(status().system_status->status == api::SummaryStatus::ok);
    scene.lifecycle.stop(id);
    CHECK(scene.instances.describe_status(scene.call(), input).instance_statuses.empty());
    input.include_all_instances = true;
    CHECK(status().instance_status->status == api::SummaryStatus::not_applicable);
}

TEST_CASE("instances: the console output is that of the host") {
    RegionScene scene;
    const auto id = scene.launch();
    api::GetConsoleOutputRequest input;
    input.instance_id = id;
    CHECK(scene.instances.console_output(scene.call(), input).output == "Ym9vdGVkCg==");
}

TEST_CASE("instances: an unknown filter is refused though there is nothing to filter") {
    RegionScene scene;
    const auto refused = [](const auto& call) {
        CHECK(error_of(call) == "InvalidParameterValue: The filter 'colour' is invalid");
    };
    api::DescribeInstancesRequest instances;
    instances.filters = {filter("instance-id", {"i-0"}), filter("colour", {"red"})};
    refused([&] { scene.instances.describe(scene.call(), instances); });
    api::DescribeTagsRequest tags;
    tags.filters = instances.filters;
    tags.filters.erase(tags.filters.begin());
    refused([&] { scene.tags.describe(scene.call(), tags); });
    api::DescribeLaunchTemplatesRequest launch_templates;
    launch_templates.filters = tags.filters;
    refused([&] { scene.launch_templates.describe(scene.call(), launch_templates); });
}

TEST_CASE("instances: other Describe operations come in pages, too") {
    RegionScene scene;
    api::DescribeInstanceTypesRequest input;
    const auto all = describe_instance_types(scene.call(), input).instance_types.size();
    REQUIRE(all > 5);
    input.max_results = 5;
    std::size_t found = 0;
    do {
        const auto page = describe_instance_types(scene.call(), input);
        CHECK(page.instance_types.size() <= 5);
        found += page.instance_types.size();
        input.next_token = page.next_token;
    } while (input.next_token);
    CHECK(found == all);
    input.next_token = "elsewhere";
    CHECK(error_of([&] { describe_instance_types(scene.call(), input); }
    ).starts_with("InvalidNextToken"));
}
