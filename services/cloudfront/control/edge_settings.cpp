// See edge_settings.hpp.
#include "services/cloudfront/control/edge_settings.hpp"

#include "emulator/assert.hpp"
#include "services/cloudfront/control/document.hpp"
#include "services/cloudfront/data/managed_policies.hpp"

namespace diorama::cloudfront {

namespace {

using std::chrono::seconds;
using Selected = ItemSelection::Behavior;

std::vector<std::string> lower_cased(const std::vector<std::string>& names) {
    std::vector<std::string> lower;
    for (const auto& name : names)
        lower.push_back(http::lower_case(name));
    return lower;
}

template <class Names>
std::vector<std::string> items_of(const std::optional<Names>& names) {
    return names ? names->items : std::vector<std::string>{};
}

ViewerProtocolPolicy viewer_protocol_policy(api::ViewerProtocolPolicy policy) {
    switch (policy) {
    case api::ViewerProtocolPolicy::allow_all:
        return ViewerProtocolPolicy::allow_all;
    case api::ViewerProtocolPolicy::https_only:
        return ViewerProtocolPolicy::https_only;
    case api::ViewerProtocolPolicy::redirect_to_https:
        return ViewerProtocolPolicy::redirect_to_https;
    }
    UNREACHABLE();
}

OriginProtocolPolicy origin_protocol_policy(api::OriginProtocolPolicy policy) {
    switch (policy) {
    case api::OriginProtocolPolicy::http_only:
        return OriginProtocolPolicy::http_only;
    case api::OriginProtocolPolicy::match_viewer:
        return OriginProtocolPolicy::match_viewer;
    case api::OriginProtocolPolicy::https_only:
        return OriginProtocolPolicy::https_only;
    }
    UNREACHABLE();
}

std::vector<std::string> method_names(const std::vector<api::Method>& methods) {
    std::vector<std::string> names;
    for (const auto method : methods)
        names.emplace_back(to_string(method));
    return names;
}

Origin origin_of(const api::Origin& config) {
    Origin origin;
    origin.id = config.id;
    origin.domain_name = config.domain_name;
    origin.path = config.origin_path.value_or("");
    origin.connection_attempts = *config.connection_attempts;
    origin.connection_timeout = seconds(*config.connection_timeout);
    origin.has_access_control = !config.origin_access_control_id.value_or("").empty();
    for (const auto& header : config.custom_headers->items)
        origin.custom_headers.push_back({header.header_name, header.header_value});
    // DIFFERS: S3 is always asked over plain HTTP; it lives in the same process.
    if (!config.custom_origin_config) return origin;
    const auto& custom = *config.custom_origin_config;
    origin.http_port = static_cast<std::uint16_t>(custom.http_port);
    origin.https_port = static_cast<std::uint16_t>(custom.https_port);
    origin.protocol_policy = origin_protocol_policy(custom.origin_protocol_policy);
    origin.response_timeout = seconds(*custom.origin_read_timeout);
    origin.keep_alive = seconds(*custom.origin_keepalive_timeout);
    return origin;
}

// Legacy cache settings: one declaration for the cache key and for what is forwarded.
void apply_forwarded_values(Behavior& behavior, const api::ForwardedValues& values) {
    auto& policy = behavior.cache_policy;
    auto& forwarded = behavior.origin_request_policy;
    forwarded.forwards_unlisted_headers = true;
    if (values.query_string) {
        const auto keys = items_of(values.query_string_cache_keys);
        forwarded.query_strings = {Selected::all, {}};
        policy.query_strings = keys.empty() ? ItemSelection{Selected::all, {}}
                                            : ItemSelection{Selected::whitelist, keys};
    }
    if (values.cookies.forward == api::ItemSelection::all) policy.cookies = {Selected::all, {}};
    if (values.cookies.forward == api::ItemSelection::whitelist)
        policy.cookies = {Selected::whitelist, items_of(values.cookies.whitelisted_names)};
    const auto headers = lower_cased(items_of(values.headers));
    if (headers == std::vector<std::string>{"*"}) {
        // AWS: with all headers forwarded "CloudFront doesn't cache your objects".
        forwarded.headers = {Selected::all, {}};
        policy.min_ttl = policy.default_ttl = policy.max_ttl = seconds(0);
    } else if (!headers.empty()) {
        policy.headers = {Selected::whitelist, headers};
    }
}

CachePolicy
find_cache_policy(const std::string& id, const DistributionRecord& record, const State& state) {
    if (const auto* managed = find_managed_cache_policy(id)) return managed->policy;
    const auto* custom = state.cache_policies.find(key_of(record.account, id));
    ASSERT(custom != nullptr); // policies in use are not deleted
    return cache_policy_of(decode_cache_policy_config(custom->config));
}

template <class CacheBehavior>
Behavior behavior_of(
    const CacheBehavior& config,
    const Distribution& distribution,
    const DistributionRecord& record,
    const State& state
) {
    Behavior behavior;
    for (std::size_t i = 0; i < distribution.origins.size(); ++i) {
        if (distribution.origins[i].id == config.target_origin_id) behavior.origin = i;
    }
    behavior.viewer_protocol_policy = viewer_protocol_policy(config.viewer_protocol_policy);
    behavior.allowed_methods = method_names(config.allowed_methods->items);
    behavior.cached_methods = method_names(config.allowed_methods->cached_methods->items);
    if (config.cache_policy_id) {
        behavior.cache_policy = find_cache_policy(*config.cache_policy_id, record, state);
    } else {
        behavior.cache_policy.min_ttl = seconds(*config.min_ttl);
        behavior.cache_policy.default_ttl = seconds(*config.default_ttl);
        behavior.cache_policy.max_ttl = seconds(*config.max_ttl);
        apply_forwarded_values(behavior, *config.forwarded_values);
    }
    const auto origin_policy_id = config.origin_request_policy_id.value_or("");
    if (const auto* managed = find_managed_origin_request_policy(origin_policy_id))
        behavior.origin_request_policy = managed->policy;
    return behavior;
}

ErrorResponse error_response_of(const api::CustomErrorResponse& config) {
    ErrorResponse error;
    error.error_code = config.error_code;
    error.response_page_path = config.response_page_path.value_or("");
    const auto code = config.response_code.value_or("");
    error.response_code = code.empty() ? config.error_code : std::stoi(code);
    error.caching_min_ttl = seconds(*config.error_caching_min_ttl);
    return error;
}

} // namespace

CachePolicy cache_policy_of(const api::CachePolicyConfig& config) {
    CachePolicy policy;
    policy.min_ttl = seconds(config.min_ttl);
    policy.default_ttl = seconds(*config.default_ttl);
    policy.max_ttl = seconds(*config.max_ttl);
    const auto& parameters = config.parameters_in_cache_key_and_forwarded_to_origin;
    if (!parameters) return policy;
    policy.accepts_gzip = parameters->enable_accept_encoding_gzip;
    policy.accepts_brotli = parameters->enable_accept_encoding_brotli.value_or(false);

    const auto& headers = parameters->headers_config;
    if (headers.header_behavior == api::CachePolicyHeaderBehavior::whitelist)
        policy.headers = {Selected::whitelist, lower_cased(items_of(headers.headers))};

    const auto& cookies = parameters->cookies_config;
    policy.cookies.names = items_of(cookies.cookies);
    switch (cookies.cookie_behavior) {
    case api::CachePolicyCookieBehavior::none:
        policy.cookies = {};
        break;
    case api::CachePolicyCookieBehavior::whitelist:
        policy.cookies.behavior = Selected::whitelist;
        break;
    case api::CachePolicyCookieBehavior::allExcept:
        policy.cookies.behavior = Selected::all_except;
        break;
    case api::CachePolicyCookieBehavior::all:
        policy.cookies = {Selected::all, {}};
        break;
    }

    const auto& queries = parameters->query_strings_config;
    policy.query_strings.names = items_of(queries.query_strings);
    switch (queries.query_string_behavior) {
    case api::CachePolicyQueryStringBehavior::none:
        policy.query_strings = {};
        break;
    case api::CachePolicyQueryStringBehavior::whitelist:
        policy.query_strings.behavior = Selected::whitelist;
        break;
    case api::CachePolicyQueryStringBehavior::allExcept:
        policy.query_strings.behavior = Selected::all_except;
        break;
    case api::CachePolicyQueryStringBehavior::all:
        policy.query_strings = {Selected::all, {}};
        break;
    }
    return policy;
}

Distribution edge_settings(const DistributionRecord& record, const State& state) {
    const auto config = decode_distribution_config(record.config);
    Distribution distribution;
    distribution.id = record.id;
    distribution.arn = record.arn();
    distribution.enabled = config.enabled;
    distribution.default_root_object = config.default_root_object.value_or("");
    for (const auto& origin : config.origins.items)
        distribution.origins.push_back(origin_of(origin));
    for (const auto& item : config.cache_behaviors->items) {
        auto behavior = behavior_of(item, distribution, record, state);
        behavior.path_pattern = item.path_pattern;
        distribution.behaviors.push_back(std::move(behavior));
    }
    distribution.behaviors.push_back(
        behavior_of(config.default_cache_behavior, distribution, record, state)
    );
    for (const auto& error : config.custom_error_responses->items)
        distribution.error_responses.push_back(error_response_of(error));
    return distribution;
}

} // namespace diorama::cloudfront
