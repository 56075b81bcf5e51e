// Reads a measure of an expectation off a run: its value in base units, how it went over time, and
// which part of the architecture it is about.
#pragma once

#include "emulator/simulation/measure_catalogue.hpp"
#include "emulator/simulation/measurements.hpp"
#include "emulator/simulation/results.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

struct Measured {
    double value = 0;
    MeasureUnit unit = MeasureUnit::number;
    std::string name;            // "p99", "error rate", "cost"
    std::string problem;         // why there is no value; then the others do not count
    Measurements::Series course; // the same by step; empty where there is no such thing
    std::string kind;            // of the component: "rds"; empty: where errors come from
};

// "p99 = 734 ms" without the name.
std::string value_text(double value, MeasureUnit unit);

// Whether a measure can be read in a part of the run.
bool takes_window(const Measure& measure);

// Metric math in which metrics are named like measures: the ids in their places, and what they
// stand for. Throws NotMeasured with what is wrong.
struct MetricMath {
    std::string text;
    std::map<std::string, MetricReference> metrics;
};

MetricMath metric_math(const std::string& text);

class Meter {
public:
    Meter(const Scenario& scenario, const Results& results, Measurements& measurements)
        : scenario_(scenario)
        , results_(results)
        , measurements_(measurements) {}

    Measured measure(const Measure& measure) const;

    // Errors and requests of a population (empty: all) by step; for recovery.
    struct ErrorStep {
        double requests = 0;
        double errors = 0;
    };

    std::vector<ErrorStep> errors_by_step(const std::string& population) const;

    // The label of the component to look at when something of that kind went wrong at a moment.
    std::string component_to_look_at(std::string_view kind, std::optional<Duration> at) const;

private:
    void outcomes(const Measure& measure, Measured& measured) const;
    void metric(const Measure& measure, Measured& measured) const;
    void expression(const Measure& measure, Measured& measured) const;
    void instances(const Measure& measure, Measured& measured) const;
    void activities(const Measure& measure, Measured& measured) const;
    void alarm(const Measure& measure, Measured& measured) const;
    void cache(const Measure& measure, Measured& measured) const;
    void dns(const Measure& measure, Measured& measured) const;
    void sql(const Measure& measure, Measured& measured) const;
    void total(const Measure& measure, Measured& measured) const;
    void cost(const Measure& measure, Measured& measured) const;

    Duration beginning(const Window& window) const;
    Duration end(const Window& window) const;
    bool is_within(const Window& window, Duration at) const;
    std::string source_of_errors(std::optional<Duration> at) const;
    std::string busiest(std::optional<Duration> at) const;

    const Scenario& scenario_;
    const Results& results_;
    Measurements& measurements_;
};

} // namespace diorama::simulation
