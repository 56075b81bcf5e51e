// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateTrafficPolicy.html and the
// pages beside it.
#include "services/route53/control/traffic_policies.hpp"

#include "services/route53/control/policy_document.hpp"
#include "services/route53/limits.hpp"

namespace diorama::route53 {

namespace {

api::RRType api_type(RecordType type) {
    return api::parse_rr_type(to_string(type)).value_or(api::RRType::A);
}

api::TrafficPolicy describe_policy(const TrafficPolicy& stored) {
    api::TrafficPolicy description;
    description.id = stored.id;
    description.version = static_cast<std::int32_t>(stored.version);
    description.name = stored.name;
    description.type = api_type(stored.type);
    description.document = stored.document;
    description.comment = stored.comment;
    return description;
}

std::string location_of(const TrafficPolicy& policy) {
    return fmt::format(
        "https://route53.amazonaws.com/2013-04-01/trafficpolicy/{}/{}",
        policy.id,
        policy.version
    );
}

RecordType checked_type(const std::string& document) {
    const auto checked = check_policy(document);
    if (const auto* wrong = std::get_if<std::string>(&checked)) {
        throw api::InvalidTrafficPolicyDocument("{}", *wrong);
    }
    return std::get<RecordType>(checked);
}

} // namespace

const TrafficPolicy& traffic_policy_of(
    const State& state,
    const aws::Call& call,
    std::string_view id,
    std::int64_t version
) {
    const auto* found = state.traffic_policies.find(traffic_policy_key(call.account, id, version));
    if (found == nullptr) {
        throw api::NoSuchTrafficPolicy(
            "No traffic policy found with the ID {} and the version {}",
            id,
            version
        );
    }
    return *found;
}

std::vector<const TrafficPolicy*>
TrafficPolicies::versions_of(const aws::Call& call, std::string_view id) const {
    std::vector<const TrafficPolicy*> versions;
    const auto prefix = account_key(call.account, std::string(id) + "\n");
    const auto& table = control_.state.traffic_policies;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        versions.push_back(&at->second);
    }
    return versions;
}

std::map<std::string, std::vector<const TrafficPolicy*>>
TrafficPolicies::all_of(const aws::Call& call) const {
    std::map<std::string, std::vector<const TrafficPolicy*>> policies;
    const auto prefix = account_key(call.account, "");
    const auto& table = control_.state.traffic_policies;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        policies[at->second.id].push_back(&at->second);
    }
    return policies;
}

const TrafficPolicy& TrafficPolicies::keep(TrafficPolicy policy) {
    const auto key = traffic_policy_key(policy.account, policy.id, policy.version);
    return control_.state.traffic_policies.put(key, std::move(policy));
}

api::CreateTrafficPolicyResponse
TrafficPolicies::create(const aws::Call& call, const api::CreateTrafficPolicyRequest& input) {
    TrafficPolicy made;
    made.account = call.account;
    made.name = input.name;
    made.document = input.document;
    made.comment = input.comment;
    made.type = checked_type(input.document);
    const auto policies = all_of(call);
    for (const auto& [id, versions] : policies) {
        if (versions.front()->name == input.name) {
            throw api::TrafficPolicyAlreadyExists(
                "A traffic policy with the name {} already exists.",
                input.name
            );
        }
    }
    if (policies.size() >= limits::traffic_policies_per_account_max) {
        throw api::TooManyTrafficPolicies("Limits Exceeded: MAX_TRAFFIC_POLICIES_BY_OWNER - Cannot "
                                          "create more traffic policies.");
    }
    made.id = call.random.uuid();
    const auto& stored = keep(std::move(made));
    return {.traffic_policy = describe_policy(stored), .location = location_of(stored)};
}

