// What must hold for a template as a whole, whatever its parameters: sizes, references to what is
// there, no circles. Pure.
#pragma once

#include "services/cloudformation/control/template/template.hpp"

namespace diorama::cloudformation {

// Both throw a ValidationError with AWS's sentence.
void check_parameter_type(const std::string& name, const std::string& type);
void check_template(const Template& checked);

// AWS::Region and the like.
bool is_pseudo_parameter(std::string_view name);

// Resources that each resource of `names` needs first: by reference, by DependsOn. `decide` picks
// the branches of Fn::If; without it all count.
using Needs = std::map<std::string, std::set<std::string>>;
Needs needs_of(
    const Template& of,
    const std::set<std::string>& names,
    const std::function<bool(const std::string&)>& decide
);

// What is left by the conditions refers to nothing that they take away. AWS says so before it makes
// anything.
void check_active(
    const Template& checked,
    const std::set<std::string>& active,
    const std::function<bool(const std::string&)>& decide
);

} // namespace diorama::cloudformation
