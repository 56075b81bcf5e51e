// See validation.hpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
#include "services/rds/control/validation.hpp"

#include "services/rds/background/backups.hpp"
#include "services/rds/limits.hpp"

#include <algorithm>
#include <array>

namespace diorama::rds {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// A Sunday, 1970-01-04: windows are tried out on the minutes of a week.
constexpr Timestamp some_sunday{std::chrono::hours(72)};

bool opens_somewhere(const std::string& window) {
    for (int minute = 0; minute < 7 * 24 * 60; minute += 5)
        if (is_in_window(window, some_sunday + std::chrono::minutes(minute))) return true;
    return false;
}

bool has_form(std::string_view window, std::string_view form) {
    if (window.size() != form.size()) return false;
    for (std::size_t at = 0; at < form.size(); ++at) {
        const bool fits = form[at] == '0'   ? is_digit(window[at])
                          : form[at] == 'a' ? is_letter(window[at])
                                            : form[at] == window[at];
        if (!fits) return false;
    }
    return true;
}

struct Size {
    std::string_view name;
    int processors;
};

constexpr std::array burstable{"t3", "t4g"};
constexpr std::array burstable_sizes{
    Size{"micro", 2},
    Size{"small", 2},
    Size{"medium", 2},
    Size{"large", 2},
    Size{"xlarge", 4},
    Size{"2xlarge", 8},
};
constexpr std::array steady{"m5", "m6g", "m6i", "m7g", "m7i", "r5", "r6g", "r6i", "r7g", "r7i"};
constexpr std::array steady_sizes{
    Size{"large", 2},
    Size{"xlarge", 4},
    Size{"2xlarge", 8},
    Size{"4xlarge", 16},
    Size{"8xlarge", 32},
    Size{"12xlarge", 48},
    Size{"16xlarge", 64},
};

template <class Families, class Sizes>
int find_processors(std::string_view instance_class, const Families& families, const Sizes& sizes) {
    for (const std::string_view family : families) {
        for (const auto& size : sizes) {
            if (instance_class == fmt::format("db.{}.{}", family, size.name))
                return size.processors;
        }
    }
    return 0;
}

} // namespace

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return result;
}

std::string valid_identifier(std::string_view parameter, std::string_view value) {
    const std::size_t longest = parameter.find("Snapshot") == std::string_view::npos ? 63 : 255;
    const bool is_valid = !value.empty() && value.size() <= longest && is_letter(value.front()) &&
                          value.back() != '-' && value.find("--") == std::string_view::npos &&
                          std::all_of(value.begin(), value.end(), [](char c) {
                              return is_letter(c) || is_digit(c) || c == '-';
                          });
    if (!is_valid) {
        throw invalid_value(
            "The parameter {} is not a valid identifier. Identifiers must begin with a letter; "
            "must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen "
            "or contain two consecutive hyphens.",
            parameter
        );
    }
    return lower_case(value);
}

void check_password(std::string_view password) {
    const auto refuse = [](std::string_view why) {
        throw invalid_value("The parameter MasterUserPassword is not a valid password{}", why);
    };
    if (password.size() < 8) refuse(" because it is shorter than 8 characters.");
    if (password.size() > 41) refuse(" because it is longer than 41 characters.");
    for (const char c : password) {
        if (c < '!' || c > '~' || c == '/' || c == '@' || c == '"')
            refuse(". Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.");
    }
}

void check_master_user(std::string_view user) {
    if (user.empty())
        throw invalid_value("The parameter MasterUsername must be provided and must not be blank.");
    const bool is_valid = user.size() <= 16 && is_letter(user.front()) &&
                          std::all_of(user.begin(), user.end(), [](char c) {
                              return is_letter(c) || is_digit(c) || c == '_';
                          });
    if (!is_valid) throw invalid_value("Invalid master user name");
    if (user == "rdsadmin" || user == "rdsrepladmin") {
        throw invalid_value(
            "MasterUsername {} cannot be used as it is a reserved word used by the engine",
            user
        );
    }
}

void check_db_name(std::string_view name) {
    const bool is_valid = !name.empty() && name.size() <= 64 && is_letter(name.front()) &&
                          std::all_of(name.begin(), name.end(), [](char c) {
                              return is_letter(c) || is_digit(c) || c == '_';
                          });
    if (!is_valid)
        throw invalid_value(
            "DBName must begin with a letter and contain only alphanumeric characters."
        );
}

