// One cloud: the environment, the services, and the ports that join them. Two worlds can live side by side in
// one process.
#pragma once

#include "emulator/options.hpp"

#include <memory>

namespace diorama {

class World {
public:
    // Opens everything; throws with one sentence when something cannot be had (a port in use, a folder not writable).
    explicit World(const Options& options);
    ~World();

    void start(); // begins to serve
    void run();   // on this thread, until stop()
    void stop();  // from any thread

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace diorama
