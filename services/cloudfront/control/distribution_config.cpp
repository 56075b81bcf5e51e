// What AWS refuses in a DistributionConfig. See distribution_config.hpp.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
#include "services/cloudfront/control/distribution_config.hpp"

#include "emulator/http/message.hpp"
#include "services/cloudfront/control/document.hpp"
#include "services/cloudfront/data/managed_policies.hpp"
#include "services/cloudfront/limits.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace diorama::cloudfront {

namespace {

bool is_host_name(std::string_view name) {
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (name.empty() || name.size() > 253 || name.front() == '.' || name.back() == '.')
        return false;
    return name.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
           ) == std::string_view::npos;
}

void check_aliases(
    const api::DistributionConfig& config,
    const State& state,
    const std::string& own_id
) {
    if (config.aliases->items.size() > limits::aliases_per_distribution)
        throw api::TooManyDistributionCNAMEs(
            "Your request contains more CNAMEs than are allowed per distribution."
        );
    // DIFFERS: AWS wants a certificate that covers the alias; the emulator makes one as needed.
    for (const auto& alias : config.aliases->items) {
        if (!is_host_name(alias))
            throw api::InvalidArgument(
                "The parameter CNAME contains one or more parameters that are not valid."
            );
        const auto* other = state.find_by_alias(http::lower_case(alias));
        if (other != nullptr && other->id != own_id)
            throw api::CNAMEAlreadyExists(
                "One or more of the CNAMEs you provided are already associated with a different "
                "resource."
            );
    }
}

void check_origin_access_control(
    const api::Origin& origin,
    const State& state,
    const std::string& account
) {
    const auto& id = *origin.origin_access_control_id;
    if (id.empty()) return;
    if (!state.origin_access_controls.contains(key_of(account, id)))
        throw api::InvalidOriginAccessControl("The origin access control is not valid.");
    if (origin.s3_origin_config && !origin.s3_origin_config->origin_access_identity.empty())
        throw api::IllegalOriginAccessConfiguration(
            "An origin cannot contain both an origin access control (OAC) and an origin access "
            "identity (OAI)."
        );
}

void check_origin(const api::Origin& origin, const State& state, const std::string& account) {
    if (origin.domain_name.empty() || origin.domain_name.find('/') != std::string::npos)
        throw api::InvalidArgument(
            "The parameter Origin DomainName does not refer to a valid S3 bucket."
        );
    const auto& path = *origin.origin_path;
    if (!path.empty() && (path.front() != '/' || path.back() == '/'))
        throw api::InvalidRelativePath(
            "The relative path is too big, is not URL-encoded, or doesn't begin with a slash (/)."
        );
    if (origin.s3_origin_config.has_value() == origin.custom_origin_config.has_value())
        throw api::InvalidArgument("Exactly one of CustomOriginConfig, VpcOriginConfig and "
                                   "S3OriginConfig must be specified");
    if (origin.s3_origin_config && !origin.s3_origin_config->origin_access_identity.empty())
        throw api::InvalidOriginAccessIdentity(
            "The origin access identity is not valid or doesn't exist."
        );
    check_origin_access_control(origin, state, account);
    const auto attempts = *origin.connection_attempts;
    const auto timeout = *origin.connection_timeout;
    if (attempts < 1 || attempts > 3 || timeout < 1 || timeout > 10)
        throw api::InvalidArgument(
            "The parameter ConnectionAttempts or ConnectionTimeout is not within the allowed range."
        );
    if (!origin.custom_origin_config) return;
    const auto read_timeout = *origin.custom_origin_config->origin_read_timeout;
    if (read_timeout < 1 || read_timeout > 180)
        throw api::InvalidOriginReadTimeout(
            "The read timeout specified for the origin is not valid."
        );
    const auto keepalive = *origin.custom_origin_config->origin_keepalive_timeout;
    if (keepalive < 1 || keepalive > 180)
        throw api::InvalidOriginKeepaliveTimeout(
            "The keep alive timeout specified for the origin is not valid."
        );
}

void check_origins(
    const api::DistributionConfig& config,
    const State& state,
    const std::string& account
) {
    const auto& origins = config.origins.items;
    if (origins.empty()) throw api::InvalidArgument("The parameter Origins is required.");
    if (origins.size() > limits::origins_per_distribution)
        throw api::TooManyOrigins("You cannot create more origins for the distribution.");
    std::set<std::string> ids;
    for (const auto& origin : origins) {
        check_origin(origin, state, account);
        if (!ids.insert(origin.id).second)
            throw api::InvalidArgument("The parameter Origins contains a duplicate Id.");
    }
}

// AWS: "GET and HEAD requests. · GET, HEAD, and OPTIONS requests. · GET, HEAD, OPTIONS, PUT, PATCH,
// POST, and DELETE requests."
void check_methods(const api::AllowedMethods& methods) {
    const std::set<api::Method> allowed(methods.items.begin(), methods.items.end());
    const auto& cached_items = methods.cached_methods->items;
    const std::set<api::Method> cached(cached_items.begin(), cached_items.end());
    using enum api::Method;
    const std::set<api::Method> read{GET, HEAD};
    const std::set<api::Method> options{GET, HEAD, OPTIONS};
    const std::set<api::Method> all{GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE};
    const bool is_known_set = allowed == read || allowed == options || allowed == all;
    const bool is_cachable_set = cached == read || cached == options;
    if (!is_known_set || !is_cachable_set ||
        !std::includes(allowed.begin(), allowed.end(), cached.begin(), cached.end()))
        throw api::InvalidArgument("The parameter AllowedMethods is not valid.");
}

