// Which operation a request asks for: from its method, from whether it names a bucket or an object,
// and from its subresources (?uploads, ?website …).
#pragma once

#include "services/s3/data/request.hpp"

#include <string>

namespace diorama::s3 {

// AWS's name of the operation ("ListObjectsV2"), whether it is emulated or not. Empty for a method
// that S3 does not know.
std::string operation_of(const Request& request);

} // namespace diorama::s3
