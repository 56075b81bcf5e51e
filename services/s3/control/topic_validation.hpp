// Before a bucket's notifications are configured, its topics are told so: a topic that cannot be
// reached is refused.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

#include <functional>
#include <string_view>

namespace diorama::s3 {

// Sends every topic of the document a test message and calls `valid` on the exchange's thread when
// all have taken it; answers the error if one has not.
void validate_topics(
    Store& store,
    const RequestRef& request,
    std::string_view body,
    std::function<void()> valid
);

} // namespace diorama::s3
