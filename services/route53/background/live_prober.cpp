// See live_prober.hpp.
#include "services/route53/background/live_prober.hpp"

#include "services/route53/background/probe_conversation.hpp"

namespace diorama::route53 {

void LiveProber::probe(const HealthProbe& probe, std::function<void(ProbeResult result)> done) {
    // An answer belongs to the moment of its probe.
    auto report = [&world = world_, done = std::move(done), hold = world_.hold()](ProbeResult result
                  ) mutable {
        world.post([done = std::move(done), hold = std::move(hold), result] { done(result); });
    };
    const auto endpoints = dial_(probe.target, probe.port);
    if (endpoints.empty()) {
        // DIFFERS: an address outside the emulator is never connected to.
        ProbeResult result;
        const auto address = network::IPAddress::parse(probe.target);
        result.ending =
            address ? ProbeResult::Ending::connect_timed_out : ProbeResult::Ending::unresolved;
        result.resolved = address.value_or(network::IPAddress());
        return report(result);
    }
    auto& thread = network_.thread(next_thread_++ % network_.thread_count());
    thread.post([this, &thread, probe, target = endpoints.front(), report = std::move(report)] {
        std::unique_ptr<network::TLSSession> tls;
        if (probe.protocol == HealthProbe::Protocol::https) tls = tls_->session(probe.server_name);
        const auto conversation = std::make_shared<ProbeConversation>(
            probe,
            thread,
            std::move(tls),
            [report, target](ProbeResult result) mutable {
                result.resolved = target.address;
                report(result);
            }
        );
        conversation->begin(
            network_.connect(thread, target, conversation, Duration::zero(), nullptr, {})
        );
    });
}

} // namespace diorama::route53
