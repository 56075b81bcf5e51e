// See health_check_config.hpp. UNKNOWN: AWS's sentences except where another source quotes them.
#include "services/route53/control/health_check_config.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>
#include <set>

namespace diorama::route53 {

namespace {

[[noreturn]] void refuse(std::string_view sentence) {
    throw api::InvalidInput("Invalid parameter : {}", sentence);
}

InsufficientData parse_insufficient_data(api::InsufficientDataHealthStatus status) {
    switch (status) {
    case api::InsufficientDataHealthStatus::Healthy:
        return InsufficientData::healthy;
    case api::InsufficientDataHealthStatus::Unhealthy:
        return InsufficientData::unhealthy;
    case api::InsufficientDataHealthStatus::LastKnownStatus:
        break;
    }
    return InsufficientData::last_known_status;
}

api::InsufficientDataHealthStatus describe_insufficient_data(InsufficientData status) {
    switch (status) {
    case InsufficientData::healthy:
        return api::InsufficientDataHealthStatus::Healthy;
    case InsufficientData::unhealthy:
        return api::InsufficientDataHealthStatus::Unhealthy;
    case InsufficientData::last_known_status:
        break;
    }
    return api::InsufficientDataHealthStatus::LastKnownStatus;
}

std::vector<std::string> names_of(const std::vector<api::HealthCheckRegion>& regions) {
    std::vector<std::string> names;
    for (const auto region : regions) {
        names.emplace_back(to_string(region));
    }
    return names;
}

// A field that both shapes have.
template <class Field, class Value>
void take(Field& field, const std::optional<Value>& given) {
    if (given) field = static_cast<Field>(*given);
}

void check_other_kinds_parts(const api::HealthCheckConfig& input, const HealthCheckConfig& config) {
    if (config.type != HealthCheckType::cloudwatch_metric && input.alarm_identifier) {
        // Observed, grammar and all.
        refuse("Basic health checks must not have an metric region specified.");
    }
    if (config.type != HealthCheckType::calculated &&
        (!input.child_health_checks.empty() || input.health_threshold)) {
        refuse("Only calculated health checks can have child health checks and a health threshold."
        );
    }
    const bool has_endpoint = input.ip_address || input.port || input.resource_path ||
                              input.fully_qualified_domain_name || input.search_string ||
                              !input.regions.empty();
    if (!config.is_endpoint() && has_endpoint) {
        refuse("Only health checks that monitor an endpoint can have endpoint settings.");
    }
}

void check_endpoint(const HealthCheckConfig& config) {
    if (config.ip_address.empty() && config.domain_name.empty()) {
        refuse("Either IPAddress or FullyQualifiedDomainName must be specified.");
    }
    if (!config.ip_address.empty()) {
        const auto address = network::IPAddress::parse(config.ip_address);
        if (!address) refuse(fmt::format("Invalid IP address: {}", config.ip_address));
        // Observed.
        if (config.type == HealthCheckType::tcp && !config.domain_name.empty()) {
            throw api::InvalidInput("TCP health checks that have IP address must not have a fully "
                                    "qualified domain name specified.");
        }
    }
    if (!config.domain_name.empty() && !DNSName::parse(config.domain_name)) {
        refuse(fmt::format("Invalid fully qualified domain name: {}", config.domain_name));
    }
    if (config.has_search_string() == config.search_string.empty()) {
        refuse(
            config.search_string.empty()
                ? "SearchString must be specified for string matching health checks."
                : "SearchString can only be specified for string matching health checks."
        );
    }
    if (config.type == HealthCheckType::tcp && !config.resource_path.empty()) {
        refuse("TCP health checks must not have a resource path specified.");
    }
    if (config.type == HealthCheckType::tcp && config.port == 0) {
        refuse("Port must be specified for TCP health checks.");
    }
    // AWS: "You can specify 10 or 30."
    if (config.request_interval_s != 10 && config.request_interval_s != 30) {
        refuse("Request interval must be 10 or 30.");
    }
    if (std::set(config.regions.begin(), config.regions.end()).size() != config.regions.size()) {
        refuse("Regions must not be specified more than once.");
    }
}

} // namespace

void check_config(const HealthCheckConfig& config) {
    switch (config.type) {
    case HealthCheckType::calculated:
        if (config.children.size() > limits::child_health_checks_max) {
            refuse(fmt::format(
                "A calculated health check cannot have more than {} child health checks.",
                limits::child_health_checks_max
            ));
        }
        if (std::set(config.children.begin(), config.children.end()).size() !=
            config.children.size()) {
            refuse("A child health check must not be specified more than once.");
        }
        return;
    case HealthCheckType::cloudwatch_metric:
        if (config.alarm_name.empty()) refuse("AlarmIdentifier must be specified.");
        return;
    default:
        check_endpoint(config);
    }
}

HealthCheckConfig parse_config(const api::HealthCheckConfig& input) {
    const auto type = parse_health_check_type(to_string(input.type));
    if (!type) throw not_emulated("CreateHealthCheck", "HealthCheckConfig.Type RECOVERY_CONTROL");
    if (input.routing_control_arn) {
        throw not_emulated("CreateHealthCheck", "HealthCheckConfig.RoutingControlArn");
    }
    HealthCheckConfig config;
    config.type = *type;
    check_other_kinds_parts(input, config);
    // AWS: EnableSNI is on for HTTPS unless it is turned off.
    config.says_server_name = config.is_tls();
    config.port = config.type == HealthCheckType::tcp ? 0 : config.is_tls() ? 443 : 80;
    take(config.is_inverted, input.inverted);
    take(config.is_disabled, input.disabled);
    take(config.ip_address, input.ip_address);
    take(config.domain_name, input.fully_qualified_domain_name);
    take(config.port, input.port);
    take(config.resource_path, input.resource_path);
    take(config.search_string, input.search_string);
    take(config.request_interval_s, input.request_interval);
    take(config.failure_threshold, input.failure_threshold);
    take(config.measures_latency, input.measure_latency);
    take(config.says_server_name, input.enable_sni);
    take(config.health_threshold, input.health_threshold);
    config.regions = names_of(input.regions);
    config.children = input.child_health_checks;
    if (input.alarm_identifier) {
        config.alarm_region = to_string(input.alarm_identifier->region);
        config.alarm_name = input.alarm_identifier->name;
    }
    if (input.insufficient_data_health_status) {
        config.insufficient_data = parse_insufficient_data(*input.insufficient_data_health_status);
    }
    check_config(config);
    return config;
}

void apply_update(HealthCheckConfig& config, const api::UpdateHealthCheckRequest& input) {
    // AWS: "ResetElements": removes what is named; new values come after.
    for (const auto element : input.reset_elements) {
        switch (element) {
        case api::ResettableElementName::FullyQualifiedDomainName:
            config.domain_name.clear();
            break;
        case api::ResettableElementName::Regions:
            config.regions.clear();
            break;
        case api::ResettableElementName::ResourcePath:
            config.resource_path.clear();
            break;
        case api::ResettableElementName::ChildHealthChecks:
            config.children.clear();
            break;
        }
    }
    take(config.is_inverted, input.inverted);
    take(config.is_disabled, input.disabled);
    take(config.ip_address, input.ip_address);
    take(config.domain_name, input.fully_qualified_domain_name);
    take(config.port, input.port);
    take(config.resource_path, input.resource_path);
    take(config.search_string, input.search_string);
    take(config.failure_threshold, input.failure_threshold);
    take(config.says_server_name, input.enable_sni);
    take(config.health_threshold, input.health_threshold);
    if (!input.regions.empty()) config.regions = names_of(input.regions);
    if (!input.child_health_checks.empty()) config.children = input.child_health_checks;
    if (input.alarm_identifier) {
        config.alarm_region = to_string(input.alarm_identifier->region);
        config.alarm_name = input.alarm_identifier->name;
    }
    if (input.insufficient_data_health_status) {
        config.insufficient_data = parse_insufficient_data(*input.insufficient_data_health_status);
    }
    check_config(config);
}

api::HealthCheckConfig describe_config(const HealthCheckConfig& config) {
    api::HealthCheckConfig description;
    description.type =
        api::parse_health_check_type(to_string(config.type)).value_or(api::HealthCheckType::HTTP);
    description.inverted = config.is_inverted;
    description.disabled = config.is_disabled;
    if (config.type == HealthCheckType::calculated) {
        description.health_threshold = config.health_threshold;
        description.child_health_checks = config.children;
        return description;
    }
    if (config.type == HealthCheckType::cloudwatch_metric) {
        description.insufficient_data_health_status =
            describe_insufficient_data(config.insufficient_data);
        api::AlarmIdentifier alarm;
        alarm.region = api::parse_cloud_watch_region(config.alarm_region)
                           .value_or(api::CloudWatchRegion::us_east_1);
        alarm.name = config.alarm_name;
        description.alarm_identifier = std::move(alarm);
        return description;
    }
    if (!config.ip_address.empty()) description.ip_address = config.ip_address;
    if (!config.domain_name.empty()) description.fully_qualified_domain_name = config.domain_name;
    description.port = config.port;
    if (!config.resource_path.empty()) description.resource_path = config.resource_path;
    if (!config.search_string.empty()) description.search_string = config.search_string;
    description.request_interval = config.request_interval_s;
    description.failure_threshold = config.failure_threshold;
    description.measure_latency = config.measures_latency;
    description.enable_sni = config.says_server_name;
    for (const auto& region : config.regions) {
        if (const auto known = api::parse_health_check_region(region)) {
            description.regions.push_back(*known);
        }
    }
    return description;
}

} // namespace diorama::route53
