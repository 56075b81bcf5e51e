// The values of a stack's parameters: given, defaults, constraints. Pure.
#pragma once

#include "services/cloudformation/control/template/template.hpp"

namespace diorama::cloudformation {

struct GivenParameter {
    std::optional<std::string> value;
    bool uses_previous_value = false;
};

using GivenParameters = std::map<std::string, GivenParameter>;
using ParameterValues = std::map<std::string, std::string>; // as text, for every declared one

// Throws a ValidationError with AWS's sentence. `previous` are those of the stack before.
ParameterValues resolve_parameters(
    const Template& declared,
    const GivenParameters& given,
    const ParameterValues& previous
);

// What Ref gives: a list for lists, else text.
Json parameter_value(const ParameterDeclaration& declaration, const std::string& text);

} // namespace diorama::cloudformation
