// See health_transitions.hpp.
#include "services/elbv2/background/health_transitions.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::elbv2 {

namespace {

// AWS: "You can specify values or ranges of values between 200 and 499."
std::optional<int> parse_code(std::string_view text) {
    int code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (code < 200 || code > 499) return std::nullopt;
    return code;
}

TargetHealth failure_of(const ProbeResult& result) {
    switch (result.kind) {
    case ProbeResult::Kind::answered:
        return {
            TargetHealthState::unhealthy,
            TargetHealthReason::response_code_mismatch,
            result.status
        };
    case ProbeResult::Kind::timed_out:
        return {TargetHealthState::unhealthy, TargetHealthReason::timeout};
    case ProbeResult::Kind::failed:
        break;
    }
    return {TargetHealthState::unhealthy, TargetHealthReason::failed_health_checks};
}

} // namespace

std::optional<Matcher> Matcher::parse(std::string_view text) {
    Matcher matcher;
    do {
        const auto comma = std::min(text.find(','), text.size());
        const auto part = text.substr(0, comma);
        const auto dash = part.find('-');
        const auto first = parse_code(part.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : parse_code(part.substr(dash + 1));
        if (!first || !last || *first > *last) return std::nullopt;
        matcher.ranges_.emplace_back(*first, *last);
        if (comma == text.size()) return matcher;
        text.remove_prefix(comma + 1);
    } while (true);
}

bool Matcher::matches(int status) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const auto& range) {
        return range.first <= status && status <= range.second;
    });
}

void apply(
    HealthTrack& track,
    const ProbeResult& result,
    const Matcher& matcher,
    HealthThresholds thresholds
) {
    const bool success =
        result.kind == ProbeResult::Kind::answered && matcher.matches(result.status);
    track.successes = success ? track.successes + 1 : 0;
    track.failures = success ? 0 : track.failures + 1;

    const bool is_initial = track.health.state == TargetHealthState::initial;
    if (success) {
        // AWS: "After the target is registered, it must pass one health check to be considered
        // healthy."
        if (is_initial || track.successes >= thresholds.healthy)
            track.health = {TargetHealthState::healthy, TargetHealthReason::none};
        return;
    }
    // UNKNOWN: whether one failed check ends the initial state; here it takes as many as for a
    // healthy target. An unhealthy target tells the reason of its newest failure.
    if (track.health.state == TargetHealthState::unhealthy ||
        track.failures >= thresholds.unhealthy)
        track.health = failure_of(result);
    else if (is_initial)
        track.health.reason = TargetHealthReason::initial_health_checking;
}

} // namespace diorama::elbv2
