// See world/simulated/api_faults.hpp.
#include "emulator/world/simulated/api_faults.hpp"

#include "emulator/aws/arn.hpp"
#include "emulator/aws/error.hpp"

#include <fmt/format.h>

namespace diorama {

namespace {

using aws::AWSError;

// How long those who try again wait. UNKNOWN: AWS does not say how its services do it.
constexpr Duration retry_interval = std::chrono::seconds(15);

// AWS: "RequestLimitExceeded: The maximum request rate permitted by the Amazon EC2 APIs has been
// exceeded for your account."
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
AWSError error_of_ec2(APIFaults::Error error) {
    switch (error) {
    case APIFaults::Error::throttled:
        return {"RequestLimitExceeded", 503, "Request limit exceeded."};
    case APIFaults::Error::internal:
        return {"InternalError", 500, "An internal error has occurred", aws::Fault::receiver};
    case APIFaults::Error::unavailable:
        break;
    }
    return {
        "Unavailable",
        503,
        "The service is unavailable. Please try again shortly.",
        aws::Fault::receiver
    };
}

// https://docs.aws.amazon.com/AutoScaling/latest/APIReference/CommonErrors.html
AWSError error_of(std::string_view service, APIFaults::Error error) {
    if (service == "ec2") return error_of_ec2(error);
    switch (error) {
    case APIFaults::Error::throttled:
        if (service == "s3") return {"SlowDown", 503, "Please reduce your request rate."};
        return {"Throttling", 400, "Rate exceeded"};
    case APIFaults::Error::internal:
        if (service == "s3")
            return {"InternalError", 500, "We encountered an internal error. Please try again."};
        return {
            "InternalFailure",
            500,
            "The request processing has failed because of an unknown error, exception or failure.",
            aws::Fault::receiver
        };
    case APIFaults::Error::unavailable:
        break;
    }
    return {
        "ServiceUnavailable",
        503,
        "The request has failed due to a temporary failure of the server.",
        aws::Fault::receiver
    };
}

} // namespace

std::string folder_of_service(const std::string& name) {
    if (name == "elasticloadbalancing") return "elbv2";
    if (name == "monitoring") return "cloudwatch";
    return name;
}

bool APIFaults::strikes(int fault, double share) {
    if (share < 1 && random_.real() >= share) return false;
    ++failed_[fault];
    return true;
}

void APIFaults::before(std::string_view service, std::string_view operation) {
    for (const auto& [fault, failing] : failing_) {
        if (failing.service != service) continue;
        const auto& operations = failing.operations;
        if (!operations.empty() && !operations.contains(std::string(operation))) continue;
        if (strikes(fault, failing.share)) throw error_of(service, failing.error);
    }
}

void APIFaults::before_launch(const std::string& zone, const std::string& group) {
    for (const auto& [fault, shortage] : shortages_) {
        if (!shortage.zones.empty() && !shortage.zones.contains(zone)) continue;
        if (!shortage.groups.empty() && !shortage.groups.contains(group)) continue;
        if (strikes(fault, shortage.share))
            throw AWSError(
                "InsufficientInstanceCapacity",
                500,
                fmt::format(
                    "We currently do not have sufficient capacity in the Availability Zone you "
                    "requested ({}). Our system will be working on provisioning additional "
                    "capacity.",
                    zone
                )
            );
    }
}

std::string DisturbedFleet::launch(const autoscaling::Launch& launch) {
    faults_.before("ec2", "RunInstances");
    const auto zone = launch.subnet_id.empty()
                          ? launch.zone
                          : fleet_.zone_of(launch.place, launch.subnet_id).value_or("");
    const auto group = launch.tags.find("aws:autoscaling:groupName");
    faults_.before_launch(zone, group == launch.tags.end() ? "" : group->second);
    return fleet_.launch(launch);
}

void DisturbedFleet::terminate(const std::string& instance_id) {
    try {
        faults_.before("ec2", "TerminateInstances");
    } catch (const AWSError&) {
        scheduler_.after(retry_interval, [this, instance_id, alive = std::weak_ptr(alive_)] {
            if (!alive.expired()) terminate(instance_id);
        });
        return;
    }
    fleet_.terminate(instance_id);
}

void DisturbedTargetGroups::add(const std::string& arn, const std::string& instance_id) {
    change({arn, instance_id}, true);
}

void DisturbedTargetGroups::remove(const std::string& arn, const std::string& instance_id) {
    change({arn, instance_id}, false);
}

void DisturbedTargetGroups::change(const Target& target, bool adds) {
    try {
        faults_.before("elbv2", adds ? "RegisterTargets" : "DeregisterTargets");
    } catch (const AWSError&) {
        wanted_[target] = adds;
        scheduler_.after(retry_interval, [this, target, adds, alive = std::weak_ptr(alive_)] {
            if (alive.expired()) return;
            const auto still = wanted_.find(target);
            if (still != wanted_.end() && still->second == adds) change(target, adds);
        });
        return;
    }
    wanted_.erase(target);
    adds ? groups_.add(target.first, target.second) : groups_.remove(target.first, target.second);
    if (watch_) watch_(target.first, target.second, adds);
}

autoscaling::TargetGroups::Health
DisturbedTargetGroups::health_of(const std::string& arn, const std::string& instance_id) {
    const auto wanted = wanted_.find({arn, instance_id});
    if (wanted != wanted_.end() && !wanted->second) return Health::draining;
    return groups_.health_of(arn, instance_id);
}

std::string DisturbedActions::perform(
    const cloudwatch::AlarmTransition& transition,
    const std::string& action_arn
) {
    const auto arn = aws::ARN::parse(action_arn);
    try {
        if (arn && arn->service == "sns") faults_.before("sns", "Publish");
        if (arn && arn->service == "autoscaling") faults_.before("autoscaling", "ExecutePolicy");
    } catch (const AWSError& error) {
        return error.message();
    }
    return actions_.perform(transition, action_arn);
}

} // namespace diorama
