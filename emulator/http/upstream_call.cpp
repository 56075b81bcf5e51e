// See upstream_call.hpp.
#include "emulator/http/upstream_call.hpp"

#include "emulator/http/response_head.hpp"

#include <fmt/core.h>

#include <utility>

namespace diorama::http {

namespace {

// Up to this size a body is copied behind its head to leave in one write.
constexpr std::size_t copied_at_most = 16 * 1024;

std::string render_request_head(const OutboundRequest& request, std::size_t body_size) {
    const auto& head = request.head;
    std::size_t size = head.method.size() + head.target.size() + 64;
    bool is_framed = request.streams_body;
    for (const auto& [name, value] : head.headers) {
        size += name.size() + value.size() + 4;
        is_framed = is_framed || equal_ignoring_case(name, "Content-Length") ||
                    equal_ignoring_case(name, "Transfer-Encoding");
    }
    std::string text;
    text.reserve(size + (body_size <= copied_at_most ? body_size : 0));
    text += head.method;
    text += ' ';
    text += head.target;
    text += head.version == 10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
    for (const auto& [name, value] : head.headers)
        append_field(text, name, value);
    // RFC 9110 8.6: Content-Length is to be sent with methods that anticipate content.
    const bool expects_content =
        head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
    if (!is_framed && (body_size > 0 || expects_content)) {
        append_field(text, "Content-Length", std::to_string(body_size));
    }
    text += "\r\n";
    return text;
}

} // namespace

UpstreamRoutes::UpstreamRoutes(
    network::Network& network,
    network::EdgeThread& thread,
    std::shared_ptr<network::TLSContext> tls
)
    : network_(network)
    , thread_(thread)
    , tls_(std::move(tls))
    , pool_(std::make_shared<UpstreamPool>()) {}

std::shared_ptr<UpstreamConnection> UpstreamRoutes::reuse(const OutboundRequest& request) {
    if (!request.from_pool) return nullptr;
    return pool_->take(
        {request.target, request.tls, request.server_name},
        thread_.clock().steady_now()
    );
}

std::shared_ptr<UpstreamConnection> UpstreamRoutes::open(const OutboundRequest& request) {
    if (request.tls && !tls_) return nullptr;
    auto connection = std::make_shared<UpstreamConnection>(
        thread_,
        pool_,
        PoolKey{request.target, request.tls, request.server_name},
        request.connect_timeout
    );
    connection->open(network_, request.tls ? tls_ : nullptr);
    return connection;
}

UpstreamCall::UpstreamCall(
    std::shared_ptr<UpstreamRoutes> routes,
    OutboundRequest request,
    ResponseEvents events
)
    : routes_(std::move(routes))
    , request_(std::move(request))
    , body_(std::make_shared<const std::string>(std::move(request_.body)))
    , events_(std::move(events))
    , is_chunked_(request_.streams_body && request_.head.headers.contains("Transfer-Encoding")) {}

UpstreamCall::~UpstreamCall() {
    if (!is_done_ && connection_) connection_->abandon();
}

void UpstreamCall::start() {
    connection_ = routes_->reuse(request_);
    is_reused_ = connection_ != nullptr;
    if (!connection_) connection_ = routes_->open(request_);
    if (connection_) {
        connection_->carry(*this);
    } else {
        finish_later(UpstreamFailure::tls_failed);
    }
}

void UpstreamCall::finish_later(UpstreamFailure failure) {
    routes_->thread().post([weak = weak_from_this(), failure] {
        if (const auto self = weak.lock()) self->finish(failure, false);
    });
}

void UpstreamCall::write_request(UpstreamConnection& connection) {
    auto head = render_request_head(request_, body_->size());
    is_written_ = true;
    if (body_->size() <= copied_at_most) {
        head += *body_;
        head += std::exchange(unwritten_, {});
        connection.write(std::move(head));
    } else {
        connection.write(std::move(head));
        connection.write(body_);
    }
}

void UpstreamCall::write_or_keep(std::string bytes) {
    if (is_written_) {
        connection_->write(std::move(bytes));
    } else {
        unwritten_ += bytes;
    }
}

void UpstreamCall::send_body(std::string bytes) {
    if (is_done_ || !connection_ || bytes.empty()) return;
    if (is_chunked_ && !connection_->is_tunnel()) {
        write_or_keep(fmt::format("{:x}\r\n", bytes.size()));
        bytes += "\r\n";
    }
    write_or_keep(std::move(bytes));
}

void UpstreamCall::end_body() {
    if (is_done_ || !connection_ || has_body_ended_) return;
    has_body_ended_ = true;
    if (is_chunked_ && !connection_->is_tunnel()) write_or_keep("0\r\n\r\n");
}

std::size_t UpstreamCall::unsent_bytes() const {
    if (is_done_ || !connection_) return 0;
    return unwritten_.size() + (is_written_ ? connection_->queued_bytes() : 0);
}

void UpstreamCall::when_drained(std::function<void()> drained) {
    if (is_done_) return;
    drained_ = std::move(drained);
    if (unsent_bytes() > 0) return;
    routes_->thread().post([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->drained();
    });
}

void UpstreamCall::drained() {
    if (drained_) std::exchange(drained_, nullptr)();
}

void UpstreamCall::pause() {
    if (is_done_ || is_paused_ || !connection_) return;
    is_paused_ = true;
    connection_->pause();
}

void UpstreamCall::resume() {
    if (is_done_ || !is_paused_ || !connection_) return;
    is_paused_ = false;
    connection_->resume();
}

void UpstreamCall::cancel() {
    if (is_done_) return;
    const auto self = shared_from_this();
    is_done_ = true;
    if (connection_) std::exchange(connection_, nullptr)->abandon();
    drained_ = nullptr;
    if (delivering_ == 0) events_ = {};
}

// Callbacks may cancel the call, but their own closures must live until they return.
template <class Deliver>
void UpstreamCall::guarded(Deliver deliver) {
    if (is_done_) return;
    const auto self = shared_from_this();
    ++delivering_;
    deliver();
    --delivering_;
    if (is_done_ && delivering_ == 0) events_ = {};
}

void UpstreamCall::take_head(ResponseHead head) {
    guarded([&] {
        if (events_.head) events_.head(std::move(head));
    });
}

void UpstreamCall::take_body(std::string_view bytes) {
    guarded([&] {
        if (events_.body) events_.body(bytes);
    });
}

// RFC 9110 9.2.2: idempotent methods, which may be repeated automatically.
bool UpstreamCall::is_repeatable() const {
    const auto& method = request_.head.method;
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
           method == "OPTIONS" || method == "TRACE";
}

void UpstreamCall::finish(UpstreamFailure failure, bool may_repeat) {
    if (is_done_) return;
    const auto self = shared_from_this();
    connection_ = nullptr;
    const bool repeats = failure == UpstreamFailure::reset && may_repeat && is_reused_ &&
                         !is_repeated_ && !request_.streams_body && is_repeatable();
    if (repeats) {
        is_repeated_ = true;
        is_reused_ = false;
        is_written_ = false;
        connection_ = routes_->open(request_);
        connection_->carry(*this);
        if (is_paused_) connection_->pause();
        return;
    }
    is_done_ = true;
    drained_ = nullptr;
    const auto done = std::exchange(events_.done, nullptr);
    if (delivering_ == 0) events_ = {};
    if (done) done(failure);
}

} // namespace diorama::http
