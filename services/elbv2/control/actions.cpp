// See actions.hpp.
#include "services/elbv2/control/actions.hpp"

#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace diorama::elbv2 {

namespace {

std::vector<ActionRecord::Share> checked_forward(const api::Action& action) {
    std::vector<ActionRecord::Share> shares;
    if (!action.forward_config) {
        if (!action.target_group_arn)
            throw aws::validation_error("A target group ARN must be specified");
        return {{*action.target_group_arn, 1}};
    }
    const auto& config = *action.forward_config;
    if (config.target_group_stickiness_config &&
        config.target_group_stickiness_config->enabled.value_or(false))
        not_implemented("TargetGroupStickinessConfig");
    if (config.target_groups.empty() ||
        config.target_groups.size() > limits::target_groups_per_action)
        throw aws::validation_error(
            "A forward action must have between 1 and {} target groups",
            limits::target_groups_per_action
        );
    std::set<std::string> seen;
    for (const auto& group : config.target_groups) {
        const auto arn = group.target_group_arn.value_or("");
        const auto weight = group.weight.value_or(1);
        if (weight < 0 || weight > limits::weight_max)
            throw aws::validation_error(
                "Weight '{}' must be between '0' and '{}' inclusive",
                weight,
                limits::weight_max
            );
        if (!seen.insert(arn).second)
            throw aws::validation_error("Target group '{}' is specified more than once", arn);
        shares.push_back({arn, weight});
    }
    if (action.target_group_arn &&
        (shares.size() > 1 || shares[0].target_group_arn != *action.target_group_arn))
        throw aws::validation_error(
            "You cannot specify both a target group ARN and a different forward configuration"
        );
    return shares;
}

ActionRecord::Redirect
checked_redirect(const api::RedirectActionConfig& config, const std::string& protocol) {
    ActionRecord::Redirect redirect;
    redirect.protocol = config.protocol.value_or(redirect.protocol);
    redirect.host = config.host.value_or(redirect.host);
    redirect.port = config.port.value_or(redirect.port);
    redirect.path = config.path.value_or(redirect.path);
    redirect.query = config.query.value_or(redirect.query);
    redirect.status = config.status_code == api::RedirectActionStatusCodeEnum::HTTP_301 ? 301 : 302;
    constexpr std::array<std::string_view, 3> protocols = {"HTTP", "HTTPS", "#{protocol}"};
    if (std::find(protocols.begin(), protocols.end(), redirect.protocol) == protocols.end())
        throw aws::validation_error(
            "Redirect protocol '{}' must be one of 'HTTP', 'HTTPS', '#{{protocol}}'",
            redirect.protocol
        );
    // AWS: "You can redirect HTTP to HTTP, HTTP to HTTPS, and HTTPS to HTTPS. You cannot redirect
    // HTTPS to HTTP."
    if (protocol == "HTTPS" && redirect.protocol == "HTTP")
        throw api::InvalidLoadBalancerActionException("You cannot redirect from HTTPS to HTTP");
    if (!redirect.path.starts_with('/'))
        throw aws::validation_error("Redirect path '{}' must start with '/'", redirect.path);
    if (redirect.query.starts_with('?'))
        throw aws::validation_error("Redirect query '{}' must not start with '?'", redirect.query);
    // AWS: "you must modify at least one of the following components to avoid a redirect loop:
    // protocol, port, hostname or path."
    const bool keeps_protocol = redirect.protocol == "#{protocol}" || redirect.protocol == protocol;
    if (keeps_protocol && redirect.host == "#{host}" && redirect.port == "#{port}" &&
        redirect.path == "/#{path}")
        throw api::InvalidLoadBalancerActionException(
            "The redirect configuration is not valid because it creates a loop"
        );
    return redirect;
}

ActionRecord::FixedResponse checked_fixed_response(const api::FixedResponseActionConfig& config) {
    const auto& code = config.status_code;
    const bool valid =
        code.size() == 3 && (code[0] == '2' || code[0] == '4' || code[0] == '5') &&
        std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!valid)
        throw aws::validation_error(
            "Fixed response status code '{}' must be 2XX, 4XX or 5XX",
            code
        );
    constexpr std::array<std::string_view, 5> types =
        {"text/plain", "text/css", "text/html", "application/javascript", "application/json"};
    // UNKNOWN: the type of a response that none was configured for.
    const auto type = config.content_type.value_or("text/plain");
    if (std::find(types.begin(), types.end(), type) == types.end())
        throw aws::validation_error("Fixed response content type '{}' is not valid", type);
    const auto body = config.message_body.value_or("");
    if (body.size() > limits::fixed_response_body_max)
        throw aws::validation_error(
            "Fixed response message body cannot be longer than '{}' characters",
            limits::fixed_response_body_max
        );
    return {std::stoi(code), type, body};
}

} // namespace

ActionRecord checked_action(const std::vector<api::Action>& actions, const std::string& protocol) {
    if (actions.empty()) throw aws::validation_error("An action must be specified");
    for (const auto& action : actions)
        if (action.type == api::ActionTypeEnum::authenticate_oidc ||
            action.type == api::ActionTypeEnum::authenticate_cognito ||
            action.type == api::ActionTypeEnum::jwt_validation)
            not_implemented("An action of type " + std::string(to_string(action.type)));
    if (actions.size() > 1)
        throw api::InvalidLoadBalancerActionException(
            "Only one of 'forward', 'redirect' and 'fixed-response' can be specified"
        );
    const auto& action = actions[0];
    ActionRecord record;
    record.order = action.order;
    switch (action.type) {
    case api::ActionTypeEnum::forward:
        record.forward = checked_forward(action);
        break;
    case api::ActionTypeEnum::redirect:
        if (!action.redirect_config)
            throw aws::validation_error("A redirect configuration must be specified");
        record.redirect = checked_redirect(*action.redirect_config, protocol);
        break;
    default:
        if (!action.fixed_response_config)
            throw aws::validation_error("A fixed response configuration must be specified");
        record.fixed_response = checked_fixed_response(*action.fixed_response_config);
    }
    return record;
}

std::vector<api::Action> described(const ActionRecord& record) {
    api::Action action;
    action.order = record.order;
    if (const auto& redirect = record.redirect) {
        action.type = api::ActionTypeEnum::redirect;
        auto& config = action.redirect_config.emplace();
        config.protocol = redirect->protocol;
        config.host = redirect->host;
        config.port = redirect->port;
        config.path = redirect->path;
        config.query = redirect->query;
        config.status_code = redirect->status == 301 ? api::RedirectActionStatusCodeEnum::HTTP_301
                                                     : api::RedirectActionStatusCodeEnum::HTTP_302;
    } else if (const auto& fixed = record.fixed_response) {
        action.type = api::ActionTypeEnum::fixed_response;
        auto& config = action.fixed_response_config.emplace();
        config.status_code = std::to_string(fixed->status);
        config.content_type = fixed->content_type;
        if (!fixed->body.empty()) config.message_body = fixed->body;
    } else {
        action.type = api::ActionTypeEnum::forward;
        if (record.forward.size() == 1)
            action.target_group_arn = record.forward[0].target_group_arn;
        auto& config = action.forward_config.emplace();
        for (const auto& share : record.forward)
            config.target_groups.push_back({share.target_group_arn, share.weight});
        config.target_group_stickiness_config.emplace().enabled = false;
    }
    return {action};
}

} // namespace diorama::elbv2
