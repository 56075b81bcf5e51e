// Every measure that an expectation can name, with its arguments, its attributes and their units.
// The reader checks expectations against it, and README and schema take their words from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

enum class MeasureUnit {
    number,
    rate,     // per second
    share,    // of 1
    duration, // nanoseconds
    dollars,
    cloudwatch, // as the metric counts: seconds, percent, bytes
};

struct MeasureAttribute {
    std::string_view name;
    MeasureUnit unit = MeasureUnit::number;
    std::string_view description;
    bool takes_argument = false; // share(blue): comes after the other arguments
};

struct MeasureArgument {
    // What may stand there: decides what the reader can check.
    enum class Kind {
        text,
        population,
        route,
        metric,
        dimension,
        alarm,
        group,
        host,
        component,
        database,
        question, // a SELECT
    };

    std::string_view name;
    Kind kind = Kind::text;
    bool is_required = false;
    bool repeats = false;
};

struct MeasureKind {
    std::string_view name;
    std::string_view description;
    std::span<const MeasureArgument> arguments = {};
    std::span<const MeasureAttribute> attributes = {};
    MeasureUnit unit = MeasureUnit::number; // of the measure itself, when it has no attributes

    const MeasureAttribute* find(std::string_view attribute) const;
    std::vector<std::string> attribute_names() const;
    // "outcomes(population, route).p99"
    std::string usage() const;
};

std::span<const MeasureKind> measure_kinds();
const MeasureKind* find_measure_kind(std::string_view name);

} // namespace diorama::simulation
