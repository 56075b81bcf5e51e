// See fault_catalogue.hpp.
// AWS: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
#include "emulator/simulation/fault_catalogue.hpp"

#include <array>

namespace diorama::simulation {

namespace {

using Kind = FaultParameter::Kind;
using Hits = FaultAction::Hits;
using Lasts = FaultAction::Lasts;

// clang-format off
constexpr std::string_view instances = "AWS::EC2::Instance|AWS::AutoScaling::AutoScalingGroup";
constexpr std::string_view groups = "AWS::AutoScaling::AutoScalingGroup";
constexpr std::string_view databases = "AWS::RDS::DBInstance";

constexpr std::array stop_parameters{
    FaultParameter{"startInstancesAfterDuration", Kind::duration, false, "Starts them again so much later"},
};
constexpr std::array reboot_database_parameters{
    FaultParameter{"forceFailover", Kind::flag, false, "Whether a Multi-AZ instance fails over to its standby"},
};
constexpr std::array connectivity_parameters{
    FaultParameter{"scope", Kind::choice, false, "What is cut off: everything, or only other zones", "all|availability-zone"},
};
constexpr std::array api_error_parameters{
    FaultParameter{"service", Kind::text, true, "The namespace of the API: ec2, autoscaling, elasticloadbalancing, rds, s3, sns, monitoring, route53, cloudfront"},
    FaultParameter{"operations", Kind::texts, false, "The operations; else all of the service"},
    FaultParameter{"percentage", Kind::percentage, false, "How many of the calls fail; else 100"},
};
constexpr std::array capacity_parameters{
    FaultParameter{"availabilityZoneIdentifiers", Kind::texts, true, "The zones without capacity, or `all`"},
    FaultParameter{"percentage", Kind::percentage, false, "How many of the calls fail; else 100"},
};
constexpr std::array slow_origin_parameters{
    FaultParameter{"delay", Kind::time_law, true, "What is added to every answer"},
    FaultParameter{"share", Kind::share, false, "How many answers are slow; else all"},
};
constexpr std::array packet_loss_parameters{
    FaultParameter{"share", Kind::share, true, "How many packets are lost"},
    FaultParameter{"place", Kind::text, false, "Only clients of this place on earth"},
};
constexpr std::array clock_skew_parameters{
    FaultParameter{"skew", Kind::signed_duration, true, "How far the clocks are ahead; behind if negative"},
    FaultParameter{"population", Kind::text, false, "Whose clocks; else everybody's"},
};
constexpr std::array poisoned_parameters{
    FaultParameter{"error_rate", Kind::share, false, "How many requests the new build answers with 500"},
    FaultParameter{"slowdown", Kind::number, false, "How many times the CPU time it takes"},
    FaultParameter{"text", Kind::text, false, "What its pages say instead, with 200"},
    FaultParameter{"route", Kind::text, false, "Only this route of `app`, as written there"},
    FaultParameter{"every", Kind::duration, false, "The pause between two instances that get it; else all at once"},
};
constexpr std::array lag_parameters{
    FaultParameter{"lag", Kind::duration, true, "How far behind its source it stays"},
};
constexpr std::array invalidation_parameters{
    FaultParameter{"paths", Kind::texts, false, "What is invalidated; else /*"},
};
constexpr std::array restore_parameters{
    FaultParameter{"snapshot", Kind::text, false, "Its identifier; else the latest"},
    FaultParameter{"point_in_time", Kind::duration, false, "Instead of a snapshot: the state of that time of the run"},
};
constexpr std::array weights_parameters{
    FaultParameter{"record", Kind::text, true, "The name of the weighted records"},
    FaultParameter{"weights", Kind::weights, true, "Set identifier: weight"},
};
constexpr std::array capacity_change_parameters{
    FaultParameter{"capacity", Kind::count, true, "The new desired capacity"},
};
constexpr std::array sql_parameters{
    FaultParameter{"sql", Kind::text, true, "The statement, like DROP TABLE orders"},
};

constexpr std::array actions{
    FaultAction{"aws:ec2:terminate-instances", "Terminates instances", Hits::zone_or_target, true, instances, Lasts::at_once, {}},
    FaultAction{"aws:ec2:stop-instances", "Stops instances, and starts them again when it ends", Hits::zone_or_target, true, instances, Lasts::may, stop_parameters},
    FaultAction{"aws:ec2:reboot-instances", "Reboots instances", Hits::zone_or_target, true, instances, Lasts::at_once, {}},
    FaultAction{"aws:rds:reboot-db-instances", "Reboots DB instances", Hits::target, true, databases, Lasts::at_once, reboot_database_parameters},
    FaultAction{"aws:rds:failover-db-cluster", "Fails a DB cluster over", Hits::target, false, {}, Lasts::at_once, {},
                "there are no DB clusters (Aurora) here; for a Multi-AZ instance use `aws:rds:reboot-db-instances` with forceFailover: true"},
    FaultAction{"aws:network:disrupt-connectivity", "Cuts the subnets of a zone off", Hits::zone_or_target, true, "AWS::EC2::Subnet", Lasts::must, connectivity_parameters},
    FaultAction{"aws:fis:inject-api-internal-error", "API calls are answered with InternalError", Hits::nothing, false, {}, Lasts::must, api_error_parameters},
    FaultAction{"aws:fis:inject-api-throttle-error", "API calls are throttled", Hits::nothing, false, {}, Lasts::must, api_error_parameters},
    FaultAction{"aws:fis:inject-api-unavailable-error", "API calls are answered with Unavailable", Hits::nothing, false, {}, Lasts::must, api_error_parameters},
    FaultAction{"aws:ec2:api-insufficient-instance-capacity-error", "Launching instances fails with InsufficientInstanceCapacity", Hits::nothing, false, {}, Lasts::must, capacity_parameters},
    FaultAction{"aws:ec2:asg-insufficient-instance-capacity-error", "The same, only for launches of Auto Scaling groups", Hits::target, true, groups, Lasts::must, capacity_parameters},
    FaultAction{"az-power-interruption", "A zone loses power: instances stop, the standby takes over, the network is gone, nothing launches there", Hits::zone, true, {}, Lasts::must, {}},
    FaultAction{"slow-origin", "Answers of an origin or of instances take longer", Hits::zone_or_target, false, {}, Lasts::may, slow_origin_parameters},
    FaultAction{"packet-loss", "Packets between clients and the edge, or of a zone, are lost", Hits::zone_or_target, false, {}, Lasts::may, packet_loss_parameters},
    FaultAction{"client-clock-skew", "Clients' clocks are wrong", Hits::nothing, false, {}, Lasts::may, clock_skew_parameters},
    FaultAction{"poisoned-deployment", "A bad build is rolled out, and rolled back when it ends", Hits::target, true, groups, Lasts::may, poisoned_parameters},
    FaultAction{"full-disk", "The disk of a database is full: it only reads", Hits::target, true, databases, Lasts::may, {}},
    FaultAction{"replica-lag", "A read replica falls behind", Hits::target, true, databases, Lasts::may, lag_parameters},
    FaultAction{"expired-certificate", "The certificate of a load balancer or distribution has expired", Hits::target, true, "AWS::ElasticLoadBalancingV2::LoadBalancer|AWS::CloudFront::Distribution", Lasts::may, {}},
    FaultAction{"global-invalidation", "Everything, or some paths, leaves every cache of a distribution", Hits::target, true, "AWS::CloudFront::Distribution", Lasts::at_once, invalidation_parameters},
    FaultAction{"run-sql", "A statement that somebody should not have run", Hits::target, true, databases, Lasts::at_once, sql_parameters},
    FaultAction{"restore-snapshot", "A database is restored and takes the place of the broken one", Hits::target, true, databases, Lasts::at_once, restore_parameters},
    FaultAction{"change-weights", "Weighted records get new weights, and the old ones when it ends", Hits::nothing, false, {}, Lasts::may, weights_parameters},
    FaultAction{"set-desired-capacity", "Somebody sets the desired capacity of a group by hand", Hits::target, true, groups, Lasts::at_once, capacity_change_parameters},
};
// clang-format on

} // namespace

std::span<const FaultAction> fault_actions() {
    return actions;
}

const FaultAction* find_fault_action(std::string_view name) {
    for (const FaultAction& action : actions) {
        if (action.name == name) return &action;
    }
    return nullptr;
}

} // namespace diorama::simulation
