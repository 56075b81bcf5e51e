// The health of a target from the results of its checks.
#include "services/elbv2/background/health_transitions.hpp"

#include <doctest/doctest.h>

using namespace diorama::elbv2;

namespace {

const ProbeResult ok{ProbeResult::Kind::answered, 200};
const ProbeResult error{ProbeResult::Kind::answered, 500};
const ProbeResult no_answer{ProbeResult::Kind::timed_out, 0};
const ProbeResult refused{ProbeResult::Kind::failed, 0};

struct Track {
    HealthTrack track;
    Matcher matcher = *Matcher::parse("200");

    TargetHealth after(std::initializer_list<ProbeResult> results) {
        for (const auto& result : results)
            apply(track, result, matcher, {3, 2});
        return track.health;
    }
};

using enum TargetHealthState;
using enum TargetHealthReason;

} // namespace

TEST_CASE("health: one success ends the initial state") {
    CHECK(Track{}.after({ok}) == TargetHealth{healthy, none});
}

TEST_CASE("health: failures end the initial state when they are as many as the threshold") {
    Track track;
    CHECK(track.after({refused}) == TargetHealth{initial, initial_health_checking});
    CHECK(track.after({refused}) == TargetHealth{unhealthy, failed_health_checks});
}

TEST_CASE("health: thresholds count consecutive results only") {
    Track track;
    CHECK(track.after({ok, error, ok, error}).state == healthy);
    CHECK(track.after({error}).state == unhealthy);
    CHECK(track.after({ok, ok, error, ok, ok}).state == unhealthy);
    CHECK(track.after({ok}).state == healthy);
}

TEST_CASE("health: an unhealthy target tells its newest failure in AWS's words") {
    Track track;
    const auto mismatch = track.after({error, error});
    CHECK(name_of(mismatch.reason) == "Target.ResponseCodeMismatch");
    CHECK(description_of(mismatch) == "Health checks failed with these codes: [500]");
    CHECK(description_of(track.after({no_answer})) == "Request timed out");
    CHECK(description_of(track.after({refused})) == "Health checks failed");
}

TEST_CASE("health: a matcher is a code, a list, or a range, between 200 and 499") {
    CHECK(Matcher::parse("200-299")->matches(204));
    CHECK(Matcher::parse("200,302")->matches(302));
    CHECK_FALSE(Matcher::parse("200,302")->matches(301));
    for (const auto* text :
         {"", "199", "500", "200-", "-200", "300-200", "200,,201", "2xx", "200,"})
        CHECK_FALSE(Matcher::parse(text));
}
