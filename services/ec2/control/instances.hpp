// Instances: run, describe, stop, start, reboot, terminate.
#pragma once

#include "emulator/aws/call.hpp"
#include "emulator/environment.hpp"
#include "services/ec2/api.hpp"
#include "services/ec2/background/lifecycle.hpp"
#include "services/ec2/control/launch_templates.hpp"
#include "services/ec2/control/topology.hpp"

#include <set>

namespace diorama::ec2 {

class InstanceControl {
public:
    InstanceControl(
        Environment& environment,
        State& state,
        TopologyControl& topologies,
        LaunchTemplateControl& launch_templates,
        Lifecycle& lifecycle
    )
        : environment_(environment)
        , state_(state)
        , topologies_(topologies)
        , launch_templates_(launch_templates)
        , lifecycle_(lifecycle) {}

    api::Reservation run(const aws::Call& call, const api::RunInstancesRequest& input);
    api::DescribeInstancesResult
    describe(const aws::Call& call, const api::DescribeInstancesRequest& input);
    api::DescribeInstanceStatusResult
    describe_status(const aws::Call& call, const api::DescribeInstanceStatusRequest& input);
    api::TerminateInstancesResult
    terminate(const aws::Call& call, const api::TerminateInstancesRequest& input);
    api::StopInstancesResult stop(const aws::Call& call, const api::StopInstancesRequest& input);
    api::StartInstancesResult start(const aws::Call& call, const api::StartInstancesRequest& input);
    api::RebootInstancesOutput
    reboot(const aws::Call& call, const api::RebootInstancesRequest& input);
    api::GetConsoleOutputResult
    console_output(const aws::Call& call, const api::GetConsoleOutputRequest& input);

    // A simulated shortage: launches in that zone are refused.
    void set_capacity(const std::string& zone, bool is_there) {
        if (is_there)
            zones_without_capacity_.erase(zone);
        else
            zones_without_capacity_.insert(zone);
    }

private:
    struct Plan; // what is to be launched, resolved from input and launch template

    static Instance planned_instance(const aws::Call& call, const Plan& plan);
    Plan plan_for(const aws::Call& call, const api::RunInstancesRequest& input);
    std::vector<const Instance*>
    launched_with(const aws::Call& call, const std::optional<std::string>& client_token) const;
    static void check_repetition(
        const Plan& plan,
        const api::RunInstancesRequest& input,
        const std::vector<const Instance*>& launched
    );
    void check_capacity(const Plan& plan) const;
    void place(const aws::Call& call, const api::RunInstancesRequest& input, Plan& plan);
    // As many as there are, up to `most`.
    std::vector<std::string>
    free_private_ips(const Subnet& subnet, std::size_t most, Random& random) const;
    std::vector<std::string>
    checked_ids(const aws::Call& call, const std::vector<std::string>& ids) const;
    api::Instance describe(const Instance& instance) const;
    api::Reservation reservation_of(const std::vector<const Instance*>& instances) const;

    Environment& environment_;
    State& state_;
    TopologyControl& topologies_;
    LaunchTemplateControl& launch_templates_;
    Lifecycle& lifecycle_;
    std::set<std::string> zones_without_capacity_;
};

} // namespace diorama::ec2
