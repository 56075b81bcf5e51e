// See tunnel.hpp.
#include "services/elbv2/data/tunnel.hpp"

#include "services/elbv2/data/forwarded_request.hpp"
#include "services/elbv2/limits.hpp"

namespace diorama::elbv2 {

Tunnel::Tunnel(
    std::shared_ptr<ForwardedRequest> request,
    network::Connection& connection,
    std::shared_ptr<http::OutboundCall> call
)
    : request_(std::move(request))
    , connection_(&connection)
    , call_(std::move(call)) {}

void Tunnel::target_sent(std::string_view bytes) {
    if (connection_ == nullptr) return;
    connection_->write(std::string(bytes));
    if (target_paused_ || connection_->queued_bytes() < limits::relay_buffer_max) return;
    target_paused_ = true;
    call_->pause();
}

void Tunnel::target_finished() {
    if (connection_ != nullptr) connection_->finish();
}

std::size_t Tunnel::received(std::string_view bytes) {
    if (connection_ == nullptr) return bytes.size();
    call_->send_body(std::string(bytes));
    if (call_->unsent_bytes() >= limits::relay_buffer_max) {
        connection_->pause_reading();
        call_->when_drained([self = shared_from_this()] {
            if (self->connection_ != nullptr) self->connection_->resume_reading();
        });
    }
    return bytes.size();
}

void Tunnel::drained() {
    if (!target_paused_) return;
    target_paused_ = false;
    call_->resume();
}

void Tunnel::closed(network::CloseReason) {
    connection_ = nullptr;
    const auto request = std::exchange(request_, nullptr);
    if (request != nullptr) request->tunnel_closed();
}

} // namespace diorama::elbv2
