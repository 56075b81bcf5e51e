// What happens beside the traffic of a live run, on a thread of its own: faults at their time, and
// a look at instances, targets and alarms every second, by the API.
#pragma once

#include "emulator/log.hpp"
#include "emulator/time/clock.hpp"
#include "emulator/world/stack_faults.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace diorama {

class LiveWatch {
public:
    // All must live longer; the stack is used by nobody else until end(). The run began at
    // `start`.
    LiveWatch(
        const simulation::Scenario& scenario,
        ScenarioStack& stack,
        const Clock& clock,
        Timestamp start,
        Random random
    );
    ~LiveWatch();
    LiveWatch(const LiveWatch&) = delete;
    LiveWatch& operator=(const LiveWatch&) = delete;

    struct Sight {
        std::size_t instances = 0; // running
        std::size_t alarms = 0;    // in ALARM
    };

    Sight sight() const; // any thread

    // No fault begins any more; looks a last time.
    void end();

    // After end().

    const std::vector<simulation::FaultPeriod>& faults() const { return periods_; }

    const std::map<std::string, simulation::InstanceLife>& lives() const { return lives_; }

private:
    struct Due {
        Duration at{};
        std::size_t fault = 0; // index
        bool begins = true;
    };

    void run();
    void carry_out(const Due& due);
    void look();
    void look_at_instance(
        const nlohmann::json& instance,
        const std::set<std::string>& serving,
        Duration now
    );
    std::set<std::string> serving_instances() const;

    const simulation::Scenario& scenario_;
    ScenarioStack& stack_;
    const Clock& clock_;
    Timestamp start_;
    StackFaults faults_;
    std::vector<simulation::FaultPeriod> periods_;          // parallel to the scenario's faults
    std::vector<Due> due_;                                  // by time
    std::map<std::string, simulation::InstanceLife> lives_; // by id

    mutable std::mutex mutex_; // guards sight_ and is_ending_
    std::condition_variable wake_;
    Sight sight_;
    bool is_ending_ = false;
    std::thread thread_; // last, so that it begins when the rest is there
};

} // namespace diorama
