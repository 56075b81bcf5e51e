#include "emulator/simulation/statistics.hpp"

#include <doctest/doctest.h>

namespace diorama::simulation {

using namespace std::chrono_literals;

namespace {

constexpr Timestamp start = epoch + 24h * 20'000;

} // namespace

TEST_CASE("statistics: the steps of a row add up to the row") {
    Statistics statistics(start, 1h, 0s);
    const RowId row = statistics.add_row("shoppers", "GET /");
    const Duration step = statistics.step();
    for (int i = 0; i < 100; ++i) {
        const Timestamp sent = start + step * (i / 10);
        const Outcome outcome = i % 10 == 0 ? Outcome::bad_gateway : Outcome::ok;
        statistics.record(row, outcome, sent, sent + std::chrono::milliseconds(100 + i / 10));
    }
    statistics.record_retry(row);
    Results results;
    statistics.put_into(results, start + 1h);
    REQUIRE(results.outcomes.size() == 1);
    const OutcomeRow& told = results.outcomes[0];
    CHECK(told.total() == 100);
    CHECK(told.errors() == 10);
    CHECK(told.retries == 1);
    CHECK(told.latency.count() == 100);
    REQUIRE(told.steps.size() >= 10);
    for (int i = 0; i < 10; ++i) {
        CHECK(told.steps[i].count[static_cast<std::size_t>(Outcome::ok)] == 9);
        CHECK(told.steps[i].count[static_cast<std::size_t>(Outcome::bad_gateway)] == 1);
        REQUIRE(told.steps[i].latency.size() == 1);
        CHECK(told.steps[i].latency[0].first == doctest::Approx(0.1 + i * 0.001).epsilon(0.02));
        CHECK(told.steps[i].latency[0].second == 10);
    }
    CHECK(told.steps[9].retries == 1);
}

TEST_CASE("statistics: what was sent before the end of the warm-up is in no step") {
    Statistics statistics(start, 1h, 10min);
    const RowId row = statistics.add_row("shoppers", "GET /");
    statistics.record(row, Outcome::ok, start + 9min, start + 9min + 1s);
    statistics.record(row, Outcome::ok, start + 11min, start + 11min + 1s);
    Results results;
    statistics.put_into(results, start + 1h);
    CHECK(results.outcomes[0].total() == 1);
    std::uint32_t in_steps = 0;
    for (const auto& step : results.outcomes[0].steps)
        in_steps += step.count[0];
    CHECK(in_steps == 1);
}

} // namespace diorama::simulation
