#include "emulator/simulation/report/progress_line.hpp"
#include "emulator/simulation/report/terminal_report.hpp"
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

namespace diorama::simulation {

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

bool is_ascii(const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Progress halfway() {
    Progress progress;
    progress.at = std::chrono::hours(3) + std::chrono::minutes(31);
    progress.duration = std::chrono::hours(6);
    progress.speed = 412;
    progress.event_rate = 2.1e6;
    progress.requests = 12'300'000;
    progress.errors = 1200;
    progress.instances = 14;
    progress.alarms = 1;
    return progress;
}

} // namespace

TEST_CASE("the end of a run shows each measured value beside its bound") {
    const std::string text = terminal_report(test::sample_results(), {"report.html"}, {100, false});
    CHECK(contains(text, "zone-dies-at-peak: 2 of 7 expectations failed"));
    CHECK(contains(text, "PASS  cost < 12 USD"));
    CHECK(contains(text, "$9.61         < 12 USD"));
    CHECK(contains(text, "FAIL  recovered within 8m of fault(1)"));
    CHECK(contains(text, "worst at 3h39m; look at Web servers; zone-dies.yaml:51"));
    CHECK(
        contains(text, "Report  report.html\nReplay  diorama run scenarios/zone-dies.yaml --seed 1")
    );
}

TEST_CASE("the three most interesting moments are told, the most interesting one first") {
    const std::string text = terminal_report(test::sample_results(), {}, {100, false});
    const auto first = text.find("  3h30m     Faults: us-east-1a lost power");
    const auto second = text.find("  3h30m04s  Database: failover");
    const auto third = text.find("  3h31m01s  Database: the standby answers");
    CHECK(first < second);
    CHECK(second < third);
    CHECK(third != text.npos);
    CHECK(!contains(text, "6 targets failed their health checks"));
}

TEST_CASE("what is no terminal gets neither colours nor anything but ASCII") {
    const std::string text = terminal_report(test::sample_results(), {"report.html"}, {80, false});
    CHECK(is_ascii(text));
    CHECK(!contains(text, "\x1b"));
    CHECK(is_ascii(progress_line(halfway(), {200, false})));
}

TEST_CASE("a narrow terminal cuts an expectation short and tells it whole below if it failed") {
    const std::string text = terminal_report(test::sample_results(), {}, {64, false});
    CHECK(contains(text, "..."));
    CHECK(contains(text, "look at Application Load Balancer"));
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line))
        if (!line.starts_with("Replay")) CHECK(columns_of(line) <= 64);
}

TEST_CASE("a scenario cannot move the cursor of a terminal") {
    Results results = test::sample_results();
    results.scenario = "\x1b[2J\xc2\x9b"
                       "31mname";
    results.moments[4].text = "line\nbreak\x1b]0;title";
    const std::string text = terminal_report(results, {"\x1b[1m"}, {80, false});
    CHECK(!contains(text, "\x1b"));
    CHECK(!contains(text, "\xc2\x9b"));
    CHECK(contains(text, "line break"));
}

TEST_CASE("violations are told with their time") {
    Results results;
    results.violations.push_back({"one outcome", "request 7 has two", std::chrono::seconds(90)});
    const std::string text = terminal_report(results, {}, {80, false});
    CHECK(contains(text, "1m30s  one outcome: request 7 has two"));
    CHECK(contains(text, "1 violation of the cloud's own rules"));
}

TEST_CASE("an interrupted run and an empty one have an end too") {
    Results results;
    CHECK(contains(terminal_report(results, {}, {80, false}), "Nothing was expected"));
    results.interrupted = true;
    results.simulated = std::chrono::minutes(5);
    CHECK(contains(terminal_report(results, {}, {80, false}), "when the run was interrupted at 5m")
    );
}

TEST_CASE("the progress line tells time, speed, requests, errors, instances, alarms and events") {
    CHECK(
        progress_line(halfway(), {200, false}) ==
        "3h31m    of 6h  [###########---------]  412x  12.3M requests  1.2k errors  14 instances  "
        "1 in ALARM"
        "  2.1M events/s\n"
    );
}

TEST_CASE("the progress line fits, leaving out what matters least") {
    for (int width = 20; width < 140; ++width) {
        const std::string line = progress_line(halfway(), {width, false});
        CHECK(columns_of(line) - 1 < std::max(width, 16));
    }
    CHECK(
        progress_line(halfway(), {50, false}) ==
        "3h31m    of 6h  412x  12.3M requests  1.2k errors\n"
    );
    CHECK(progress_line(halfway(), {46, false}) == "3h31m    of 6h  12.3M requests  1.2k errors\n");
}

TEST_CASE("on a terminal the progress line writes over itself") {
    const std::string line = progress_line(halfway(), {140, true});
    CHECK(line.starts_with("\r\x1b[K"));
    CHECK(!line.ends_with("\n"));
    CHECK(contains(line, "\x1b[31m1.2k errors\x1b[0m"));
}

} // namespace diorama::simulation
