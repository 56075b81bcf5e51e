// What an expectation names, held against what there is: arguments of measures, populations,
// routes, hosts and faults, and bounds in the unit of their measure. Part of
// expectation_parser.hpp.
#pragma once

#include "emulator/simulation/expectation_parser.hpp"
#include "emulator/simulation/measure_catalogue.hpp"

#include <string>
#include <vector>

namespace diorama::simulation {

// Ends the parsing of one expectation; parse_expectation makes a result of it.
struct ExpectationStop {
    Problem problem;
};

[[noreturn]] void stop_at(std::size_t offset, std::string message, std::string suggestion = {});

// The bound in base units; for metrics, as CloudWatch counts.
double bound_in(const Piece& piece, MeasureUnit unit);

class ExpectationReferences {
public:
    explicit ExpectationReferences(const ExpectationContext& context)
        : context_(context) {}

    void check_arguments(
        const MeasureKind& kind,
        const std::vector<Piece>& arguments,
        std::size_t offset
    ) const;
    void check_population(const Piece& piece) const;
    const Fault& fault_named(const Piece& name) const;

private:
    void check_argument(
        const MeasureArgument& expected,
        const std::vector<Piece>& arguments,
        std::size_t index
    ) const;
    void check_route(const std::string& population, const Piece& piece) const;
    void check_host(const Piece& piece) const;
    void need_resource(const Piece& piece, std::string_view types) const;

    const ExpectationContext& context_;
};

} // namespace diorama::simulation
