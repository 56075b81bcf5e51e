// Publishes what the databases did, each minute.
#pragma once

#include "emulator/environment.hpp"
#include "services/rds/data/databases.hpp"
#include "services/rds/state.hpp"

#include <map>

namespace diorama::rds {

class MetricsPublisher {
public:
    MetricsPublisher(Environment& environment, const State& state, const Databases& databases);

    void publish();

private:
    struct Seen {
        Timestamp when{};
        DatabaseActivity activity;
    };

    void publish(const DBInstance& instance, const DatabaseActivity& activity);
    void add(const DBInstance& instance, const char* name, const char* unit, double value);

    Environment& environment_;
    const State& state_;
    const Databases& databases_;
    std::map<std::string, Seen> seen_; // by resource id
};

} // namespace diorama::rds
