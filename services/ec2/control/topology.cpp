// See topology.hpp.
// https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
#include "services/ec2/control/topology.hpp"

#include "emulator/aws/error.hpp"
#include "services/ec2/control/filters.hpp"
#include "services/ec2/control/paging.hpp"
#include "services/ec2/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace diorama::ec2 {

namespace {

struct RegionName {
    std::string_view name;
    std::string_view zone_prefix; // of availability zone ids
};

constexpr std::array regions{
    RegionName{"ap-northeast-1", "apne1"},
    RegionName{"ap-northeast-2", "apne2"},
    RegionName{"ap-northeast-3", "apne3"},
    RegionName{"ap-south-1", "aps1"},
    RegionName{"ap-southeast-1", "apse1"},
    RegionName{"ap-southeast-2", "apse2"},
    RegionName{"ca-central-1", "cac1"},
    RegionName{"eu-central-1", "euc1"},
    RegionName{"eu-north-1", "eun1"},
    RegionName{"eu-west-1", "euw1"},
    RegionName{"eu-west-2", "euw2"},
    RegionName{"eu-west-3", "euw3"},
    RegionName{"sa-east-1", "sae1"},
    RegionName{"us-east-1", "use1"},
    RegionName{"us-east-2", "use2"},
    RegionName{"us-west-1", "usw1"},
    RegionName{"us-west-2", "usw2"},
};

// UNKNOWN: how an account's zone letters map to zone ids differs from account to account; here a is
// 1, b is 2, c is 3.
constexpr std::array zone_letters{"a", "b", "c"};

std::string zone_prefix_of(std::string_view region) {
    for (const auto& known : regions) {
        if (known.name == region) return std::string(known.zone_prefix);
    }
    return std::string(region);
}

template <class Id>
bool is_asked_for(const std::vector<Id>& ids, const std::string& id) {
    return ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end();
}

// AWS names the first id that does not exist.
void check_all_found(
    const std::vector<std::string>& asked,
    const std::vector<std::string>& existing,
    const char* code,
    const char* noun
) {
    for (const auto& id : asked) {
        if (std::find(existing.begin(), existing.end(), id) == existing.end()) {
            throw aws::AWSError(code, 400, fmt::format("The {} '{}' does not exist", noun, id));
        }
    }
}

} // namespace

const Topology&
TopologyControl::topology_of(const std::string& account, const std::string& region) {
    const std::string key = account + "/" + region;
    if (const auto* found = state_.topologies.find(key)) return *found;
    Random random = random_.fork(key);
    Topology topology;
    topology.account = account;
    topology.region = region;
    topology.vpc_id = random.resource_id("vpc");
    topology.security_group_id = random.resource_id("sg");
    topology.dhcp_options_id = random.resource_id("dopt");
    for (std::size_t i = 0; i < zone_letters.size(); ++i) {
        // AWS: "We create a /20 default subnet in each Availability Zone."
        topology.subnets.push_back(
            {random.resource_id("subnet"),
             region + zone_letters[i],
             fmt::format("{}-az{}", zone_prefix_of(region), i + 1),
             fmt::format("172.31.{}.0/20", i * 16)}
        );
    }
    return state_.topologies.put(key, std::move(topology));
}

api::DescribeRegionsResult
TopologyControl::describe_regions(const aws::Call&, const api::DescribeRegionsRequest& input) {
    api::DescribeRegionsResult result;
    std::vector<std::string> names;
    for (const auto& region : regions)
        names.emplace_back(region.name);
    check_all_found(input.region_names, names, "InvalidParameterValue", "region");
    for (const auto& name : names) {
        if (!is_asked_for(input.region_names, name)) continue;
        api::Region region;
        region.region_name = name;
        region.endpoint = fmt::format("ec2.{}.amazonaws.com", name);
        region.opt_in_status = "opt-in-not-required";
        const bool wanted = matches(
            input.filters,
            {},
            [&](std::string_view filter) -> std::optional<std::vector<std::string>> {
                if (filter == "region-name") return {{name}};
                if (filter == "endpoint") return {{*region.endpoint}};
                if (filter == "opt-in-status") return {{"opt-in-not-required"}};
                return std::nullopt;
            }
        );
        if (wanted) result.regions.push_back(std::move(region));
    }
    return result;
}

