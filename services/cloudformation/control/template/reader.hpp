// The text of a template as JSON: JSON itself, or YAML with CloudFormation's short forms, which
// become the long ones ("!Ref x" is {"Ref": "x"}). Pure.
#pragma once

#include <nlohmann/json.hpp>

#include <string_view>

namespace diorama::cloudformation {

using Json = nlohmann::json;

// Throws a ValidationError in AWS's words for what is neither.
Json parse_template(std::string_view text);

} // namespace diorama::cloudformation
