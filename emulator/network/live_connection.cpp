// See live_connection.hpp.
#include "emulator/network/live_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <span>
#include <utility>

namespace diorama::network {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr auto linger_time = std::chrono::seconds(1);
constexpr unsigned char tls_handshake_record = 0x16; // RFC 8446 5.1

Endpoint endpoint_of(const tcp::endpoint& from) {
    if (from.address().is_v4())
        return {IPAddress::v4(from.address().to_v4().to_uint()), from.port()};
    const auto bytes = from.address().to_v6().to_bytes();
    std::array<std::uint8_t, 16> copy{};
    std::copy(bytes.begin(), bytes.end(), copy.begin());
    return {IPAddress::v6(copy), from.port()};
}

tcp::endpoint asio_endpoint(const Endpoint& from) {
    if (from.address.is_v4())
        return {boost::asio::ip::address_v4(from.address.v4_bits()), from.port};
    boost::asio::ip::address_v6::bytes_type bytes;
    std::copy(from.address.bytes().begin(), from.address.bytes().end(), bytes.begin());
    return {boost::asio::ip::address_v6(bytes), from.port};
}

} // namespace

LiveConnection::LiveConnection(LiveThread& thread, Socket socket)
    : thread_(thread)
    , socket_(std::move(socket))
    , last_activity_(std::chrono::steady_clock::now()) {}

LiveConnection::~LiveConnection() = default;

void LiveConnection::start_accepted(
    std::shared_ptr<ConnectionEvents> events,
    std::shared_ptr<TLSContext> tls,
    bool peek,
    bool tls_only
) {
    thread_.add_open(this);
    self_ = shared_from_this();
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    local_ = endpoint_of(socket_.local_endpoint(ignored));
    remote_ = endpoint_of(socket_.remote_endpoint(ignored));
    events_ = std::move(events);
    context_ = std::move(tls);
    tls_only_ = tls_only;
    peeks_for_tls_ = context_ != nullptr && peek;
    if (!peeks_for_tls_) established();
    wait_readable();
}

void LiveConnection::start_outbound(std::shared_ptr<ConnectionEvents> events, Outbound outbound) {
    thread_.add_open(this);
    self_ = shared_from_this();
    events_ = std::move(events);
    remote_ = outbound.target;
    error_code error;
    const tcp::endpoint target = asio_endpoint(outbound.target);
    socket_.open(target.protocol(), error);
    if (error) return fail(CloseReason::unreachable);
    socket_.non_blocking(true, error);
    socket_.set_option(tcp::no_delay(true), error);
    if (outbound.timeout > Duration::zero()) {
        set_idle_timeout(outbound.timeout);
    }
    socket_.async_connect(
        target,
        [self = shared_from_this(), outbound = std::move(outbound)](const error_code& failure) {
            self->thread_.turn([&] { self->connected(failure, outbound); }, self.get());
        }
    );
}

void LiveConnection::connected(const error_code& failure, const Outbound& outbound) {
    if (is_closed_) return;
    if (failure) {
        return fail(
            failure == boost::asio::error::connection_refused ? CloseReason::refused
                                                              : CloseReason::unreachable
        );
    }
    error_code ignored;
    local_ = endpoint_of(socket_.local_endpoint(ignored));
    set_idle_timeout(Duration::zero());
    touch();
    if (outbound.tls) {
        tls_ = outbound.tls->session(outbound.server_name);
        mark();
    } else {
        established();
    }
    wait_readable();
}

void LiveConnection::established() {
    is_established_ = true;
    events_->connected();
}

void LiveConnection::touch() {
    last_activity_ = std::chrono::steady_clock::now();
}

void LiveConnection::mark() {
    if (is_marked_) return;
    is_marked_ = true;
    thread_.finish_later(shared_from_this());
}

// Reading.

void LiveConnection::wait_readable() {
    if (is_reading_ || is_paused_ || is_closed_ || peer_has_finished_) return;
    is_reading_ = true;
    socket_.async_wait(
        tcp::socket::wait_read,
        [self = shared_from_this()](const error_code& error) {
            self->is_reading_ = false;
            if (error || self->is_closed_) return self->thread_.turn([] {});
            self->thread_.turn([&self] { self->read_some(); }, self.get());
        }
    );
}

void LiveConnection::read_some() {
    std::string& buffer = thread_.read_buffer();
    error_code error;
    const std::size_t count = socket_.read_some(boost::asio::buffer(buffer), error);
    if (error == boost::asio::error::would_block) return wait_readable();
    if (error == boost::asio::error::eof) return peer_finished();
    if (error) return fail(CloseReason::reset);
    touch();
    take(std::string_view(buffer).substr(0, count));
    wait_readable();
}

void LiveConnection::take(std::string_view bytes) {
    if (peeks_for_tls_) {
        peeks_for_tls_ = false;
        if (static_cast<unsigned char>(bytes.front()) == tls_handshake_record) {
            tls_ = context_->session("");
        } else if (tls_only_) {
            return fail(CloseReason::tls_failed);
        } else {
            established();
        }
    }
    if (tls_) {
        take_ciphertext(bytes);
    } else {
        offer(bytes);
    }
}

void LiveConnection::take_ciphertext(std::string_view bytes) {
    const bool was_handshaking = tls_->state() == TLSSession::State::handshaking;
    std::string plaintext;
    const auto state = tls_->received(bytes, plaintext);
    mark();
    if (was_handshaking && (state == TLSSession::State::established || !plaintext.empty()))
        established();
    if (!plaintext.empty() && !is_closed_) offer(plaintext);
    if (is_closed_) return;
    if (state == TLSSession::State::failed) {
        fail(is_established_ ? CloseReason::reset : CloseReason::tls_failed);
    } else if (state == TLSSession::State::closed) {
        peer_finished();
    }
}

