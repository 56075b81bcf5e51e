// From the API's configuration to what edge locations read (data/distribution.hpp).
#pragma once

#include "services/cloudfront/api.hpp"
#include "services/cloudfront/data/distribution.hpp"
#include "services/cloudfront/state.hpp"

namespace diorama::cloudfront {

CachePolicy cache_policy_of(const api::CachePolicyConfig& config);

// The settings of a deployed distribution; `series` and host names are the deployment's business.
Distribution edge_settings(const DistributionRecord& record, const State& state);

} // namespace diorama::cloudfront
