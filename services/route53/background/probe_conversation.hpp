// One probe on one connection: connects, shakes hands, asks, and looks at as much of the response
// as it needs. Speaks TLS itself, since it wants to know how long the handshake took. No socket in
// here; live_prober.hpp makes the connection, tests play the peer.
#pragma once

#include "emulator/http/body_reader.hpp"
#include "emulator/network/network.hpp"
#include "emulator/network/tls.hpp"
#include "services/route53/ports.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace diorama::route53 {

class ProbeConversation final : public network::ConnectionEvents {
public:
    using Done = std::function<void(ProbeResult result)>;

    // `done` is called once, on `thread`. With a `tls` session its handshake is made first.
    ProbeConversation(
        HealthProbe probe,
        network::EdgeThread& thread,
        std::unique_ptr<network::TLSSession> tls,
        Done done
    );

    // The connection, before anything happens on it.
    void begin(network::Connection& connection);

    bool is_done() const { return !done_; }

    // network::ConnectionEvents
    void connected() override;
    std::size_t received(std::string_view bytes) override;
    bool half_closed() override;
    void closed(network::CloseReason reason) override;

private:
    enum class Phase { connecting, shaking_hands, waiting, reading_body };

    void send(std::string_view bytes);
    void ask();
    void take_head();
    void take_body();
    void finish(ProbeResult::Ending ending);
    void allow(Duration time);

    Timestamp now() const { return thread_.clock().steady_now(); }

    HealthProbe probe_;
    network::EdgeThread& thread_;
    std::unique_ptr<network::TLSSession> tls_;
    Done done_;
    network::Connection* connection_ = nullptr;
    Phase phase_ = Phase::connecting;
    Timestamp began_; // then, one after another, each phase
    Timer deadline_;
    std::string input_; // plaintext that is not read yet
    std::string body_;
    std::optional<http::BodyReader> reader_;
    ProbeResult result_;
};

} // namespace diorama::route53