void LiveConnection::offer(std::string_view bytes) {
    if (is_paused_ || is_offering_) {
        input_.append(bytes);
        return;
    }
    is_offering_ = true;
    std::string joined; // keeps the bytes in place while the protocol looks at them
    if (!input_.empty()) {
        joined = std::move(input_);
        joined.append(bytes);
        bytes = joined;
        input_.clear();
    }
    const bool had_tls = tls_ != nullptr;
    std::size_t consumed = 0;
    while (consumed < bytes.size() && !is_closed_ && !is_paused_) {
        const std::size_t taken = events_->received(bytes.substr(consumed));
        consumed += taken;
        if (taken == 0 || (tls_ != nullptr) != had_tls) break;
    }
    is_offering_ = false;
    if (is_closed_) return;
    bytes.remove_prefix(consumed);
    if (!had_tls && tls_) { // start_tls was called: what follows is ciphertext
        if (!bytes.empty()) take_ciphertext(bytes);
        return;
    }
    if (bytes.empty()) return;
    // A message of many megabytes comes in many pieces: what waits for the rest is not copied
    // again.
    if (joined.empty()) joined = bytes;
    joined.erase(0, joined.size() - bytes.size());
    joined.append(input_);
    input_ = std::move(joined);
}

void LiveConnection::resume_reading() {
    if (!is_paused_) return;
    is_paused_ = false;
    if (!input_.empty()) {
        // Not inside this call: the protocol is in the middle of something.
        boost::asio::post(thread_.context(), [self = shared_from_this()] {
            if (self->is_closed_ || self->is_paused_ || self->input_.empty()) return;
            self->thread_.turn([&self] { self->offer({}); }, self.get());
        });
    }
    wait_readable();
}

void LiveConnection::peer_finished() {
    peer_has_finished_ = true;
    if (!is_established_) return fail(tls_ ? CloseReason::tls_failed : CloseReason::end_of_stream);
    if (!events_->half_closed() && !is_closed_) {
        reason_ = CloseReason::end_of_stream;
        is_closed_ = true;
        mark();
    }
}

void LiveConnection::finish() {
    if (is_closed_ || is_finishing_) return;
    is_finishing_ = true;
    if (tls_) tls_->finish();
    mark();
}

void LiveConnection::close(bool abruptly) {
    if (is_closed_) return;
    closes_abruptly_ = abruptly;
    reason_ = CloseReason::local;
    is_closed_ = true;
    mark();
}

void LiveConnection::fail(CloseReason reason) {
    if (is_closed_) return;
    if (reason == CloseReason::tls_failed) thread_.tell_tls_failure(remote_);
    reason_ = reason;
    is_closed_ = true;
    mark();
}

void LiveConnection::set_idle_timeout(Duration timeout) {
    idle_timeout_ = thread_.real_clock().real(timeout);
    touch();
    if (timeout > Duration::zero() && !is_watched_) {
        is_watched_ = true;
        thread_.watch(shared_from_this());
    }
}

bool LiveConnection::check_idle(std::chrono::steady_clock::time_point now) {
    if (!socket_.is_open() || (is_closed_ && events_)) return false;
    if (idle_timeout_ == idle_timeout_.zero()) {
        is_watched_ = false;
        return false;
    }
    if (now - last_activity_ < idle_timeout_) return true;
    if (is_closed_) { // has been discarding for long enough
        error_code ignored;
        socket_.close(ignored);
        return false;
    }
    fail(is_established_ ? CloseReason::timed_out : CloseReason::unreachable);
    return false;
}

void LiveConnection::start_tls(std::shared_ptr<TLSContext> context) {
    is_established_ = false;
    context_ = std::move(context);
    flush(); // what was written so far is plaintext
    tls_ = context_->session("");
    if (!is_offering_ && !input_.empty()) {
        const std::string early = std::move(input_);
        input_.clear();
        take_ciphertext(early);
    }
}

void LiveConnection::finish_turn() {
    is_marked_ = false;
    if (!events_) return;
    // close() discards what is queued; a connection that ends otherwise may still say its last
    // words.
    const bool may_send =
        !is_closed_ || (reason_ != CloseReason::local && reason_ != CloseReason::reset);
    if (socket_.is_open() && may_send) flush();
    const bool all_sent = output_.empty();
    if (is_finishing_ && all_sent && !is_closed_) is_closed_ = true;
    if (is_closed_) {
        end_socket();
        thread_.remove_open(this);
        self_ = nullptr; // the caller holds it a little longer
        const auto events = std::exchange(events_, nullptr);
        events->closed(reason_);
        return;
    }
    if (wants_drained_ && all_sent) {
        wants_drained_ = false;
        events_->drained();
    }
}

void LiveConnection::end_socket() {
    error_code ignored;
    if (closes_abruptly_) {
        socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    } else if (socket_.is_open()) {
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        // Closing with unread bytes would make the kernel send a reset, which can overtake the last
        // answer: read on and throw away for a moment.
        if (is_finishing_ && !peer_has_finished_) {
            idle_timeout_ = linger_time;
            touch();
            thread_.watch(shared_from_this());
            return discard();
        }
    }
    socket_.close(ignored);
}

void LiveConnection::discard() {
    socket_.async_wait(
        tcp::socket::wait_read,
        [self = shared_from_this()](const error_code& waiting) {
            error_code error = waiting;
            if (!error)
                self->socket_.read_some(boost::asio::buffer(self->thread_.read_buffer()), error);
            if (!error || error == boost::asio::error::would_block) return self->discard();
            self->socket_.close(error);
        }
    );
}

} // namespace diorama::network
