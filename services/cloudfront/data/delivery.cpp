// See delivery.hpp.
#include "services/cloudfront/data/delivery.hpp"

#include "services/cloudfront/data/error_page.hpp"
#include "services/cloudfront/data/viewer_metrics.hpp"

#include <algorithm>

namespace diorama::cloudfront {

Delivery::Delivery(
    const EdgePlace& place,
    Metrics& metrics,
    std::shared_ptr<http::Exchange> exchange,
    DistributionPtr distribution
)
    : place_(place)
    , metrics_(metrics)
    , exchange_(std::move(exchange))
    , distribution_(std::move(distribution))
    , identity_(place.edge.new_identity()) {
    const auto& peer = exchange_->peer();
    viewer_ =
        {peer.client.address.to_string(), peer.client.port, peer.is_tls, exchange_->has_body()};
}

void Delivery::begin(Collapsing collapsing) {
    auto self = shared_from_this();
    auto& thread = exchange_->thread();
    // Called on the thread that ends the wait; moving leaves nothing of this exchange there.
    auto resume = [self, &thread]() mutable {
        thread.post([self = std::move(self)] { self->begin(Collapsing::tried); });
    };
    const ViewerRequest request{distribution_, exchange_->request(), viewer_};
    const auto now = thread.clock().now();
    act_on(
        place_.edge.begin(request, look_up(request), identity_, now, collapsing, std::move(resume))
    );
}

void Delivery::act_on(Decision decision) {
    if (auto* found = std::get_if<Serve>(&decision)) {
        serve(*found);
        if (found->refresh) refresh(std::move(*found->refresh));
    } else if (auto* needed = std::get_if<Fetch>(&decision)) {
        fetch(std::move(*needed));
    } else if (auto* refusal = std::get_if<Refuse>(&decision)) {
        if (refusal->closes_connection) exchange_->close_after();
        respond(page_response(refusal->page, identity_));
    } else if (std::holds_alternative<Redirect>(decision)) {
        respond(redirect_to_https(exchange_->request(), identity_));
    }
}

void Delivery::respond(PageResponse page) {
    measure(page.response.status, page.result);
    measure_download(page.response.body.size());
    exchange_->respond(std::move(page.response));
}

void Delivery::serve(const Serve& serve) {
    const auto& entry = *serve.entry;
    auto response =
        viewer_response(exchange_->request(), entry, serve.age, serve.result, identity_);
    measure(response.head.status, response.result);
    if (entry.page) {
        http::Response page{response.head.status, std::move(response.head.headers), {}, {}};
        page.body = error_page_body(*entry.page, identity_.request_id);
        measure_download(page.body.size());
        exchange_->respond(std::move(page));
        return;
    }
    const auto length = response.length.value_or(entry.body->size());
    exchange_->begin_response(std::move(response.head));
    if (response.sends_body && length > 0) {
        exchange_->send(entry.body, response.offset, length);
        measure_download(length);
    }
    exchange_->end_response();
}

void Delivery::refresh(Fetch fetch) {
    auto behind = std::make_shared<OriginFetch>(
        place_,
        exchange_->thread(),
        identity_,
        std::move(fetch),
        OriginFetchEvents{}
    );
    behind->start(false);
}

void Delivery::fetch(Fetch fetch) {
    auto self = shared_from_this();
    const bool streams_body = viewer_.has_body && fetch.reason == FetchReason::not_cached;
    origin_ = std::make_shared<OriginFetch>(
        place_,
        exchange_->thread(),
        identity_,
        std::move(fetch),
        OriginFetchEvents{
            .serve =
                [self](const Serve& found) {
                    self->is_ended_ = true;
                    self->serve(found);
                },
            .deliver = [self](const Deliver& delivery) { self->deliver(delivery); },
            .body = [self](std::string_view bytes) { self->forward(bytes); },
            .done = [self](bool is_complete) { self->end(is_complete); },
        }
    );
    exchange_->when_abandoned([weak = weak_from_this()] {
        const auto delivery = weak.lock();
        if (!delivery || delivery->is_ended_) return;
        delivery->is_ended_ = true;
        delivery->measure_download(delivery->sent_);
        delivery->origin_->leave();
    });
    origin_->start(streams_body);
    if (streams_body && !is_ended_) stream_request_body();
}

void Delivery::stream_request_body() {
    auto self = shared_from_this();
    exchange_->stream_body([self](const http::BodyPiece& piece) {
        auto& origin = *self->origin_;
        if (piece.state == http::BodyState::malformed || piece.state == http::BodyState::aborted) {
            self->is_ended_ = true;
            origin.leave();
            self->exchange_->abort();
            return;
        }
        if (!piece.bytes.empty()) origin.send_body(std::string(piece.bytes));
        const auto& method = self->exchange_->request().method;
        if (method == "POST" || method == "PUT")
            self->metrics_.add(
                self->distribution_->series.bytes_uploaded,
                static_cast<double>(piece.bytes.size())
            );
        if (piece.state == http::BodyState::complete) {
            origin.end_body();
        } else if (origin.unsent_bytes() > limits::viewer_backlog) {
            self->exchange_->pause_body();
            origin.when_sent([self] { self->exchange_->resume_body(); });
        }
    });
}

void Delivery::deliver(const Deliver& delivery) {
    const auto* declared = delivery.headers.find("Content-Length");
    std::optional<std::uint64_t> length;
    if (declared != nullptr && declared->size() <= 18 &&
        declared->find_first_not_of("0123456789") == std::string::npos && !declared->empty())
        length = std::stoull(*declared);
    auto response = viewer_response(
        exchange_->request(),
        {delivery.status, delivery.headers, length, delivery.result, std::nullopt},
        identity_
    );
    to_skip_ = response.offset;
    to_send_ = response.length;
    sends_body_ = response.sends_body;
    measure(response.head.status, response.result);
    const auto waited = exchange_->thread().clock().steady_now() - exchange_->received_at();
    const std::chrono::duration<double, std::milli> latency(waited);
    metrics_.add(distribution_->series.origin_latency, latency.count());
    exchange_->begin_response(std::move(response.head));
    if (!sends_body_) end_early();
}

void Delivery::forward(std::string_view bytes) {
    if (is_ended_ || !sends_body_) return;
    const auto skipped = std::min<std::uint64_t>(to_skip_, bytes.size());
    to_skip_ -= skipped;
    bytes.remove_prefix(skipped);
    if (to_send_) {
        bytes = bytes.substr(0, *to_send_);
        *to_send_ -= bytes.size();
    }
    if (bytes.empty()) return;
    sent_ += bytes.size();
    exchange_->send(std::string(bytes));
    if (to_send_ && *to_send_ == 0)
        end_early();
    else
        hold_back();
}

// The viewer has all it asked for, while the origin may still be sending for the cache.
void Delivery::end_early() {
    end(true);
    exchange_->thread().post([origin = origin_] { origin->leave(); });
}

// A viewer slower than its origin: the origin waits rather than memory grows.
void Delivery::hold_back() {
    if (is_held_back_ || exchange_->unsent_bytes() <= limits::viewer_backlog) return;
    is_held_back_ = true;
    origin_->pause();
    exchange_->when_drained([self = shared_from_this()] {
        self->is_held_back_ = false;
        self->origin_->resume();
    });
}

void Delivery::end(bool is_complete) {
    if (is_ended_) return;
    is_ended_ = true;
    measure_download(sent_);
    // AWS: CloudFront "drops the connection" when an origin's body ends early.
    if (is_complete)
        exchange_->end_response();
    else
        exchange_->abort();
}

void Delivery::measure(int status, CacheResult result) {
    count_viewer_response(
        metrics_,
        distribution_->series,
        exchange_->request().method,
        status,
        result
    );
}

void Delivery::measure_download(std::uint64_t bytes) {
    count_download(
        metrics_,
        distribution_->series,
        exchange_->request().method,
        static_cast<double>(bytes)
    );
}

} // namespace diorama::cloudfront
