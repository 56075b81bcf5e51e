// Inputs and outputs as JSON with the model's own member names, wherever a protocol would carry
// them: what calls from inside the process are written in (internal_calls.hpp).
#pragma once

#include "emulator/aws/shape.hpp"

#include <nlohmann/json_fwd.hpp>

namespace diorama::aws {

// Fills `value`, a structure of `shape`, and runs the model's checks. Scalars may be written as
// text ("80", "true") and the other way round, because the documents they come from (templates,
// scenarios) have parameters that are always text. Throws AWSError: UnknownParameter (with the
// field "Parameter") for a member that the model does not have, else what the json protocol
// answers.
void read_model_json(const Shape& shape, const nlohmann::json& input, void* value);

nlohmann::json to_model_json(const Shape& shape, const void* value);

} // namespace diorama::aws
