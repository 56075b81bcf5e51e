// See results.hpp.
#include "emulator/simulation/results.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>

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

void set_architecture(
    Results& results,
    std::size_t populations,
    std::size_t instances,
    std::vector<Flow> flows
) {
    results.components = {
        {"clients",
         "clients",
         "Clients",
         fmt::format("{} population{}", populations, populations == 1 ? "" : "s")},
        {"dns", "route53", "Route 53", ""},
        {"edge", "cloudfront", "CloudFront", ""},
        {"objects", "s3", "S3", ""},
        {"balancer", "elbv2", "Application Load Balancer", ""},
        {"instances", "ec2", "Auto Scaling group", fmt::format("{} instances", instances)},
        {"database", "rds", "RDS MySQL", ""},
    };
    results.flows = std::move(flows);
    std::erase_if(results.flows, [](const auto& flow) { return flow.count == 0; });
    std::erase_if(results.components, [&](const auto& component) {
        return std::ranges::none_of(results.flows, [&](const auto& flow) {
            return flow.from == component.id || flow.to == component.id;
        });
    });
}

} // namespace diorama::simulation
