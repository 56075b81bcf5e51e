// The health of the load balancers that aliases evaluate: looked at every second, and told to the
// name servers by signals. Nothing is looked at until an alias wants to know.
#pragma once

#include "emulator/time/clock.hpp"
#include "services/route53/data/health_signal.hpp"
#include "services/route53/ports.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace diorama::route53 {

class TargetWatch {
public:
    // Without `targets` everything is healthy.
    TargetWatch(Scheduler& scheduler, TargetHealth* targets)
        : scheduler_(scheduler)
        , targets_(targets) {}

    // `name` is lower case without last dot.
    std::shared_ptr<const HealthSignal> watch(const std::string& name);

private:
    void look();

    Scheduler& scheduler_;
    TargetHealth* targets_;
    std::map<std::string, std::shared_ptr<HealthSignal>> watched_;
    std::optional<Ticker> ticker_;
};

} // namespace diorama::route53
