// The default VPC, images, filters and tags.
#include "services/ec2/control/filters.hpp"
#include "tests/unit/services/ec2/region_scene.hpp"

using namespace diorama;
using namespace diorama::ec2;

TEST_CASE("topology: every account and region has a default VPC of its own with three subnets") {
    RegionScene scene;
    const auto& here = scene.topologies.topology_of("000000000000", "us-east-1");
    const auto& there = scene.topologies.topology_of("000000000000", "eu-west-1");
    const auto& others = scene.topologies.topology_of("111111111111", "us-east-1");
    CHECK(here.vpc_id != there.vpc_id);
    CHECK(here.vpc_id != others.vpc_id);
    CHECK(&scene.topologies.topology_of("000000000000", "us-east-1") == &here);
    REQUIRE(there.subnets.size() == 3);
    CHECK(there.subnets[2].zone == "eu-west-1c");
    CHECK(there.subnets[2].zone_id == "euw1-az3");
    CHECK(there.subnets[2].cidr == "172.31.32.0/20");
}

TEST_CASE("topology: descriptions filter and refuse what does not exist") {
    RegionScene scene;
    api::DescribeSubnetsRequest subnets;
    subnets.filters = {
        filter("default-for-az", {"true"}),
        filter("availability-zone", {"us-east-1a", "us-east-1b"})
    };
    CHECK(scene.topologies.describe_subnets(scene.call(), subnets).subnets.size() == 2);
    subnets.filters = {filter("colour", {"red"})};
    CHECK(error_of([&] {
              scene.topologies.describe_subnets(scene.call(), subnets);
          }) == "InvalidParameterValue: The filter 'colour' is invalid");
    api::DescribeVpcsRequest vpcs;
    vpcs.vpc_ids = {"vpc-0"};
    CHECK(error_of([&] {
              scene.topologies.describe_vpcs(scene.call(), vpcs);
          }) == "InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist");
    api::DescribeAvailabilityZonesRequest zones;
    zones.zone_names = {"us-east-1z"};
    CHECK(error_of([&] {
              scene.topologies.describe_availability_zones(scene.call(), zones);
          }) == "InvalidParameterValue: Invalid availability zone: [us-east-1z]");
    api::DescribeSecurityGroupsRequest groups;
    groups.filters = {filter("group-name", {"default"})};
    const auto found = scene.topologies.describe_security_groups(scene.call(), groups);
    REQUIRE(found.security_groups.size() == 1);
    CHECK(
        found.security_groups[0].ip_permissions_egress.at(0).ip_ranges.at(0).cidr_ip == "0.0.0.0/0"
    );
}

TEST_CASE("images: are found by owner and pattern") {
    RegionScene scene;
    api::DescribeImagesRequest input;
    input.owners = {"amazon"};
    input.filters = {filter("name", {"al2023-ami-*-x86_64"}), filter("state", {"available"})};
    CHECK(describe_images(scene.call(), input).images.size() == 1);
    input.owners = {"self"};
    CHECK(describe_images(scene.call(), input).images.empty());
    input.image_ids = {"ami-00000000000000000"};
    CHECK(error_of([&] {
              describe_images(scene.call(), input);
          }) == "InvalidAMIID.NotFound: The image id '[ami-00000000000000000]' does not exist");
    api::DescribeInstanceTypesRequest types;
    types.instance_types = {"t3.micro"};
    const auto found = describe_instance_types(scene.call(), types).instance_types;
    REQUIRE(found.size() == 1);
    CHECK(found[0].v_cpu_info->default_v_cpus == 2);
}

TEST_CASE("filters: names are joined by AND, values by OR, tags by their key") {
    const Tags tags{{"role", "front"}, {"stage", "test"}};
    const auto fits = [&](const std::vector<api::Filter>& filters) {
        return matches(filters, tags, [](std::string_view) { return std::nullopt; });
    };
    CHECK(fits({}));
    CHECK(fits({filter("tag:role", {"back", "front"}), filter("tag-key", {"stage"})}));
    CHECK(!fits({filter("tag:role", {"front"}), filter("tag:stage", {"live"})}));
    CHECK(!fits({filter("tag:other", {"*"})}));
}

TEST_CASE("tags: are set on all or none, and those of AWS cannot be touched") {
    RegionScene scene;
    auto order = RegionScene::order();
    api::TagSpecification given;
    given.resource_type = "instance";
    given.tags = {{"aws:autoscaling:groupName", "web"}};
    order.tag_specifications = {given};
    const auto id = scene.launch(order);
    const auto count = [&] { return scene.tags.describe(scene.call(), {}).tags.size(); };
    api::CreateTagsRequest create;
    create.resources = {id, "i-00000000000000000"};
    create.tags = {{"role", "front"}};
    CHECK(error_of([&] { scene.tags.create(scene.call(), create); }) != "no error");
    CHECK(count() == 1);
    create.resources = {id};
    scene.tags.create(scene.call(), create);
    CHECK(count() == 2);
    create.tags = {{"aws:role", "x"}};
    CHECK(
        error_of([&] { scene.tags.create(scene.call(), create); }) ==
        "InvalidParameterValue: Value ( aws:role ) for parameter key is invalid. Tag keys starting "
        "with 'aws:' are reserved for internal use"
    );
    api::DeleteTagsRequest remove;
    remove.resources = {id};
    remove.tags = {{"role", "back"}}; // another value
    scene.tags.remove(scene.call(), remove);
    CHECK(count() == 2);
    remove.tags = {{"aws:autoscaling:groupName", {}}};
    CHECK(error_of([&] { scene.tags.remove(scene.call(), remove); }) != "no error");
    remove.tags.clear(); // all but AWS's
    scene.tags.remove(scene.call(), remove);
    CHECK(count() == 1);
}
