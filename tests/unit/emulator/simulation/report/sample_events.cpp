// What happens during the sample: instances that come and go, alarms, faults, moments; see
// sample_results.hpp.
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <fmt/format.h>

#include <array>

namespace diorama::simulation::test {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration fault_from = hours(3) + minutes(30);
constexpr Duration fault_to = fault_from + minutes(25);

void add_instances(Results& results) {
    const std::array<std::string, 3> zones{"us-east-1a", "us-east-1b", "us-east-1c"};
    // One more instance each time the traffic has grown by so much, gone when it has fallen again.
    for (int i = 0; i < 18; ++i) {
        InstanceLife life;
        life.id = fmt::format("i-0{:015x}", 0x7a3c91e5d2U * static_cast<unsigned>(i + 1));
        life.type = "m6g.large";
        life.zone = zones[static_cast<std::size_t>(i % 3)];
        life.group = "WebGroup";
        life.launched = i < 3 ? Duration{} : minutes(20 + 9 * i);
        life.in_service = life.launched + seconds(75 + i);
        if (i >= 6) {
            life.left = hours(4) + minutes(15 + (18 - i) * 8);
            life.terminated = *life.left + minutes(5);
            life.end_reason = "scaled in: CPU utilization below its target";
        }
        if (i % 3 == 0) {
            life.left = fault_from;
            life.terminated = fault_from + seconds(40);
            life.end_reason = "its zone lost power";
            life.failed = true;
        }
        life.requests = static_cast<std::uint64_t>(1'000'000 + 40'000 * i);
        results.instances.push_back(life);
    }
    for (int i = 0; i < 6; ++i) {
        InstanceLife life;
        life.id = fmt::format("i-0{:015x}", 0x91d3a7c5b1U * static_cast<unsigned>(i + 1));
        life.type = "m6g.large";
        life.zone = zones[static_cast<std::size_t>(i < 5 ? 1 + i % 2 : 0)];
        life.group = "WebGroup";
        life.launched =
            i < 5 ? Duration(fault_from + seconds(60 + 20 * i)) : Duration(fault_to + minutes(6));
        life.in_service = life.launched + seconds(95);
        if (i < 4) {
            life.left = hours(5) + minutes(10 * i);
            life.terminated = *life.left + minutes(5);
            life.end_reason = "scaled in: CPU utilization below its target";
        }
        life.requests = 700'000;
        results.instances.push_back(life);
    }
}

void add_alarms(Results& results) {
    results.alarms = {
        {"UnhealthyHosts", "INSUFFICIENT_DATA", {}, minutes(2), "no datapoints yet", {}},
        {"UnhealthyHosts",
         "OK",
         minutes(2),
         fault_from + seconds(110),
         "1 datapoint was not greater than 0",
         {}},
        {"UnhealthyHosts",
         "ALARM",
         fault_from + seconds(110),
         fault_from + minutes(7),
         "2 datapoints [5, 5] were greater than 0",
         {}},
        {"UnhealthyHosts",
         "OK",
         fault_from + minutes(7),
         hours(6),
         "1 datapoint was not greater than 0",
         {}},
        {"TargetTracking-WebGroup-AlarmHigh", "OK", {}, minutes(45), "", {}},
        {"TargetTracking-WebGroup-AlarmHigh",
         "ALARM",
         minutes(45),
         hours(3) + minutes(2),
         "3 datapoints were greater than 55",
         {}},
        {"TargetTracking-WebGroup-AlarmHigh",
         "OK",
         hours(3) + minutes(2),
         fault_from + minutes(3),
         "",
         {}},
        {"TargetTracking-WebGroup-AlarmHigh",
         "ALARM",
         fault_from + minutes(3),
         fault_from + minutes(16),
         "3 datapoints were greater than 55",
         {}},
        {"TargetTracking-WebGroup-AlarmHigh", "OK", fault_from + minutes(16), hours(6), "", {}},
        {"DatabaseCPU", "OK", {}, hours(6), "CPU utilization never passed 80", {}},
    };
    results.faults = {
        {1,
         "az-power-interruption us-east-1a",
         "az-power-interruption",
         {"us-east-1a", "i-1", "i-2", "i-3", "i-4", "i-5"},
         fault_from,
         fault_to,
         ""},
        {2,
         "slow origin",
         "aws:network:disrupt-latency",
         {"WebTargets"},
         hours(5),
         hours(5) + minutes(4),
         ""},
        {3,
         "reboot of the database",
         "aws:rds:reboot-db-instances",
         {"Replica"},
         hours(5) + minutes(20),
         std::nullopt,
         "no DB instance is named Replica"},
    };
}

void add_moments(Results& results) {
    results.moments = {
        {seconds(0), "WebGroup", "launched 3 instances", 10},
        {minutes(18), "CloudFront", "the cache is warm: 93% of requests are hits", 35},
        {minutes(45), "WebGroup", "began to scale out, CPU utilization above 55%", 40},
        {hours(3) + minutes(2), "Clients", "peak of traffic: 15.8k requests/s", 55},
        {fault_from, "Faults", "us-east-1a lost power: 6 of 18 instances are gone", 100},
        {fault_from + seconds(4), "Database", "failover to the standby in us-east-1b began", 90},
        {fault_from + seconds(30),
         "Application Load Balancer",
         "6 targets failed their health checks",
         80},
        {fault_from + seconds(61), "Database", "the standby answers; 57 s without writes", 85},
        {fault_from + seconds(110), "CloudWatch", "UnhealthyHosts is in ALARM", 70},
        {fault_from + minutes(3),
         "WebGroup",
         "launched 5 instances in us-east-1b and us-east-1c",
         75},
        {fault_from + minutes(9),
         "Clients",
         "the error rate is back under its mean before the fault",
         78},
        {fault_to, "Faults", "us-east-1a has power again", 50},
        {fault_to + minutes(6), "WebGroup", "balanced zones: 1 instance in us-east-1a", 30},
        {hours(4) + minutes(31), "WebGroup", "began to scale in", 25},
        {hours(5), "Faults", "slow origin", 45},
    };
}

} // namespace

void add_sample_events(Results& results) {
    add_instances(results);
    add_alarms(results);
    add_moments(results);
}

} // namespace diorama::simulation::test
