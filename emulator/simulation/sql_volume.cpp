// See sql_volume.hpp.
#include "emulator/simulation/sql_volume.hpp"

#include "emulator/aws/wildcard.hpp"

#include <algorithm>

namespace diorama::simulation {

namespace {

constexpr double nanoseconds_per_second = 1e9;
// A visitor of a closed loop who never thinks is told to rest this long (clients.cpp), at least.
constexpr double least_round = 0.001;

double statements_of(const App& app, const RequestStep& request) {
    const auto path = request.path.substr(0, request.path.find('?'));
    for (const auto& route : app.routes) {
        const auto& pattern = route.pattern;
        if (!pattern.method.empty() && pattern.method != request.method) continue;
        if (aws::matches_wildcard(pattern.path, path, {.has_escapes = true}))
            return static_cast<double>(route.sql.size());
    }
    return 0;
}

struct Visit {
    double statements = 0;
    double seconds = 0; // of thinking
};

Visit visit_of(const Scenario& scenario, const Population& population) {
    Visit visit;
    for (const auto& step : population.visit) {
        const double times = step.share * step.times;
        if (const auto* request = std::get_if<RequestStep>(&step.action))
            visit.statements += times * statements_of(scenario.app, *request);
        else
            visit.seconds +=
                times * std::get<ThinkStep>(step.action).time.mean() / nanoseconds_per_second;
    }
    return visit;
}

double statements_of(const Scenario& scenario, const Population& population) {
    if (const auto* replay = std::get_if<Replay>(&population.arrivals)) {
        double sum = 0;
        for (const auto& logged : replay->requests)
            if (logged.at < scenario.duration) sum += statements_of(scenario.app, logged.request);
        return sum;
    }
    const auto visit = visit_of(scenario, population);
    if (const auto* open = std::get_if<OpenLoop>(&population.arrivals))
        return visit.statements * open->rate.integral(scenario.duration);
    const auto& closed = std::get<ClosedLoop>(population.arrivals);
    const double round = visit.seconds + closed.pause.mean() / nanoseconds_per_second;
    return visit.statements * closed.users.integral(scenario.duration) /
           std::max(round, least_round);
}

} // namespace

double expected_statements(const Scenario& scenario) {
    double sum = 0;
    for (const auto& population : scenario.traffic)
        sum += statements_of(scenario, population);
    return sum;
}

bool executes_sql(const Scenario& scenario) {
    switch (scenario.app.sql_engine) {
    case SQLEngine::real:
        return true;
    case SQLEngine::model:
        return false;
    case SQLEngine::automatic:
        break;
    }
    return !scenario.deploy.sql.empty() && expected_statements(scenario) < most_real_statements;
}

} // namespace diorama::simulation
