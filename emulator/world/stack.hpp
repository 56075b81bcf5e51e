// The stack of a scenario, made and asked by the API and nothing else, so that a run in virtual
// time and a live one do it alike: its deployment, what belongs into its buckets, what expectations
// and reports want to know of it. What is done to it stands in world/stack_faults.hpp.
#pragma once

#include "emulator/random/random.hpp"
#include "emulator/simulation/cost.hpp"
#include "emulator/simulation/measurements.hpp"
#include "emulator/simulation/results.hpp"
#include "emulator/simulation/scenario.hpp"
#include "emulator/world/run.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace diorama {

// What is wrong with a template, as far as CloudFormation can say so before it makes anything.
std::vector<std::string> mistakes_in_template(const std::string& text);

struct StackResource {
    std::string logical_id;
    std::string physical_id;
    std::string type;
};

class ScenarioStack {
public:
    // An API call from inside; throws what the service refuses with.
    using Call = std::function<nlohmann::json(
        const std::string& region,
        std::string_view service,
        std::string_view operation,
        const nlohmann::json& input
    )>;

    // The scenario must live longer.
    ScenarioStack(const simulation::Scenario& scenario, Call call, Random random)
        : scenario_(scenario)
        , call_(std::move(call))
        , random_(random) {}

    // What is done to the stack rather than asked of it goes another way, if there is one.
    void act_through(Call act) { act_ = std::move(act); }

    nlohmann::json
    act(std::string_view service, std::string_view operation, const nlohmann::json& input) const;

    // In the scenario's region.
    nlohmann::json
    call(std::string_view service, std::string_view operation, const nlohmann::json& input) const;
    // Likewise, and what all pages of the answer list under that name.
    nlohmann::json list(
        std::string_view service,
        std::string_view operation,
        nlohmann::json input,
        const std::string& name
    ) const;
    nlohmann::json call_in(
        const std::string& region,
        std::string_view service,
        std::string_view operation,
        const nlohmann::json& input
    ) const;

    // Deployment. Throws DeploymentFailed.
    void begin();
    // Whether it stands; then its resources are known.
    bool is_made();
    // "Database is CREATE_IN_PROGRESS"
    std::string unfinished_resources() const;
    // Groups are complete, and their targets healthy.
    bool is_ready() const;

    // By logical id.
    const std::vector<StackResource>& resources() const { return resources_; }

    // By logical or physical id.
    const StackResource* find(std::string_view id) const;

    struct NewObject {
        std::string bucket; // its name
        std::string key;
        std::string path; // the file; empty: any bytes
        std::uint64_t size = 0;
        std::string cache_control;
    };

    // Hands over everything that belongs into buckets; what placeholders are drawn from.
    std::map<std::string, simulation::ValueSource>
    fill_buckets(const std::function<void(const NewObject& object)>& put) const;

    // What is told of a run that began at `start`. world/stack_results.cpp
    void add_timelines(Timestamp start, simulation::Results& results) const;
    void add_alarms(Timestamp start, simulation::Results& results) const;
    void add_activities(Timestamp start, simulation::Results& results) const;
    // Puts the instances into the order of their launch, and how many served into a timeline.
    static void count_instances(simulation::Results& results);
    static void
    add_faults(const std::vector<simulation::FaultPeriod>& faults, simulation::Results& results);

    // What no API tells; what is absent cannot be measured.
    struct Beyond {
        std::function<
            simulation::Measurements::NameCounts(const std::string&, const simulation::Window&)>
            name;
        // Of a database by its physical id: the number that a statement gives.
        std::function<double(const std::string& database, const std::string& statement)> query;
    };

    // What expectations ask for; not longer than this. world/stack_measurements.cpp
    std::unique_ptr<simulation::Measurements>
    measurements(Timestamp start, Timestamp end, Beyond beyond = {}) const;

    // What clients and edge locations carried, which no API tells.
    struct Carried {
        std::uint64_t edge_requests = 0;
        std::uint64_t origin_requests = 0; // from edge locations
        double edge_bytes = 0;
        double balancer_bytes = 0;
    };

    // What would be paid for. world/stack_usage.cpp
    simulation::Usage
    usage(Timestamp start, const simulation::Results& results, const Carried& carried) const;

private:
    std::map<std::string, std::string> all_parameters(const std::string& body) const;
    std::string reasons_of_failure(const std::string& status) const;
    void learn_resources();
    bool is_target_group_healthy(const std::string& arn) const;
    const StackResource& bucket(const std::string& logical_id) const;

    const simulation::Scenario& scenario_;
    Call call_;
    Call act_;
    Random random_;
    std::vector<StackResource> resources_;
};

} // namespace diorama
