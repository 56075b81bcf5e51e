// Where names lead inside one world: Route 53's hosted zones first, then the names that resources
// have published, then AWS's own endpoints, which are the front door.
#pragma once

#include "emulator/network/names.hpp"
#include "services/cloudfront/ports.hpp"
#include "services/route53/ports.hpp"

#include <functional>

namespace diorama {

class WorldNames final : public route53::AliasTargets,
                         public route53::OwnNames,
                         public cloudfront::OriginAddresses {
public:
    // `front_door` is the address on which the API answers at ports 80 and 443, `shared_port` where
    // clients on this machine find it.
    WorldNames(network::Names& names, network::IPAddress front_door, std::uint16_t shared_port)
        : names_(names)
        , front_door_(front_door)
        , shared_port_(shared_port) {}

    // Route 53 is made after this, with this; join it before anything is served.
    using Resolve = std::function<std::vector<network::IPAddress>(std::string_view name)>;

    void join(Resolve route53) { route53_ = std::move(route53); }

    // What any client inside the cloud would find: hosted zones, resources, AWS's endpoints,
    // addresses, localhost.
    std::vector<network::IPAddress> resolve(std::string_view name) const;
    // Endpoints to really connect to for a name and port.
    std::vector<network::Endpoint> dial(std::string_view name, std::uint16_t port) const;

    // Where AWS's endpoints answer.
    bool is_aws(const network::IPAddress& address) const { return address == front_door_; }

    // Whether a connection would come back to the front door, which must not send it on.
    bool is_front_door(const network::Endpoint& endpoint) const;

    // route53::AliasTargets and OwnNames: the emulator's own names only.
    std::vector<network::IPAddress>
    addresses_of(std::string_view name, std::string_view hosted_zone_id) const override;
    std::vector<network::IPAddress> addresses_of(std::string_view name) const override;

    // cloudfront::OriginAddresses.
    std::vector<network::Endpoint>
    endpoints_of(std::string_view domain_name, std::uint16_t port) override {
        return dial(domain_name, port);
    }

private:
    network::Names& names_;
    network::IPAddress front_door_;
    std::uint16_t shared_port_;
    Resolve route53_;
};

// "s3.us-east-1.amazonaws.com", "bucket.s3.amazonaws.com", "s3.localhost": answered by the front
// door. Names of single load balancers, databases and instances are not.
bool is_aws_endpoint(std::string_view name);

} // namespace diorama
