// S3 Control: what is set for a whole account, and tags of resources by their ARN. Clients sign it
// as S3 and send it to a host named like the account, so it arrives at the same door.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

namespace diorama::s3 {

bool is_s3_control(const Request& request);

// Answers the request, now or later; throws aws::AWSError.
void serve_s3_control(Store& store, const RequestRef& request);

} // namespace diorama::s3
