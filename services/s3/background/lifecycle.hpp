// Lifecycle rules at work: once a day, at midnight, what is due is carried out. What is due is
// decided in data/lifecycle.cpp.
#pragma once

#include "emulator/environment.hpp"
#include "services/s3/background/observers.hpp"
#include "services/s3/data/lifecycle.hpp"
#include "services/s3/data/store.hpp"

#include <string>
#include <vector>

namespace diorama::s3 {

class Lifecycle {
public:
    Lifecycle(Environment& environment, Store& store, Observers& observers);

private:
    void arm();
    void run();
    void run(const std::string& bucket);
    void treat(
        Bucket& bucket,
        const std::vector<LifecycleRule>& rules,
        const std::string& key,
        std::vector<ObjectRef>& removed
    );
    void carry_out(
        Bucket& bucket,
        const LifecycleAction& action,
        const ObjectRef& object,
        std::vector<ObjectRef>& removed
    );
    void abort_uploads(Bucket& bucket, const std::vector<LifecycleRule>& rules);

    Environment& environment_;
    Store& store_;
    Observers& observers_;
    Random random_;
    Timer timer_;
};

} // namespace diorama::s3
