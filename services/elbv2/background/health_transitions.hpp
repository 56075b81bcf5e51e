// How the health of a target follows from the results of its health checks. Pure.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
#pragma once

#include "services/elbv2/data/target_health.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::elbv2 {

// The codes that count as success: "200", "200,202", "200-299".
class Matcher {
public:
    static std::optional<Matcher> parse(std::string_view text);
    bool matches(int status) const;

private:
    std::vector<std::pair<int, int>> ranges_;
};

struct ProbeResult {
    enum class Kind { answered, timed_out, failed };
    Kind kind = Kind::failed;
    int status = 0; // answered
};

struct HealthThresholds {
    int healthy = 5;
    int unhealthy = 2;
};

struct HealthTrack {
    TargetHealth health;
    int successes = 0; // consecutive
    int failures = 0;  // consecutive
};

void apply(
    HealthTrack& track,
    const ProbeResult& result,
    const Matcher& matcher,
    HealthThresholds thresholds
);

} // namespace diorama::elbv2