void check_instance_class(const std::string& instance_class) {
    if (processors_of(instance_class) == 0)
        throw invalid_value("Invalid DB Instance class: {}", instance_class);
}

void check_storage(std::int32_t gigabytes, const std::string& storage_type) {
    if (storage_type != "gp2" && storage_type != "gp3" && storage_type != "io1" &&
        storage_type != "io2" && storage_type != "standard")
        throw invalid_value("Invalid storage type: {}", storage_type);
    const std::int32_t least = storage_type.starts_with("io") ? 100
                               : storage_type == "standard"   ? 5
                                                              : 20;
    const std::int32_t most = storage_type == "standard" ? 3072 : 65536;
    if (gigabytes < least || gigabytes > most) {
        throw invalid_value(
            "Invalid storage size for engine name mysql and storage type {}: {}",
            storage_type,
            gigabytes
        );
    }
}

void check_retention(std::int32_t days) {
    if (days < 0 || days > limits::max_retention_days) {
        throw invalid_value(
            "Invalid backup retention period: {}. Retention period must be between 0 and {}.",
            days,
            limits::max_retention_days
        );
    }
}

void check_port(std::int32_t port) {
    // AWS: "Valid Values: 1150-65535"
    if (port < 1150 || port > 65535)
        throw invalid_value("Invalid port number: {}. Valid values are 1150-65535.", port);
}

std::string valid_daily_window(const std::string& window) {
    if (!has_form(window, "00:00-00:00") || !opens_somewhere(window)) {
        throw invalid_value(
            "The parameter PreferredBackupWindow is not valid: {}. It must be in the format "
            "hh24:mi-hh24:mi.",
            window
        );
    }
    return window;
}

std::string valid_weekly_window(const std::string& window) {
    const auto lower = lower_case(window);
    if (!has_form(lower, "aaa:00:00-aaa:00:00") || !opens_somewhere(lower)) {
        throw invalid_value(
            "The parameter PreferredMaintenanceWindow is not valid: {}. It must be in the format "
            "ddd:hh24:mi-ddd:hh24:mi.",
            window
        );
    }
    return lower;
}

bool windows_overlap(const std::string& backup, const std::string& maintenance) {
    for (int minute = 0; minute < 7 * 24 * 60; ++minute) {
        const auto when = some_sunday + std::chrono::minutes(minute);
        if (is_in_window(backup, when) && is_in_window(maintenance, when)) return true;
    }
    return false;
}

void check_windows_apart(const DBInstance& instance) {
    if (windows_overlap(instance.backup_window, instance.maintenance_window))
        throw invalid_value("The backup window and maintenance window must not overlap.");
}

void check_parameter_group(const std::optional<std::string>& name) {
    if (name && lower_case(*name) != "default.mysql8.0")
        throw api::DBParameterGroupNotFoundFault("DBParameterGroup not found: {}", *name);
}

Tags tags_of(const std::vector<api::Tag>& tags) {
    Tags result;
    for (const auto& tag : tags) {
        const auto key = tag.key.value_or("");
        if (key.starts_with("aws:")) {
            throw invalid_value(
                "Tag keys starting with 'aws:' are reserved for internal use: {}",
                key
            );
        }
        result[key] = tag.value.value_or("");
    }
    return result;
}

std::vector<api::Tag> describe_tags(const Tags& tags) {
    std::vector<api::Tag> result;
    for (const auto& [key, value] : tags)
        result.push_back({key, value});
    return result;
}

int processors_of(std::string_view instance_class) {
    const int found = find_processors(instance_class, burstable, burstable_sizes);
    return found != 0 ? found : find_processors(instance_class, steady, steady_sizes);
}

std::vector<std::string> instance_classes() {
    std::vector<std::string> classes;
    const auto add = [&](const auto& families, const auto& sizes) {
        for (const std::string_view family : families)
            for (const auto& size : sizes)
                classes.push_back(fmt::format("db.{}.{}", family, size.name));
    };
    add(burstable, burstable_sizes);
    add(steady, steady_sizes);
    return classes;
}

} // namespace diorama::rds
