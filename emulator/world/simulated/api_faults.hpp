// API calls that fail in a simulated world, as the fault injection service makes them fail: those
// that Auto Scaling, CloudWatch's alarms and CloudFormation make of other services, and those that
// a scenario makes itself. Measuring is never disturbed.
// https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
#pragma once

#include "emulator/environment.hpp"
#include "emulator/world/ports.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace diorama {

class APIFaults {
public:
    explicit APIFaults(Random random)
        : random_(random) {}

    enum class Error : std::uint8_t { throttled, internal, unavailable };

    struct Failing {
        std::string service;              // as its folder is called
        std::set<std::string> operations; // empty: all
        double share = 1;
        Error error = Error::throttled;
    };

    struct Shortage {
        std::set<std::string> zones;  // empty: all
        std::set<std::string> groups; // whose launches fail; empty: everybody's
        double share = 1;
    };

    // By the number of the fault.
    void begin(int fault, Failing failing) { failing_[fault] = std::move(failing); }

    void begin(int fault, Shortage shortage) { shortages_[fault] = std::move(shortage); }

    void end(int fault) {
        failing_.erase(fault);
        shortages_.erase(fault);
    }

    // A call is made: throws the AWSError that it is answered with instead.
    void before(std::string_view service, std::string_view operation);
    void before_launch(const std::string& zone, const std::string& group);

    // How many calls have failed, by fault.
    const std::map<int, std::uint64_t>& failed() const { return failed_; }

private:
    bool strikes(int fault, double share);

    Random random_;
    std::map<int, Failing> failing_;
    std::map<int, Shortage> shortages_;
    std::map<int, std::uint64_t> failed_;
};

// What somebody calls a service: "elasticloadbalancing" and "monitoring" are elbv2 and cloudwatch.
std::string folder_of_service(const std::string& name);

// Auto Scaling's calls of EC2. A launch that fails is its business; ending an instance is tried
// again until it succeeds.
class DisturbedFleet final : public autoscaling::Instances {
public:
    DisturbedFleet(autoscaling::Instances& fleet, APIFaults& faults, Scheduler& scheduler)
        : fleet_(fleet)
        , faults_(faults)
        , scheduler_(scheduler) {}

    std::string launch(const autoscaling::Launch& launch) override;
    void terminate(const std::string& instance_id) override;

    Instance find(const std::string& instance_id) override { return fleet_.find(instance_id); }

    std::pair<std::string, std::string> check_launch_template(
        const autoscaling::Place& place,
        const std::string& id_or_name,
        const std::string& its_version
    ) override {
        return fleet_.check_launch_template(place, id_or_name, its_version);
    }

    std::optional<std::string>
    zone_of(const autoscaling::Place& place, const std::string& subnet_id) override {
        return fleet_.zone_of(place, subnet_id);
    }

    bool has_zone(const autoscaling::Place& place, const std::string& zone) override {
        return fleet_.has_zone(place, zone);
    }

private:
    autoscaling::Instances& fleet_;
    APIFaults& faults_;
    Scheduler& scheduler_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// Auto Scaling's calls of load balancers, tried again until they succeed.
class DisturbedTargetGroups final : public autoscaling::TargetGroups {
public:
    DisturbedTargetGroups(
        autoscaling::TargetGroups& groups,
        APIFaults& faults,
        Scheduler& scheduler
    )
        : groups_(groups)
        , faults_(faults)
        , scheduler_(scheduler) {}

    // Told of what has been done.
    using Watch = std::function<
        void(const std::string& target_group_arn, const std::string& instance_id, bool is_in)>;

    void watch(Watch watch) { watch_ = std::move(watch); }

    bool exists(const autoscaling::Place& place, const std::string& target_group_arn) override {
        return groups_.exists(place, target_group_arn);
    }

    void add(const std::string& target_group_arn, const std::string& instance_id) override;
    void remove(const std::string& target_group_arn, const std::string& instance_id) override;
    // What is to be removed and could not be yet is not let go of.
    Health health_of(const std::string& target_group_arn, const std::string& instance_id) override;

private:
    using Target = std::pair<std::string, std::string>; // group, instance

    void change(const Target& target, bool adds);

    autoscaling::TargetGroups& groups_;
    APIFaults& faults_;
    Scheduler& scheduler_;
    Watch watch_;
    std::map<Target, bool> wanted_; // adds, or removes; what could not be done yet
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// What alarms do when they change their state.
class DisturbedActions final : public cloudwatch::AlarmActions {
public:
    DisturbedActions(cloudwatch::AlarmActions& actions, APIFaults& faults)
        : actions_(actions)
        , faults_(faults) {}

    bool is_emulated(const std::string& action_arn) const override {
        return actions_.is_emulated(action_arn);
    }

    std::string
    perform(const cloudwatch::AlarmTransition& transition, const std::string& action_arn) override;

private:
    cloudwatch::AlarmActions& actions_;
    APIFaults& faults_;
};

} // namespace diorama
