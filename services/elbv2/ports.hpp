// What load balancing needs of other services, in its own words; joined in world.cpp. All calls are
// made on the world thread.
#pragma once

#include "emulator/network/address.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace diorama::network {
class TLSContext;
}

namespace diorama::elbv2 {

// Whose resource: account and region of the load balancer or target group.
struct Place {
    std::string account;
    std::string region;
};

class Subnets {
public:
    struct Subnet {
        std::string vpc_id;
        std::string zone;
    };

    virtual ~Subnets() = default;
    virtual std::optional<Subnet> find(const Place& place, const std::string& subnet_id) = 0;
    virtual bool has_vpc(const Place& place, const std::string& vpc_id) = 0;
    virtual bool has_security_group(const Place& place, const std::string& group_id) = 0;
    // The VPC's default security group; empty when there is none.
    virtual std::string default_security_group(const Place& place, const std::string& vpc_id) = 0;
};

class Instances {
public:
    struct Instance {
        std::string vpc_id;
        std::string zone;
        bool is_running = false; // the instance state "running"
    };

    virtual ~Instances() = default;
    virtual std::optional<Instance> find(const Place& place, const std::string& instance_id) = 0;
    // Where that port of the instance can really be reached; nothing while it is not running.
    virtual std::optional<network::Endpoint>
    endpoint_of(const Place& place, const std::string& instance_id, std::uint16_t port) = 0;
};

class Certificates {
public:
    virtual ~Certificates() = default;
    // For an HTTPS listener with these certificates (the first is the default) of a load balancer
    // with this DNS name. Nothing when TLS is not to be had. The same object as long as nothing
    // about it changed: another one makes the listener open anew.
    virtual std::shared_ptr<network::TLSContext> context_for(
        const Place& place,
        const std::vector<std::string>& certificate_arns,
        const std::string& dns_name
    ) = 0;
};

} // namespace diorama::elbv2
