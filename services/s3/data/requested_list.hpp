// The access control list that the headers of a request ask for: x-amz-acl, or x-amz-grant-*.
#pragma once

#include "emulator/http/message.hpp"
#include "services/s3/data/access_control_list.hpp"

#include <optional>

namespace diorama::s3 {

// Nothing when the headers ask for none. Throws aws::AWSError.
std::optional<AccessControlList> requested_list(const http::Headers& headers, const Owners& owners);

// `id`: the name of the argument in the error.
void check_grantee(const std::string& kind, const std::string& grantee);

} // namespace diorama::s3
