// Makes health checks over real HTTP, on the edge threads in turn.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/network/network.hpp"
#include "services/elbv2/background/health_checker.hpp"

namespace diorama::elbv2 {

class HTTPProber final : public Prober {
public:
    HTTPProber(network::Network& network, http::Client& client, Scheduler& world);

    void probe(const Probe& probe, std::function<void(ProbeResult result)> done) override;

private:
    network::Network& network_;
    http::Client& client_;
    Scheduler& world_;
    std::size_t next_thread_ = 0;
};

} // namespace diorama::elbv2
