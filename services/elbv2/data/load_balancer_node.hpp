// The part of a load balancer in one zone: takes the exchanges of its listeners, asks routing.hpp
// what to do with each, answers or forwards it, and counts. One object serves all edge threads.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/http/exchange.hpp"
#include "emulator/random/random.hpp"
#include "services/elbv2/data/forwarded_request.hpp"
#include "services/elbv2/data/snapshot.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace diorama::elbv2 {

class LoadBalancerNode : public std::enable_shared_from_this<LoadBalancerNode> {
public:
    struct Surroundings {
        http::Client& client;
        Metrics& metrics;
        Log& log;
        std::size_t thread_count = 1;
    };

    LoadBalancerNode(
        std::string zone,
        std::shared_ptr<const Published<LoadBalancer>> load_balancer,
        Surroundings surroundings,
        const Random& random
    );

    // A request that came in at this port of the load balancer.
    void take(std::uint16_t port, std::shared_ptr<http::Exchange> exchange);

    // What to hand to Network::listen for the listener at this port.
    network::Accept accept(std::uint16_t port);

    // Ends the requests that a target has not answered, on the thread they live on.
    void cut(const std::shared_ptr<LiveTarget>& target, network::EdgeThread& thread);

    // Each connection_count_interval.
    void count_active_connections();

private:
    friend class CountedConnection;

    struct PerThread {
        Random random;
        RequestsInFlight in_flight;
    };

    const LoadBalancerSeries& series_of(const LoadBalancer& load_balancer) const;
    void forward(
        const std::shared_ptr<const LoadBalancer>& load_balancer,
        const Listener& listener,
        const Routing& routing,
        std::shared_ptr<http::Exchange> exchange
    );
    void answer(
        http::Exchange& exchange,
        http::Response response,
        const LoadBalancerSeries& series,
        const Routing& routing
    );
    void connection_opened();
    void connection_closed();

    std::string zone_;
    std::shared_ptr<const Published<LoadBalancer>> load_balancer_;
    Surroundings surroundings_;
    std::vector<PerThread> threads_;
    std::atomic<std::int64_t> open_connections_{0};
    std::atomic<std::int64_t> closed_connections_{0}; // since they were counted last
};

} // namespace diorama::elbv2
