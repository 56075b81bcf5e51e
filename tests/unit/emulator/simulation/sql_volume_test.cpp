// How many statements are expected, and which engine that means.
#include "emulator/simulation/sql_volume.hpp"

#include <doctest/doctest.h>

namespace diorama::simulation {

namespace {

using namespace std::chrono_literals;

Step get(std::string path, double share = 1, std::uint32_t times = 1) {
    RequestStep request;
    request.host = "www.example.com";
    request.path = std::move(path);
    return {share, times, request, {}};
}

// Ten visits per second for an hour.
Scenario scenario(std::vector<Step> visit) {
    Scenario made;
    made.duration = 1h;
    AppRoute order;
    order.pattern = {"POST", "/orders"};
    order.sql.resize(9);
    AppRoute page;
    page.pattern = {"", "/orders*"};
    page.sql.resize(2);
    made.app.routes = {order, page};
    Population shoppers;
    shoppers.arrivals = OpenLoop{{{{0s, 10.0}}}, true};
    shoppers.visit = std::move(visit);
    made.traffic.push_back(std::move(shoppers));
    return made;
}

} // namespace

TEST_CASE("SQL volume: statements of the routes that requests come to, by how often they are made"
) {
    CHECK(expected_statements(scenario({get("/orders?page=2")})) == doctest::Approx(72'000));
    CHECK(expected_statements(scenario({get("/orders", 0.5, 3)})) == doctest::Approx(108'000));
    CHECK(expected_statements(scenario({get("/elsewhere")})) == 0);
}

TEST_CASE("SQL volume: a closed loop makes as many visits as its pauses let it") {
    auto given = scenario({get("/orders")});
    given.traffic[0].visit.push_back({1, 1, ThinkStep{RandomVariable::constant(2e9)}, {}});
    given.traffic[0].arrivals = ClosedLoop{{{{0s, 100.0}}}, RandomVariable::exponential(3e9)};
    // A hundred users, a visit of each every five seconds.
    CHECK(expected_statements(given) == doctest::Approx(100 * 3600 / 5 * 2));
}

TEST_CASE("SQL volume: real below a million statements, where there is something to execute them on"
) {
    auto given = scenario({get("/orders")});
    CHECK_FALSE(executes_sql(given));
    given.deploy.sql.push_back({"Database", "schema.sql"});
    CHECK(executes_sql(given));
    given.duration = 14h;
    CHECK_FALSE(executes_sql(given));
    given.app.sql_engine = SQLEngine::real;
    CHECK(executes_sql(given));
    given.duration = 1h;
    given.app.sql_engine = SQLEngine::model;
    CHECK_FALSE(executes_sql(given));
}

} // namespace diorama::simulation
