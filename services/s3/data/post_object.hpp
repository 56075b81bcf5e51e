// POST Object: a browser's form, whose file becomes an object.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

namespace diorama::s3 {

// Answers the request, now or later; throws aws::AWSError before it has begun to. Who asks stands
// in the form, so it is also who asks whether they may.
void post_object(Store& store, const RequestRef& request);

} // namespace diorama::s3
