// See tcp_session.hpp.
#include "services/route53/data/tcp_session.hpp"

#include "services/route53/limits.hpp"

#include <utility>

namespace diorama::route53 {

namespace {

// A client that asks without reading is not read from any more above this.
constexpr std::size_t queued_bytes_max = 256 * 1024;

} // namespace

void TCPSessions::enter(TCPSession& session) {
    if (sessions_.size() >= limits::tcp_sessions_per_thread_max) {
        auto* quiet = sessions_.front();
        leave(*quiet);
        quiet->close();
    }
    session.place_ = sessions_.insert(sessions_.end(), &session);
}

void TCPSessions::refresh(TCPSession& session) {
    if (session.place_ == sessions_.end()) return;
    sessions_.splice(sessions_.end(), sessions_, session.place_);
}

void TCPSessions::leave(TCPSession& session) {
    if (session.place_ == sessions_.end()) return;
    sessions_.erase(session.place_);
    session.place_ = sessions_.end();
}

TCPSession::TCPSession(network::Connection& connection, TCPSessions& sessions, Ask ask)
    : connection_(&connection)
    , sessions_(sessions)
    , ask_(std::move(ask))
    , deadline_(connection.thread()) {
    connection_->set_idle_timeout(limits::tcp_idle_timeout);
    sessions_.enter(*this);
}

TCPSession::~TCPSession() {
    sessions_.leave(*this);
}

void TCPSession::close() {
    if (connection_ != nullptr) connection_->close(true);
}

std::size_t TCPSession::received(std::string_view bytes) {
    std::size_t at = 0;
    while (bytes.size() - at >= 2) {
        const auto length = static_cast<std::size_t>(
            static_cast<std::uint8_t>(bytes[at]) << 8 | static_cast<std::uint8_t>(bytes[at + 1])
        );
        if (bytes.size() - at - 2 < length) break;
        ++unanswered_;
        sessions_.refresh(*this);
        ask_(
            bytes.substr(at + 2, length),
            connection_->remote(),
            [weak = weak_from_this()](const std::string& response) {
                if (const auto self = weak.lock()) self->send(response);
            }
        );
        at += 2 + length;
        is_waiting_for_rest_ = false;
        deadline_.stop();
    }
    // However slowly the bytes of a message come, it must be there in time.
    if (at < bytes.size() && !is_waiting_for_rest_) {
        is_waiting_for_rest_ = true;
        deadline_.start_after(limits::tcp_message_timeout, [this] { close(); });
    }
    return at;
}

void TCPSession::send(std::string_view response) {
    --unanswered_;
    if (connection_ == nullptr) return;
    if (!response.empty()) {
        std::string framed;
        framed.reserve(response.size() + 2);
        framed += static_cast<char>(response.size() >> 8);
        framed += static_cast<char>(response.size());
        framed += response;
        connection_->write(std::move(framed));
        if (!is_paused_ && connection_->queued_bytes() > queued_bytes_max) {
            is_paused_ = true;
            connection_->pause_reading();
        }
    }
    finish_when_answered();
}

void TCPSession::drained() {
    if (!is_paused_ || connection_ == nullptr) return;
    is_paused_ = false;
    connection_->resume_reading();
}

void TCPSession::finish_when_answered() {
    if (peer_has_finished_ && unanswered_ == 0 && connection_ != nullptr) connection_->finish();
}

bool TCPSession::half_closed() {
    peer_has_finished_ = true;
    finish_when_answered();
    return true;
}

void TCPSession::closed(network::CloseReason) {
    connection_ = nullptr;
    deadline_.stop();
    sessions_.leave(*this);
}

} // namespace diorama::route53
