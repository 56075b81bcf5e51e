// Instances in virtual time: each is a queue (ec2's own model of vCPUs) with a limited number of
// requests in work, that starts, serves, is overwhelmed, loses its power or its network, and ends.
#pragma once

#include "emulator/simulation/event_queue.hpp"
#include "emulator/simulation/scenario.hpp"
#include "services/ec2/ec2.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace diorama {

using CallId = std::uint32_t; // of a request on its way through the cloud

// Which database a name led to when it was looked up last, and the versions of the names and of the
// databases then.
struct RememberedDatabase {
    std::uint64_t names = 0;
    std::uint64_t databases = 0;
    std::uint32_t database = 0; // its number; 0: none
};

// What a bad build does to the routes of the application.
struct BadBuild {
    static constexpr std::uint16_t every_route = 0xffff;
    double error_rate = 1; // share of the requests that it fails
    double slowdown = 1;   // times the CPU time
    std::string text;      // what its pages say instead; empty: the same
    std::uint16_t route = every_route;

    bool concerns(std::uint16_t of_call) const { return route == every_route || route == of_call; }
};

// Answers that take longer, for no work of their own.
struct SlowAnswers {
    simulation::RandomVariable delay; // nanoseconds
    double share = 1;
};

struct SimulatedInstance {
    ec2::InstanceIdentity identity;
    ec2::ApplicationSettings settings;
    ec2::InstanceQueue queue{1};
    Timestamp ready_at{};                      // when the application answers
    bool is_running = true;                    // false: gone for good
    bool is_reachable = true;                  // false: nothing comes in or out, and nobody is told
    std::shared_ptr<const BadBuild> bad_build; // none: a good one
    std::shared_ptr<const SlowAnswers> slow_answers;
    std::uint32_t slots = 1;
    std::vector<CallId> in_work;
    std::deque<CallId> waiting;
    double bytes_in = 0;
    double bytes_out = 0;
    std::uint64_t requests = 0;
    std::uint64_t memory_bytes = 0;
    // Connections that load balancers keep open, by when they were used last; only where the
    // application closes them before load balancers do.
    std::vector<Timestamp> idle_connections;
    RememberedDatabase database;
    RememberedDatabase read_database;
};

// What becomes of requests that an instance had.
class InstanceCalls {
public:
    virtual ~InstanceCalls() = default;
    // The process went away under them.
    virtual void broken_off(std::vector<CallId> calls) = 0;
    virtual void instance_started(std::uint32_t instance) = 0;
};

class SimulatedFleet final : public ec2::InstanceHosts {
public:
    SimulatedFleet(const Clock& clock, const simulation::App& app, InstanceCalls& calls)
        : clock_(clock)
        , app_(app)
        , calls_(calls) {}

    std::unique_ptr<ec2::InstanceHost> start(const ec2::InstanceIdentity& identity) override;

    // The instance that runs at an address now.
    std::optional<std::uint32_t> at(const network::IPAddress& address) const;

    SimulatedInstance& operator[](std::uint32_t instance) { return instances_[instance]; }

    std::size_t size() const { return instances_.size(); }

    // Whether the application takes connections.
    bool answers(const SimulatedInstance& instance) const;

    // The network of everything in the zone is cut, or there again.
    void set_zone_reachable(const std::string& zone, bool is_reachable);
    void set_reachable(const std::string& instance_id, bool is_reachable);

    // The build that instances of a group start with from now on; none: a good one.
    void deploy(const std::string& group, std::shared_ptr<const BadBuild> build);
    // The build of an instance that runs.
    void set_build(const std::string& instance_id, std::shared_ptr<const BadBuild> build);
    void set_slow(const std::string& instance_id, std::shared_ptr<const SlowAnswers> slow);
    // The process is killed and starts again.
    void restart(std::uint32_t instance);

private:
    friend class SimulatedHost;

    void end(std::uint32_t instance);
    std::vector<CallId> take_calls(SimulatedInstance& instance);

    const Clock& clock_;
    const simulation::App& app_;
    InstanceCalls& calls_;
    std::deque<SimulatedInstance> instances_;
    std::unordered_map<std::uint32_t, std::uint32_t> by_address_; // order-free: only looked up
    std::map<std::string, bool> dark_zones_;
    std::map<std::string, std::shared_ptr<const BadBuild>> bad_builds_; // by group
};

} // namespace diorama