api::CreateTrafficPolicyVersionResponse TrafficPolicies::create_version(
    const aws::Call& call,
    const api::CreateTrafficPolicyVersionRequest& input
) {
    const auto versions = versions_of(call, input.id);
    if (versions.empty()) {
        throw api::NoSuchTrafficPolicy("No traffic policy found with the ID {}", input.id);
    }
    auto made = *versions.back();
    made.document = input.document;
    made.comment = input.comment;
    made.type = checked_type(input.document);
    ++made.version;
    if (made.version > limits::traffic_policy_versions_max) {
        throw api::TooManyTrafficPolicyVersionsForCurrentPolicy(
            "Limits Exceeded: Cannot create more versions of the traffic policy {}",
            input.id
        );
    }
    const auto& stored = keep(std::move(made));
    return {.traffic_policy = describe_policy(stored), .location = location_of(stored)};
}

api::GetTrafficPolicyResponse
TrafficPolicies::get(const aws::Call& call, const api::GetTrafficPolicyRequest& input) {
    return {
        .traffic_policy =
            describe_policy(traffic_policy_of(control_.state, call, input.id, input.version))
    };
}

api::ListTrafficPoliciesResponse
TrafficPolicies::list(const aws::Call& call, const api::ListTrafficPoliciesRequest& input) {
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    api::ListTrafficPoliciesResponse response;
    response.max_items = std::to_string(size);
    for (const auto& [id, versions] : all_of(call)) {
        if (id < input.traffic_policy_id_marker.value_or("")) continue;
        if (static_cast<std::int64_t>(response.traffic_policy_summaries.size()) == size) {
            response.is_truncated = true;
            response.traffic_policy_id_marker = id;
            break;
        }
        api::TrafficPolicySummary summary;
        summary.id = id;
        summary.name = versions.back()->name;
        summary.type = api_type(versions.back()->type);
        summary.latest_version = static_cast<std::int32_t>(versions.back()->version);
        summary.traffic_policy_count = static_cast<std::int32_t>(versions.size());
        response.traffic_policy_summaries.push_back(std::move(summary));
    }
    return response;
}

api::ListTrafficPolicyVersionsResponse TrafficPolicies::list_versions(
    const aws::Call& call,
    const api::ListTrafficPolicyVersionsRequest& input
) {
    const auto versions = versions_of(call, input.id);
    if (versions.empty()) {
        throw api::NoSuchTrafficPolicy("No traffic policy found with the ID {}", input.id);
    }
    const auto size = page_size(input.max_items, limits::hosted_zones_per_page_max);
    api::ListTrafficPolicyVersionsResponse response;
    response.max_items = std::to_string(size);
    // AWS: "lists versions in numerical order"; the marker is the first version of the next page.
    for (const auto* version : versions) {
        const auto number = std::to_string(version->version);
        if (input.traffic_policy_version_marker &&
            version->version < std::atoll(input.traffic_policy_version_marker->c_str())) {
            continue;
        }
        if (static_cast<std::int64_t>(response.traffic_policies.size()) == size) {
            response.is_truncated = true;
            response.traffic_policy_version_marker = number;
            break;
        }
        response.traffic_policies.push_back(describe_policy(*version));
    }
    return response;
}

api::UpdateTrafficPolicyCommentResponse TrafficPolicies::update_comment(
    const aws::Call& call,
    const api::UpdateTrafficPolicyCommentRequest& input
) {
    auto edited = traffic_policy_of(control_.state, call, input.id, input.version);
    edited.comment = input.comment;
    return {.traffic_policy = describe_policy(keep(std::move(edited)))};
}

api::DeleteTrafficPolicyResponse
TrafficPolicies::remove(const aws::Call& call, const api::DeleteTrafficPolicyRequest& input) {
    const auto& policy = traffic_policy_of(control_.state, call, input.id, input.version);
    for (const auto& [key, instance] : control_.state.traffic_policy_instances) {
        if (instance.account != call.account || instance.policy_id != policy.id ||
            instance.policy_version != policy.version) {
            continue;
        }
        throw api::TrafficPolicyInUse(
            "The traffic policy {} is in use by the traffic policy instance {}",
            policy.id,
            instance.id
        );
    }
    control_.state.traffic_policies.erase(
        traffic_policy_key(policy.account, policy.id, policy.version)
    );
    return {};
}

} // namespace diorama::route53
