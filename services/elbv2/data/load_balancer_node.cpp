// See load_balancer_node.hpp.
#include "services/elbv2/data/load_balancer_node.hpp"

#include "emulator/assert.hpp"
#include "services/elbv2/data/own_responses.hpp"
#include "services/elbv2/limits.hpp"

#include <fmt/core.h>

namespace diorama::elbv2 {

// Passes everything on to the HTTP server and counts the connection as long as it is open.
class CountedConnection final : public network::ConnectionEvents {
public:
    CountedConnection(
        std::shared_ptr<LoadBalancerNode> node,
        std::shared_ptr<network::ConnectionEvents> events
    )
        : node_(std::move(node))
        , events_(std::move(events)) {
        node_->connection_opened();
    }

    void connected() override { events_->connected(); }

    std::size_t received(std::string_view bytes) override { return events_->received(bytes); }

    void drained() override { events_->drained(); }

    bool half_closed() override { return events_->half_closed(); }

    void closed(network::CloseReason reason) override {
        node_->connection_closed();
        events_->closed(reason);
    }

private:
    std::shared_ptr<LoadBalancerNode> node_;
    std::shared_ptr<network::ConnectionEvents> events_;
};

namespace {

Arrival arrival_of(http::Exchange& exchange, std::string_view zone) {
    const auto& peer = exchange.peer();
    return {
        peer.client,
        zone,
        peer.is_tls,
        peer.tls_version,
        peer.tls_cipher,
        exchange.thread().clock().now(),
    };
}

} // namespace

LoadBalancerNode::LoadBalancerNode(
    std::string zone,
    std::shared_ptr<const Published<LoadBalancer>> load_balancer,
    Surroundings surroundings,
    const Random& random
)
    : zone_(std::move(zone))
    , load_balancer_(std::move(load_balancer))
    , surroundings_(surroundings) {
    for (std::size_t i = 0; i < surroundings.thread_count; ++i)
        threads_.push_back({random.fork(fmt::format("{}/{}", zone_, i)), {}});
}

const LoadBalancerSeries& LoadBalancerNode::series_of(const LoadBalancer& load_balancer) const {
    const auto found = load_balancer.series.find(zone_);
    // A node whose subnet was taken away still serves its open connections.
    return found == load_balancer.series.end() ? load_balancer.series.begin()->second
                                               : found->second;
}

void LoadBalancerNode::take(std::uint16_t port, std::shared_ptr<http::Exchange> exchange) {
    const auto load_balancer = load_balancer_->get();
    const auto listener = load_balancer->listeners.find(port);
    // The listener was deleted while the connection was open.
    if (listener == load_balancer->listeners.end()) return exchange->abort();

    auto& metrics = surroundings_.metrics;
    auto& random = threads_[exchange->thread().index()].random;
    const auto& series = series_of(*load_balancer);
    const auto& request = exchange->request();
    const auto routing = route(
        listener->second,
        load_balancer->attributes,
        request,
        exchange->classification(),
        arrival_of(*exchange, zone_),
        random
    );
    if (exchange->classification().tier != http::DesyncTier::compliant)
        series.desync_non_compliant_count.add(metrics, 1);
    if (routing.rules_evaluated > 0) series.rule_evaluations.add(metrics, routing.rules_evaluated);

    if (const auto* refuse = std::get_if<Refuse>(&routing.decision)) {
        if (refuse->status == 507) series.redirect_url_limit_exceeded_count.add(metrics, 1);
        answer(*exchange, error_page(refuse->status), series, routing);
    } else if (const auto* to = std::get_if<Redirect>(&routing.decision)) {
        series.redirect_count.add(metrics, 1);
        answer(*exchange, redirect(to->status, to->location), series, routing);
    } else if (const auto* fixed = std::get_if<FixedResponse>(&routing.decision)) {
        series.fixed_response_count.add(metrics, 1);
        answer(*exchange, fixed_response(*fixed->action), series, routing);
    } else {
        forward(load_balancer, listener->second, routing, std::move(exchange));
    }
}

void LoadBalancerNode::answer(
    http::Exchange& exchange,
    http::Response response,
    const LoadBalancerSeries& series,
    const Routing& routing
) {
    auto& metrics = surroundings_.metrics;
    count_own_response(metrics, series, response.status);
    series.processed_bytes.add(metrics, static_cast<double>(response.body.size()));
    if (routing.closes_connections) exchange.close_after();
    exchange.respond(std::move(response));
}

void LoadBalancerNode::forward(
    const std::shared_ptr<const LoadBalancer>& load_balancer,
    const Listener& listener,
    const Routing& routing,
    std::shared_ptr<http::Exchange> exchange
) {
    auto& metrics = surroundings_.metrics;
    auto& thread = threads_[exchange->thread().index()];
    const auto& chosen = std::get<Forward>(routing.decision);
    const auto& series = series_of(*load_balancer);
    const auto own_series = chosen.target_group->series.find(zone_);
    const auto& group_series = own_series == chosen.target_group->series.end()
                                   ? chosen.target_group->series.begin()->second
                                   : own_series->second;

    count_forward(metrics, series, group_series, chosen.target_group->sharing_targets);
    if (chosen.target_group->stickiness && !chosen.is_bound)
        series.non_sticky_request_count.add(metrics, 1);

    auto forwarded = forwarded_head(
        exchange->request(),
        *load_balancer,
        listener,
        arrival_of(*exchange, zone_),
        thread.random
    );
    if (forwarded.dropped_invalid_header) series.dropped_invalid_header_count.add(metrics, 1);
    if (forwarded.has_invalid_header) series.forwarded_invalid_header_count.add(metrics, 1);

    const auto request = std::make_shared<ForwardedRequest>(
        std::move(exchange),
        ForwardedRequest::Route{
            shared_from_this(),
            load_balancer,
            &series,
            &group_series,
            chosen.target_group,
            *chosen.target,
            routing.closes_connections,
            chosen.is_bound,
        },
        metrics,
        thread.in_flight
    );
    request->start(surroundings_.client, std::move(forwarded.head));
}

network::Accept LoadBalancerNode::accept(std::uint16_t port) {
    const auto attributes = load_balancer_->get()->attributes;
    http::ServerOptions options;
    options.max_request_line = limits::request_line_max;
    options.max_header_line = limits::header_line_max;
    options.max_head = limits::request_head_max;
    options.idle_timeout = attributes.idle_timeout;
    options.desync = attributes.desync;
    options.log = &surroundings_.log;
    options.component = "elbv2";
    options.error_response = [](int status, std::string_view) { return error_page(status); };
    options.refused = [node = shared_from_this()](int status, std::string_view, const http::Peer&) {
        const auto load_balancer = node->load_balancer_->get();
        count_own_response(node->surroundings_.metrics, node->series_of(*load_balancer), status);
    };
    auto serve = http::serve(
        [node = shared_from_this(), port](std::shared_ptr<http::Exchange> exchange) {
            node->take(port, std::move(exchange));
        },
        std::move(options)
    );
    return [node = shared_from_this(), serve = std::move(serve)](network::Connection& connection) {
        return std::make_shared<CountedConnection>(node, serve(connection));
    };
}

void LoadBalancerNode::cut(const std::shared_ptr<LiveTarget>& target, network::EdgeThread& thread) {
    thread.post([node = shared_from_this(), target, index = thread.index()] {
        auto& in_flight = node->threads_[index].in_flight;
        for (auto at = in_flight.begin(); at != in_flight.end();) {
            const auto request = (*at++)->shared_from_this();
            if (request->live_target() == target.get()) request->cut();
        }
    });
}

void LoadBalancerNode::connection_opened() {
    open_connections_.fetch_add(1, std::memory_order_relaxed);
    const auto load_balancer = load_balancer_->get();
    series_of(*load_balancer).new_connection_count.add(surroundings_.metrics, 1);
}

void LoadBalancerNode::connection_closed() {
    open_connections_.fetch_sub(1, std::memory_order_relaxed);
    closed_connections_.fetch_add(1, std::memory_order_relaxed);
}

// DIFFERS: AWS counts the connections to targets, too.
void LoadBalancerNode::count_active_connections() {
    const auto active = open_connections_.load(std::memory_order_relaxed) +
                        closed_connections_.exchange(0, std::memory_order_relaxed);
    if (active <= 0) return;
    const auto load_balancer = load_balancer_->get();
    series_of(*load_balancer)
        .active_connection_count.add(surroundings_.metrics, static_cast<double>(active));
}

} // namespace diorama::elbv2
