// What expectations ask of the cloud of a run after it has ended, beyond what its results hold. The
// simulated world answers with the services' own APIs; a test may bring its own.
#pragma once

#include "emulator/simulation/scenario.hpp"

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace diorama::simulation {

// Says in a sentence why something cannot be measured; the expectation fails with it.
class NotMeasured : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct MetricReference {
    std::string metric_namespace; // "AWS/RDS"
    std::string name;             // "CPUUtilization"
    // Logical or physical ids, which stand for the dimensions that say them.
    std::vector<std::string> resources;
    std::vector<std::pair<std::string, std::string>> dimensions;
    std::string statistic; // as CloudWatch names it: "Maximum", "SampleCount", "p99"

    bool operator==(const MetricReference&) const = default;
};

class Measurements {
public:
    virtual ~Measurements() = default;

    // Times since the start of the run, ascending.
    using Series = std::vector<std::pair<Duration, double>>;

    struct Activity {
        Duration at{};
        bool failed = false;
    };

    struct CacheCounts {
        double hits = 0;
        double misses = 0;
    };

    struct NameCounts {
        double queries = 0;
        double failures = 0;
        std::map<std::string, double> answers; // by value and by set identifier
    };

    // The datapoints of a metric in the window. All but the last two may throw NotMeasured.
    virtual Series metric(const MetricReference& metric, Duration period, const Window& window) = 0;
    // Metric math over metrics that it knows by the ids given.
    virtual Series expression(
        const std::string& text,
        const std::map<std::string, MetricReference>& metrics,
        Duration period,
        const Window& window
    ) = 0;
    virtual std::vector<Activity> activities(const std::string& group) = 0;
    virtual CacheCounts cache(const std::string& distribution, const Window& window) = 0;
    virtual NameCounts name(const std::string& host, const Window& window) = 0;

    // The number that a statement gives at the end: the first value of its first row.
    virtual double query(const std::string& database, const std::string& statement) {
        (void)database;
        (void)statement;
        throw NotMeasured("there are no rows to ask for");
    }

    virtual bool knows_alarm(const std::string& name) = 0;
    // Of a logical id; else the text itself.
    virtual std::string physical_id(const std::string& id) = 0;
};

} // namespace diorama::simulation
