// Server access logs on their way: lines are gathered for each bucket and delivered now and then as
// objects of the bucket that the logging configuration names.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
#pragma once

#include "emulator/environment.hpp"
#include "services/s3/background/persistence.hpp"
#include "services/s3/state.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace diorama::s3 {

class AccessLogs {
public:
    // Puts an object; may wait for a disk. False: it could not be kept.
    using Put = std::function<
        bool(const std::string& bucket, const std::string& key, const std::string& bytes)>;

    AccessLogs(Environment& environment, const State& state, RunBlocking run_blocking, Put put);

    // Any thread.
    void add(const std::string& bucket, std::string line);

private:
    struct Delivery {
        std::string bucket;
        std::string key;
        std::string lines;
    };

    void deliver();
    std::vector<Delivery> take();

    Environment& environment_;
    const State& state_;
    RunBlocking run_blocking_;
    Put put_;
    Random random_;
    std::mutex mutex_; // guards what follows
    std::map<std::string, std::string> lines_;
    Ticker ticker_;
};

} // namespace diorama::s3
