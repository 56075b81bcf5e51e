// See live_data_plane.hpp.
#include "services/elbv2/data/live_data_plane.hpp"

#include "services/elbv2/data/own_responses.hpp"
#include "services/elbv2/limits.hpp"

#include <algorithm>
#include <mutex>

namespace diorama::elbv2 {

namespace {

// The listener that the front door's own port stands for.
const Listener* front_door_listener(const LoadBalancer& load_balancer, bool is_tls) {
    const auto wanted = is_tls ? Protocol::https : Protocol::http;
    for (const auto& [port, listener] : load_balancer.listeners)
        if (listener.protocol == wanted) return &listener;
    return load_balancer.listeners.empty() ? nullptr : &load_balancer.listeners.begin()->second;
}

} // namespace

LiveDataPlane::LiveDataPlane(Surroundings surroundings, TLSContexts tls_contexts)
    : surroundings_(std::move(surroundings))
    , tls_contexts_(std::move(tls_contexts))
    , next_replacement_port_(limits::replacement_port_first) {}

LiveDataPlane::~LiveDataPlane() {
    while (!running_.empty())
        withdraw(std::string(running_.begin()->first));
}

void LiveDataPlane::publish(const std::shared_ptr<const LoadBalancer>& load_balancer) {
    auto& running = running_[load_balancer->arn];
    if (running.published == nullptr)
        running.published = std::make_shared<Published<LoadBalancer>>(load_balancer);
    else
        running.published->set(load_balancer);
    update_nodes(running, *load_balancer);
    update_names(running, *load_balancer);
}

void LiveDataPlane::withdraw(const std::string& load_balancer_arn) {
    const auto found = running_.find(load_balancer_arn);
    if (found == running_.end()) return;
    for (auto& [zone, node] : found->second.nodes)
        remove_node(load_balancer_arn, zone, node);
    forget_names(*found->second.published->get());
    running_.erase(found);
}

void LiveDataPlane::cut(const std::shared_ptr<LiveTarget>& target) {
    for (auto& [arn, running] : running_)
        for (auto& [zone, node] : running.nodes)
            for (std::size_t i = 0; i < surroundings_.network.thread_count(); ++i)
                node.node->cut(target, surroundings_.network.thread(i));
}

void LiveDataPlane::count_active_connections() {
    for (auto& [arn, running] : running_)
        for (auto& [zone, node] : running.nodes)
            node.node->count_active_connections();
}

void LiveDataPlane::update_nodes(Running& running, const LoadBalancer& load_balancer) {
    for (const auto& zone : load_balancer.zones) {
        auto [at, is_new] = running.nodes.try_emplace(zone);
        auto& node = at->second;
        if (is_new) {
            node.address = surroundings_.names.claim(
                network::Names::Kind::load_balancer,
                load_balancer.arn + "#" + zone
            );
            node.node = std::make_shared<LoadBalancerNode>(
                zone,
                running.published,
                LoadBalancerNode::Surroundings{
                    surroundings_.client,
                    surroundings_.metrics,
                    surroundings_.log,
                    surroundings_.network.thread_count(),
                },
                surroundings_.random.fork(load_balancer.arn)
            );
        }
        update_listeners(node, load_balancer);
    }
    const auto& zones = load_balancer.zones;
    for (auto at = running.nodes.begin(); at != running.nodes.end();) {
        if (std::find(zones.begin(), zones.end(), at->first) != zones.end()) {
            ++at;
            continue;
        }
        remove_node(load_balancer.arn, at->first, at->second);
        at = running.nodes.erase(at);
    }
}

void LiveDataPlane::update_listeners(Node& node, const LoadBalancer& load_balancer) {
    std::vector<std::uint16_t> outdated;
    for (const auto& [port, open_listener] : node.listeners) {
        const auto wanted = load_balancer.listeners.find(port);
        if (wanted == load_balancer.listeners.end() ||
            open_listener.tls != tls_contexts_(load_balancer, wanted->second) ||
            open_listener.attributes != load_balancer.attributes)
            outdated.push_back(port);
    }
    for (const auto port : outdated)
        close(node, port);
    for (const auto& [port, listener] : load_balancer.listeners) {
        if (node.listeners.contains(port)) continue;
        const auto tls = tls_contexts_(load_balancer, listener);
        if (listener.protocol == Protocol::https && tls == nullptr) continue;
        if (auto opened = open(node, port, tls))
            node.listeners[port] = {tls, load_balancer.attributes, std::move(opened)};
    }
}

std::unique_ptr<network::Listener> LiveDataPlane::open(
    const Node& node,
    std::uint16_t port,
    const std::shared_ptr<network::TLSContext>& tls
) {
    const network::Endpoint proper{node.address, port};
    network::ListenOptions options;
    options.tls = tls;
    options.tls_only = tls != nullptr;
    try {
        return surroundings_.network.listen(proper, node.node->accept(port), options);
    } catch (const network::ListenError&) {
        // Another port of the same address, below.
    }
    const int count = limits::replacement_port_last - limits::replacement_port_first + 1;
    for (int tries = 0; tries < count; ++tries) {
        const network::Endpoint actual{
            node.address,
            static_cast<std::uint16_t>(next_replacement_port_)
        };
        if (++next_replacement_port_ > limits::replacement_port_last)
            next_replacement_port_ = limits::replacement_port_first;
        try {
            auto listener = surroundings_.network.listen(actual, node.node->accept(port), options);
            surroundings_.names.redirect(proper, actual);
            surroundings_.log.write(
                LogLevel::note,
                "elbv2",
                "{} may not be bound; its listener is at {}",
                proper.to_string(),
                actual.to_string()
            );
            return listener;
        } catch (const network::ListenError&) {
            continue;
        }
    }
    surroundings_.log
        .write(LogLevel::error, "elbv2", "no port to listen on in place of {}", proper.to_string());
    return nullptr;
}

void LiveDataPlane::close(Node& node, std::uint16_t port) {
    node.listeners.erase(port);
    surroundings_.names.forget_redirect({node.address, port});
}

void LiveDataPlane::remove_node(
    const std::string& load_balancer_arn,
    const std::string& zone,
    Node& node
) {
    while (!node.listeners.empty())
        close(node, node.listeners.begin()->first);
    surroundings_.names.release(load_balancer_arn + "#" + zone);
}

void LiveDataPlane::update_names(const Running& running, const LoadBalancer& load_balancer) {
    std::vector<network::IPAddress> addresses;
    HostEntry entry{running.published, {}};
    for (const auto& [zone, node] : running.nodes) {
        addresses.push_back(node.address);
        entry.nodes.push_back(node.node);
    }
    for (const auto& name : load_balancer.host_names)
        surroundings_.names.publish(name, addresses);
    const std::unique_lock lock(hosts_mutex_);
    for (const auto& name : load_balancer.host_names)
        hosts_[name] = entry;
}

void LiveDataPlane::forget_names(const LoadBalancer& load_balancer) {
    for (const auto& name : load_balancer.host_names)
        surroundings_.names.publish(name, {});
    const std::unique_lock lock(hosts_mutex_);
    for (const auto& name : load_balancer.host_names)
        hosts_.erase(name);
}

bool LiveDataPlane::claims_host(std::string_view host) const {
    const auto name = http::lower_case(host.substr(0, host.find(':')));
    const std::shared_lock lock(hosts_mutex_);
    return hosts_.contains(name);
}

void LiveDataPlane::take_by_host(std::shared_ptr<http::Exchange> exchange) const {
    HostEntry entry;
    {
        const std::shared_lock lock(hosts_mutex_);
        if (const auto found = hosts_.find(exchange->request().host()); found != hosts_.end())
            entry = found->second;
    }
    const Listener* listener = nullptr;
    std::shared_ptr<const LoadBalancer> load_balancer;
    if (!entry.nodes.empty()) {
        load_balancer = entry.load_balancer->get();
        listener = front_door_listener(*load_balancer, exchange->peer().is_tls);
    }
    // DIFFERS: where AWS would refuse the connection, the front door can only answer.
    if (listener == nullptr) return exchange->respond(error_page(503));
    const auto& node = entry.nodes[exchange->thread().index() % entry.nodes.size()];
    node->take(listener->port, std::move(exchange));
}

} // namespace diorama::elbv2
