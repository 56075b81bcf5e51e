// Browsers' cross-origin requests: answers preflights, and gives other requests the headers that
// let a page read the answer. What is allowed is decided in cors.cpp.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

namespace diorama::s3 {

// Answers an OPTIONS request; throws aws::AWSError where AWS refuses.
void answer_preflight(Store& store, const RequestRef& request);

// For any other request with an Origin: sets Request::further_headers.
void add_cors_headers(Store& store, const Request& request);

} // namespace diorama::s3
