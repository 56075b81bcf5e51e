// Whether a bucket is asked for in its own region.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

#include <string_view>

namespace diorama::s3 {

// A request that is signed for another region than the bucket's learns where it is. Throws
// aws::AWSError.
void check_region(Store& store, const Request& request, std::string_view operation);

} // namespace diorama::s3