api::DescribeAvailabilityZonesResult TopologyControl::describe_availability_zones(
    const aws::Call& call,
    const api::DescribeAvailabilityZonesRequest& input
) {
    api::DescribeAvailabilityZonesResult result;
    const auto& topology = topology_of(call.account, call.region);
    for (const auto& name : input.zone_names) {
        if (topology.find_subnet_in(name) != nullptr) continue;
        throw aws::AWSError(
            "InvalidParameterValue",
            400,
            fmt::format("Invalid availability zone: [{}]", name)
        );
    }
    for (const auto& subnet : topology.subnets) {
        if (!is_asked_for(input.zone_names, subnet.zone) ||
            !is_asked_for(input.zone_ids, subnet.zone_id))
            continue;
        const bool wanted = matches(
            input.filters,
            {},
            [&](std::string_view filter) -> std::optional<std::vector<std::string>> {
                if (filter == "zone-name") return {{subnet.zone}};
                if (filter == "zone-id") return {{subnet.zone_id}};
                if (filter == "region-name") return {{call.region}};
                if (filter == "state") return {{"available"}};
                if (filter == "zone-type") return {{"availability-zone"}};
                if (filter == "opt-in-status") return {{"opt-in-not-required"}};
                if (filter == "group-name" || filter == "network-border-group")
                    return {{call.region}};
                return std::nullopt;
            }
        );
        if (!wanted) continue;
        api::AvailabilityZone zone;
        zone.zone_name = subnet.zone;
        zone.zone_id = subnet.zone_id;
        zone.region_name = call.region;
        zone.group_name = call.region;
        zone.network_border_group = call.region;
        zone.zone_type = "availability-zone";
        zone.state = api::AvailabilityZoneState::available;
        zone.opt_in_status = api::AvailabilityZoneOptInStatus::opt_in_not_required;
        result.availability_zones.push_back(std::move(zone));
    }
    return result;
}

api::DescribeVpcsResult
TopologyControl::describe_vpcs(const aws::Call& call, const api::DescribeVpcsRequest& input) {
    const auto& topology = topology_of(call.account, call.region);
    check_all_found(input.vpc_ids, {topology.vpc_id}, "InvalidVpcID.NotFound", "vpc ID");
    const bool wanted = matches(
        input.filters,
        {},
        [&](std::string_view filter) -> std::optional<std::vector<std::string>> {
            if (filter == "vpc-id") return {{topology.vpc_id}};
            if (filter == "is-default" || filter == "isDefault") return {{"true"}};
            if (filter == "state") return {{"available"}};
            if (filter == "cidr" || filter == "cidr-block-association.cidr-block")
                return {{topology.cidr}};
            if (filter == "owner-id") return {{call.account}};
            if (filter == "dhcp-options-id") return {{topology.dhcp_options_id}};
            return std::nullopt;
        }
    );
    if (!wanted) return {};
    api::Vpc vpc;
    vpc.vpc_id = topology.vpc_id;
    vpc.owner_id = call.account;
    vpc.cidr_block = topology.cidr;
    vpc.is_default = true;
    vpc.state = api::VpcState::available;
    vpc.instance_tenancy = api::Tenancy::default_;
    vpc.dhcp_options_id = topology.dhcp_options_id;
    api::DescribeVpcsResult result;
    result.vpcs.push_back(std::move(vpc));
    keep_page(input, result, result.vpcs);
    return result;
}

std::int32_t TopologyControl::free_addresses(const Subnet& subnet) const {
    auto free = static_cast<std::int32_t>(limits::subnet_addresses);
    for (const auto& [id, instance] : state_.instances) {
        if (instance.subnet_id == subnet.id && instance.state != InstanceState::terminated) --free;
    }
    return free;
}

