// Each documented rule of what makes a health check healthy.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
#include "services/route53/background/health_decision.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::route53;

namespace {

ProbeResult answered(int status) {
    ProbeResult result;
    result.status = status;
    result.resolved = network::IPAddress::v4(127, 30, 0, 1);
    return result;
}

HealthCheckConfig of_type(HealthCheckType type) {
    HealthCheckConfig config;
    config.type = type;
    if (config.has_search_string()) config.search_string = "ok";
    return config;
}

std::vector<CheckerTrack> sixteen(int healthy) {
    std::vector<CheckerTrack> tracks(16);
    for (int i = healthy; i < 16; ++i)
        tracks[static_cast<std::size_t>(i)].is_healthy = false;
    return tracks;
}

const Verdict good{true, "Success: …"};
const Verdict bad{false, "Failure: …"};

} // namespace

TEST_CASE("health_decision: an HTTP check wants a status of 200 or greater and less than 400") {
    const auto config = of_type(HealthCheckType::http);
    for (const int status : {200, 204, 301, 399}) {
        CAPTURE(status);
        CHECK(judge(config, answered(status)).is_success);
    }
    for (const int status : {400, 404, 500, 503}) {
        CAPTURE(status);
        CHECK_FALSE(judge(config, answered(status)).is_success);
    }
    CHECK(judge(config, answered(200)).report == "Success: HTTP Status Code 200, OK");
    CHECK(
        judge(config, answered(503)).report ==
        "Failure: HTTP Status Code 503, Service Unavailable. Resolved IP: 127.30.0.1"
    );
}

TEST_CASE("health_decision: a string match wants the string besides") {
    const auto config = of_type(HealthCheckType::https_string_match);
    auto result = answered(200);
    CHECK_FALSE(judge(config, result).is_success);
    result.found_search_string = true;
    CHECK(judge(config, result).is_success);
    result.status = 500;
    CHECK_FALSE(judge(config, result).is_success);
}

TEST_CASE("health_decision: a TCP check wants a connection") {
    const auto config = of_type(HealthCheckType::tcp);
    CHECK(judge(config, answered(0)).is_success);
    auto result = answered(0);
    using Ending = ProbeResult::Ending;
    for (const auto ending : {Ending::refused, Ending::connect_timed_out, Ending::unresolved}) {
        result.ending = ending;
        CHECK_FALSE(judge(config, result).is_success);
    }
    CHECK(judge(config, result).report.find("Resolved IP") == std::string::npos);
}

TEST_CASE("health_decision: a checker changes its mind after as many contrary results in a row") {
    CheckerTrack track;
    observe(track, bad, 3, epoch);
    observe(track, bad, 3, epoch);
    CHECK(track.is_healthy);
    observe(track, good, 3, epoch); // not in a row
    observe(track, bad, 3, epoch);
    observe(track, bad, 3, epoch);
    CHECK(track.is_healthy);
    observe(track, bad, 3, epoch + std::chrono::seconds(9));
    CHECK_FALSE(track.is_healthy);
    CHECK(track.failed_at == epoch + std::chrono::seconds(9));
    observe(track, good, 3, epoch);
    observe(track, good, 3, epoch);
    CHECK_FALSE(track.is_healthy);
    observe(track, good, 3, epoch);
    CHECK(track.is_healthy);
    CHECK(track.report == good.report);
    CHECK(track.failure == bad.report); // stays to be asked for
}

TEST_CASE("health_decision: more than 18% of the checkers are enough") {
    CHECK(is_endpoint_healthy(sixteen(16)));
    CHECK(is_endpoint_healthy(sixteen(3))); // 18.75%
    CHECK_FALSE(is_endpoint_healthy(sixteen(2)));
    CHECK_FALSE(is_endpoint_healthy(sixteen(0)));
    std::vector<CheckerTrack> fifty(50);
    for (std::size_t i = 9; i < 50; ++i)
        fifty[i].is_healthy = false;
    CHECK_FALSE(is_endpoint_healthy(fifty)); // exactly 18%
}

TEST_CASE("health_decision: a new health check is healthy until there is enough to say otherwise") {
    CHECK(is_endpoint_healthy(std::vector<CheckerTrack>(16)));
    HealthCheckConfig inverted;
    inverted.is_inverted = true;
    CHECK_FALSE(status_of(inverted, true)); // "…and unhealthy if the status is inverted"
}

TEST_CASE("health_decision: a calculated check wants as many healthy children as its threshold") {
    CHECK(is_calculated_healthy(2, 3, 2));
    CHECK_FALSE(is_calculated_healthy(1, 3, 2));
    // "If you specify a number greater than the number of child health checks, Route 53 always
    // considers this health check to be unhealthy. If you specify 0, always … healthy."
    CHECK_FALSE(is_calculated_healthy(3, 3, 4));
    CHECK(is_calculated_healthy(0, 3, 0));
}

TEST_CASE("health_decision: an alarm that is OK is healthy, and for want of it what was chosen") {
    using enum InsufficientData;
    CHECK(is_alarm_healthy(AlarmState::ok, unhealthy, false));
    CHECK_FALSE(is_alarm_healthy(AlarmState::alarm, healthy, true));
    CHECK(is_alarm_healthy(AlarmState::insufficient_data, healthy, false));
    CHECK_FALSE(is_alarm_healthy(AlarmState::insufficient_data, unhealthy, true));
    CHECK(is_alarm_healthy(AlarmState::insufficient_data, last_known_status, true));
    CHECK_FALSE(is_alarm_healthy(AlarmState::insufficient_data, last_known_status, false));
}

TEST_CASE("health_decision: disabled is always healthy, inverted is the contrary of all that") {
    HealthCheckConfig config;
    CHECK(status_of(config, true));
    CHECK_FALSE(status_of(config, false));
    config.is_disabled = true;
    CHECK(status_of(config, false));
    config.is_inverted = true;
    CHECK_FALSE(status_of(config, false));
    config.is_disabled = false;
    CHECK(status_of(config, false));
    CHECK_FALSE(status_of(config, true));
}
