// See managed_policies.hpp.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
#include "services/cloudfront/data/managed_policies.hpp"

#include <array>

namespace diorama::cloudfront {

namespace {

using std::chrono::seconds;
using Selected = ItemSelection::Behavior;

ItemSelection nothing() {
    return {};
}

ItemSelection everything() {
    return {Selected::all, {}};
}

ItemSelection only(std::vector<std::string> names) {
    return {Selected::whitelist, std::move(names)};
}

CachePolicy optimized(bool compresses) {
    return {
        .min_ttl = seconds(1),
        .default_ttl = seconds(86'400),
        .max_ttl = seconds(31'536'000),
        .accepts_gzip = compresses,
        .accepts_brotli = compresses,
        .headers = nothing(),
        .cookies = nothing(),
        .query_strings = nothing(),
    };
}

CachePolicy disabled() {
    return {
        .min_ttl = seconds(0),
        .default_ttl = seconds(0),
        .max_ttl = seconds(0),
        .headers = nothing(),
        .cookies = nothing(),
        .query_strings = nothing(),
    };
}

CachePolicy amplify() {
    return {
        .min_ttl = seconds(2),
        .default_ttl = seconds(2),
        .max_ttl = seconds(600),
        .accepts_gzip = true,
        .accepts_brotli = true,
        .headers = only({"authorization", "cloudfront-viewer-country", "host"}),
        .cookies = everything(),
        .query_strings = everything(),
    };
}

CachePolicy media_package() {
    auto policy = optimized(false);
    policy.min_ttl = seconds(0);
    policy.accepts_gzip = true;
    policy.headers = only({"origin"});
    policy.query_strings = only({"aws.manifestfilter", "start", "end", "m"});
    return policy;
}

OriginRequestPolicy forwards(ItemSelection headers, ItemSelection cookies, ItemSelection queries) {
    return {
        .headers = std::move(headers),
        .cookies = std::move(cookies),
        .query_strings = std::move(queries),
    };
}

} // namespace

std::span<const ManagedCachePolicy> managed_cache_policies() {
    static const std::array policies{
        ManagedCachePolicy{
            "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "Managed-CachingOptimized",
            "Policy with caching enabled. Supports Gzip and Brotli compression.",
            optimized(true)
        },
        ManagedCachePolicy{
            "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            "Managed-CachingDisabled",
            "Policy with caching disabled",
            disabled()
        },
        ManagedCachePolicy{
            "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
            "Managed-CachingOptimizedForUncompressedObjects",
            "Default policy when compression is disabled",
            optimized(false)
        },
        ManagedCachePolicy{
            "2e54312d-136d-493c-8eb9-b001f22f67d2",
            "Managed-Amplify",
            "Policy for Amplify Origin",
            amplify()
        },
        ManagedCachePolicy{
            "08627262-05a9-4f76-9ded-b50ca2e3a84f",
            "Managed-Elemental-MediaPackage",
            "Policy for Elemental MediaPackage Origin",
            media_package()
        },
    };
    return policies;
}

std::span<const ManagedOriginRequestPolicy> managed_origin_request_policies() {
    static const std::array policies{
        ManagedOriginRequestPolicy{
            "216adef6-5c7f-47e4-b989-5492eafa07d3",
            "Managed-AllViewer",
            "Policy to forward all parameters in viewer requests",
            forwards(everything(), everything(), everything())
        },
        ManagedOriginRequestPolicy{
            "b689b0a8-53d0-40ab-baf2-68738e2966ac",
            "Managed-AllViewerExceptHostHeader",
            "Policy to forward all parameters in viewer requests except for the Host header",
            forwards({Selected::all_except, {"host"}}, everything(), everything())
        },
        ManagedOriginRequestPolicy{
            "59781a5b-3903-41f3-afcb-af62929ccde1",
            "Managed-CORS-CustomOrigin",
            "Policy for CORS with a custom origin",
            forwards(only({"origin"}), nothing(), nothing())
        },
        ManagedOriginRequestPolicy{
            "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
            "Managed-CORS-S3Origin",
            "Policy for S3 origin with CORS",
            forwards(
                only({"access-control-request-headers", "access-control-request-method", "origin"}),
                nothing(),
                nothing()
            )
        },
        ManagedOriginRequestPolicy{
            "acba4595-bd28-49b8-b9fe-13317c0390fa",
            "Managed-UserAgentRefererHeaders",
            "Policy to forward user-agent and referer headers to origin",
            forwards(only({"referer", "user-agent"}), nothing(), nothing())
        },
        ManagedOriginRequestPolicy{
            "775133bc-15f2-49f9-abea-afb2e0bf67d2",
            "Managed-Elemental-MediaTailor-PersonalizedManifests",
            "Policy for Elemental MediaTailor Origin",
            forwards(
                only(
                    {"access-control-request-headers",
                     "access-control-request-method",
                     "origin",
                     "user-agent",
                     "x-forwarded-for"}
                ),
                nothing(),
                everything()
            )
        },
    };
    return policies;
}

const ManagedCachePolicy* find_managed_cache_policy(std::string_view id) {
    for (const auto& policy : managed_cache_policies()) {
        if (policy.id == id) return &policy;
    }
    return nullptr;
}

const ManagedOriginRequestPolicy* find_managed_origin_request_policy(std::string_view id) {
    for (const auto& policy : managed_origin_request_policies()) {
        if (policy.id == id) return &policy;
    }
    return nullptr;
}

} // namespace diorama::cloudfront
