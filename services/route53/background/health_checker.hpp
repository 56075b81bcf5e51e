// Keeps all health checks going: has endpoints probed by their checkers, looks at alarms, adds up
// children, tells the name servers by signals, and emits the metrics. Lives on the world thread.
// What a result means is decided in health_decision.hpp; how a probe is made is the prober's.
#pragma once

#include "emulator/environment.hpp"
#include "services/route53/background/checkers.hpp"
#include "services/route53/background/health_decision.hpp"
#include "services/route53/data/health_signal.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace diorama::route53 {

class HealthChecker {
public:
    struct Parts {
        State& state;
        HealthSignals& signals;
        HealthProber* prober; // none: endpoints are not probed and stay healthy
        Alarms* alarms;       // none: alarms have insufficient data
    };

    // Begins with what an earlier process left.
    HealthChecker(Environment& environment, const Parts& parts);
    ~HealthChecker();

    // The health check has been created or changed.
    void update(const HealthCheck& health_check);
    void forget(const std::string& id);

    struct Observation {
        const CheckerBlock* checker = nullptr;
        std::string report;
        Timestamp when;
    };

    // What each checker saw last, and last failed with; only those that have something to tell.
    std::vector<Observation> statuses(const std::string& id) const;
    std::vector<Observation> failures(const std::string& id) const;

private:
    struct Series {
        SeriesId status = 0;
        SeriesId percentage = 0;
        SeriesId healthy_children = 0;
        // Of latency: all checkers together first, then by region.
        std::map<std::string, SeriesId> connection_time;
        std::map<std::string, SeriesId> tls_handshake_time;
        std::map<std::string, SeriesId> time_to_first_byte;
    };

    struct Checked {
        HealthCheck health_check;
        bool last_known = true; // before inversion
        std::vector<const CheckerBlock*> checkers;
        std::vector<CheckerTrack> tracks;       // by checker
        std::vector<Timer> timers;              // by checker
        std::vector<std::uint64_t> generations; // of the probe under way, by checker; 0: none
        std::shared_ptr<HealthSignal> signal;
        Series series;
    };

    void begin_probing(Checked& checked);
    void probe_now(const std::string& id, std::size_t checker);
    void probed(
        const std::string& id,
        std::size_t checker,
        std::uint64_t generation,
        const ProbeResult& result
    );
    void settle(Checked& checked, bool is_healthy);
    void settle_calculated();
    void look_at_alarm(Checked& checked);
    void look_at_alarms();
    void emit_metrics();
    void
    emit_latency(const Checked& checked, const CheckerBlock& checker, const ProbeResult& result);
    void register_series(Checked& checked);
    std::size_t healthy_children(const HealthCheckConfig& config) const;
    void keep_ticking();

    Environment& environment_;
    Parts parts_;
    std::map<std::string, Checked> checks_; // by id
    std::uint64_t last_generation_ = 0;
    std::optional<Ticker> alarm_ticker_;
    std::optional<Ticker> metrics_ticker_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace diorama::route53
