// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateQueryLoggingConfig.html and the
// pages beside it.
#include "services/route53/control/query_logging.hpp"

#include "emulator/aws/arn.hpp"
#include "services/route53/data/query_log.hpp"
#include "services/route53/limits.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::route53 {

namespace {

constexpr std::string_view log_group_prefix = "log-group:";
constexpr std::size_t log_group_name_max = 512;

bool is_log_group_name(std::string_view name) {
    if (name.empty() || name.size() > log_group_name_max) return false;
    return std::ranges::all_of(name, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view(".-_/#").find(c) != std::string_view::npos;
    });
}

// The name in arn:aws:logs:us-east-1:123456789012:log-group:NAME, after which ":*" may stand.
std::string log_group_of(const std::string& account, const std::string& text) {
    const auto arn = aws::ARN::parse(text);
    if (!arn || arn->service != "logs" || !arn->resource.starts_with(log_group_prefix)) {
        throw api::InvalidInput("The ARN for the CloudWatch Logs log group is invalid: {}", text);
    }
    auto name = arn->resource.substr(log_group_prefix.size());
    if (name.ends_with(":*")) name.resize(name.size() - 2);
    if (!is_log_group_name(name)) {
        throw api::InvalidInput("The ARN for the CloudWatch Logs log group is invalid: {}", text);
    }
    // AWS: "You must create the log group in the us-east-1 region. You must use the same Amazon Web
    // Services account to create the log group and the hosted zone." UNKNOWN: the sentence.
    if (arn->region != "us-east-1" || arn->account != account) {
        throw api::NoSuchCloudWatchLogsLogGroup(
            "The CloudWatch Logs log group {} doesn't exist: it must be in us-east-1 and of the "
            "account of the hosted zone.",
            text
        );
    }
    return name;
}

api::QueryLoggingConfig describe(const QueryLoggingConfig& config) {
    return {
        .id = config.id,
        .hosted_zone_id = config.hosted_zone_id,
        .cloud_watch_logs_log_group_arn = config.log_group_arn,
    };
}

std::int64_t results_per_page(const std::optional<std::string>& most) {
    return page_size(most, limits::query_logging_configs_per_page_max);
}

} // namespace

QueryLogging::QueryLogging(const ControlPlane& control)
    : control_(control) {
    if (control_.query_log == nullptr) return;
    for (const auto& [key, config] : control_.state.query_logging_configs) {
        control_.query_log->start(
            config.hosted_zone_id,
            log_group_of(config.account, config.log_group_arn)
        );
    }
}

api::CreateQueryLoggingConfigResponse
QueryLogging::create(const aws::Call& call, const api::CreateQueryLoggingConfigRequest& input) {
    const auto& zone = hosted_zone_of(control_.state, call, input.hosted_zone_id);
    if (zone.is_private) {
        throw api::InvalidInput(
            "The hosted zone {} is private; only queries of public hosted zones are logged.",
            zone.id
        );
    }
    const auto group = log_group_of(call.account, input.cloud_watch_logs_log_group_arn);
    for (const auto& [key, config] : control_.state.query_logging_configs) {
        if (config.hosted_zone_id != zone.id) continue;
        throw api::QueryLoggingConfigAlreadyExists(
            "A query logging configuration already exists for the hosted zone {}.",
            zone.id
        );
    }
    if (control_.query_log == nullptr) {
        throw aws::AWSError{
            "NotImplemented",
            501,
            "CreateQueryLoggingConfig in route53 writes into files, and has been given no folder "
            "for them: start the emulator with --dns-query-log DIR or --data DIR.",
            aws::Fault::receiver,
        };
    }
    QueryLoggingConfig
        made{call.account, call.random.uuid(), zone.id, input.cloud_watch_logs_log_group_arn};
    control_.query_log->start(zone.id, group);
    const auto& stored =
        control_.state.query_logging_configs.put(account_key(made.account, made.id), made);
    return {
        .query_logging_config = describe(stored),
        .location = "https://route53.amazonaws.com/2013-04-01/queryloggingconfig/" + stored.id,
    };
}

const QueryLoggingConfig&
QueryLogging::config_of(const aws::Call& call, const std::string& id) const {
    const auto* found = control_.state.query_logging_configs.find(account_key(call.account, id));
    if (found == nullptr) {
        throw api::NoSuchQueryLoggingConfig(
            "The query logging configuration {} doesn't exist.",
            id
        );
    }
    return *found;
}

api::GetQueryLoggingConfigResponse
QueryLogging::get(const aws::Call& call, const api::GetQueryLoggingConfigRequest& input) {
    return {.query_logging_config = describe(config_of(call, input.id))};
}

api::ListQueryLoggingConfigsResponse
QueryLogging::list(const aws::Call& call, const api::ListQueryLoggingConfigsRequest& input) {
    const auto size = results_per_page(input.max_results);
    std::string zone;
    if (input.hosted_zone_id) zone = hosted_zone_of(control_.state, call, *input.hosted_zone_id).id;
    api::ListQueryLoggingConfigsResponse response;
    const auto prefix = account_key(call.account, "");
    const auto& table = control_.state.query_logging_configs;
    for (auto at = table.lower_bound(account_key(call.account, input.next_token.value_or("")));
         at != table.end() && at->first.starts_with(prefix);
         ++at) {
        if (!zone.empty() && at->second.hosted_zone_id != zone) continue;
        if (static_cast<std::int64_t>(response.query_logging_configs.size()) == size) {
            response.next_token = at->second.id;
            break;
        }
        response.query_logging_configs.push_back(describe(at->second));
    }
    return response;
}

api::DeleteQueryLoggingConfigResponse
QueryLogging::remove(const aws::Call& call, const api::DeleteQueryLoggingConfigRequest& input) {
    const auto config = config_of(call, input.id);
    if (control_.query_log != nullptr) control_.query_log->stop(config.hosted_zone_id);
    control_.state.query_logging_configs.erase(account_key(config.account, config.id));
    return {};
}

void stop_logging(const ControlPlane& control, const HostedZone& zone) {
    auto& table = control.state.query_logging_configs;
    for (const auto& [key, config] : table) {
        if (config.hosted_zone_id != zone.id) continue;
        if (control.query_log != nullptr) control.query_log->stop(zone.id);
        table.erase(std::string(key));
        return; // there is one at most
    }
}

} // namespace diorama::route53
