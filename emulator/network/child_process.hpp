// A child process with its output: how an emulated instance runs a command of the user's.
#pragma once

#include "emulator/time/time.hpp"

#include <map>
#include <memory>
#include <string>

namespace diorama::network {

class ChildProcess {
public:
    virtual ~ChildProcess() = default; // kills the process and everything it started

    virtual bool is_running() const = 0;
    // User and system time of the process and its children so far. Real time, not emulated.
    virtual Duration cpu_time() const = 0;
    // The last bytes of what it wrote to standard output and error.
    virtual std::string output() const = 0;
};

// Runs a script: by the interpreter of its "#!" line, else by /bin/sh. The environment is this
// process's own with `environment` on top. Never throws; a command that cannot be started is not
// running and says why in its output.
std::unique_ptr<ChildProcess> run_script(
    const std::string& script,
    const std::map<std::string, std::string>& environment,
    std::size_t output_limit
);

} // namespace diorama::network
