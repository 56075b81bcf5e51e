// What AWS refuses in a bucket's configurations, beyond the model's own constraints. A check may
// also complete the document. All throw aws::AWSError.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

#include <nlohmann/json_fwd.hpp>

namespace diorama::s3 {

// The configuration as it came, in JSON with the model's names, and what it is for. The state's
// lock is held.
struct GivenConfiguration {
    const State& state;
    const Request& request;
    const Bucket& bucket;
    const nlohmann::json& input; // of the operation
    nlohmann::json& document;
};

using CheckConfiguration = void (*)(const GivenConfiguration& given);

void check_cors(const GivenConfiguration& given);
void check_encryption(const GivenConfiguration& given);
void check_logging(const GivenConfiguration& given);
void check_accelerate(const GivenConfiguration& given);
void check_request_payment(const GivenConfiguration& given);
void check_replication(const GivenConfiguration& given);
void check_notifications(const GivenConfiguration& given);
void check_metrics(const GivenConfiguration& given);
void check_inventory(const GivenConfiguration& given);
// Of what is kept without effect: says so.
void check_kept(const GivenConfiguration& given);

// lifecycle_checks.cpp
void check_lifecycle(const GivenConfiguration& given);

} // namespace diorama::s3
