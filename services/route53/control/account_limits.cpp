// https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetAccountLimit.html and the pages
// beside it.
#include "services/route53/control/account_limits.hpp"

#include "services/route53/limits.hpp"

#include <set>

namespace diorama::route53 {

namespace {

template <class Table>
std::int64_t count_with(const Table& table, const std::string& prefix) {
    std::int64_t count = 0;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        ++count;
    }
    return count;
}

// Policies, not their versions.
std::int64_t policies_of(const State& state, const std::string& prefix) {
    std::set<std::string> ids;
    const auto& table = state.traffic_policies;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        ids.insert(at->second.id);
    }
    return static_cast<std::int64_t>(ids.size());
}

} // namespace

api::GetAccountLimitResponse
AccountLimits::of_account(const aws::Call& call, const api::GetAccountLimitRequest& input) {
    const auto prefix = account_key(call.account, "");
    const auto& state = control_.state;
    api::GetAccountLimitResponse response;
    response.limit.type = input.type;
    const auto set = [&](std::size_t most, std::int64_t count) {
        response.limit.value = static_cast<std::int64_t>(most);
        response.count = count;
    };
    switch (input.type) {
    case api::AccountLimitType::MAX_HEALTH_CHECKS_BY_OWNER:
        set(limits::health_checks_per_account_max, count_with(state.health_checks, prefix));
        break;
    case api::AccountLimitType::MAX_HOSTED_ZONES_BY_OWNER:
        set(limits::hosted_zones_per_account_max, count_with(state.hosted_zones, prefix));
        break;
    case api::AccountLimitType::MAX_REUSABLE_DELEGATION_SETS_BY_OWNER:
        set(limits::delegation_sets_per_account_max, count_with(state.delegation_sets, prefix));
        break;
    case api::AccountLimitType::MAX_TRAFFIC_POLICIES_BY_OWNER:
        set(limits::traffic_policies_per_account_max, policies_of(state, prefix));
        break;
    case api::AccountLimitType::MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER:
        set(limits::traffic_policy_instances_per_account_max,
            count_with(state.traffic_policy_instances, prefix));
        break;
    }
    return response;
}

api::GetHostedZoneLimitResponse
AccountLimits::of_zone(const aws::Call& call, const api::GetHostedZoneLimitRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    api::GetHostedZoneLimitResponse response;
    response.limit.type = input.type;
    if (input.type == api::HostedZoneLimitType::MAX_RRSETS_BY_ZONE) {
        response.limit.value = static_cast<std::int64_t>(limits::record_sets_per_zone_max);
        response.count = count_with(control_.state.record_sets, record_set_prefix(zone.id));
        return response;
    }
    if (!zone.is_private) {
        throw api::HostedZoneNotPrivate("The hosted zone {} is a public hosted zone.", zone.id);
    }
    response.limit.value = static_cast<std::int64_t>(limits::vpcs_per_zone_max);
    response.count = static_cast<std::int64_t>(zone.vpcs.size());
    return response;
}

// Zones are not signed here, and no operation says that they are.
api::GetDNSSECResponse
AccountLimits::dnssec(const aws::Call& call, const api::GetDNSSECRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    if (zone.is_private) {
        throw api::InvalidArgument("The operation isn't supported on private hosted zones.");
    }
    api::GetDNSSECResponse response;
    response.status.serve_signature = "NOT_SIGNING";
    return response;
}

} // namespace diorama::route53
