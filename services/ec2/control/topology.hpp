// Regions, availability zones and the default VPC with its subnets and security group.
#pragma once

#include "emulator/aws/call.hpp"
#include "emulator/random/random.hpp"
#include "services/ec2/api.hpp"
#include "services/ec2/state.hpp"

namespace diorama::ec2 {

class TopologyControl {
public:
    TopologyControl(State& state, Random random)
        : state_(state)
        , random_(random) {}

    // The default VPC of an account and region; made when it is first asked for.
    const Topology& topology_of(const std::string& account, const std::string& region);

    api::DescribeRegionsResult
    describe_regions(const aws::Call& call, const api::DescribeRegionsRequest& input);
    api::DescribeAvailabilityZonesResult describe_availability_zones(
        const aws::Call& call,
        const api::DescribeAvailabilityZonesRequest& input
    );
    api::DescribeVpcsResult
    describe_vpcs(const aws::Call& call, const api::DescribeVpcsRequest& input);
    api::DescribeSubnetsResult
    describe_subnets(const aws::Call& call, const api::DescribeSubnetsRequest& input);
    api::DescribeSecurityGroupsResult describe_security_groups(
        const aws::Call& call,
        const api::DescribeSecurityGroupsRequest& input
    );

private:
    std::int32_t free_addresses(const Subnet& subnet) const;
    State& state_;
    Random random_;
};

} // namespace diorama::ec2
