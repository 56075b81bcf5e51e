// Text is UTF-8: what comes from outside is looked at once, where it comes in, so that everything
// behind may write it as JSON or XML.
#pragma once

#include <string>
#include <string_view>

namespace diorama::aws {

bool is_utf8(std::string_view text);

// Each malformed sequence becomes U+FFFD, as AWS's services (which decode forms in Java) read it.
std::string well_formed(std::string text);

} // namespace diorama::aws
