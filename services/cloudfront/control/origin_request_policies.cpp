// Operations on origin request policies, of which only the managed ones exist.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html
#include "services/cloudfront/control/cache_policies.hpp"
#include "services/cloudfront/control/page.hpp"
#include "services/cloudfront/data/managed_policies.hpp"

namespace diorama::cloudfront {

namespace {

template <class Behavior>
Behavior none_or_all(const ItemSelection& selection) {
    return selection.is_none() ? Behavior::none : Behavior::all;
}

api::OriginRequestPolicyHeaderBehavior header_behavior(const ItemSelection& selection) {
    switch (selection.behavior) {
    case ItemSelection::Behavior::none:
        return api::OriginRequestPolicyHeaderBehavior::none;
    case ItemSelection::Behavior::whitelist:
        return api::OriginRequestPolicyHeaderBehavior::whitelist;
    case ItemSelection::Behavior::all_except:
        return api::OriginRequestPolicyHeaderBehavior::allExcept;
    case ItemSelection::Behavior::all:
        return api::OriginRequestPolicyHeaderBehavior::allViewer;
    }
    return api::OriginRequestPolicyHeaderBehavior::none;
}

api::OriginRequestPolicy describe(const ManagedOriginRequestPolicy& managed) {
    const auto& policy = managed.policy;
    api::OriginRequestPolicy described;
    described.id = managed.id;
    auto& config = described.origin_request_policy_config;
    config.comment = managed.comment;
    config.name = managed.name;
    config.headers_config.header_behavior = header_behavior(policy.headers);
    const auto& names = policy.headers.names;
    if (!names.empty())
        config.headers_config.headers =
            api::Headers{static_cast<std::int32_t>(names.size()), names};
    config.cookies_config.cookie_behavior =
        none_or_all<api::OriginRequestPolicyCookieBehavior>(policy.cookies);
    config.query_strings_config.query_string_behavior =
        none_or_all<api::OriginRequestPolicyQueryStringBehavior>(policy.query_strings);
    return described;
}

} // namespace

api::GetOriginRequestPolicyResult
OriginRequestPolicies::get_origin_request_policy(const api::GetOriginRequestPolicyRequest& input) {
    const auto* managed = find_managed_origin_request_policy(input.id);
    if (managed == nullptr)
        throw api::NoSuchOriginRequestPolicy("The origin request policy does not exist.");
    return {describe(*managed), "E23ZP02F085DFQ"};
}

api::ListOriginRequestPoliciesResult OriginRequestPolicies::list_origin_request_policies(
    const api::ListOriginRequestPoliciesRequest& input
) {
    using enum api::OriginRequestPolicyType;
    std::vector<api::OriginRequestPolicySummary> all;
    if (input.type != custom)
        for (const auto& policy : managed_origin_request_policies())
            all.push_back({managed, describe(policy)});
    const auto id_of = [](const auto& summary) { return summary.origin_request_policy.id; };
    auto page = page_of(std::move(all), input.marker, input.max_items, id_of);
    api::OriginRequestPolicyList list;
    list.max_items = page.max_items;
    list.next_marker = page.next_marker;
    list.items = std::move(page.items);
    list.quantity = static_cast<std::int32_t>(list.items.size());
    return {std::move(list)};
}

} // namespace diorama::cloudfront
