// All load balancer nodes of this process on real sockets: claims their addresses and names, opens
// their listeners, and gives them every new snapshot. What is published here keeps serving without
// the control plane. World thread, except where said.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/http/exchange.hpp"
#include "emulator/log.hpp"
#include "emulator/network/names.hpp"
#include "emulator/network/network.hpp"
#include "services/elbv2/data/data_plane.hpp"
#include "services/elbv2/data/load_balancer_node.hpp"
#include "services/elbv2/data/snapshot.hpp"

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>

namespace diorama::elbv2 {

class LiveDataPlane final : public DataPlane {
public:
    struct Surroundings {
        network::Network& network;
        network::Names& names;
        http::Client& client;
        Metrics& metrics;
        Log& log;
        Random random;
    };

    // TLS for a listener; nothing for a plain one.
    using TLSContexts = std::function<std::shared_ptr<
        network::TLSContext>(const LoadBalancer& load_balancer, const Listener& listener)>;

    LiveDataPlane(Surroundings surroundings, TLSContexts tls_contexts);
    ~LiveDataPlane() override;

    void publish(const std::shared_ptr<const LoadBalancer>& load_balancer) override;
    void withdraw(const std::string& load_balancer_arn) override;
    void cut(const std::shared_ptr<LiveTarget>& target) override;
    void count_active_connections() override;

    // For the front door, from any thread: the load balancers by Host.
    bool claims_host(std::string_view host) const;
    void take_by_host(std::shared_ptr<http::Exchange> exchange) const;

private:
    struct OpenListener {
        std::shared_ptr<network::TLSContext> tls;
        LoadBalancerAttributes attributes; // with which it was opened
        std::unique_ptr<network::Listener> listener;
    };

    struct Node {
        network::IPAddress address;
        std::shared_ptr<LoadBalancerNode> node;
        std::map<std::uint16_t, OpenListener> listeners;
    };

    struct Running {
        std::shared_ptr<Published<LoadBalancer>> published;
        std::map<std::string, Node> nodes; // by zone
    };

    // What a Host leads to.
    struct HostEntry {
        std::shared_ptr<const Published<LoadBalancer>> load_balancer;
        std::vector<std::shared_ptr<LoadBalancerNode>> nodes;
    };

    void update_nodes(Running& running, const LoadBalancer& load_balancer);
    void update_listeners(Node& node, const LoadBalancer& load_balancer);
    void update_names(const Running& running, const LoadBalancer& load_balancer);
    std::unique_ptr<network::Listener>
    open(const Node& node, std::uint16_t port, const std::shared_ptr<network::TLSContext>& tls);
    void close(Node& node, std::uint16_t port);
    void remove_node(const std::string& load_balancer_arn, const std::string& zone, Node& node);
    void forget_names(const LoadBalancer& load_balancer);

    Surroundings surroundings_;
    TLSContexts tls_contexts_;
    std::map<std::string, Running> running_; // by load balancer ARN
    int next_replacement_port_;
    mutable std::shared_mutex hosts_mutex_;
    std::map<std::string, HostEntry, std::less<>> hosts_;
};

} // namespace diorama::elbv2
