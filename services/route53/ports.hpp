// What Route 53 asks of others, in its own words; the world joins them. Names are asked for by data
// planes on any thread, so those implementations must be thread-safe and quick; health is asked for
// on the world thread.
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/network/names.hpp"
#include "emulator/time/time.hpp"

#include <functional>
#include <optional>
#include <string>
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

// One check of an endpoint by one checker.
struct HealthProbe {
    enum class Protocol { tcp, http, https };

    Protocol protocol = Protocol::tcp;
    std::string target; // an address or a domain name
    std::uint16_t port = 0;
    std::string host;          // the Host field
    std::string path;          // "/", with the query
    std::string server_name;   // of TLS; empty: none is said
    std::string search_string; // empty: the body does not matter
    std::string region;        // where the checker is
    std::string user_agent;
};

struct ProbeResult {
    enum class Ending {
        completed,          // connected, and for HTTP: a response with its status came
        unresolved,         // the name has no address
        refused,            // nobody listens there
        connect_timed_out,  // no connection in time
        tls_failed,         // no handshake
        response_timed_out, // connected, but no response in time
        broken_off,         // connected, but closed before the response, or none of HTTP
    };

    Ending ending = Ending::completed;
    int status = 0; // HTTP
    bool found_search_string = false;
    network::IPAddress resolved; // where it went
    std::optional<Duration> connection_time;
    std::optional<Duration> tls_handshake_time;
    std::optional<Duration> time_to_first_byte;
};

class HealthProber {
public:
    virtual ~HealthProber() = default;
    // `done` is called once, on the world thread, never inside this call.
    virtual void probe(const HealthProbe& probe, std::function<void(ProbeResult result)> done) = 0;
};

// The alarms that health checks of the type CLOUDWATCH_METRIC look at.
enum class AlarmState { ok, alarm, insufficient_data };

class Alarms {
public:
    virtual ~Alarms() = default;
    // Nothing when there is no such alarm.
    virtual std::optional<AlarmState>
    state_of(const std::string& account, const std::string& region, const std::string& name) = 0;
};

// The health of load balancers, for aliases that evaluate it.
class TargetHealth {
public:
    virtual ~TargetHealth() = default;
    // `name` as for AliasTargets. Nothing when nobody knows, which counts as healthy.
    virtual std::optional<bool> is_healthy(std::string_view name) = 0;
};

// The VPCs of private hosted zones.
class VPCs {
public:
    virtual ~VPCs() = default;
    virtual bool
    exists(const std::string& account, const std::string& region, const std::string& vpc_id) = 0;
};

// In which VPC a client of the name server is, by its address; empty for one that is in none. Any
// thread, with every query while there are private zones.
class ClientNetworks {
public:
    virtual ~ClientNetworks() = default;
    virtual std::string vpc_of(const network::IPAddress& client) const = 0;
};

// AliasTargets and OwnNames, from the names that the services have published.
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
