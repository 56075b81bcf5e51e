// Elastic Load Balancing: application load balancers. The front door of this service; other code
// includes nothing else of it.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/http/client.hpp"
#include "emulator/http/exchange.hpp"
#include "emulator/network/names.hpp"
#include "emulator/network/network.hpp"
#include "services/elbv2/background/health_checker.hpp"
#include "services/elbv2/data/data_plane.hpp"
#include "services/elbv2/data/outcome.hpp"
#include "services/elbv2/data/routing.hpp"
#include "services/elbv2/data/snapshot.hpp"
#include "services/elbv2/data/stickiness.hpp"
#include "services/elbv2/ports.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::elbv2 {

class ELBv2 {
public:
    struct Ports {
        Subnets& subnets;
        Instances& instances;
        Certificates& certificates;
    };

    struct Sockets {
        network::Network& network;
        network::Names& names;
        http::Client& client;
    };

    // Live: listens, forwards and probes on real sockets.
    ELBv2(Environment& environment, Ports ports, Sockets sockets);
    // Without sockets: `data_plane` gets the snapshots and routes by them, `prober` knows its
    // targets. Both must outlive this.
    ELBv2(Environment& environment, Ports ports, Prober& prober, DataPlane& data_plane);
    ~ELBv2();

    // For the gateway.
    static const aws::ServiceDescriptor& descriptor();
    aws::ServiceApi& api();

    // Once the services behind the ports are there: takes up what an earlier process left.
    void start();

    // The front door's requests whose Host is the name of a load balancer. Any thread.
    bool claims_host(std::string_view host) const;
    http::Handler handler_for_host();

    // All else: world thread.

    // An instance has started, stopped, got an address, or is gone.
    void
    instance_changed(const std::string& account, const std::string& region, const std::string& id);

    // What Auto Scaling needs.
    bool has_target_group(const std::string& arn) const;
    void register_instance(const std::string& target_group_arn, const std::string& instance_id);
    void deregister_instance(const std::string& target_group_arn, const std::string& instance_id);
    // "healthy", "draining"; unused and Target.NotRegistered when it is not (any more) registered.
    TargetHealth
    instance_health(const std::string& target_group_arn, const std::string& instance_id) const;
    // "app/web/0123456789abcdef/targetgroup/web/0123456789abcdef"; empty while no listener uses it.
    std::string resource_label_of(const std::string& target_group_arn) const;

    // What Route 53 needs of an alias target. AWS: healthy if every target group with targets has a
    // healthy one; a load balancer without such target groups is not. Nothing for another's name.
    std::optional<bool> is_healthy(std::string_view dns_name) const;

    // What a simulated driver routes by; nothing for an unknown ARN.
    std::shared_ptr<const LoadBalancer> snapshot_of(const std::string& load_balancer_arn) const;
    std::vector<std::string> load_balancer_arns() const;

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

} // namespace diorama::elbv2
