// SVCB and HTTPS records (RFC 9460): a priority, a target name, and parameters. Text to wire and
// back, pure.
#pragma once

#include "services/route53/data/record_text.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace diorama::route53 {

// `type` is "SVCB" or "HTTPS", for complaints.
std::variant<std::string, ValueProblem>
parse_service_binding(std::string_view type, std::string_view text);
std::string service_binding_text(std::string_view bytes);

} // namespace diorama::route53
