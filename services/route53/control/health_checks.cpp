// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html and the pages
// beside it.
#include "services/route53/control/health_checks.hpp"

#include "services/route53/background/health_checker.hpp"
#include "services/route53/control/health_check_config.hpp"
#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

api::HealthCheck describe_check(const HealthCheck& stored) {
    api::HealthCheck description;
    description.id = stored.id;
    description.caller_reference = stored.caller_reference;
    description.health_check_config = describe_config(stored.config);
    description.health_check_version = stored.version;
    return description;
}

std::vector<api::HealthCheckObservation>
describe_observations(const std::vector<HealthChecker::Observation>& observations) {
    std::vector<api::HealthCheckObservation> descriptions;
    for (const auto& one : observations) {
        api::HealthCheckObservation description;
        description.region = api::parse_health_check_region(one.checker->region);
        description.ip_address = std::string(one.checker->address);
        description.status_report = api::StatusReport{one.report, one.when};
        descriptions.push_back(std::move(description));
    }
    return descriptions;
}

} // namespace

std::vector<const HealthCheck*> HealthChecks::checks_of(const aws::Call& call) const {
    std::vector<const HealthCheck*> checks;
    const auto prefix = account_key(call.account, "");
    const auto& table = control_.state.health_checks;
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        checks.push_back(&at->second);
    }
    return checks;
}

bool HealthChecks::leads_to(
    const std::string& account,
    const std::string& from,
    const std::string& to
) const {
    if (from == to) return true;
    const auto* found = control_.state.health_checks.find(account_key(account, from));
    if (found == nullptr) return false;
    const auto& children = found->config.children;
    return std::any_of(children.begin(), children.end(), [&](const std::string& child) {
        return leads_to(account, child, to);
    });
}

void HealthChecks::check_children(const aws::Call& call, const HealthCheck& health_check) const {
    for (const auto& child : health_check.config.children) {
        if (!control_.state.health_checks.contains(account_key(call.account, child))) {
            throw api::InvalidInput(
                "Invalid parameter : The child health check {} does not exist.",
                child
            );
        }
        if (leads_to(call.account, child, health_check.id)) {
            throw api::InvalidInput(
                "Invalid parameter : A health check must not be a child of itself: {}",
                child
            );
        }
    }
}

api::CreateHealthCheckResponse
HealthChecks::create(const aws::Call& call, const api::CreateHealthCheckRequest& input) {
    HealthCheck made;
    made.account = call.account;
    made.caller_reference = input.caller_reference;
    made.config = parse_config(input.health_check_config);
    api::CreateHealthCheckResponse response;
    const auto respond_with = [&](const HealthCheck& stored) {
        response.health_check = describe_check(stored);
        response.location = "https://route53.amazonaws.com/2013-04-01/healthcheck/" + stored.id;
        return response;
    };
    const auto checks = checks_of(call);
    for (const auto* existing : checks) {
        if (existing->caller_reference != input.caller_reference) continue;
        // AWS: "If you send a CreateHealthCheck request with the same CallerReference and settings
        // as a previous request … Amazon Route 53 returns the settings for the existing health
        // check"; with other settings it is a HealthCheckAlreadyExists error.
        if (existing->config == made.config) return respond_with(*existing);
        throw api::HealthCheckAlreadyExists(
            "A health check with the caller reference {} already exists with different settings.",
            input.caller_reference
        );
    }
    if (checks.size() >= limits::health_checks_per_account_max) {
        throw api::TooManyHealthChecks(
            "Limits Exceeded: MAX_HEALTH_CHECKS_BY_OWNER - Cannot create more health checks."
        );
    }
    made.id = call.random.uuid();
    check_children(call, made);
    const auto& stored =
        control_.state.health_checks.put(account_key(made.account, made.id), std::move(made));
    control_.health.update(stored);
    return respond_with(stored);
}

api::GetHealthCheckResponse
HealthChecks::get(const aws::Call& call, const api::GetHealthCheckRequest& input) {
    return {
        .health_check = describe_check(health_check_of(control_.state, call, input.health_check_id))
    };
}

api::GetHealthCheckCountResponse HealthChecks::count(const aws::Call& call) {
    return {.health_check_count = static_cast<std::int64_t>(checks_of(call).size())};
}

api::ListHealthChecksResponse
HealthChecks::list(const aws::Call& call, const api::ListHealthChecksRequest& input) {
    const auto size = page_size(input.max_items, limits::health_checks_per_page_max);
    api::ListHealthChecksResponse response;
    response.marker = input.marker.value_or("");
    response.max_items = std::to_string(size);
    // AWS: "the value of marker is the ID of the first health check" of the page.
    for (const auto* stored : checks_of(call)) {
        if (stored->id < response.marker) continue;
        if (static_cast<std::int64_t>(response.health_checks.size()) == size) {
            response.is_truncated = true;
            response.next_marker = stored->id;
            break;
        }
        response.health_checks.push_back(describe_check(*stored));
    }
    return response;
}

api::UpdateHealthCheckResponse
HealthChecks::update(const aws::Call& call, const api::UpdateHealthCheckRequest& input) {
    const auto& stored = health_check_of(control_.state, call, input.health_check_id);
    if (input.health_check_version && *input.health_check_version != stored.version) {
        throw api::HealthCheckVersionMismatch(
            "The value of HealthCheckVersion in the request does not match the version {} of the "
            "health check.",
            stored.version
        );
    }
    auto edited = stored;
    apply_update(edited.config, input);
    check_children(call, edited);
    ++edited.version;
    const auto& kept =
        control_.state.health_checks.put(account_key(call.account, edited.id), std::move(edited));
    control_.health.update(kept);
    return {.health_check = describe_check(kept)};
}

api::DeleteHealthCheckResponse
HealthChecks::remove(const aws::Call& call, const api::DeleteHealthCheckRequest& input) {
    const auto id = health_check_of(control_.state, call, input.health_check_id).id;
    // AWS: record sets and calculated health checks that use it do not prevent it.
    control_.state.health_checks.erase(account_key(call.account, id));
    control_.state.tags.erase(account_key(call.account, "healthcheck/" + id));
    control_.health.forget(id);
    return {};
}

api::GetHealthCheckStatusResponse
HealthChecks::status(const aws::Call& call, const api::GetHealthCheckStatusRequest& input) {
    const auto& stored = health_check_of(control_.state, call, input.health_check_id);
    // AWS: "You can't use GetHealthCheckStatus to get the status of a calculated health check."
    if (!stored.config.is_endpoint()) {
        throw api::InvalidInput(
            "Invalid parameter : The status of a health check of type {} cannot be retrieved.",
            to_string(stored.config.type)
        );
    }
    return {
        .health_check_observations = describe_observations(control_.health.statuses(stored.id))
    };
}

api::GetHealthCheckLastFailureReasonResponse HealthChecks::last_failure_reason(
    const aws::Call& call,
    const api::GetHealthCheckLastFailureReasonRequest& input
) {
    const auto& stored = health_check_of(control_.state, call, input.health_check_id);
    return {
        .health_check_observations = describe_observations(control_.health.failures(stored.id))
    };
}

api::GetCheckerIpRangesResponse HealthChecks::checker_ip_ranges() {
    api::GetCheckerIpRangesResponse response;
    for (const auto& checker : checker_blocks()) {
        response.checker_ip_ranges.emplace_back(checker.block);
    }
    return response;
}

} // namespace diorama::route53
