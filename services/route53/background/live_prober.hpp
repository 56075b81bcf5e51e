// Makes health checks over real connections, on the edge threads in turn.
#pragma once

#include "emulator/network/network.hpp"
#include "emulator/network/tls.hpp"
#include "services/route53/ports.hpp"

namespace diorama::route53 {

class LiveProber final : public HealthProber {
public:
    // Where a name or an address and a port are really to be reached. World thread.
    using Dial = std::function<std::vector<network::Endpoint>(std::string_view, std::uint16_t)>;

    // Nothing more is begun once `network` has stopped. `tls` is for outbound connections.
    LiveProber(
        network::Network& network,
        std::shared_ptr<network::TLSContext> tls,
        Scheduler& world,
        Dial dial
    )
        : network_(network)
        , tls_(std::move(tls))
        , world_(world)
        , dial_(std::move(dial)) {}

    void probe(const HealthProbe& probe, std::function<void(ProbeResult result)> done) override;

private:
    network::Network& network_;
    std::shared_ptr<network::TLSContext> tls_;
    Scheduler& world_;
    Dial dial_;
    std::size_t next_thread_ = 0;
};

} // namespace diorama::route53