api::DescribeSubnetsResult
TopologyControl::describe_subnets(const aws::Call& call, const api::DescribeSubnetsRequest& input) {
    api::DescribeSubnetsResult result;
    const auto& topology = topology_of(call.account, call.region);
    std::vector<std::string> ids;
    for (const auto& subnet : topology.subnets)
        ids.push_back(subnet.id);
    check_all_found(input.subnet_ids, ids, "InvalidSubnetID.NotFound", "subnet ID");
    for (const auto& subnet : topology.subnets) {
        if (!is_asked_for(input.subnet_ids, subnet.id)) continue;
        const bool wanted = matches(
            input.filters,
            {},
            [&](std::string_view filter) -> std::optional<std::vector<std::string>> {
                if (filter == "subnet-id") return {{subnet.id}};
                if (filter == "vpc-id") return {{topology.vpc_id}};
                if (filter == "availability-zone" || filter == "availabilityZone")
                    return {{subnet.zone}};
                if (filter == "availability-zone-id") return {{subnet.zone_id}};
                if (filter == "default-for-az" || filter == "defaultForAz" ||
                    filter == "map-public-ip-on-launch")
                    return {{"true"}};
                if (filter == "state") return {{"available"}};
                if (filter == "cidr-block" || filter == "cidr" || filter == "cidrBlock")
                    return {{subnet.cidr}};
                if (filter == "owner-id") return {{call.account}};
                return std::nullopt;
            }
        );
        if (!wanted) continue;
        api::Subnet described;
        described.subnet_id = subnet.id;
        described.subnet_arn =
            fmt::format("arn:aws:ec2:{}:{}:subnet/{}", call.region, call.account, subnet.id);
        described.vpc_id = topology.vpc_id;
        described.owner_id = call.account;
        described.availability_zone = subnet.zone;
        described.availability_zone_id = subnet.zone_id;
        described.cidr_block = subnet.cidr;
        described.available_ip_address_count = free_addresses(subnet);
        described.default_for_az = true;
        described.map_public_ip_on_launch = true;
        described.assign_ipv6_address_on_creation = false;
        described.state = api::SubnetState::available;
        result.subnets.push_back(std::move(described));
    }
    keep_page(input, result, result.subnets);
    return result;
}

api::DescribeSecurityGroupsResult TopologyControl::describe_security_groups(
    const aws::Call& call,
    const api::DescribeSecurityGroupsRequest& input
) {
    const auto& topology = topology_of(call.account, call.region);
    for (const auto& id : input.group_ids) {
        if (id == topology.security_group_id) continue;
        throw aws::AWSError(
            "InvalidGroup.NotFound",
            400,
            fmt::format("The security group '{}' does not exist", id)
        );
    }
    for (const auto& name : input.group_names) {
        if (name == "default") continue;
        throw aws::AWSError(
            "InvalidGroup.NotFound",
            400,
            fmt::format(
                "The security group '{}' does not exist in default VPC '{}'",
                name,
                topology.vpc_id
            )
        );
    }
    const bool wanted = matches(
        input.filters,
        {},
        [&](std::string_view filter) -> std::optional<std::vector<std::string>> {
            if (filter == "group-id") return {{topology.security_group_id}};
            if (filter == "group-name") return {{"default"}};
            if (filter == "vpc-id") return {{topology.vpc_id}};
            if (filter == "owner-id") return {{call.account}};
            return std::nullopt;
        }
    );
    if (!wanted) return {};
    api::SecurityGroup group;
    group.group_id = topology.security_group_id;
    group.group_name = "default";
    group.description = "default VPC security group";
    group.vpc_id = topology.vpc_id;
    group.owner_id = call.account;
    group.security_group_arn = fmt::format(
        "arn:aws:ec2:{}:{}:security-group/{}",
        call.region,
        call.account,
        topology.security_group_id
    );
    // AWS: the default group lets its own members in and everything out.
    api::IpPermission ingress;
    ingress.ip_protocol = "-1";
    api::UserIdGroupPair self;
    self.group_id = topology.security_group_id;
    self.user_id = call.account;
    ingress.user_id_group_pairs.push_back(std::move(self));
    group.ip_permissions.push_back(std::move(ingress));
    api::IpPermission egress;
    egress.ip_protocol = "-1";
    api::IpRange anywhere;
    anywhere.cidr_ip = "0.0.0.0/0";
    egress.ip_ranges.push_back(std::move(anywhere));
    group.ip_permissions_egress.push_back(std::move(egress));
    api::DescribeSecurityGroupsResult result;
    result.security_groups.push_back(std::move(group));
    keep_page(input, result, result.security_groups);
    return result;
}

} // namespace diorama::ec2
