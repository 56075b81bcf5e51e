// The cache policies and origin request policies that every account has, by their fixed ids.
#pragma once

#include "services/cloudfront/data/distribution.hpp"

#include <span>
#include <string_view>

namespace diorama::cloudfront {

struct ManagedCachePolicy {
    std::string_view id;
    std::string_view name;
    std::string_view comment;
    CachePolicy policy;
};

struct ManagedOriginRequestPolicy {
    std::string_view id;
    std::string_view name;
    std::string_view comment;
    OriginRequestPolicy policy;
};

std::span<const ManagedCachePolicy> managed_cache_policies();
std::span<const ManagedOriginRequestPolicy> managed_origin_request_policies();

const ManagedCachePolicy* find_managed_cache_policy(std::string_view id);
const ManagedOriginRequestPolicy* find_managed_origin_request_policy(std::string_view id);

} // namespace diorama::cloudfront
