// See upstream_connection.hpp.
#include "emulator/http/upstream_connection.hpp"

#include "emulator/http/limits.hpp"
#include "emulator/http/upstream_call.hpp"
#include "emulator/http/upstream_head.hpp"

#include <algorithm>
#include <utility>

namespace diorama::http {

UpstreamConnection::UpstreamConnection(
    network::EdgeThread& thread,
    std::weak_ptr<UpstreamPool> pool,
    PoolKey key,
    Duration connect_timeout
)
    : thread_(thread)
    , pool_(std::move(pool))
    , key_(std::move(key))
    , timer_(thread)
    , active_at_(now())
    , connect_timeout_(connect_timeout) {}

void UpstreamConnection::open(network::Network& network, std::shared_ptr<network::TLSContext> tls) {
    connection_ = &network.connect(
        thread_,
        key_.target,
        shared_from_this(),
        connect_timeout_,
        std::move(tls),
        key_.server_name
    );
    // The network watches over the connecting, but not over a handshake that does not move.
    if (key_.is_tls) watch();
}

void UpstreamConnection::carry(UpstreamCall& call) {
    call_ = &call;
    response_timeout_ = call.request().response_timeout;
    keep_alive_ = call.request().keep_alive;
    if (phase_ == Phase::idle) begin_exchange();
}

void UpstreamConnection::connected() {
    if (phase_ != Phase::connecting) return;
    phase_ = Phase::idle;
    if (call_ != nullptr) {
        begin_exchange();
    } else {
        close();
    }
}

void UpstreamConnection::begin_exchange() {
    phase_ = Phase::head;
    keeps_alive_ = has_answered_ = false;
    active_at_ = now();
    watch();
    call_->write_request(*this);
}

void UpstreamConnection::write(std::string bytes) {
    active_at_ = now();
    if (connection_ == nullptr) return;
    writing(bytes.size());
    connection_->write(std::move(bytes));
    watch();
}

void UpstreamConnection::write(std::shared_ptr<const std::string> bytes) {
    if (connection_ == nullptr) return;
    writing(bytes->size());
    connection_->write(std::move(bytes));
    watch();
}

void UpstreamConnection::writing(std::size_t size) {
    if (queued_bytes() == 0) taken_at_ = now(); // the upstream owes nothing until now
    written_ += size;
}

std::size_t UpstreamConnection::queued_bytes() const {
    return connection_ == nullptr ? 0 : connection_->queued_bytes();
}

void UpstreamConnection::pause() {
    is_paused_ = true;
    if (connection_ != nullptr) connection_->pause_reading();
}

void UpstreamConnection::resume() {
    is_paused_ = false;
    active_at_ = now();
    if (connection_ == nullptr) return;
    connection_->resume_reading();
    watch();
    // The end was seen while bytes still waited; they are offered first.
    if (peer_has_finished_) {
        thread_.post([self = shared_from_this()] {
            if (!self->is_paused_) self->end_of_input();
        });
    }
}

void UpstreamConnection::abandon() {
    call_ = nullptr;
    close();
}

void UpstreamConnection::close() {
    phase_ = Phase::closing;
    timer_.stop();
    is_armed_ = false;
    if (connection_ != nullptr) connection_->close();
}

std::size_t UpstreamConnection::received(std::string_view bytes) {
    active_at_ = now();
    const auto self = shared_from_this();
    const auto call = call_ == nullptr ? nullptr : call_->shared_from_this();
    std::size_t used = 0;
    while (used < bytes.size() && !is_paused_) {
        const auto rest = bytes.substr(used);
        std::size_t taken = 0;
        switch (phase_) {
        case Phase::head:
            taken = read_head(rest);
            break;
        case Phase::body:
            taken = read_body(rest);
            break;
        case Phase::tunnel:
            call_->take_body(rest);
            taken = rest.size();
            break;
        // Nobody asked: what else it will say cannot be told from an answer to the next request.
        case Phase::idle:
            release();
            return bytes.size();
        case Phase::connecting:
        case Phase::closing:
            return bytes.size();
        }
        if (taken == 0) break;
        used += taken;
    }
    return used;
}

std::size_t UpstreamConnection::read_head(std::string_view bytes) {
    has_answered_ = true;
    auto result = read_upstream_head(bytes);
    switch (result.status) {
    case UpstreamHead::Status::need_more:
        return 0;
    case UpstreamHead::Status::malformed:
        fail(UpstreamFailure::malformed);
        return bytes.size();
    case UpstreamHead::Status::ok:
        break;
    }
    // RFC 9110 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a
    // final response".
    if (result.head.status < 200 && result.head.status != 101) return result.consumed;
    take_head(std::move(result.head), result.version);
    if (phase_ == Phase::body && body_reader_.is_complete()) {
        complete(result.consumed < bytes.size());
    }
    return result.consumed;
}

void UpstreamConnection::take_head(ResponseHead head, int version) {
    const auto& method = call_->request().head.method;
    const auto framing = response_framing(head.status, head.headers, method);
    if (framing.kind == BodyFraming::Kind::invalid) {
        fail(UpstreamFailure::malformed);
        return;
    }
    const auto options = head.headers.joined("Connection");
    keeps_alive_ =
        framing.kind != BodyFraming::Kind::until_close &&
        (version >= 11 ? !list_contains(options, "close") : list_contains(options, "keep-alive"));
    body_reader_ = BodyReader(framing);
    const bool is_tunnel = head.status == 101 || (method == "CONNECT" && head.status < 300);
    phase_ = is_tunnel ? Phase::tunnel : Phase::body;
    call_->take_head(std::move(head));
}

std::size_t UpstreamConnection::read_body(std::string_view bytes) {
    const auto step = body_reader_.read(bytes);
    if (!step.piece.empty()) call_->take_body(step.piece);
    if (phase_ != Phase::body) return bytes.size(); // cancelled
    if (step.state == BodyReader::State::malformed) {
        fail(UpstreamFailure::malformed);
        return bytes.size();
    }
    if (step.state == BodyReader::State::complete) complete(step.consumed < bytes.size());
    return step.consumed;
}

// The response is over. The connection goes back to the pool before the caller hears of it, so that
// its next request finds it there.
void UpstreamConnection::complete(bool is_followed_by_bytes) {
    const auto call = std::exchange(call_, nullptr)->shared_from_this();
    const auto pool = pool_.lock();
    const bool may_stay = pool && keeps_alive_ && !is_followed_by_bytes && !peer_has_finished_ &&
                          keep_alive_ > Duration::zero() && call->is_request_sent() &&
                          queued_bytes() == 0 && !is_paused_;
    if (may_stay) {
        phase_ = Phase::idle;
        active_at_ = now();
        watch();
        pool->keep(key_, shared_from_this());
    } else {
        release();
    }
    call->finish(UpstreamFailure::none, false);
}

void UpstreamConnection::fail(UpstreamFailure failure) {
    const bool may_repeat = phase_ == Phase::head && !has_answered_;
    const auto call = call_ == nullptr ? nullptr : call_->shared_from_this();
    close();
    call_ = nullptr;
    if (call) call->finish(failure, may_repeat);
}

// Closes without hurry: what was written may still leave.
void UpstreamConnection::release() {
    if (const auto pool = pool_.lock()) pool->forget(key_, *this);
    phase_ = Phase::closing;
    timer_.stop();
    is_armed_ = false;
    if (connection_ != nullptr) connection_->close();
}

void UpstreamConnection::drained() {
    active_at_ = now();
    if (call_ == nullptr) return;
    const auto call = call_->shared_from_this();
    call->drained();
}

bool UpstreamConnection::half_closed() {
    peer_has_finished_ = true;
    if (is_paused_) return true;
    end_of_input();
    return false;
}

void UpstreamConnection::end_of_input() {
    const auto self = shared_from_this();
    switch (phase_) {
    case Phase::connecting:
    case Phase::closing:
        break;
    case Phase::idle:
        release();
        break;
    case Phase::head:
        fail(UpstreamFailure::reset);
        break;
    case Phase::body:
        if (body_reader_.may_end_with_connection()) {
            complete(false);
        } else {
            fail(UpstreamFailure::body_cut);
        }
        break;
    case Phase::tunnel:
        complete(false);
        break;
    }
}

void UpstreamConnection::closed(network::CloseReason reason) {
    const auto self = shared_from_this();
    connection_ = nullptr;
    timer_.stop();
    is_armed_ = false;
    if (phase_ == Phase::connecting) {
        switch (reason) {
        case network::CloseReason::refused:
            fail(UpstreamFailure::connect_refused);
            break;
        case network::CloseReason::tls_failed:
            fail(UpstreamFailure::tls_failed);
            break;
        case network::CloseReason::unreachable:
        case network::CloseReason::timed_out:
            fail(UpstreamFailure::connect_timeout);
            break;
        case network::CloseReason::local:
        case network::CloseReason::end_of_stream:
        case network::CloseReason::reset:
            fail(UpstreamFailure::reset);
            break;
        }
    } else if (phase_ == Phase::body && reason != network::CloseReason::end_of_stream) {
        fail(UpstreamFailure::body_cut);
    } else {
        end_of_input();
    }
}

Timestamp UpstreamConnection::deadline() const {
    const auto due = response_deadline();
    // However lively the response is, or slow its reader: a request must move, too.
    const bool sends = phase_ == Phase::head || phase_ == Phase::body;
    if (!sends || queued_bytes() == 0) return due;
    return std::min(due, taken_at_ + limits::upload_stall_max);
}

Timestamp UpstreamConnection::response_deadline() const {
    switch (phase_) {
    case Phase::connecting:
        return connect_timeout_ > Duration::zero() ? active_at_ + connect_timeout_
                                                   : Timestamp::max();
    case Phase::idle:
        return active_at_ + keep_alive_;
    case Phase::head:
    case Phase::body:
        if (response_timeout_ <= Duration::zero() || is_paused_) return Timestamp::max();
        return active_at_ + response_timeout_;
    case Phase::tunnel:
    case Phase::closing:
        break;
    }
    return Timestamp::max();
}

// A timer that is due too early only looks again: it is set anew about once per timeout, not once
// per request.
void UpstreamConnection::watch() {
    const auto due = deadline();
    if (due == Timestamp::max() || (is_armed_ && armed_for_ <= due)) return;
    is_armed_ = true;
    armed_for_ = due;
    timer_.start_after(std::max(due - now(), Duration::zero()), [this] {
        is_armed_ = false;
        check_deadline();
    });
}

void UpstreamConnection::check_deadline() {
    const auto self = shared_from_this();
    // A request that still moves towards the upstream is a sign of life.
    const auto queued = queued_bytes();
    if (queued != queued_at_check_) active_at_ = now();
    queued_at_check_ = queued;
    const auto taken = written_ - queued;
    if (taken != taken_at_check_) taken_at_ = now();
    taken_at_check_ = taken;
    if (is_paused_) active_at_ = now();
    if (now() < deadline()) {
        if (phase_ == Phase::tunnel || phase_ == Phase::closing) return;
        watch();
        return;
    }
    switch (phase_) {
    case Phase::connecting:
        fail(UpstreamFailure::connect_timeout);
        break;
    case Phase::idle:
        release();
        break;
    case Phase::head:
    case Phase::body:
        fail(UpstreamFailure::response_timeout);
        break;
    case Phase::tunnel:
    case Phase::closing:
        break;
    }
}

} // namespace diorama::http
