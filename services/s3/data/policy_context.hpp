// What the conditions of a policy may ask of a request to S3.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/list_amazons3.html#amazons3-policy-keys
#pragma once

#include "emulator/aws/policy/evaluation.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

namespace diorama::s3 {

aws::policy::Principal principal_of(const Request& request);

// `object`: that is there, or nullptr.
aws::policy::Context context_of(const Request& request, const Bucket& bucket, const Object* object);

} // namespace diorama::s3
