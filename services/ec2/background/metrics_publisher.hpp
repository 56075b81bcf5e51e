// Publishes what instances did, each minute or (basic monitoring) every five.
#pragma once

#include "emulator/environment.hpp"
#include "services/ec2/background/lifecycle.hpp"
#include "services/ec2/state.hpp"

#include <map>

namespace diorama::ec2 {

class MetricsPublisher {
public:
    MetricsPublisher(Environment& environment, const State& state, const Lifecycle& lifecycle);

private:
    struct Seen { // at the last publication
        Timestamp when{};
        Duration cpu_time{};
        double received = 0;
        double sent = 0;
    };

    void publish();
    void publish_work(const Instance& instance, const InstanceHost& host);
    void add(const Instance& instance, const char* name, const char* unit, double value);

    Environment& environment_;
    const State& state_;
    const Lifecycle& lifecycle_;
    std::map<std::string, Seen> seen_;
    Ticker ticker_;
};

} // namespace diorama::ec2
