// What Auto Scaling needs of other services, in its own words; joined in world.cpp. World thread
// only.
#pragma once

#include "emulator/time/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::autoscaling {

struct Place {
    std::string account;
    std::string region;
};

struct Launch {
    Place place;
    std::string launch_template; // id
    std::string version;
    std::string subnet_id; // or
    std::string zone;
    std::map<std::string, std::string> tags;
};

class Instances {
public:
    enum class Phase { starting, running, ending, gone };

    struct Instance {
        Phase phase = Phase::gone;
        std::string type;
        std::string zone;
        std::int64_t launch_template_version = 0;
        Timestamp launched{};
    };

    virtual ~Instances() = default;
    // The instance's id; throws the error that EC2 gives.
    virtual std::string launch(const Launch& launch) = 0;
    virtual void terminate(const std::string& instance_id) = 0;
    virtual Instance find(const std::string& instance_id) = 0;
    // Throws EC2's error if there is no such launch template or version; gives the template's id
    // and name.
    virtual std::pair<std::string, std::string> check_launch_template(
        const Place& place,
        const std::string& id_or_name,
        const std::string& version
    ) = 0;
    // The zone of a subnet; nothing if there is none.
    virtual std::optional<std::string>
    zone_of(const Place& place, const std::string& subnet_id) = 0;
    virtual bool has_zone(const Place& place, const std::string& zone) = 0;
};

class TargetGroups {
public:
    enum class Health { initial, healthy, unhealthy, draining, unused };

    virtual ~TargetGroups() = default;
    virtual bool exists(const Place& place, const std::string& target_group_arn) = 0;
    virtual void add(const std::string& target_group_arn, const std::string& instance_id) = 0;
    virtual void remove(const std::string& target_group_arn, const std::string& instance_id) = 0;
    virtual Health
    health_of(const std::string& target_group_arn, const std::string& instance_id) = 0;
};

// The alarms that target tracking makes for itself.
struct TrackedMetric {
    std::string metric_namespace;
    std::string name;
    std::map<std::string, std::string> dimensions;
    std::string statistic;
    std::string unit;
};

struct TrackingAlarm {
    Place place;
    std::string name;
    std::string description;
    TrackedMetric metric;
    std::string comparison_operator;
    double threshold = 0;
    std::int32_t evaluation_periods = 1;
    std::string policy_arn; // what the alarm carries out
};

class Alarms {
public:
    virtual ~Alarms() = default;
    virtual std::string put(const TrackingAlarm& alarm) = 0; // the ARN
    virtual void remove(const Place& place, const std::string& name) = 0;
};

} // namespace diorama::autoscaling
