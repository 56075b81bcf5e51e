// Operations on cache policies: the account's own and the managed ones.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html
#include "services/cloudfront/control/cache_policies.hpp"

#include "emulator/http/message.hpp"
#include "services/cloudfront/control/document.hpp"
#include "services/cloudfront/control/page.hpp"
#include "services/cloudfront/data/managed_policies.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

// Managed policies are older than any distribution.
constexpr Timestamp managed_since{};

std::int64_t in_seconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

// What the emulator can tell of the headers that CloudFront itself adds.
bool is_known_header(const std::string& name) {
    return !name.starts_with("cloudfront-") || name == "cloudfront-forwarded-proto" ||
           name == "cloudfront-viewer-address";
}

std::optional<api::Headers> headers_of(const ItemSelection& selection) {
    if (selection.names.empty()) return std::nullopt;
    return api::Headers{static_cast<std::int32_t>(selection.names.size()), selection.names};
}

std::optional<api::QueryStringNames> names_of(const ItemSelection& selection) {
    if (selection.names.empty()) return std::nullopt;
    return api::QueryStringNames{
        static_cast<std::int32_t>(selection.names.size()),
        selection.names
    };
}

// Of the managed policies: none, a whitelist or all.
template <class Behavior>
Behavior behavior_of(const ItemSelection& selection) {
    switch (selection.behavior) {
    case ItemSelection::Behavior::none:
        return Behavior::none;
    case ItemSelection::Behavior::whitelist:
        return Behavior::whitelist;
    case ItemSelection::Behavior::all_except:
        return Behavior::allExcept;
    case ItemSelection::Behavior::all:
        return Behavior::all;
    }
    return Behavior::none;
}

api::CachePolicy describe(const ManagedCachePolicy& managed) {
    const auto& policy = managed.policy;
    api::ParametersInCacheKeyAndForwardedToOrigin parameters;
    parameters.enable_accept_encoding_gzip = policy.accepts_gzip;
    parameters.enable_accept_encoding_brotli = policy.accepts_brotli;
    parameters.headers_config.header_behavior = policy.headers.is_none()
                                                    ? api::CachePolicyHeaderBehavior::none
                                                    : api::CachePolicyHeaderBehavior::whitelist;
    parameters.headers_config.headers = headers_of(policy.headers);
    parameters.cookies_config.cookie_behavior =
        behavior_of<api::CachePolicyCookieBehavior>(policy.cookies);
    parameters.query_strings_config.query_string_behavior =
        behavior_of<api::CachePolicyQueryStringBehavior>(policy.query_strings);
    parameters.query_strings_config.query_strings = names_of(policy.query_strings);
    return {
        std::string(managed.id),
        managed_since,
        {
            std::string(managed.comment),
            std::string(managed.name),
            in_seconds(policy.default_ttl),
            in_seconds(policy.max_ttl),
            in_seconds(policy.min_ttl),
            std::move(parameters),
        }
    };
}

api::CachePolicy describe(const CachePolicyRecord& record) {
    return {record.id, record.last_modified, decode_cache_policy_config(record.config)};
}

void check(const aws::Call& call, api::CachePolicyConfig& config) {
    check_quantities(config);
    if (config.name.empty() || config.name.size() > 128)
        throw api::InvalidArgument("The parameter Name is not valid.");
    // AWS: DefaultTTL is 86400 and MaxTTL 31536000, or MinTTL where that is more.
    config.default_ttl =
        config.default_ttl.value_or(std::max(config.min_ttl, in_seconds(limits::default_ttl)));
    config.max_ttl =
        config.max_ttl.value_or(std::max(*config.default_ttl, in_seconds(limits::max_ttl)));
    if (config.min_ttl < 0 || config.min_ttl > *config.default_ttl ||
        *config.default_ttl > *config.max_ttl)
        throw api::InvalidArgument("The parameter MinTTL, DefaultTTL or MaxTTL is not in order.");
    const auto& parameters = config.parameters_in_cache_key_and_forwarded_to_origin;
    if (!parameters || !parameters->headers_config.headers) return;
    for (const auto& header : parameters->headers_config.headers->items) {
        if (!is_known_header(http::lower_case(header))) call.ignored(header);
    }
}

} // namespace

const CachePolicyRecord& CachePolicies::get(const aws::Call& call, const std::string& id) const {
    const auto* record = state_.cache_policies.find(key_of(call.account, id));
    if (record == nullptr) throw api::NoSuchCachePolicy("The cache policy does not exist.");
    return *record;
}

api::CreateCachePolicyResult CachePolicies::create_cache_policy(
    const aws::Call& call,
    const api::CreateCachePolicyRequest& input
) {
    auto config = input.cache_policy_config;
    check(call, config);
    for_each_with_prefix(state_.cache_policies, call.account + "/", [&](const auto& other) {
        if (other.name == config.name)
            throw api::CachePolicyAlreadyExists(
                "A cache policy with this name already exists. You must provide a unique name. To "
                "modify an existing cache policy, use UpdateCachePolicy."
            );
    });
    CachePolicyRecord
        record{call.random.uuid(), new_id(call.random), config.name, encode(config), call.now};
    const auto key = key_of(call.account, record.id);
    const auto& stored = state_.cache_policies.put(key, std::move(record));
    return {describe(stored), location_of("cache-policy/" + stored.id), stored.e_tag};
}

api::GetCachePolicyResult
CachePolicies::get_cache_policy(const aws::Call& call, const api::GetCachePolicyRequest& input) {
    if (const auto* managed = find_managed_cache_policy(input.id))
        return {describe(*managed), "E23ZP02F085DFQ"};
    const auto& record = get(call, input.id);
    return {describe(record), record.e_tag};
}

api::ListCachePoliciesResult CachePolicies::list_cache_policies(
    const aws::Call& call,
    const api::ListCachePoliciesRequest& input
) {
    using enum api::CachePolicyType;
    std::vector<api::CachePolicySummary> all;
    if (input.type != custom)
        for (const auto& policy : managed_cache_policies())
            all.push_back({managed, describe(policy)});
    if (input.type != managed)
        for_each_with_prefix(state_.cache_policies, call.account + "/", [&](const auto& record) {
            all.push_back({custom, describe(record)});
        });
    const auto id_of = [](const auto& summary) { return summary.cache_policy.id; };
    auto page = page_of(std::move(all), input.marker, input.max_items, id_of);
    api::CachePolicyList list;
    list.max_items = page.max_items;
    list.next_marker = page.next_marker;
    list.items = std::move(page.items);
    list.quantity = static_cast<std::int32_t>(list.items.size());
    return {std::move(list)};
}

api::DeleteCachePolicyOutput CachePolicies::delete_cache_policy(
    const aws::Call& call,
    const api::DeleteCachePolicyRequest& input
) {
    if (find_managed_cache_policy(input.id) != nullptr)
        throw api::IllegalDelete("You cannot delete a managed policy.");
    check_if_match(input.if_match, get(call, input.id).e_tag);
    for_each_with_prefix(state_.distributions, call.account + "/", [&](const auto& distribution) {
        const auto& used = distribution.cache_policy_ids;
        if (std::find(used.begin(), used.end(), input.id) != used.end())
            throw api::CachePolicyInUse(
                "Cannot delete the cache policy because it is attached to one or more cache "
                "behaviors."
            );
    });
    state_.cache_policies.erase(key_of(call.account, input.id));
    return {};
}

} // namespace diorama::cloudfront
