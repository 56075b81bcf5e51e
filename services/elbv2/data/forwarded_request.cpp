// See forwarded_request.hpp.
#include "services/elbv2/data/forwarded_request.hpp"

#include "services/elbv2/data/own_responses.hpp"
#include "services/elbv2/data/stickiness.hpp"
#include "services/elbv2/limits.hpp"

namespace diorama::elbv2 {

namespace {

double size_of(const http::Headers& headers) {
    std::size_t size = 2;
    for (const auto& header : headers)
        size += header.name.size() + header.value.size() + 4;
    return static_cast<double>(size);
}

} // namespace

ForwardedRequest::ForwardedRequest(
    std::shared_ptr<http::Exchange> exchange,
    Route route,
    Metrics& metrics,
    RequestsInFlight& in_flight
)
    : exchange_(std::move(exchange))
    , route_(std::move(route))
    , metrics_(metrics)
    , in_flight_(in_flight)
    , position_(in_flight.insert(in_flight.end(), this)) {
    route_.target.live->outstanding.fetch_add(1, std::memory_order_relaxed);
}

ForwardedRequest::~ForwardedRequest() {
    finish();
}

void ForwardedRequest::start(http::Client& client, http::RequestHead head) {
    const auto self = shared_from_this();
    http::OutboundRequest outbound;
    outbound.target = route_.target.endpoint;
    // AWS: certificates of targets are not validated.
    outbound.tls = route_.target_group->protocol == Protocol::https;
    outbound.connect_timeout = limits::connect_timeout;
    outbound.response_timeout = route_.load_balancer->attributes.idle_timeout;
    outbound.keep_alive =
        route_.closes_connections ? Duration::zero() : Duration(limits::target_keep_alive);
    outbound.from_pool = !route_.closes_connections;

    // The framing is ours, whatever the client's fields said.
    head.headers.remove("Content-Length");
    if (const auto length = exchange_->content_length())
        head.headers.add("Content-Length", std::to_string(*length));
    else if (exchange_->has_body())
        head.headers.add("Transfer-Encoding", "chunked");
    outbound.streams_body = exchange_->has_body();
    processed_bytes_ +=
        size_of(head.headers) + static_cast<double>(head.method.size() + head.target.size() + 11);
    outbound.head = std::move(head);

    sent_at_ = exchange_->thread().clock().steady_now();
    exchange_->when_abandoned([self] { self->client_gone(); });
    http::ResponseEvents events;
    events.head = [self](http::ResponseHead response) {
        self->response_head_came(std::move(response));
    };
    events.body = [self](std::string_view bytes) { self->response_body_came(bytes); };
    events.done = [self](http::UpstreamFailure failure) { self->response_ended(failure); };
    auto call = client.start(exchange_->thread(), std::move(outbound), std::move(events));
    if (finished_) return;
    call_ = std::move(call);
    stream_request_body();
}

void ForwardedRequest::stream_request_body() {
    request_complete_ = !exchange_->has_body();
    if (request_complete_) return;
    exchange_->stream_body([self = shared_from_this()](const http::BodyPiece& piece) {
        self->request_body_came(piece);
    });
}

void ForwardedRequest::request_body_came(const http::BodyPiece& piece) {
    if (finished_) return;
    switch (piece.state) {
    case http::BodyState::more:
    case http::BodyState::complete:
        break;
    case http::BodyState::aborted:
        return client_gone();
    case http::BodyState::malformed:
    case http::BodyState::too_large:
        // AWS 400: "The client sent a malformed request that does not meet HTTP specifications."
        if (progress_ == Progress::waiting) return answer_error(400);
        exchange_->abort();
        return finish();
    }
    processed_bytes_ += static_cast<double>(piece.bytes.size());
    if (!piece.bytes.empty()) call_->send_body(std::string(piece.bytes));
    if (piece.state == http::BodyState::complete) {
        request_complete_ = true;
        call_->end_body();
        return;
    }
    if (request_paused_ || call_->unsent_bytes() < limits::relay_buffer_max) return;
    request_paused_ = true;
    exchange_->pause_body();
    call_->when_drained([self = shared_from_this()] {
        if (self->finished_) return;
        self->request_paused_ = false;
        self->exchange_->resume_body();
    });
}

void ForwardedRequest::response_head_came(http::ResponseHead head) {
    if (finished_) return;
    progress_ = Progress::responding;
    const auto waited = exchange_->thread().clock().steady_now() - sent_at_;
    route_.target_group_series->target_response_time.add(
        metrics_,
        std::chrono::duration<double>(waited).count()
    );
    count_target_response(metrics_, *route_.target_group_series, head.status);
    if (route_.target_group->stickiness)
        add_stickiness_cookies(
            {*route_.target_group,
             route_.target,
             route_.was_bound,
             exchange_->peer().is_tls,
             exchange_->thread().clock().now()},
            head.headers
        );
    processed_bytes_ += size_of(head.headers) + 15;
    if (head.status == 101) return become_tunnel(std::move(head));
    remove_hop_by_hop_fields(head.headers);
    if (route_.closes_connections) exchange_->close_after();
    exchange_->begin_response(std::move(head));
}

void ForwardedRequest::response_body_came(std::string_view bytes) {
    if (finished_) return;
    processed_bytes_ += static_cast<double>(bytes.size());
    if (tunnel_ != nullptr) return tunnel_->target_sent(bytes);
    exchange_->send(std::string(bytes));
    if (response_paused_ || call_ == nullptr ||
        exchange_->unsent_bytes() < limits::relay_buffer_max)
        return;
    response_paused_ = true;
    call_->pause();
    exchange_->when_drained([self = shared_from_this()] {
        if (self->finished_) return;
        self->response_paused_ = false;
        self->call_->resume();
    });
}

// AWS: WebSockets need no configuration: after 101 the two connections are joined as they are.
void ForwardedRequest::become_tunnel(http::ResponseHead head) {
    request_complete_ = true;
    tunnel_ = std::make_shared<Tunnel>(shared_from_this(), exchange_->connection(), call_);
    exchange_->connection().set_idle_timeout(route_.load_balancer->attributes.idle_timeout);
    exchange_->upgrade(std::move(head), tunnel_);
}

void ForwardedRequest::tunnel_closed() {
    tunnel_.reset();
    finish();
}

void ForwardedRequest::response_ended(http::UpstreamFailure failure) {
    if (finished_) return;
    if (tunnel_ != nullptr) return tunnel_->target_finished();
    if (failure == http::UpstreamFailure::none) {
        // What is left of a request that the target answered early is not worth reading.
        if (!request_complete_) exchange_->close_after();
        exchange_->end_response();
        return finish();
    }
    count_failure(failure);
    const auto outcome = target_failed(failure, progress_);
    if (const auto* answer = std::get_if<AnswerError>(&outcome))
        return answer_error(answer->status);
    exchange_->abort();
    finish();
}

void ForwardedRequest::count_failure(http::UpstreamFailure failure) {
    const auto& series = *route_.target_group_series;
    if (failure == http::UpstreamFailure::connect_refused ||
        failure == http::UpstreamFailure::connect_timeout)
        series.target_connection_error_count.add(metrics_, 1);
    if (failure == http::UpstreamFailure::tls_failed)
        series.target_tls_negotiation_error_count.add(metrics_, 1);
}

void ForwardedRequest::client_gone() {
    if (finished_) return;
    count_own_response(metrics_, *route_.load_balancer_series, status_client_gone);
    finish();
}

void ForwardedRequest::cut() {
    if (finished_) return;
    // AWS 502: "The deregistration delay period elapsed for a request being handled by a target
    // that was deregistered."
    if (progress_ == Progress::waiting) return answer_error(502);
    if (tunnel_ != nullptr) return tunnel_->target_finished();
    exchange_->abort();
    finish();
}

void ForwardedRequest::answer_error(int status) {
    auto page = error_page(status);
    processed_bytes_ += static_cast<double>(page.body.size());
    count_own_response(metrics_, *route_.load_balancer_series, status);
    if (!request_complete_ || route_.closes_connections) exchange_->close_after();
    exchange_->respond(std::move(page));
    finish();
}

void ForwardedRequest::finish() {
    if (finished_) return;
    finished_ = true;
    const auto self = weak_from_this().lock(); // the last holder may be one of the two sides
    in_flight_.erase(position_);
    route_.target.live->outstanding.fetch_sub(1, std::memory_order_relaxed);
    route_.load_balancer_series->processed_bytes.add(metrics_, processed_bytes_);
    if (call_ != nullptr) call_->cancel();
    call_.reset();
    exchange_.reset();
}

} // namespace diorama::elbv2
