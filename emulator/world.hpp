// One cloud: the environment, the services, and the ports that join them. Two worlds can live side
// by side in one process.
#pragma once

#include "emulator/options.hpp"

#include <functional>
#include <memory>

namespace diorama {

namespace aws {
class InternalCalls;
}

class World {
public:
    // Opens everything; throws with one sentence when something cannot be had (a port in use, a
    // folder not writable).
    explicit World(const Options& options);
    ~World();

    void start(); // begins to serve
    void run();   // on this thread, until stop()
    void stop();  // from any thread

    // From any thread: runs `task`, which may call the API from inside, on the world thread.
    void post(std::function<void(aws::InternalCalls& calls)> task);

    // Where a connection to that endpoint really has to go; from any thread.
    network::Endpoint dial(const network::Endpoint& proper) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace diorama
