// Which permission an operation needs: the action that policies name, and what an access control
// list would have to grant.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#acl-access-policy-permission-mapping
#pragma once

#include "services/s3/data/access_control_list.hpp"

#include <optional>
#include <string_view>

namespace diorama::s3 {

struct NeededAction {
    std::string_view operation;
    std::string_view action;
    std::string_view version_action = {}; // when a version is named
    bool is_on_object = false;
    // What grants it without a policy: this permission on the object, or on the bucket.
    std::optional<Permission> of_object = {};
    std::optional<Permission> of_bucket = {};
};

// nullptr: an operation that needs no permission on a bucket, or is not known.
const NeededAction* find_needed_action(std::string_view operation);

} // namespace diorama::s3
