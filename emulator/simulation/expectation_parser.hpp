// The little language of expectations: "outcomes(shoppers).p99 < 900ms in [2h, 3h]",
// "alarm(UnhealthyHosts) becomes ALARM within 3m of fault(1)", "recovered within 8m of fault(1)".
// Text in, expectation or problem out; which populations, routes and faults there are, it is told.
#pragma once

#include "emulator/simulation/reader/expression.hpp"

#include <functional>
#include <string_view>

namespace diorama::simulation {

// What expectations can refer to.
struct ExpectationContext {
    const Scenario* scenario = nullptr; // its traffic, faults and duration have been read
    // A problem with a logical id, by what it should be (CloudFormation types, "A|B").
    std::function<void(std::size_t offset, const std::string& id, std::string_view types)>
        need_resource = {};
};

Parsed<Expectation> parse_expectation(std::string_view text, const ExpectationContext& context);

} // namespace diorama::simulation
