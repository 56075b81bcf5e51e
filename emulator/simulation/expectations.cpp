// See expectations.hpp.
#include "emulator/simulation/expectations.hpp"

#include "emulator/simulation/meter.hpp"
#include "emulator/simulation/report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace diorama::simulation {

namespace {

std::string_view symbol_of(ComparisonOperator comparison) {
    switch (comparison) {
    case ComparisonOperator::less:
        return "<";
    case ComparisonOperator::less_or_equal:
        return "<=";
    case ComparisonOperator::equal:
        return "==";
    case ComparisonOperator::not_equal:
        return "!=";
    case ComparisonOperator::greater_or_equal:
        return ">=";
    case ComparisonOperator::greater:
        return ">";
    }
    return {};
}

bool holds(double value, ComparisonOperator comparison, double bound) {
    switch (comparison) {
    case ComparisonOperator::less:
        return value < bound;
    case ComparisonOperator::less_or_equal:
        return value <= bound;
    case ComparisonOperator::equal:
        return value == bound;
    case ComparisonOperator::not_equal:
        return value != bound;
    case ComparisonOperator::greater_or_equal:
        return value >= bound;
    case ComparisonOperator::greater:
        return value > bound;
    }
    return false;
}

// The step in which a measure was furthest on the wrong side.
std::optional<Duration> worst_of(const Measured& measured, const ComparisonExpectation& expected) {
    if (measured.course.empty()) return std::nullopt;
    const auto value = &Measurements::Series::value_type::second;
    const bool more_is_better = expected.comparison == ComparisonOperator::greater ||
                                expected.comparison == ComparisonOperator::greater_or_equal;
    if (more_is_better) return std::ranges::min_element(measured.course, {}, value)->first;
    return std::ranges::max_element(measured.course, {}, value)->first;
}

// Steps with more errors than chance would give under the mean before a fault.
// UNKNOWN: "back under its mean" of a rate that varies by chance is not a sharp line; a step counts
// as one with more errors from three standard deviations of a Poisson count on.
bool exceeds(const Meter::ErrorStep& step, double usual_rate) {
    const double usual = usual_rate * step.requests;
    return step.errors > usual + 3 * std::sqrt(usual);
}

class Judge {
public:
    Judge(const Scenario& scenario, Measurements& measurements, const Results& results)
        : scenario_(scenario)
        , measurements_(measurements)
        , results_(results)
        , meter_(scenario, results, measurements) {}

    ExpectationResult judge(const Expectation& expectation) const {
        ExpectationResult result;
        result.text = expectation.text;
        result.file = expectation.position.file;
        result.line = expectation.position.line;
        std::visit([&](const auto& what) { judge_one(what, result); }, expectation.what);
        return result;
    }

private:
    void judge_one(const ComparisonExpectation& expected, ExpectationResult& result) const {
        const Measured measured = meter_.measure(expected.measure);
        const auto symbol = symbol_of(expected.comparison);
        const bool is_cloudwatch = measured.unit == MeasureUnit::cloudwatch;
        double bound = expected.bound;
        if (expected.other) {
            const Measured other = meter_.measure(*expected.other);
            if (!other.problem.empty()) {
                result.measured = fmt::format("{}: {}", other.name, other.problem);
                result.bound = fmt::format("{} {}", symbol, expected.bound_text);
                return;
            }
            const auto factor =
                expected.bound == 1 ? "" : fmt::format("{:.10g} × ", expected.bound);
            result.bound =
                fmt::format("{} {}{}", symbol, factor, value_text(other.value, other.unit));
            bound *= other.value;
        } else {
            result.bound = fmt::format(
                "{} {}",
                symbol,
                is_cloudwatch ? expected.bound_text : value_text(bound, measured.unit)
            );
        }
        if (!measured.problem.empty()) {
            result.measured = fmt::format("{}: {}", measured.name, measured.problem);
            return;
        }
        result.passed = holds(measured.value, expected.comparison, bound);
        result.measured =
            fmt::format("{} = {}", measured.name, value_text(measured.value, measured.unit));
        result.worst = worst_of(measured, expected);
        if (!result.passed)
            result.points_to = meter_.component_to_look_at(measured.kind, result.worst);
    }

    void judge_one(const AlarmExpectation& expected, ExpectationResult& result) const {
        const std::string name = measurements_.physical_id(expected.alarm);
        result.bound = fmt::format(
            "{} {}{}",
            expected.never ? "never" : "becomes",
            expected.state,
            expected.within ? " within " + span_text(*expected.within) : ""
        );
        if (!measurements_.knows_alarm(name)) {
            result.measured = "there is no such alarm";
            return;
        }
        const auto since = expected.fault ? moment_of_fault(*expected.fault)
                                          : expected.window.from.value_or(Duration::zero());
        if (!since || *since >= results_.simulated) {
            result.measured = "the run ended before";
            return;
        }
        const AlarmPeriod* first = first_period(name, expected, *since);
        if (expected.never)
            judge_never(first, result);
        else
            judge_becoming(first, expected, *since, result);
        if (!result.passed)
            result.points_to = meter_.component_to_look_at("cloudwatch", result.worst);
    }

    // Of the state: for `never` any that touches the window, else one that begins in it.
    const AlarmPeriod*
    first_period(const std::string& name, const AlarmExpectation& expected, Duration since) const {
        const Duration until = expected.window.to.value_or(results_.simulated);
        for (const auto& period : results_.alarms) {
            if (period.alarm != name || period.state != expected.state) continue;
            if (period.from > until || (expected.never ? period.to <= since : period.from < since))
                continue;
            return &period;
        }
        return nullptr;
    }

