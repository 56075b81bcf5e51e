// See routing.hpp.
#include "services/elbv2/data/routing.hpp"

#include "emulator/assert.hpp"
#include "services/elbv2/data/outcome.hpp"
#include "services/elbv2/data/own_responses.hpp"
#include "services/elbv2/data/stickiness.hpp"
#include "services/elbv2/data/target_selection.hpp"
#include "services/elbv2/limits.hpp"

#include <optional>

namespace diorama::elbv2 {

namespace {

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode
enum class DesyncVerdict { allow, allow_and_close, refuse };

DesyncVerdict desync_verdict(http::DesyncTier tier, http::DesyncMitigation mode) {
    switch (mode) {
    case http::DesyncMitigation::monitor:
        return DesyncVerdict::allow;
    case http::DesyncMitigation::strictest:
        return tier == http::DesyncTier::compliant ? DesyncVerdict::allow : DesyncVerdict::refuse;
    case http::DesyncMitigation::defensive:
        if (tier == http::DesyncTier::severe) return DesyncVerdict::refuse;
        return tier == http::DesyncTier::ambiguous ? DesyncVerdict::allow_and_close
                                                   : DesyncVerdict::allow;
    }
    UNREACHABLE();
}

// What is refused before any rule is looked at.
std::optional<Refuse> refusal_of(const http::RequestHead& request) {
    if (request.method == "TRACE") return Refuse{405, "the method TRACE is not supported"};
    // AWS 463: "The load balancer received an X-Forwarded-For request header with too many IP
    // addresses. The upper limit for IP addresses is 30."
    if (forwarded_address_count(request.headers) > limits::forwarded_addresses_max)
        return Refuse{463, "too many addresses in X-Forwarded-For"};
    // AWS 501: "The load balancer received a Transfer-Encoding header with an unsupported value.
    // The supported values for Transfer-Encoding are chunked and identity."
    for (const auto& header : request.headers)
        if (http::equal_ignoring_case(header.name, "transfer-encoding") &&
            !http::equal_ignoring_case(header.value, "chunked") &&
            !http::equal_ignoring_case(header.value, "identity"))
            return Refuse{501, "unsupported Transfer-Encoding"};
    return std::nullopt;
}

struct ActionTaker {
    const Listener& listener;
    const http::RequestHead& request;
    const Arrival& arrival;
    Random& random;

    using Decision = decltype(Routing::decision);

    Decision operator()(const ForwardAction& action) const {
        const auto* target_group = select_target_group(action, random);
        if (target_group == nullptr)
            return Refuse{status_without_target, "every target group has weight zero"};
        if (const auto* bound = bound_target_of(*target_group))
            return Forward{target_group, bound, true};
        const auto* target = select_target(*target_group, arrival.zone, random, arrival.now);
        if (target == nullptr)
            return Refuse{status_without_target, "the target group has no registered targets"};
        return Forward{target_group, target};
    }

    const Target* bound_target_of(const TargetGroup& target_group) const {
        if (!target_group.stickiness) return nullptr;
        if (arrival.binding != nullptr)
            return bound_target(target_group, arrival.zone, *arrival.binding, arrival.now);
        const auto binding = binding_of(target_group, request.headers);
        return binding ? bound_target(target_group, arrival.zone, *binding, arrival.now) : nullptr;
    }

    Decision operator()(const RedirectAction& action) const {
        const auto host = request.host();
        auto location = redirect_location(
            action,
            {
                listener.protocol == Protocol::https ? "https" : "http",
                host,
                listener.port,
                request.path(),
                request.query(),
            }
        );
        // AWS 507: "The redirect URL is too long."
        if (location.size() > limits::location_length_max)
            return Refuse{507, "the redirect URL is too long"};
        return Redirect{action.status, std::move(location)};
    }

    Decision operator()(const FixedResponseAction& action) const { return FixedResponse{&action}; }
};

} // namespace

RuleMatch match_rule(
    const Listener& listener,
    const LoadBalancerAttributes& attributes,
    const http::RequestHead& request,
    const http::Classification& classification,
    const network::IPAddress& source
) {
    RuleMatch match;
    const auto verdict = desync_verdict(classification.tier, attributes.desync);
    match.closes_connections = verdict != DesyncVerdict::allow;
    if (verdict == DesyncVerdict::refuse) {
        match.refusal = Refuse{400, http::name_of(classification.reason)};
        return match;
    }
    if (const auto refusal = refusal_of(request)) {
        match.refusal = *refusal;
        return match;
    }
    const RuleSubject subject{request, source};
    for (const auto& rule : listener.rules) {
        if (rule.priority != 0) ++match.rules_evaluated;
        if (!matches(rule.conditions, subject)) continue;
        match.rule = &rule;
        return match;
    }
    // A listener always has its default rule.
    UNREACHABLE();
}

Routing carry_out(
    const RuleMatch& match,
    const Listener& listener,
    const http::RequestHead& request,
    const Arrival& arrival,
    Random& random
) {
    Routing routing;
    routing.closes_connections = match.closes_connections;
    routing.rules_evaluated = match.rules_evaluated;
    if (match.rule == nullptr) {
        routing.decision = match.refusal;
        return routing;
    }
    routing.priority = match.rule->priority;
    routing.decision =
        std::visit(ActionTaker{listener, request, arrival, random}, match.rule->action);
    return routing;
}

Routing route(
    const Listener& listener,
    const LoadBalancerAttributes& attributes,
    const http::RequestHead& request,
    const http::Classification& classification,
    const Arrival& arrival,
    Random& random
) {
    const auto match =
        match_rule(listener, attributes, request, classification, arrival.client.address);
    return carry_out(match, listener, request, arrival, random);
}

} // namespace diorama::elbv2
