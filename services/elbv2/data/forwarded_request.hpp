// One request on its way through the load balancer to a target and back: streams both bodies with
// flow control and turns failures into what outcome.hpp decides. Lives on one edge thread.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/http/exchange.hpp"
#include "services/elbv2/data/outcome.hpp"
#include "services/elbv2/data/routing.hpp"
#include "services/elbv2/data/snapshot.hpp"
#include "services/elbv2/data/tunnel.hpp"

#include <list>
#include <memory>

namespace diorama::elbv2 {

class ForwardedRequest;

// The requests in flight on one edge thread; only that thread touches it.
using RequestsInFlight = std::list<ForwardedRequest*>;

class ForwardedRequest : public std::enable_shared_from_this<ForwardedRequest> {
public:
    struct Route {
        std::shared_ptr<const void> node; // kept alive, with its list of requests in flight
        // Keeps alive what the pointers below point into.
        std::shared_ptr<const LoadBalancer> load_balancer;
        const LoadBalancerSeries* load_balancer_series = nullptr;
        const TargetGroupSeries* target_group_series = nullptr;
        const TargetGroup* target_group = nullptr;
        Target target;
        bool closes_connections = false;
        bool was_bound = false; // the client, to this target
    };

    ForwardedRequest(
        std::shared_ptr<http::Exchange> exchange,
        Route route,
        Metrics& metrics,
        RequestsInFlight& in_flight
    );
    ~ForwardedRequest();
    ForwardedRequest(const ForwardedRequest&) = delete;
    ForwardedRequest& operator=(const ForwardedRequest&) = delete;

    void start(http::Client& client, http::RequestHead head);

    const LiveTarget* live_target() const { return route_.target.live.get(); }

    // The deregistration delay of its target has elapsed.
    void cut();

    // The connection that was joined with the target's (WebSocket) is gone.
    void tunnel_closed();

private:
    void stream_request_body();
    void request_body_came(const http::BodyPiece& piece);
    void response_head_came(http::ResponseHead head);
    void response_body_came(std::string_view bytes);
    void response_ended(http::UpstreamFailure failure);
    void become_tunnel(http::ResponseHead head);
    void client_gone();
    void answer_error(int status);
    void count_failure(http::UpstreamFailure failure);
    void finish();

    std::shared_ptr<http::Exchange> exchange_; // until finished
    std::shared_ptr<http::OutboundCall> call_;
    std::shared_ptr<Tunnel> tunnel_; // after 101
    Route route_;
    Metrics& metrics_;
    RequestsInFlight& in_flight_;
    RequestsInFlight::iterator position_;
    Timestamp sent_at_{};
    Progress progress_ = Progress::waiting;
    double processed_bytes_ = 0;
    bool request_complete_ = false;
    bool finished_ = false;
    bool response_paused_ = false;
    bool request_paused_ = false;
};

} // namespace diorama::elbv2