    static void judge_never(const AlarmPeriod* found, ExpectationResult& result) {
        result.passed = found == nullptr;
        result.measured = found == nullptr ? "never" : fmt::format("at {}", span_text(found->from));
        if (found != nullptr) result.worst = found->from;
    }

    static void judge_becoming(
        const AlarmPeriod* found,
        const AlarmExpectation& expected,
        Duration since,
        ExpectationResult& result
    ) {
        if (found == nullptr) {
            result.measured = "never";
            return;
        }
        const Duration took = found->from - since;
        result.passed = !expected.within || took <= *expected.within;
        result.measured = expected.within ? fmt::format("after {}", span_text(took))
                                          : fmt::format("at {}", span_text(found->from));
        if (!result.passed) result.worst = found->from;
    }

    // Recovered when the last step with more errors than usual is over; errors that come back after
    // three good steps are another story.
    void judge_one(const RecoveryExpectation& expected, ExpectationResult& result) const {
        result.bound = "within " + span_text(expected.within);
        const auto at = moment_of_fault(expected.fault);
        if (!at || *at >= results_.simulated) {
            result.measured = "the run ended before";
            return;
        }
        const auto steps = meter_.errors_by_step(expected.population);
        const auto first = static_cast<std::size_t>(*at / results_.step);
        double requests = 0;
        double errors = 0;
        for (std::size_t i = 0; i < std::min(first, steps.size()); ++i) {
            requests += steps[i].requests;
            errors += steps[i].errors;
        }
        if (requests == 0) {
            result.measured = "there were no requests before the fault";
            return;
        }
        judge_recovery(steps, {first, errors / requests, *at}, expected, result);
    }

    struct Before {
        std::size_t first = 0; // step of the fault
        double usual_rate = 0;
        Duration at{};
    };

    void judge_recovery(
        const std::vector<Meter::ErrorStep>& steps,
        const Before& before,
        const RecoveryExpectation& expected,
        ExpectationResult& result
    ) const {
        constexpr std::size_t good_steps = 3;
        const auto begin_of = [this](std::size_t step) {
            return results_.step * static_cast<std::int64_t>(step);
        };
        std::optional<std::size_t> last_bad;
        double worst_rate = 0;
        for (std::size_t i = before.first; i < steps.size(); ++i) {
            if (last_bad && i > *last_bad + good_steps) break;
            // Errors that begin later than the fault and its bound have another cause.
            if (!last_bad && begin_of(i) > latest_effect(before.at, expected)) break;
            if (!exceeds(steps[i], before.usual_rate)) continue;
            last_bad = i;
            if (const double rate = steps[i].errors / steps[i].requests; rate > worst_rate) {
                worst_rate = rate;
                result.worst = begin_of(i);
            }
        }
        const auto usual = share_text(before.usual_rate);
        if (!last_bad) {
            result.passed = true;
            result.measured = fmt::format("at once (errors stayed at {})", usual);
            return;
        }
        const Duration took = begin_of(*last_bad + 1) - before.at;
        const bool is_over = begin_of(*last_bad + 1) < results_.simulated;
        result.passed = is_over && took <= expected.within;
        result.measured =
            is_over ? fmt::format("after {} (errors back at {})", span_text(took), usual)
                    : fmt::format("not yet after {}", span_text(results_.simulated - before.at));
        if (!result.passed) result.points_to = meter_.component_to_look_at("", result.worst);
    }

    Duration latest_effect(Duration at, const RecoveryExpectation& expected) const {
        for (const auto& fault : scenario_.faults)
            if (fault.number == expected.fault)
                return at + std::max(fault.lasts.value_or(Duration::zero()), expected.within);
        return at + expected.within;
    }

    // When it was really injected; else when it was to be.
    std::optional<Duration> moment_of_fault(int number) const {
        for (const auto& fault : results_.faults)
            if (fault.number == number) return fault.from;
        for (const auto& fault : scenario_.faults)
            if (fault.number == number) return fault.at;
        return std::nullopt;
    }

    const Scenario& scenario_;
    Measurements& measurements_;
    const Results& results_;
    Meter meter_;
};

void check_measure(const Measure& measure, Position position, std::vector<Mistake>& mistakes) {
    if ((measure.window.from || measure.window.to) && !takes_window(measure))
        mistakes.push_back(
            {position,
             fmt::format("`{}` is counted for the whole run, not for a part of it", measure.name)}
        );
    if (measure.name != "expression" || measure.arguments.empty()) return;
    try {
        metric_math(measure.arguments[0]);
    } catch (const NotMeasured& problem) {
        mistakes.push_back({position, fmt::format("in the expression: {}", problem.what())});
    }
}

} // namespace

std::vector<Mistake> mistakes_in_expectations(const Scenario& scenario) {
    std::vector<Mistake> mistakes;
    for (const auto& expectation : scenario.expectations) {
        const auto* comparison = std::get_if<ComparisonExpectation>(&expectation.what);
        if (comparison == nullptr) continue;
        check_measure(comparison->measure, expectation.position, mistakes);
        if (comparison->other) check_measure(*comparison->other, expectation.position, mistakes);
    }
    return mistakes;
}

void judge(const Scenario& scenario, Measurements& measurements, Results& results) {
    const Judge judge(scenario, measurements, results);
    for (const auto& expectation : scenario.expectations)
        results.expectations.push_back(judge.judge(expectation));
}

} // namespace diorama::simulation
