// What requests do to objects, said to whoever watches the bucket, and when what they wrote or read
// will expire. All with the state's lock held.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/state.hpp"

#include <string_view>

namespace diorama::s3 {

// `how`: "Put", "Copy", "CompleteMultipartUpload".
void tell_created(
    const Request& request,
    const Bucket& bucket,
    const Object& object,
    std::string_view how
);

// `is_version`: a version was named, and removed for good.
void tell_removed(const Request& request, const Deletion& deletion, bool is_version);

// Something about it: "ObjectTagging:Put", "ObjectAcl:Put".
void tell_changed(const Request& request, const Object& object, std::string_view event);

// x-amz-expiration, where a lifecycle rule will remove the current version.
void add_expiration(const Request& request, const Bucket& bucket, const Object& object);

} // namespace diorama::s3
