// Counts what lies in every bucket, once a day.
#pragma once

#include "emulator/environment.hpp"
#include "services/s3/state.hpp"

namespace diorama::s3 {

class StorageMetrics {
public:
    StorageMetrics(Environment& environment, const State& state);

private:
    void publish();
    void publish(const Bucket& bucket);

    Environment& environment_;
    const State& state_;
    Ticker ticker_;
};

} // namespace diorama::s3
