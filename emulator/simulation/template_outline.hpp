// What a CloudFormation template declares, as far as a scenario can refer to it: logical ids with
// their types, and names of parameters. Whether the template is right is for CloudFormation to say.
#pragma once

#include "emulator/simulation/scenario_reader.hpp"

#include <optional>
#include <string>

namespace diorama::simulation {

// Of a template's text, YAML or JSON; nothing when it is neither.
std::optional<TemplateOutline> outline_of_template(const std::string& text);

} // namespace diorama::simulation
