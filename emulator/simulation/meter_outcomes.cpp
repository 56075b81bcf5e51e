// What clients experienced, of a population and route and of a part of the run; see meter.hpp. The
// whole run is read from its exact counts, a part of it from the steps whose middle lies in it.
#include "emulator/simulation/meter.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::simulation {

namespace {

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

// What rows, or steps of them, add up to.
struct Tally {
    std::array<double, outcome_count> count{};
    double retries = 0;
    double gave_up = 0;
    Distribution latency;
    Duration span{};

    void add(const OutcomeStep& step) {
        for (std::size_t i = 0; i < outcome_count; ++i)
            count[i] += step.count[i];
        retries += step.retries;
        gave_up += step.gave_up;
        for (const auto& [value, times] : step.latency)
            latency.add(value, times);
    }

    void add(const OutcomeRow& row) {
        for (std::size_t i = 0; i < outcome_count; ++i)
            count[i] += static_cast<double>(row.count[i]);
        retries += static_cast<double>(row.retries);
        gave_up += static_cast<double>(row.gave_up);
        latency.merge(row.latency);
    }

    double requests() const {
        double sum = 0;
        for (const double one : count)
            sum += one;
        return sum;
    }

    double errors() const {
        double sum = 0;
        for (std::size_t i = 0; i < outcome_count; ++i)
            if (is_error(static_cast<Outcome>(i))) sum += count[i];
        return sum;
    }
};

// "gateway_timeout" as expectations write it.
std::optional<Outcome> outcome_named(std::string_view attribute) {
    for (std::size_t i = 0; i < outcome_count; ++i) {
        std::string name(name_of(static_cast<Outcome>(i)));
        std::ranges::replace(name, ' ', '_');
        if (name == attribute) return static_cast<Outcome>(i);
    }
    return std::nullopt;
}

std::optional<double> latency_of(const Distribution& latency, std::string_view attribute) {
    if (latency.empty()) return std::nullopt;
    constexpr double nanoseconds = 1e9;
    if (attribute == "mean") return latency.average() * nanoseconds;
    if (attribute == "max") return latency.maximum() * nanoseconds;
    double rank = 0;
    std::from_chars(attribute.data() + 1, attribute.data() + attribute.size(), rank);
    return latency.percentile(rank) * nanoseconds;
}

// Nothing when there was nothing to measure.
std::optional<double> attribute_of(const Tally& tally, std::string_view attribute) {
    if (attribute == "count") return tally.requests();
    if (attribute == "errors") return tally.errors();
    if (attribute == "retries") return tally.retries;
    if (attribute == "gave_up") return tally.gave_up;
    if (const auto outcome = outcome_named(attribute))
        return tally.count[static_cast<std::size_t>(*outcome)];
    if (attribute == "rate") {
        if (tally.span <= Duration::zero()) return std::nullopt;
        return tally.requests() / seconds(tally.span);
    }
    if (attribute == "error_rate") {
        if (tally.requests() == 0) return std::nullopt;
        return tally.errors() / tally.requests();
    }
    return latency_of(tally.latency, attribute);
}

struct Rows {
    std::vector<const OutcomeRow*> rows;
    std::size_t steps = 0;
};

Rows rows_of(const Results& results, std::string_view population, std::string_view route) {
    Rows found;
    for (const auto& row : results.outcomes) {
        if (!population.empty() && population != "all" && row.population != population) continue;
        if (!route.empty() && row.route != route) continue;
        found.rows.push_back(&row);
        found.steps = std::max(found.steps, row.steps.size());
    }
    return found;
}

Tally tally_of(const Rows& rows, std::size_t step) {
    Tally tally;
    for (const auto* row : rows.rows)
        if (step < row->steps.size()) tally.add(row->steps[step]);
    return tally;
}

} // namespace

void Meter::outcomes(const Measure& measure, Measured& measured) const {
    const auto argument = [&measure](std::size_t i) {
        return i < measure.arguments.size() ? measure.arguments[i] : std::string();
    };
    const Rows rows = rows_of(results_, argument(0), argument(1));
    if (rows.rows.empty()) throw NotMeasured("there were no such requests");
    const bool is_whole = !measure.window.from && !measure.window.to;
    const Duration from = std::max(beginning(measure.window), scenario_.warmup);
    const Duration to = end(measure.window);
    Tally whole;
    std::size_t used = 0;
    for (std::size_t i = 0; i < rows.steps; ++i) {
        const Duration begin = results_.step * static_cast<std::int64_t>(i);
        const Duration middle = begin + results_.step / 2;
        // A window shorter than a step is read from the step that it lies in.
        const bool holds_window = begin <= from && to <= begin + results_.step;
        if (!is_whole && !holds_window && (middle < from || middle >= to)) continue;
        Tally step = tally_of(rows, i);
        step.span = std::min(begin + results_.step, results_.simulated) - std::max(begin, from);
        if (!is_whole) {
            for (const auto* row : rows.rows)
                if (i < row->steps.size()) whole.add(row->steps[i]);
            whole.span += std::min(begin + results_.step, results_.simulated) - begin;
        }
        if (const auto value = attribute_of(step, measure.attribute))
            measured.course.emplace_back(begin, *value);
        ++used;
    }
    if (is_whole) {
        for (const auto* row : rows.rows)
            whole.add(*row);
        whole.span = to - from;
    } else if (used == 0) {
        throw NotMeasured("there were no such requests in that part of the run");
    }
    const auto value = attribute_of(whole, measure.attribute);
    if (!value)
        throw NotMeasured(
            whole.requests() == 0 ? "there were no requests" : "nothing was answered"
        );
    measured.value = *value;
}

std::vector<Meter::ErrorStep> Meter::errors_by_step(const std::string& population) const {
    const Rows rows = rows_of(results_, population, {});
    std::vector<ErrorStep> steps(rows.steps);
    for (const auto* row : rows.rows) {
        for (std::size_t i = 0; i < row->steps.size(); ++i) {
            for (std::size_t j = 0; j < outcome_count; ++j) {
                steps[i].requests += row->steps[i].count[j];
                if (is_error(static_cast<Outcome>(j))) steps[i].errors += row->steps[i].count[j];
            }
        }
    }
    return steps;
}

// The outcome that most of the errors had says where they came from.
std::string Meter::source_of_errors(std::optional<Duration> at) const {
    Tally tally;
    for (const auto& row : results_.outcomes) {
        const auto step =
            at ? static_cast<std::size_t>(std::max(*at / results_.step, std::int64_t{0})) : 0;
        if (at && step < row.steps.size())
            tally.add(row.steps[step]);
        else if (!at)
            tally.add(row);
    }
    Outcome most = Outcome::ok;
    double errors = 0;
    for (std::size_t i = 0; i < outcome_count; ++i) {
        if (!is_error(static_cast<Outcome>(i)) || tally.count[i] <= errors) continue;
        errors = tally.count[i];
        most = static_cast<Outcome>(i);
    }
    if (most == Outcome::unresolved) return "route53";
    if (most == Outcome::unreachable) return "elbv2";
    return busiest(at);
}

} // namespace diorama::simulation