template <class CacheBehavior>
void check_policies(const CacheBehavior& behavior, const State& state, const std::string& account) {
    const auto& cache_policy = behavior.cache_policy_id;
    if (cache_policy.has_value() == behavior.forwarded_values.has_value())
        throw api::InvalidArgument(
            "The parameter ForwardedValues cannot be used when a cache policy is associated to the "
            "cache behavior."
        );
    if (cache_policy && find_managed_cache_policy(*cache_policy) == nullptr &&
        !state.cache_policies.contains(key_of(account, *cache_policy)))
        throw api::NoSuchCachePolicy("The cache policy does not exist.");
    const auto& origin_policy = behavior.origin_request_policy_id;
    if (origin_policy && !origin_policy->empty() &&
        find_managed_origin_request_policy(*origin_policy) == nullptr)
        throw api::NoSuchOriginRequestPolicy("The origin request policy does not exist.");
    if (!behavior.forwarded_values) return;
    if (*behavior.min_ttl < 0 || *behavior.min_ttl > *behavior.default_ttl ||
        *behavior.default_ttl > *behavior.max_ttl)
        throw api::InvalidTTLOrder("The TTL order specified in the request isn't valid.");
}

template <class CacheBehavior>
void check_behavior(
    const CacheBehavior& behavior,
    const api::DistributionConfig& config,
    const State& state,
    const std::string& account
) {
    const auto& origins = config.origins.items;
    const bool has_origin = std::any_of(origins.begin(), origins.end(), [&](const auto& origin) {
        return origin.id == behavior.target_origin_id;
    });
    if (!has_origin)
        throw api::NoSuchOrigin("One or more of your origins or origin groups do not exist.");
    check_methods(*behavior.allowed_methods);
    check_policies(behavior, state, account);
}

void check_behaviors(
    const api::DistributionConfig& config,
    const State& state,
    const std::string& account
) {
    check_behavior(config.default_cache_behavior, config, state, account);
    const auto& behaviors = config.cache_behaviors->items;
    if (behaviors.size() > limits::behaviors_per_distribution)
        throw api::TooManyCacheBehaviors(
            "You cannot create more cache behaviors for the distribution."
        );
    std::set<std::string> patterns;
    for (const auto& behavior : behaviors) {
        const auto& pattern = behavior.path_pattern;
        if (pattern.empty() || pattern.size() > limits::path_pattern_length)
            throw api::InvalidArgument("The parameter PathPattern is not valid.");
        if (!patterns.insert(pattern).second)
            throw api::InvalidArgument(
                "The parameter PathPattern must be unique in a distribution's cache behaviors."
            );
        check_behavior(behavior, config, state, account);
    }
}

bool is_one_of(int code, const std::vector<int>& codes) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void check_error_responses(const api::DistributionConfig& config) {
    const std::vector<int> codes{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504};
    for (const auto& error : config.custom_error_responses->items) {
        if (!is_one_of(error.error_code, codes))
            throw api::InvalidErrorCode("An invalid error code was specified.");
        const auto& page = *error.response_page_path;
        const auto& code = *error.response_code;
        if (page.empty() != code.empty() || (!page.empty() && page.front() != '/'))
            throw api::InvalidArgument(
                "The parameter ResponsePagePath and ResponseCode must be specified together."
            );
        const bool is_number =
            code.size() == 3 && code.find_first_not_of("0123456789") == code.npos;
        if (!code.empty() && code != "200" && (!is_number || !is_one_of(std::stoi(code), codes)))
            throw api::InvalidResponseCode("A response code is not valid.");
        if (*error.error_caching_min_ttl < 0)
            throw api::InvalidArgument("The parameter ErrorCachingMinTTL is not valid.");
    }
}

void add_once(std::vector<std::string>& list, const std::optional<std::string>& value) {
    if (!value || value->empty()) return;
    if (std::find(list.begin(), list.end(), *value) == list.end()) list.push_back(*value);
}

} // namespace

void check(
    const api::DistributionConfig& config,
    const State& state,
    const std::string& account,
    const std::string& own_id
) {
    check_quantities(config);
    if (config.caller_reference.empty())
        throw api::InvalidArgument("The parameter CallerReference is required.");
    if (config.comment.size() > 128)
        throw api::InvalidArgument("The parameter Comment is too long.");
    const auto& root = *config.default_root_object;
    if (root.size() > 255 || root.starts_with('/'))
        throw api::InvalidDefaultRootObject(
            "The default root object file name is too big or contains an invalid character."
        );
    check_origins(config, state, account);
    check_behaviors(config, state, account);
    check_error_responses(config);
    check_aliases(config, state, own_id);
}

void describe_in(DistributionRecord& record, const api::DistributionConfig& config) {
    record.config = encode(config);
    record.caller_reference = config.caller_reference;
    record.is_enabled = config.enabled;
    record.aliases.clear();
    for (const auto& alias : config.aliases->items)
        add_once(record.aliases, http::lower_case(alias));
    record.cache_policy_ids.clear();
    add_once(record.cache_policy_ids, config.default_cache_behavior.cache_policy_id);
    for (const auto& behavior : config.cache_behaviors->items)
        add_once(record.cache_policy_ids, behavior.cache_policy_id);
    record.origin_access_control_ids.clear();
    for (const auto& origin : config.origins.items)
        add_once(record.origin_access_control_ids, origin.origin_access_control_id);
}

} // namespace diorama::cloudfront
