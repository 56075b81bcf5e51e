// Places on earth that clients can be at: what `from: { eu-west: 30% }` may name. Where they lie
// decides latency, and what geographic routing policies answer.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace diorama::simulation {

struct Place {
    std::string_view name; // the stem of the AWS regions there: "eu-west"
    std::string_view town;
    std::string_view country;   // ISO 3166-1 alpha-2
    std::string_view continent; // as Route 53 codes it: AF, AN, AS, EU, OC, NA, SA
    double latitude = 0;
    double longitude = 0;
    std::string_view subdivision = {}; // a state, where Route 53 knows it
};

std::span<const Place> places();
const Place* find_place(std::string_view name);

} // namespace diorama::simulation
