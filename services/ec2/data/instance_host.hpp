// What answers on an instance's address while it runs: the built-in application, or a child
// process. Destroying a host is pulling the plug: connections break and nothing more is heard.
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/time/time.hpp"

#include <memory>
#include <string>

namespace diorama::ec2 {

struct InstanceIdentity {
    std::string id;
    std::string type;
    std::string zone;
    std::string region;
    std::string account;
    std::string group; // Auto Scaling group, if any
    std::size_t vcpus = 1;
    network::IPAddress address; // the loopback address that stands for it
    std::string user_data;      // decoded
};

class InstanceHost {
public:
    virtual ~InstanceHost() = default;

    // CPU time spent since the host started.
    virtual Duration cpu_time(Timestamp now) const = 0;
    virtual double bytes_received() const = 0;
    virtual double bytes_sent() const = 0;
    // The instance status check: whether what should run does.
    virtual bool is_running() const = 0;
    virtual std::string console_output() const = 0;
};

// Makes hosts; the live driver is live_hosts.hpp, tests use their own.
class InstanceHosts {
public:
    virtual ~InstanceHosts() = default;
    virtual std::unique_ptr<InstanceHost> start(const InstanceIdentity& identity) = 0;
};

} // namespace diorama::ec2
