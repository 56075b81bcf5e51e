// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateReusableDelegationSet.html and
// the pages beside it.
#include "services/route53/control/delegation_sets.hpp"

#include "services/route53/control/name_servers.hpp"
#include "services/route53/limits.hpp"

namespace diorama::route53 {

namespace {

api::DelegationSet describe_set(const DelegationSet& set) {
    api::DelegationSet description;
    description.id = "/delegationset/" + set.id;
    description.caller_reference = set.caller_reference;
    description.name_servers = set.name_servers;
    return description;
}

} // namespace

const DelegationSet&
delegation_set_of(const State& state, const aws::Call& call, std::string_view id) {
    const auto* found = state.delegation_sets.find(account_key(call.account, bare_id(id)));
    if (found == nullptr) {
        throw api::NoSuchDelegationSet(
            "The reusable delegation set {} doesn't exist.",
            bare_id(id)
        );
    }
    return *found;
}

api::DelegationSet describe_delegation_set(const State& state, const HostedZone& zone) {
    const auto* set = state.delegation_sets.find(account_key(zone.account, zone.delegation_set_id));
    if (set != nullptr) return describe_set(*set);
    api::DelegationSet description;
    description.name_servers = zone.name_servers;
    return description;
}

std::size_t DelegationSets::zones_with(const DelegationSet& set) const {
    std::size_t count = 0;
    for (const auto& [key, zone] : control_.state.hosted_zones) {
        if (zone.account == set.account && zone.delegation_set_id == set.id) ++count;
    }
    return count;
}

api::CreateReusableDelegationSetResponse DelegationSets::create(
    const aws::Call& call,
    const api::CreateReusableDelegationSetRequest& input
) {
    auto& table = control_.state.delegation_sets;
    const auto prefix = account_key(call.account, "");
    std::size_t count = 0;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        ++count;
        if (at->second.caller_reference == input.caller_reference) {
            throw api::DelegationSetAlreadyCreated(
                "A delegation set with the caller reference {} has already been created.",
                input.caller_reference
            );
        }
    }
    if (count >= limits::delegation_sets_per_account_max) {
        throw api::LimitsExceeded("Limits Exceeded: MAX_REUSABLE_DELEGATION_SETS_BY_OWNER - Cannot "
                                  "create more reusable delegation sets.");
    }
    DelegationSet made;
    made.account = call.account;
    made.caller_reference = input.caller_reference;
    const HostedZone* from = nullptr;
    if (input.hosted_zone_id) {
        // AWS: "If you want to mark the delegation set for an existing hosted zone as reusable".
        from = control_.state.hosted_zones.find(
            account_key(call.account, bare_id(*input.hosted_zone_id))
        );
        if (from == nullptr || from->is_private) {
            throw api::HostedZoneNotFound(
                "The hosted zone {} was not found.",
                bare_id(*input.hosted_zone_id)
            );
        }
        if (!from->delegation_set_id.empty()) {
            throw api::DelegationSetAlreadyReusable(
                "The delegation set of the hosted zone {} is already reusable.",
                from->id
            );
        }
    }
    made.id = "N" + call.random.base36_upper(20);
    made.name_servers = from != nullptr
                            ? from->name_servers
                            : choose_name_servers(control_.state, std::nullopt, call.random);
    if (from != nullptr) {
        control_.state.hosted_zones.edit(account_key(from->account, from->id))->delegation_set_id =
            made.id;
    }
    const auto& stored = table.put(account_key(made.account, made.id), std::move(made));
    api::CreateReusableDelegationSetResponse response;
    response.delegation_set = describe_set(stored);
    response.location = "https://route53.amazonaws.com/2013-04-01/delegationset/" + stored.id;
    return response;
}

api::GetReusableDelegationSetResponse
DelegationSets::get(const aws::Call& call, const api::GetReusableDelegationSetRequest& input) {
    return {.delegation_set = describe_set(delegation_set_of(control_.state, call, input.id))};
}

api::ListReusableDelegationSetsResponse
DelegationSets::list(const aws::Call& call, const api::ListReusableDelegationSetsRequest& input) {
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    api::ListReusableDelegationSetsResponse response;
    response.marker = input.marker.value_or("");
    response.max_items = std::to_string(size);
    const auto prefix = account_key(call.account, "");
    const auto& table = control_.state.delegation_sets;
    for (auto at = table.lower_bound(account_key(call.account, bare_id(response.marker)));
         at != table.end() && at->first.starts_with(prefix);
         ++at) {
        if (static_cast<std::int64_t>(response.delegation_sets.size()) == size) {
            response.is_truncated = true;
            response.next_marker = at->second.id;
            break;
        }
        response.delegation_sets.push_back(describe_set(at->second));
    }
    return response;
}

api::DeleteReusableDelegationSetResponse DelegationSets::remove(
    const aws::Call& call,
    const api::DeleteReusableDelegationSetRequest& input
) {
    const auto& set = delegation_set_of(control_.state, call, input.id);
    // AWS: "You can delete a reusable delegation set only if it isn't associated with any hosted
    // zones."
    if (zones_with(set) != 0) {
        throw api::DelegationSetInUse(
            "The delegation set {} is in use by at least one hosted zone.",
            set.id
        );
    }
    control_.state.delegation_sets.erase(account_key(set.account, set.id));
    return {};
}

api::GetReusableDelegationSetLimitResponse DelegationSets::limit(
    const aws::Call& call,
    const api::GetReusableDelegationSetLimitRequest& input
) {
    const auto& set = delegation_set_of(control_.state, call, input.delegation_set_id);
    api::GetReusableDelegationSetLimitResponse response;
    response.limit.type = input.type;
    response.limit.value = static_cast<std::int64_t>(limits::zones_per_delegation_set_max);
    response.count = static_cast<std::int64_t>(zones_with(set));
    return response;
}

} // namespace diorama::route53
