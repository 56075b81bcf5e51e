// See conditions.hpp.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
#include "services/elbv2/control/conditions.hpp"

#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/data/rules.hpp"
#include "services/elbv2/limits.hpp"

#include <algorithm>
#include <set>

namespace diorama::elbv2 {

namespace {

void check_value(const std::string& field, const std::string& value) {
    if (value.empty() || value.size() > limits::condition_value_length_max)
        throw aws::validation_error(
            "Condition value '{}' of '{}' must be between 1 and {} characters",
            value,
            field,
            limits::condition_value_length_max
        );
    const auto allowed = [&](std::string_view others) {
        return std::all_of(value.begin(), value.end(), [&](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   others.find(c) != std::string_view::npos;
        });
    };
    if (field == "host-header" && !(allowed("-.*?") && value.find('.') != std::string::npos))
        throw aws::validation_error("Condition value '{}' is not a valid host name", value);
    if (field == "path-pattern" && !allowed("_-.$/~\"'@:+&*?"))
        throw aws::validation_error(
            "Condition value '{}' contains a character that is not valid",
            value
        );
    if (field == "http-request-method" && (value.size() > limits::method_length_max ||
                                           !std::all_of(value.begin(), value.end(), [](char c) {
                                               return (c >= 'A' && c <= 'Z') || c == '-' ||
                                                      c == '_';
                                           })))
        throw aws::validation_error("Condition value '{}' is not a valid HTTP method", value);
    if (field == "source-ip" && (!CIDR::parse(value) || value == "255.255.255.255/32"))
        throw aws::validation_error("Condition value '{}' is not a valid CIDR block", value);
}

ConditionRecord record_of(const api::RuleCondition& condition) {
    ConditionRecord record;
    record.field = condition.field.value_or("");
    record.values = condition.values;
    const auto take = [&](std::string_view field, const auto& config) {
        if (!config) return;
        if (record.field.empty()) record.field = field;
        if (record.field != field)
            throw aws::validation_error(
                "Condition field '{}' does not fit its configuration",
                record.field
            );
        if constexpr (requires { config->regex_values; })
            if (!config->regex_values.empty()) not_implemented("RegexValues");
        if constexpr (!requires { config->values[0].key; }) {
            if (!config->values.empty()) record.values = config->values;
        }
    };
    if (!condition.regex_values.empty()) not_implemented("RegexValues");
    take("host-header", condition.host_header_config);
    take("path-pattern", condition.path_pattern_config);
    take("http-header", condition.http_header_config);
    take("query-string", condition.query_string_config);
    take("http-request-method", condition.http_request_method_config);
    take("source-ip", condition.source_ip_config);
    if (condition.http_header_config)
        record.header_name = condition.http_header_config->http_header_name.value_or("");
    if (condition.query_string_config)
        for (const auto& pair : condition.query_string_config->values)
            record.query_values.emplace_back(pair.key, pair.value.value_or(""));
    return record;
}

void check(const ConditionRecord& record) {
    static const std::set<std::string> fields = {
        "host-header",
        "path-pattern",
        "http-header",
        "query-string",
        "http-request-method",
        "source-ip",
    };
    if (!fields.contains(record.field))
        throw aws::validation_error(
            "Condition field '{}' must be one of '[path-pattern, host-header, http-header, "
            "http-request-method, query-string, source-ip]'",
            record.field
        );
    if (record.field == "http-header" &&
        (record.header_name.empty() || record.header_name.size() > limits::header_name_length_max))
        throw aws::validation_error("A header name of at most 40 characters must be specified");
    if (record.field == "query-string") {
        if (record.query_values.empty())
            throw aws::validation_error("A condition value must be specified");
        for (const auto& [key, value] : record.query_values) {
            if (key) check_value(record.field, *key);
            check_value(record.field, value);
        }
        return;
    }
    if (record.values.empty()) throw aws::validation_error("A condition value must be specified");
    for (const auto& value : record.values)
        check_value(record.field, value);
}

std::size_t wildcards_in(const std::string& value) {
    return static_cast<std::size_t>(std::count_if(value.begin(), value.end(), [](char c) {
        return c == '*' || c == '?';
    }));
}

} // namespace

std::vector<ConditionRecord> checked_conditions(const std::vector<api::RuleCondition>& conditions) {
    if (conditions.empty()) throw aws::validation_error("A condition must be specified");
    std::vector<ConditionRecord> records;
    std::multiset<std::string> fields;
    std::size_t values = 0;
    std::size_t wildcards = 0;
    for (const auto& condition : conditions) {
        auto record = record_of(condition);
        check(record);
        fields.insert(record.field);
        values += record.values.size() + record.query_values.size();
        if (record.field != "source-ip" && record.field != "http-request-method")
            for (const auto& value : record.values)
                wildcards += wildcards_in(value);
        for (const auto& [key, value] : record.query_values)
            wildcards += wildcards_in(key.value_or("")) + wildcards_in(value);
        records.push_back(std::move(record));
    }
    for (const auto* once : {"host-header", "path-pattern", "http-request-method", "source-ip"})
        if (fields.count(once) > 1)
            throw aws::validation_error("A rule can only have one '{}' condition", once);
    if (values > limits::values_per_rule)
        throw aws::validation_error(
            "Rules cannot have more than '{}' condition values",
            limits::values_per_rule
        );
    if (wildcards > limits::wildcards_per_rule)
        throw aws::validation_error(
            "Rules cannot have more than '{}' wildcards",
            limits::wildcards_per_rule
        );
    return records;
}

std::vector<api::RuleCondition> described(const std::vector<ConditionRecord>& conditions) {
    std::vector<api::RuleCondition> all;
    for (const auto& record : conditions) {
        auto& condition = all.emplace_back();
        condition.field = record.field;
        if (record.field == "host-header") {
            condition.values = record.values;
            condition.host_header_config.emplace().values = record.values;
        } else if (record.field == "path-pattern") {
            condition.values = record.values;
            condition.path_pattern_config.emplace().values = record.values;
        } else if (record.field == "http-header") {
            condition.http_header_config.emplace().http_header_name = record.header_name;
            condition.http_header_config->values = record.values;
        } else if (record.field == "http-request-method") {
            condition.http_request_method_config.emplace().values = record.values;
        } else if (record.field == "source-ip") {
            condition.source_ip_config.emplace().values = record.values;
        } else {
            auto& config = condition.query_string_config.emplace();
            for (const auto& [key, value] : record.query_values)
                config.values.push_back({key, value});
        }
    }
    return all;
}

} // namespace diorama::elbv2
