// Listeners: create, describe, modify, delete.
#include "services/elbv2/control/actions.hpp"
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

#include <fmt/core.h>

namespace diorama::elbv2 {

namespace {

// The policy of an HTTPS listener that none was named for.
constexpr std::string_view default_ssl_policy = "ELBSecurityPolicy-2016-08";

std::string checked_protocol(std::optional<api::ProtocolEnum> protocol) {
    if (!protocol) throw aws::validation_error("A listener protocol must be specified");
    if (*protocol != api::ProtocolEnum::HTTP && *protocol != api::ProtocolEnum::HTTPS)
        throw aws::validation_error(
            "Listener protocol '{}' must be one of 'HTTPS, HTTP'",
            to_string(*protocol)
        );
    return std::string(to_string(*protocol));
}

int checked_port(std::optional<std::int32_t> port) {
    if (!port) throw aws::validation_error("A listener port must be specified");
    if (*port < 1 || *port > 65535)
        throw aws::validation_error(
            "Listener port '{}' must be between '1' and '65535' inclusive",
            *port
        );
    return *port;
}

std::vector<std::string> arns_of(const std::vector<api::Certificate>& certificates) {
    std::vector<std::string> arns;
    for (const auto& certificate : certificates)
        arns.push_back(certificate.certificate_arn.value_or(""));
    return arns;
}

void report_ignored(
    const aws::Call& call,
    const std::optional<std::string>& ssl_policy,
    const std::vector<std::string>& alpn_policy,
    const std::optional<api::MutualAuthenticationAttributes>& mutual_authentication
) {
    if (ssl_policy) call.ignored("SslPolicy");
    if (!alpn_policy.empty())
        throw aws::validation_error("ALPN policies are only supported by TLS listeners");
    if (mutual_authentication && mutual_authentication->mode.value_or("off") != "off")
        not_implemented("MutualAuthentication");
}

} // namespace

void ControlPlane::check_certificates(
    const aws::Call& call,
    const std::string& protocol,
    const std::vector<std::string>& certificate_arns,
    const std::string& load_balancer_arn
) const {
    if (protocol == "HTTP") {
        if (!certificate_arns.empty())
            throw aws::validation_error("A certificate cannot be specified for HTTP listeners");
        return;
    }
    if (certificate_arns.empty())
        throw aws::validation_error("A certificate must be specified for HTTPS listeners");
    if (certificate_arns.size() > 1)
        throw api::TooManyCertificatesException(
            "Listeners must have exactly one default certificate"
        );
    const auto& owner = load_balancer(call, load_balancer_arn);
    if (surroundings_.certificates.context_for(
            {call.account, call.region},
            certificate_arns,
            publication_.dns_name_of(owner)
        ) == nullptr)
        not_implemented("An HTTPS listener without TLS in this process");
}

void ControlPlane::check_forward(
    const aws::Call& call,
    const ActionRecord& action,
    const std::string& load_balancer_arn
) const {
    const auto& owner = load_balancer(call, load_balancer_arn);
    for (const auto& share : action.forward) {
        const auto& record = target_group(call, share.target_group_arn);
        if (record.vpc_id != owner.vpc_id)
            throw api::InvalidConfigurationRequestException(
                "Target group '{}' and load balancer '{}' must be in the same VPC",
                record.arn,
                load_balancer_arn
            );
        for (const auto& user : state_.load_balancers_using(record.arn))
            if (user != load_balancer_arn)
                throw api::TargetGroupAssociationLimitException(
                    "The following target groups cannot be associated with more than one load "
                    "balancer: {}",
                    record.arn
                );
    }
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
api::CreateListenerOutput
ControlPlane::create_listener(const aws::Call& call, const api::CreateListenerInput& input) {
    const auto& owner = load_balancer(call, input.load_balancer_arn);
    ListenerRecord record;
    record.protocol = checked_protocol(input.protocol);
    record.port = checked_port(input.port);
    record.certificate_arns = arns_of(input.certificates);
    record.tags = checked_tags(input.tags);
    report_ignored(call, input.ssl_policy, input.alpn_policy, input.mutual_authentication);
    check_certificates(call, record.protocol, record.certificate_arns, owner.arn);
    if (record.protocol == "HTTPS")
        record.ssl_policy = input.ssl_policy.value_or(std::string(default_ssl_policy));

    RuleRecord default_rule;
    default_rule.action = checked_action(input.default_actions, record.protocol);
    check_forward(call, default_rule.action, owner.arn);
    const auto others = state_.listeners_of(owner.arn);
    for (const auto* other : others)
        if (other->port == record.port)
            throw api::DuplicateListenerException(
                "A listener already exists on this port for this load balancer '{}'",
                owner.arn
            );
    if (others.size() >= limits::listeners_per_load_balancer)
        throw api::TooManyListenersException(
            "The maximum number of listeners has been reached on load balancer '{}'",
            owner.arn
        );

    const auto before = state_.target_groups_used_by(owner.arn);
    const auto prefix = account_prefix(call.account, call.region);
    const auto path = label_of(owner.arn) + "/" + call.random.hex(16);
    record.arn = prefix + "listener/" + path;
    default_rule.arn = prefix + "listener-rule/" + path + "/" + call.random.hex(16);
    state_.rules.put(default_rule.arn, default_rule);
    const auto& created = state_.listeners.put(record.arn, record);
    rules_changed(owner.arn, before);
    return {{describe(created)}};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html
api::DescribeListenersOutput
ControlPlane::describe_listeners(const aws::Call& call, const api::DescribeListenersInput& input) {
    std::vector<api::Listener> all;
    if (input.load_balancer_arn) {
        const auto& owner = load_balancer(call, *input.load_balancer_arn);
        for (const auto* record : state_.listeners_of(owner.arn))
            all.push_back(describe(*record));
    } else if (input.listener_arns.empty()) {
        throw aws::validation_error("You must specify either listener ARNs or a load balancer ARN");
    }
    for (const auto& arn : input.listener_arns)
        all.push_back(describe(listener(call, arn)));
    api::DescribeListenersOutput output;
    output.listeners = page_of(std::move(all), input.marker, input.page_size, output.next_marker);
    return output;
}

api::Listener ControlPlane::describe(const ListenerRecord& record) const {
    api::Listener described_listener;
    described_listener.listener_arn = record.arn;
    described_listener.load_balancer_arn = load_balancer_arn_of(record.arn);
    described_listener.port = record.port;
    described_listener.protocol = api::parse_protocol_enum(record.protocol);
    for (const auto& arn : record.certificate_arns)
        described_listener.certificates.emplace_back().certificate_arn = arn;
    if (record.protocol == "HTTPS") {
        described_listener.ssl_policy = record.ssl_policy;
        described_listener.mutual_authentication.emplace().mode = "off";
    }
    described_listener.default_actions = described(state_.default_rule_of(record.arn).action);
    return described_listener;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
api::ModifyListenerOutput
ControlPlane::modify_listener(const aws::Call& call, const api::ModifyListenerInput& input) {
    auto changed = listener(call, input.listener_arn);
    const auto owner_arn = load_balancer_arn_of(changed.arn);
    if (input.protocol) changed.protocol = checked_protocol(input.protocol);
    if (input.port) changed.port = checked_port(input.port);
    if (!input.certificates.empty()) changed.certificate_arns = arns_of(input.certificates);
    // AWS: "If you change the protocol from HTTPS to HTTP ... the security policy and default
    // certificate properties are removed."
    if (changed.protocol == "HTTP" && input.certificates.empty()) changed.certificate_arns.clear();
    report_ignored(call, input.ssl_policy, input.alpn_policy, input.mutual_authentication);
    check_certificates(call, changed.protocol, changed.certificate_arns, owner_arn);
    if (changed.protocol == "HTTP")
        changed.ssl_policy.clear();
    else if (input.ssl_policy || changed.ssl_policy.empty())
        changed.ssl_policy = input.ssl_policy.value_or(std::string(default_ssl_policy));
    for (const auto* other : state_.listeners_of(owner_arn))
        if (other->arn != changed.arn && other->port == changed.port)
            throw api::DuplicateListenerException(
                "A listener already exists on this port for this load balancer '{}'",
                owner_arn
            );

    const auto before = state_.target_groups_used_by(owner_arn);
    if (!input.default_actions.empty()) {
        auto action = checked_action(input.default_actions, changed.protocol);
        check_forward(call, action, owner_arn);
        state_.rules.edit(state_.default_rule_of(changed.arn).arn)->action = std::move(action);
    }
    const auto& record = state_.listeners.put(changed.arn, changed);
    rules_changed(owner_arn, before);
    return {{describe(record)}};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html
api::DeleteListenerOutput
ControlPlane::delete_listener(const aws::Call& call, const api::DeleteListenerInput& input) {
    const auto arn = listener(call, input.listener_arn).arn;
    const auto owner_arn = load_balancer_arn_of(arn);
    const auto before = state_.target_groups_used_by(owner_arn);
    std::vector<std::string> rules;
    for (const auto* record : state_.rules_of(arn))
        rules.push_back(record->arn);
    for (const auto& rule_arn : rules)
        state_.rules.erase(rule_arn);
    state_.listeners.erase(arn);
    rules_changed(owner_arn, before);
    return {};
}

} // namespace diorama::elbv2
