// What a simulated world is made of, for the files of this folder and for no one else.
#pragma once

#include "emulator/aws/internal_calls.hpp"
#include "emulator/metrics/live_metrics.hpp"
#include "emulator/simulation/clients.hpp"
#include "emulator/world/names.hpp"
#include "emulator/world/ports.hpp"
#include "emulator/world/simulated/api_faults.hpp"
#include "emulator/world/simulated/databases.hpp"
#include "emulator/world/simulated/fleet.hpp"
#include "emulator/world/simulated/simulated_world.hpp"
#include "emulator/world/simulated/traffic.hpp"
#include "emulator/world/stack.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <vector>

namespace diorama {

// Distributions publish the names they answer to; all lead to the one edge location.
class SimulatedViewers final : public cloudfront::ViewerListeners {
public:
    SimulatedViewers(network::Names& names, network::IPAddress edge)
        : names_(names)
        , edge_(edge) {}

    void listen(const std::string&, http::Handler) override {}

    void publish(const std::string& host_name, const std::string&) override {
        names_.publish(host_name, {edge_});
    }

    void withdraw(const std::string& host_name) override { names_.publish(host_name, {}); }

private:
    network::Names& names_;
    network::IPAddress edge_;
};

// Everyone who subscribed hears: notifications are counted, not carried.
class SimulatedEndpoints final : public sns::HTTPEndpoints {
public:
    explicit SimulatedEndpoints(Scheduler& scheduler)
        : scheduler_(scheduler) {}

    void post(sns::EndpointRequest, std::function<void(int status)> answered) override {
        scheduler_.post([answered = std::move(answered)] { answered(200); });
    }

    std::string signing_certificate() override { return {}; }

private:
    Scheduler& scheduler_;
};

class SimulatedCheckers;
class SimulatedFaults;

struct SimulatedWorld::Parts {
    Parts(const simulation::Scenario& scenario, std::uint64_t seed, Log& log);

    ~Parts() { traffic.close(); }

    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    // Deployment.
    void check_faults() const;
    std::string settings_without_effect() const;
    template <class Service>
    void offer(Service& service);
    void offer_services();
    nlohmann::json
    call(std::string_view service, std::string_view operation, const nlohmann::json& input);
    // The same, but as somebody whose calls may fail.
    nlohmann::json
    act(std::string_view service, std::string_view operation, const nlohmann::json& input);
    void pass(Duration span);
    void create_stack();
    void load_databases();
    void fill_buckets();
    void wait_until_ready();

    // The run.
    void begin_traffic(SimulatedCheckers& checkers);
    void end_traffic();
    void record_instance(const ec2::InstanceView& instance);
    std::size_t alarms_in_alarm();
    void note_instances_in_service();
    void describe(simulation::Results& results, const simulation::Clients& clients);
    void add_instances(simulation::Results& results);
    void add_moments(simulation::Results& results, const SimulatedFaults& faults);
    void add_architecture(simulation::Results& results) const;
    double ask_database(const std::string& identifier, const std::string& statement);
    std::uint64_t lost_writes();
    void check_every_minute(SimulatedCheckers& checkers);
    void check_alarms(SimulatedCheckers& checkers, const simulation::Results& results);
    void check_at_the_end(SimulatedCheckers& checkers, const simulation::Clients& clients);

    static constexpr auto account = "000000000000";

    const simulation::Scenario& scenario;
    Log& log;

    // The ground.
    VirtualTime time;
    LiveMetrics metrics;
    ForgetfulJournal journal;
    Environment environment;
    simulation::EventQueue events{time};
    network::Names names;
    network::IPAddress front_door{names.claim(network::Names::Kind::edge_location, "front door")};
    network::IPAddress edge{names.claim(network::Names::Kind::edge_location, "edge location")};
    WorldNames world_names{names, front_door, 4566};

    // What carries events in place of bytes.
    SimulatedTraffic traffic{
        {environment, events, names, scenario.app, scenario.deploy.region, scenario.start}
    };
    SimulatedFleet fleet{time, scenario.app, traffic};
    SimulatedViewers viewers{names, edge};

    // The services, each after those it asks.
    s3::S3 s3{environment, {}};
    TargetHealthOfELB target_health;
    AlarmsOfHealthChecks health_alarms;
    VPCsOfEC2 vpcs;
    route53::Route53 route53{
        environment,
        {world_names, world_names, &traffic, &target_health, &health_alarms, &vpcs, nullptr, {}, {}
        },
        nullptr
    };
    ec2::EC2 ec2{environment, names, fleet};
    SubnetsOfEC2 subnets{ec2};
    TargetsOfEC2 targets{ec2, names};
    OwnCertificates certificates{nullptr};
    elbv2::ELBv2 elbv2{environment, {subnets, targets, certificates}, traffic, traffic};
    APIFaults api_faults{environment.random.fork("faults/api")};
    ActionsOfAlarms alarm_actions;
    DisturbedActions disturbed_actions{alarm_actions, api_faults};
    cloudwatch::CloudWatch cloudwatch{environment, disturbed_actions};
    SimulatedEndpoints sns_endpoints{time};
    sns::SNS sns{environment, sns_endpoints};
    FleetOfEC2 launches{ec2};
    GroupsOfELB target_groups{elbv2};
    AlarmsOfCloudWatch tracking_alarms{cloudwatch};
    DisturbedFleet disturbed_launches{launches, api_faults, time};
    DisturbedTargetGroups disturbed_groups{target_groups, api_faults, time};
    autoscaling::AutoScaling
        autoscaling{environment, disturbed_launches, disturbed_groups, tracking_alarms};
    cloudfront::CloudFront cloudfront{environment, viewers};
    SimulatedDatabases databases{environment, names, s3};
    DBSubnetsOfEC2 db_subnets{ec2};
    rds::RDS rds{environment, databases, db_subnets};
    aws::InternalCalls calls{environment, "localhost:4566"};
    CallsOfStacks calls_of_stacks{calls};
    TemplatesInS3 templates_in_s3{s3};
    cloudformation::CloudFormation cloudformation{environment, calls_of_stacks, templates_in_s3};

    // Metrics are handed over by the minute; the last nanosecond of one is still in it.
    Ticker gather{time, std::chrono::minutes(1), [this] {
                      traffic.hand_over(metrics);
                      metrics.gather(cloudwatch, time.now() - Duration(1));
                  }};

    // What is known of the stack.
    ScenarioStack stack{
        scenario,
        [this](const auto& region, auto service, auto operation, const auto& input) {
            return calls.call({account, region, true}, service, operation, input);
        },
        environment.random
    };
    std::map<std::string, simulation::ValueSource> values;
    std::map<std::string, simulation::InstanceLife> lives; // by instance id
    std::uint64_t seed;
};

} // namespace diorama
