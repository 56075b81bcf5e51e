// See results.hpp.
#include "emulator/simulation/results.hpp"

#include <algorithm>
#include <numeric>

namespace diorama::simulation {

std::string_view name_of(Outcome outcome) {
    static constexpr std::array<std::string_view, outcome_count> names{
        "ok",
        "client error",
        "server error",
        "bad gateway",
        "unavailable",
        "gateway timeout",
        "timed out",
        "unresolved",
        "unreachable",
    };
    return names[static_cast<std::size_t>(outcome)];
}

bool is_error(Outcome outcome) {
    return outcome != Outcome::ok && outcome != Outcome::client_error;
}

std::uint64_t OutcomeRow::total() const {
    return std::accumulate(count.begin(), count.end(), std::uint64_t{0});
}

std::uint64_t OutcomeRow::errors() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < outcome_count; ++i)
        if (is_error(static_cast<Outcome>(i))) sum += count[i];
    return sum;
}

bool Results::held() const {
    return violations.empty() && std::ranges::all_of(expectations, &ExpectationResult::passed);
}

double Results::dollars() const {
    double sum = 0;
    for (const auto& line : cost)
        sum += line.dollars;
    return sum;
}

} // namespace diorama::simulation
