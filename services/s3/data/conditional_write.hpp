// Conditional writes: If-None-Match and If-Match on PutObject, CompleteMultipartUpload and
// DeleteObject.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

#include <string>

namespace diorama::s3 {

struct WriteConditions {
    bool if_none_exists = false; // If-None-Match: *
    std::string if_match;        // an entity tag; empty: none
    bool if_exists = false;      // If-Match: *
};

enum class ConditionalOperation { write, removal };

// Throws aws::AWSError for what S3 does not implement.
WriteConditions read_write_conditions(
    const Request& request,
    ConditionalOperation operation = ConditionalOperation::write
);

// Throws aws::AWSError when the conditions do not hold. `current` may be empty.
void check_write(
    const WriteConditions& conditions,
    const ObjectRef& current,
    const std::string& key
);

// The object now under this key; empty when there is none.
ObjectRef find_object(const Bucket& bucket, const std::string& key);
// Throws NoSuchBucket.
Bucket& bucket_of(State& state, const std::string& name);

} // namespace diorama::s3
