#include "emulator/simulation/report/narrative.hpp"
#include "emulator/simulation/report/numbers.hpp"
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace diorama::simulation {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("counts have three digits that matter and never four before the unit") {
    CHECK(count_text(0) == "0");
    CHECK(count_text(734) == "734");
    CHECK(count_text(999.7) == "1k");
    CHECK(count_text(1234) == "1.23k");
    CHECK(count_text(86'400'000) == "86.4M");
    CHECK(count_text(999'999) == "1M");
    CHECK(count_text(-1500) == "-1.5k");
    CHECK(count_text(std::numeric_limits<double>::quiet_NaN()) == "n/a");
}

TEST_CASE("shares, latencies, spans and dollars read as people write them") {
    CHECK(share_text(0) == "0%");
    CHECK(share_text(0.00041) == "0.041%");
    CHECK(share_text(0.125) == "12.5%");
    CHECK(latency_text(0.734) == "734 ms");
    CHECK(latency_text(0.00025) == "250 µs");
    CHECK(latency_text(1.2) == "1.2 s");
    CHECK(latency_text(0.9997) == "1 s");
    CHECK(span_text(hours(3) + minutes(31)) == "3h31m");
    CHECK(span_text(hours(24)) == "24h");
    CHECK(span_text(hours(1) + seconds(5)) == "1h00m05s");
    CHECK(span_text(seconds(150)) == "2m30s");
    CHECK(span_text(seconds(45)) == "45s");
    CHECK(span_text(milliseconds(59'990)) == "59.9s");
    CHECK(span_text(milliseconds(734)) == "734ms");
    CHECK(span_text(Duration{}) == "0s");
    CHECK(dollars_text(11.416) == "$11.42");
    CHECK(dollars_text(0.0012) == "$0.0012");
}

TEST_CASE("the headline counts what failed, what was violated, and says when it was interrupted") {
    Results results = test::sample_results();
    CHECK(headline(results) == "2 of 7 expectations failed");
    for (auto& expectation : results.expectations)
        expectation.passed = true;
    CHECK(headline(results) == "All 7 expectations held");
    results.violations.push_back({"checker", "text", {}});
    results.interrupted = true;
    results.simulated = hours(3);
    CHECK(
        headline(results) == "All 7 expectations held; 1 violation of the cloud's own rules when "
                             "the run was interrupted at 3h"
    );
}

TEST_CASE("the story tells traffic, peak, faults, fleet, alarms and writes") {
    const auto story = what_happened(test::sample_results());
    REQUIRE(story.size() == 8);
    CHECK(
        story[0] ==
        "In 6h of virtual time 13.5M visits made 193M requests; 30.9k ended in an error (0.016%)."
    );
    CHECK(story[2] == "At 3h30m: az-power-interruption us-east-1a (6 targets, 25m).");
    CHECK(
        story[4] ==
        "Not injected: reboot of the database at 5h20m (no DB instance is named Replica)."
    );
    CHECK(story[6] == "2 alarms went off, the first was TargetTracking-WebGroup-AlarmHigh at 45m.");
    CHECK(story[7] == "None of 2.68M acknowledged writes was lost.");
}

TEST_CASE("a run without requests has a story of one sentence") {
    const auto story = what_happened(Results{});
    REQUIRE(story.size() == 1);
    CHECK(story[0] == "In 0s of virtual time 0 visits made 0 requests.");
}

TEST_CASE("moments of equal weight are told in the order of time, then as they were noted") {
    Results results;
    results.moments = {
        {seconds(2), "", "a", 1},
        {seconds(1), "", "b", 1},
        {seconds(1), "", "c", 1},
        {seconds(3), "", "d", 5}
    };
    const auto moments = most_interesting(results, 3);
    REQUIRE(moments.size() == 3);
    CHECK(moments[0].text == "d");
    CHECK(moments[1].text == "b");
    CHECK(moments[2].text == "c");
}

TEST_CASE("a population's requests are those of all its routes") {
    const auto populations = by_population(test::sample_results());
    REQUIRE(populations.size() == 2);
    CHECK(populations[0].population == "shoppers");
    CHECK(populations[0].total() == 13'512'004 + 162'144'048 + 13'401'220 + 2'680'211);
    CHECK(populations[1].latency.count() > 800'000);
}

} // namespace diorama::simulation
