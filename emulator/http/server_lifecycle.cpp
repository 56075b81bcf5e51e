// The course of a server connection outside of reading: how exchanges end, how idleness and the
// client's departure are met, and the change to another protocol; see server_connection.hpp.
#include "emulator/assert.hpp"
#include "emulator/http/server_connection.hpp"

#include <utility>

namespace diorama::http {

namespace {

constexpr std::size_t most_discarded = 64 * 1024;

} // namespace

void ServerConnection::connected() {
    peer_.client = connection_->remote();
    peer_.local = connection_->local();
    peer_.is_tls = connection_->is_tls();
    if (peer_.is_tls) {
        peer_.server_name = connection_->server_name();
        peer_.tls_version = connection_->tls_version();
        peer_.tls_cipher = connection_->tls_cipher();
    }
    active_at_ = steady_now();
    arm_idle_timer(service_->options.idle_timeout);
}

network::Connection& ServerConnection::connection() {
    ASSERT(connection_ != nullptr);
    return *connection_;
}

void ServerConnection::body_wanted() {
    if (expects_continue_ && !exchange_->exceeds_limit()) {
        // RFC 9110 10.1.1: no need to say so if the client has begun to send anyway.
        if (backlog_.empty()) writer_.write_bare_head(100, {}, {});
        expects_continue_ = false;
    }
    regulate_reading();
    advance_soon();
}

void ServerConnection::body_paused() {
    regulate_reading();
}

// RFC 9112 9.6: "A server that does not support persistent connections MUST send the "close"
// connection option in every response": also when it only then finds out.
void ServerConnection::response_begins(bool is_whole) {
    if (body_reader_.is_complete()) return;
    const bool is_long = is_whole && body_reader_.remaining() > most_discarded;
    if (expects_continue_ || is_long) writer_.close_after();
}

void ServerConnection::response_ended() {
    if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->detach();
    const auto remaining = body_reader_.remaining();
    if (writer_.closes()) {
        finish_connection();
    } else if (body_reader_.is_complete()) {
        phase_ = Phase::head;
    } else if (expects_continue_ || remaining > most_discarded) {
        // Whether the client still sends the body cannot be known, or it is not worth it.
        finish_connection();
    } else {
        phase_ = Phase::discarding;
        discarded_ = 0;
    }
    expects_continue_ = false;
    active_at_ = steady_now();
    regulate_reading();
    if (!backlog_.empty()) {
        advance_soon();
    } else if (client_has_finished_ && !is_advancing_) {
        end_of_input();
    }
}

void ServerConnection::flush_soon() {
    // Everything written while bytes are being read leaves at the end of that.
    if (!is_advancing_) writer_.flush();
}

void ServerConnection::drained_soon() {
    thread_.post([self = shared_from_this()] {
        if (self->exchange_ != nullptr) self->exchange_->drained();
    });
}

void ServerConnection::break_off() {
    if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->detach();
    phase_ = Phase::closing;
    backlog_.clear();
    if (connection_ != nullptr) connection_->close(true);
}

// Called by the destructor of an exchange that has not been answered.
void ServerConnection::exchange_dropped(const ServerExchange& exchange) {
    exchange_ = nullptr;
    if (connection_ == nullptr) return;
    if (writer_.has_begun()) {
        break_off();
        return;
    }
    response_begins(true);
    if (exchange.is_body_malformed()) {
        writer_.respond(error_response(400, "the body's chunked coding is broken"), now());
    } else if (client_has_finished_ && !body_reader_.is_complete()) {
        writer_.respond(error_response(400, "the body ended early"), now());
    } else {
        writer_.respond(error_response(500, "the request was not answered"), now());
    }
    response_ended();
}

void ServerConnection::upgrade(
    ResponseHead head,
    std::shared_ptr<network::ConnectionEvents> events
) {
    writer_.write_bare_head(head.status, head.reason, head.headers);
    std::exchange(exchange_, nullptr)->detach();
    phase_ = Phase::upgraded;
    upgraded_ = std::move(events);
    idle_timer_.stop();
    regulate_reading();
    if (!backlog_.empty()) advance_soon();
}

void ServerConnection::drained() {
    active_at_ = steady_now();
    if (upgraded_) {
        upgraded_->drained();
    } else if (exchange_ != nullptr) {
        exchange_->drained();
    }
}

bool ServerConnection::half_closed() {
    if (upgraded_) return upgraded_->half_closed();
    client_has_finished_ = true;
    if (phase_ == Phase::head && backlog_.empty()) return false;
    if (phase_ == Phase::exchange && service_->options.half_close_abandons) return false;
    if (!will_advance_) end_of_input();
    return true;
}

// The client has finished sending and all that it sent has been read: what is missing will never
// come.
void ServerConnection::end_of_input() {
    switch (phase_) {
    case Phase::head:
    case Phase::discarding:
        finish_connection();
        break;
    case Phase::exchange:
        if (is_blocked() || body_reader_.is_complete()) break;
        writer_.close_after();
        exchange_->deliver({BodyState::aborted, {}, nullptr});
        break;
    case Phase::closing:
    case Phase::upgraded:
        break;
    }
}

void ServerConnection::closed(network::CloseReason reason) {
    idle_timer_.stop();
    connection_ = nullptr;
    writer_.detach();
    backlog_.clear();
    abandon_exchange(BodyState::aborted);
    if (upgraded_) std::exchange(upgraded_, nullptr)->closed(reason);
}

// Tells the handler that nobody waits for its answer any more.
void ServerConnection::abandon_exchange(BodyState body_state) {
    if (exchange_ == nullptr) return;
    const auto exchange = exchange_->shared_from_this();
    if (exchange->wants_body() && !exchange->is_body_over()) {
        exchange->deliver({body_state, {}, nullptr});
    }
    if (exchange_ == nullptr) return; // it was answered nevertheless
    exchange_ = nullptr;
    exchange->abandoned();
    exchange->detach();
}

void ServerConnection::arm_idle_timer(Duration delay) {
    if (service_->options.idle_timeout <= Duration::zero()) return;
    // Only closed() and upgrade() stop the timer, and the destructor.
    idle_timer_.start_after(delay, [this] { check_idleness(); });
}

// Runs at most once per idle timeout, not once per request.
void ServerConnection::check_idleness() {
    const auto self = shared_from_this();
    const auto timeout = service_->options.idle_timeout;
    const auto quiet = steady_now() - active_at_;
    if (quiet < timeout) {
        arm_idle_timer(timeout - quiet);
        return;
    }
    const auto unsent = writer_.unsent_bytes();
    switch (phase_) {
    case Phase::head:
        // AWS: 408 if a part of a request has come, otherwise the connection is just closed.
        if (head_reader_.has_begun()) {
            refuse(408, "the request did not come within the idle timeout");
        } else {
            finish_connection();
        }
        break;
    case Phase::exchange:
        if (!is_blocked() && !writer_.has_begun()) {
            abandon_exchange(BodyState::aborted);
            if (phase_ == Phase::exchange) {
                refuse(408, "the body did not come within the idle timeout");
            }
        } else if (unsent > 0 && unsent == unsent_at_check_) {
            // The client has stopped reading.
            connection_->close(true);
        }
        break;
    case Phase::discarding:
        finish_connection();
        break;
    case Phase::closing:
        connection_->close(true);
        break;
    case Phase::upgraded:
        return;
    }
    unsent_at_check_ = unsent;
    arm_idle_timer(timeout);
}

} // namespace diorama::http
