// The client's side of a connection that was switched to another protocol (WebSocket): bytes go
// both ways as they are, with flow control. Lives on one edge thread.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/network/connection.hpp"

#include <memory>
#include <string_view>

namespace diorama::elbv2 {

class ForwardedRequest;

class Tunnel final : public network::ConnectionEvents, public std::enable_shared_from_this<Tunnel> {
public:
    Tunnel(
        std::shared_ptr<ForwardedRequest> request,
        network::Connection& connection,
        std::shared_ptr<http::OutboundCall> call
    );

    // From the target.
    void target_sent(std::string_view bytes);
    void target_finished();

    // From the client.
    std::size_t received(std::string_view bytes) override;
    void drained() override;
    void closed(network::CloseReason reason) override;

private:
    std::shared_ptr<ForwardedRequest> request_; // until closed
    network::Connection* connection_;           // until closed
    std::shared_ptr<http::OutboundCall> call_;
    bool target_paused_ = false;
};

} // namespace diorama::elbv2
