// See origin_fetch.hpp.
#include "services/cloudfront/data/origin_fetch.hpp"

#include "emulator/aws/service_proof.hpp"

#include <charconv>
#include <utility>

namespace diorama::cloudfront {

namespace {

struct Authority {
    std::string_view name;
    std::uint16_t port = 0; // 0: none was written
};

// AWS's origins are plain domain names; the emulator's own may carry a port ("s3.localhost:4566").
Authority split_authority(std::string_view domain_name) {
    const auto colon = domain_name.rfind(':');
    if (colon == std::string_view::npos) return {domain_name, 0};
    const auto digits = domain_name.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
    if (error != std::errc() || end != digits.end()) return {domain_name, 0};
    return {domain_name.substr(0, colon), port};
}

OriginFailure failure_of(http::UpstreamFailure failure) {
    using http::UpstreamFailure;
    const bool is_late =
        failure == UpstreamFailure::connect_timeout || failure == UpstreamFailure::response_timeout;
    return is_late ? OriginFailure::timed_out : OriginFailure::unreachable;
}

} // namespace

OriginFetch::OriginFetch(
    const EdgePlace& place,
    network::EdgeThread& thread,
    EdgeIdentity identity,
    Fetch fetch,
    OriginFetchEvents events
)
    : place_(place)
    , thread_(thread)
    , identity_(std::move(identity))
    , fetch_(std::move(fetch))
    , events_(std::move(events)) {}

void OriginFetch::start(bool streams_body) {
    streams_body_ = streams_body;
    attempts_ = 0;
    const auto& origin = *fetch_.request.origin;
    const auto authority = split_authority(origin.domain_name);
    auto port = fetch_.request.is_https ? origin.https_port : origin.http_port;
    if (authority.port != 0) port = authority.port;
    endpoints_ = place_.origins.endpoints_of(authority.name, port);
    if (endpoints_.empty())
        failed(OriginFailure::unresolved);
    else
        try_next();
}

void OriginFetch::try_next() {
    const auto& endpoint = endpoints_[attempts_ % endpoints_.size()];
    ++attempts_;
    connect(endpoint);
}

void OriginFetch::connect(const network::Endpoint& endpoint) {
    const auto& origin = *fetch_.request.origin;
    http::OutboundRequest request;
    request.target = endpoint;
    request.tls = fetch_.request.is_https;
    request.server_name = std::string(split_authority(origin.domain_name).name);
    request.head = fetch_.request.head;
    // A bucket believes that this is CloudFront only if nobody else could have said so.
    if (request.head.headers.contains("X-Diorama-CloudFront"))
        request.head.headers.set("X-Diorama-Proof", std::string(aws::service_proof()));
    request.streams_body = streams_body_;
    request.connect_timeout = origin.connection_timeout;
    request.response_timeout = origin.response_timeout;
    request.keep_alive = origin.keep_alive;
    auto self = shared_from_this();
    call_ = place_.client.start(
        thread_,
        std::move(request),
        {
            .head = [self](http::ResponseHead head) { self->answered(std::move(head)); },
            .body = [self](std::string_view bytes) { self->received(bytes); },
            .done = [self](http::UpstreamFailure failure) { self->finished(failure); },
        }
    );
}

void OriginFetch::answered(http::ResponseHead head) {
    if (head.status < 200) return;
    const auto now = thread_.clock().now();
    act_on(place_.edge.origin_answered(fetch_.id, head, identity_, now));
}

void OriginFetch::act_on(OriginVerdict verdict) {
    // Taken out first: what is called may let this fetch go.
    if (auto* serve = std::get_if<Serve>(&verdict)) {
        phase_ = Phase::ignoring;
        const auto events = std::exchange(events_, {});
        if (events.serve) events.serve(*serve);
        return;
    }
    if (auto* page = std::get_if<Fetch>(&verdict)) {
        phase_ = Phase::ignoring;
        successor_ = std::make_shared<OriginFetch>(
            place_,
            thread_,
            identity_,
            std::move(*page),
            std::exchange(events_, {})
        );
        thread_.post([successor = successor_] { successor->start(false); });
        return;
    }
    phase_ = Phase::delivering;
    const auto& delivery = std::get<Deliver>(verdict);
    is_storing_ = delivery.is_stored;
    const auto deliver = events_.deliver;
    if (deliver)
        deliver(delivery);
    else if (!is_storing_)
        stop();
}

void OriginFetch::received(std::string_view bytes) {
    if (phase_ != Phase::delivering) return;
    if (is_storing_ && body_.size() + bytes.size() > limits::max_cached_body) {
        is_storing_ = false;
        body_ = {};
        place_.edge.give_up(fetch_.id);
        if (!events_.body) {
            stop();
            return;
        }
    }
    if (is_storing_) body_ += bytes;
    if (events_.body) events_.body(bytes);
}

void OriginFetch::finished(http::UpstreamFailure failure) {
    using http::UpstreamFailure;
    // The call keeps itself until this returns, and this object with it.
    const auto call = std::move(call_);
    if (phase_ == Phase::ignoring) return;
    if (phase_ == Phase::asking) {
        const auto& origin = *fetch_.request.origin;
        const bool never_connected = failure == UpstreamFailure::connect_refused ||
                                     failure == UpstreamFailure::connect_timeout;
        const auto attempts = static_cast<std::size_t>(origin.connection_attempts);
        if (never_connected && !streams_body_ && attempts_ < attempts)
            try_next();
        else
            failed(failure_of(failure));
        return;
    }
    // AWS: a body that does not have the promised length "is not cached".
    const bool is_complete = failure == UpstreamFailure::none;
    if (is_storing_ && is_complete)
        place_.edge.origin_completed(fetch_.id, std::move(body_));
    else if (is_storing_)
        place_.edge.give_up(fetch_.id);
    is_storing_ = false;
    const auto events = std::exchange(events_, {});
    if (events.done) events.done(is_complete);
}

void OriginFetch::failed(OriginFailure failure) {
    const auto now = thread_.clock().now();
    place_.log.write(
        LogLevel::note,
        "cloudfront",
        "{}: origin {} {}",
        fetch_.distribution->id,
        fetch_.request.origin->domain_name,
        failure == OriginFailure::timed_out ? "timed out" : "cannot be reached"
    );
    act_on(place_.edge.origin_failed(fetch_.id, failure, identity_, now));
}

void OriginFetch::send_body(std::string bytes) {
    if (call_) call_->send_body(std::move(bytes));
}

void OriginFetch::end_body() {
    if (call_) call_->end_body();
}

std::size_t OriginFetch::unsent_bytes() const {
    return call_ ? call_->unsent_bytes() : 0;
}

void OriginFetch::when_sent(std::function<void()> sent) {
    if (call_)
        call_->when_drained(std::move(sent));
    else
        sent();
}

void OriginFetch::pause() {
    if (successor_)
        successor_->pause();
    else if (call_)
        call_->pause();
}

void OriginFetch::resume() {
    if (successor_)
        successor_->resume();
    else if (call_)
        call_->resume();
}

void OriginFetch::leave() {
    if (successor_) {
        successor_->leave();
        return;
    }
    events_ = {};
    resume();
    const bool is_for_cache =
        fetch_.reason != FetchReason::not_cached && (phase_ != Phase::delivering || is_storing_);
    if (!is_for_cache) stop();
}

void OriginFetch::stop() {
    place_.edge.give_up(fetch_.id);
    phase_ = Phase::ignoring;
    is_storing_ = false;
    events_ = {};
    if (!call_) return;
    // Not from inside the call's own callbacks.
    thread_.post([call = std::move(call_)] { call->cancel(); });
    call_ = {};
}

} // namespace diorama::cloudfront
