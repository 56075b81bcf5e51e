// Configurations of the API as documents that can be stored: any shape as JSON, by its table, and
// back. Also the rule that every list's Quantity is the number of its Items.
#pragma once

#include "services/cloudfront/api.hpp"

#include <string>
#include <string_view>

namespace diorama::cloudfront {

std::string encode(const api::DistributionConfig& config);
std::string encode(const api::OriginAccessControlConfig& config);
std::string encode(const api::CachePolicyConfig& config);

api::DistributionConfig decode_distribution_config(std::string_view document);
api::OriginAccessControlConfig decode_origin_access_control_config(std::string_view document);
api::CachePolicyConfig decode_cache_policy_config(std::string_view document);

// Throws InconsistentQuantities.
void check_quantities(const api::DistributionConfig& config);
void check_quantities(const api::CachePolicyConfig& config);

} // namespace diorama::cloudfront
