// Rules for the values of parameters that several operations share, with AWS's sentences. Each
// throws when a value breaks its rule.
#pragma once

#include "services/rds/api.hpp"
#include "services/rds/state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds {

template <class... Args>
aws::AWSError invalid_value(fmt::format_string<Args...> text, Args&&... args) {
    return aws::AWSError(
        "InvalidParameterValue",
        400,
        fmt::format(text, std::forward<Args>(args)...)
    );
}

template <class... Args>
aws::AWSError invalid_combination(fmt::format_string<Args...> text, Args&&... args) {
    return aws::AWSError(
        "InvalidParameterCombination",
        400,
        fmt::format(text, std::forward<Args>(args)...)
    );
}

// The identifier in lower case, as AWS stores it.
std::string valid_identifier(std::string_view parameter, std::string_view value);
void check_password(std::string_view password);
void check_master_user(std::string_view user);
void check_db_name(std::string_view name);
void check_instance_class(const std::string& instance_class);
void check_storage(std::int32_t gigabytes, const std::string& storage_type);
void check_retention(std::int32_t days);
void check_port(std::int32_t port);
std::string valid_daily_window(const std::string& window);
std::string valid_weekly_window(const std::string& window);
void check_parameter_group(const std::optional<std::string>& name);
bool windows_overlap(const std::string& backup, const std::string& maintenance);
void check_windows_apart(const DBInstance& instance);

std::string lower_case(std::string_view text);
Tags tags_of(const std::vector<api::Tag>& tags);
std::vector<api::Tag> describe_tags(const Tags& tags);

// The virtual processors of a class; 0 when there is no such class.
int processors_of(std::string_view instance_class);
std::vector<std::string> instance_classes();

} // namespace diorama::rds
