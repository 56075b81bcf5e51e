// See health_decision.hpp.
#include "services/route53/background/health_decision.hpp"

#include "emulator/http/message.hpp"
#include "services/route53/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::route53 {

namespace {

// UNKNOWN: AWS's sentences besides "HTTP Status Code …" and "Connection timed out".
std::string_view sentence_of(ProbeResult::Ending ending) {
    switch (ending) {
    case ProbeResult::Ending::unresolved:
        return "DNS resolution failed: the domain name has no IPv4 address.";
    case ProbeResult::Ending::refused:
        return "Connection refused.";
    case ProbeResult::Ending::connect_timed_out:
        return "Connection timed out. The endpoint or the internet connection is down, or requests "
               "are being blocked by your firewall.";
    case ProbeResult::Ending::tls_failed:
        return "SSL alert handshake_failure";
    case ProbeResult::Ending::response_timed_out:
        return "Response timed out.";
    case ProbeResult::Ending::broken_off:
    case ProbeResult::Ending::completed:
        break;
    }
    return "Connection reset by peer.";
}

Verdict failure(const ProbeResult& result, std::string_view sentence) {
    const bool is_known = result.ending != ProbeResult::Ending::unresolved;
    auto report = fmt::format("Failure: {}", sentence);
    if (is_known) report += fmt::format(" Resolved IP: {}", result.resolved.to_string());
    return {false, std::move(report)};
}

} // namespace

Verdict judge(const HealthCheckConfig& config, const ProbeResult& result) {
    if (result.ending != ProbeResult::Ending::completed) {
        return failure(result, sentence_of(result.ending));
    }
    if (config.type == HealthCheckType::tcp) return {true, "Success: TCP connection established"};
    const auto status =
        fmt::format("HTTP Status Code {}, {}", result.status, http::reason_phrase(result.status));
    // AWS: "an HTTP status code of 200 or greater and less than 400".
    if (result.status < 200 || result.status >= 400) return failure(result, status + ".");
    if (config.has_search_string() && !result.found_search_string) {
        return failure(result, status + ". The search string was not found in the response body.");
    }
    return {true, "Success: " + status};
}

void observe(CheckerTrack& track, const Verdict& verdict, int failure_threshold, Timestamp when) {
    track.report = verdict.report;
    track.checked_at = when;
    if (!verdict.is_success) {
        track.failure = verdict.report;
        track.failed_at = when;
    }
    if (verdict.is_success == track.is_healthy) {
        track.contrary = 0;
        return;
    }
    if (++track.contrary < failure_threshold) return;
    track.is_healthy = verdict.is_success;
    track.contrary = 0;
}

double percentage_healthy(const std::vector<CheckerTrack>& checkers) {
    if (checkers.empty()) return 100;
    const auto healthy = std::count_if(checkers.begin(), checkers.end(), [](const auto& track) {
        return track.is_healthy;
    });
    return 100.0 * static_cast<double>(healthy) / static_cast<double>(checkers.size());
}

bool is_endpoint_healthy(const std::vector<CheckerTrack>& checkers) {
    return percentage_healthy(checkers) > limits::healthy_percentage;
}

bool is_calculated_healthy(std::size_t healthy_children, std::size_t children, int threshold) {
    if (threshold <= 0) return true;
    const auto needed = static_cast<std::size_t>(threshold);
    return needed <= children && healthy_children >= needed;
}

bool is_alarm_healthy(AlarmState alarm, InsufficientData insufficient_data, bool last_known) {
    if (alarm == AlarmState::ok) return true;
    if (alarm == AlarmState::alarm) return false;
    switch (insufficient_data) {
    case InsufficientData::healthy:
        return true;
    case InsufficientData::unhealthy:
        return false;
    case InsufficientData::last_known_status:
        return last_known;
    }
    return true;
}

bool status_of(const HealthCheckConfig& config, bool is_healthy) {
    return (config.is_disabled || is_healthy) != config.is_inverted;
}

} // namespace diorama::route53
