// What Route 53 asks of others, in its own words; the world joins them. Both are called by data
// planes on any thread, so implementations must be thread-safe and quick.
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/network/names.hpp"

#include <string_view>
#include <vector>

namespace diorama::route53 {

// Where the AWS resources that alias records point to can be reached now.
class AliasTargets {
public:
    virtual ~AliasTargets() = default;
    // `name` is lower case without last dot ("my-alb-1.us-east-1.elb.amazonaws.com"); the hosted
    // zone id says what kind of resource it is. Empty when there is no such resource.
    virtual std::vector<network::IPAddress>
    addresses_of(std::string_view name, std::string_view hosted_zone_id) const = 0;
};

// The emulator's own names, outside every hosted zone: load balancers, distributions, databases,
// bucket endpoints.
class OwnNames {
public:
    virtual ~OwnNames() = default;
    virtual std::vector<network::IPAddress> addresses_of(std::string_view name) const = 0;
};

// Both, from the names that the services have published.
class PublishedNames final : public AliasTargets, public OwnNames {
public:
    explicit PublishedNames(const network::Names& names)
        : names_(names) {}

    std::vector<network::IPAddress>
    addresses_of(std::string_view name, std::string_view /*hosted_zone_id*/) const override {
        // AWS: the console puts "dualstack." before a load balancer's name.
        constexpr std::string_view dualstack = "dualstack.";
        auto addresses = names_.find(name);
        if (addresses.empty() && name.starts_with(dualstack)) {
            addresses = names_.find(name.substr(dualstack.size()));
        }
        return addresses;
    }

    std::vector<network::IPAddress> addresses_of(std::string_view name) const override {
        return addresses_of(name, {});
    }

private:
    const network::Names& names_;
};

} // namespace diorama::route53
