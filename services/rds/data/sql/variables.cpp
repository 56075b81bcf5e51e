// Defaults as RDS for MySQL 8.0 has them, and the checks of SET.
#include "services/rds/data/sql/variables.hpp"

#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/time_zone.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace diorama::rds::sql {

namespace {

struct Mode {
    std::string_view name;
    std::uint64_t bit;
    std::uint64_t with = 0; // others that it stands for
};

// https://dev.mysql.com/doc/refman/8.0/en/sql-mode.html; the numbers are those of the source.
constexpr std::array known_modes = {
    Mode{"REAL_AS_FLOAT", 1},
    Mode{"PIPES_AS_CONCAT", 2},
    Mode{"ANSI_QUOTES", 4},
    Mode{"IGNORE_SPACE", 8},
    Mode{"ONLY_FULL_GROUP_BY", 32},
    Mode{"NO_UNSIGNED_SUBTRACTION", 64},
    Mode{"NO_DIR_IN_CREATE", 128},
    Mode{"ANSI", 0x40000, 1 + 2 + 4 + 8 + 32},
    Mode{"NO_AUTO_VALUE_ON_ZERO", 0x80000},
    Mode{"NO_BACKSLASH_ESCAPES", 0x100000},
    Mode{"STRICT_TRANS_TABLES", 0x200000},
    Mode{"STRICT_ALL_TABLES", 0x400000},
    Mode{"NO_ZERO_IN_DATE", 0x800000},
    Mode{"NO_ZERO_DATE", 0x1000000},
    Mode{"ALLOW_INVALID_DATES", 0x2000000},
    Mode{"ERROR_FOR_DIVISION_BY_ZERO", 0x4000000},
    Mode{
        "TRADITIONAL",
        0x8000000,
        0x200000 + 0x400000 + 0x800000 + 0x1000000 + 0x4000000 + 0x40000000
    },
    Mode{"HIGH_NOT_PRECEDENCE", 0x20000000},
    Mode{"NO_ENGINE_SUBSTITUTION", 0x40000000},
    Mode{"PAD_CHAR_TO_FULL_LENGTH", 0x80000000},
    Mode{"TIME_TRUNCATE_FRACTIONAL", 0x100000000},
};

// Names or a number, as names in the order of their numbers; nothing for what is no mode.
std::optional<std::string> checked_modes(std::string_view value) {
    const auto given = upper_case(value);
    std::uint64_t bits = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), bits);
    const bool is_number =
        !given.empty() && error == std::errc{} && end == given.data() + given.size();
    std::string_view rest = is_number ? std::string_view() : std::string_view(given);
    while (!rest.empty()) {
        const auto name = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        if (name.empty()) continue;
        const auto mode =
            std::find_if(known_modes.begin(), known_modes.end(), [&](const Mode& candidate) {
                return candidate.name == name;
            });
        if (mode == known_modes.end()) return std::nullopt;
        bits |= mode->bit | mode->with;
    }
    std::string names;
    for (const auto& mode : known_modes)
        if ((bits & mode.bit) != 0) names += (names.empty() ? "" : ",") + std::string(mode.name);
    return names;
}

} // namespace

std::map<std::string, std::string, std::less<>> default_variables() {
    constexpr std::string_view mode = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_"
                                      "ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
    std::map<std::string, std::string, std::less<>> variables = {
        {"version", std::string(limits::server_version)},
        {"version_comment", "Source distribution"},
        {"sql_mode", std::string(mode)},
        {"max_allowed_packet", fmt::format("{}", limits::max_allowed_packet)},
        {"innodb_lock_wait_timeout", fmt::format("{}", limits::lock_wait_timeout_seconds)},
        {"port", fmt::format("{}", limits::default_port)},
        {"max_prepared_stmt_count", fmt::format("{}", limits::max_prepared_statements)},
        {"group_concat_max_len", fmt::format("{}", limits::group_concat_max_length)},
    };
    // clang-format off
    constexpr std::pair<const char*, const char*> plain[] = {
        {"auto_increment_increment", "1"}, {"auto_increment_offset", "1"}, {"autocommit", "ON"},
        {"binlog_format", "ROW"}, {"cte_max_recursion_depth", "1000"}, {"character_set_client", "utf8mb4"}, {"character_set_connection", "utf8mb4"},
        {"character_set_database", "utf8mb4"}, {"character_set_results", "utf8mb4"}, {"character_set_server", "utf8mb4"},
        {"character_set_system", "utf8mb3"}, {"collation_connection", "utf8mb4_0900_ai_ci"},
        {"collation_database", "utf8mb4_0900_ai_ci"}, {"collation_server", "utf8mb4_0900_ai_ci"},
        {"datadir", "/rdsdbdata/db/"}, {"default_storage_engine", "InnoDB"}, {"div_precision_increment", "4"},
        {"error_count", "0"}, {"activate_all_roles_on_login", "OFF"},
        {"automatic_sp_privileges", "ON"}, {"disconnect_on_expired_password", "ON"}, {"mandatory_roles", ""},
        {"event_scheduler", "ON"}, {"explicit_defaults_for_timestamp", "ON"},
        {"foreign_key_checks", "ON"}, {"gtid_executed", ""}, {"gtid_mode", "OFF_PERMISSIVE"}, {"gtid_purged", ""},
        {"have_ssl", "YES"}, {"hostname", "ip-10-0-0-1"}, {"identity", "0"}, {"information_schema_stats_expiry", "86400"},
        {"init_connect", ""}, {"innodb_read_only", "OFF"}, {"innodb_rollback_on_timeout", "OFF"},
        {"interactive_timeout", "28800"}, {"last_insert_id", "0"}, {"license", "GPL"}, {"local_infile", "ON"},
        {"lock_wait_timeout", "31536000"}, {"log_bin", "ON"}, {"lower_case_table_names", "0"},
        {"log_bin_trust_function_creators", "OFF"}, {"max_sp_recursion_depth", "0"},
        {"max_execution_time", "0"}, {"max_statement_time", "0"}, {"net_buffer_length", "16384"},
        {"net_read_timeout", "30"}, {"net_write_timeout", "60"}, {"optimizer_switch", "default"},
        {"performance_schema", "OFF"}, {"pseudo_thread_id", "0"}, {"read_only", "OFF"}, {"server_id", "1"},
        {"server_uuid", ""}, {"session_track_schema", "ON"}, {"sql_auto_is_null", "OFF"}, {"sql_log_bin", "ON"},
        {"sql_notes", "ON"}, {"sql_quote_show_create", "ON"}, {"sql_safe_updates", "OFF"},
        {"sql_select_limit", "18446744073709551615"}, {"sql_warnings", "OFF"}, {"super_read_only", "OFF"},
        {"system_time_zone", "UTC"}, {"terminology_use_previous", "NONE"}, {"time_zone", "SYSTEM"},
        {"tls_version", "TLSv1.2,TLSv1.3"}, {"transaction_isolation", "REPEATABLE-READ"},
        {"transaction_read_only", "OFF"}, {"tx_isolation", "REPEATABLE-READ"}, {"unique_checks", "ON"},
        {"wait_timeout", "28800"}, {"warning_count", "0"},
        {"connect_timeout", "10"}, {"have_compress", "YES"}, {"innodb_flush_log_at_trx_commit", "1"},
        {"max_connections", "151"}, {"max_user_connections", "0"},
        {"protocol_compression_algorithms", "zlib,zstd,uncompressed"}, {"resultset_metadata", "FULL"},
        {"session_track_gtids", "OFF"}, {"session_track_state_change", "OFF"},
        {"session_track_system_variables", "time_zone,autocommit,character_set_client,character_set_results,character_set_connection"},
        {"session_track_transaction_info", "NONE"}, {"sync_binlog", "1"},
        {"big_tables", "OFF"}, {"join_buffer_size", "262144"}, {"lc_messages", "en_US"}, {"lc_time_names", "en_US"},
        {"low_priority_updates", "OFF"}, {"max_error_count", "1024"}, {"max_heap_table_size", "16777216"},
        {"max_join_size", "18446744073709551615"}, {"read_buffer_size", "262144"}, {"read_rnd_buffer_size", "524288"},
        {"sort_buffer_size", "262144"}, {"sql_big_selects", "ON"}, {"tmp_table_size", "16777216"},
    };
    // clang-format on
    for (const auto& [name, value] : plain)
        variables.emplace(name, value);
    return variables;
}

bool is_global_only(std::string_view name) {
    static constexpr std::array<std::string_view, 12> names = {
        "activate_all_roles_on_login",
        "automatic_sp_privileges",
        "event_scheduler",
        "mandatory_roles",
        "connect_timeout",
        "innodb_flush_log_at_trx_commit",
        "max_connections",
        "max_prepared_stmt_count",
        "protocol_compression_algorithms",
        "read_only",
        "super_read_only",
        "sync_binlog"
    };
    return std::find(names.begin(), names.end(), name) != names.end();
}

namespace {

SQLError scheduler_is_disabled() {
    return {
        1290,
        "HY000",
        "The MySQL server is running with the --event-scheduler=DISABLED or --skip-grant-tables "
        "option so it cannot execute this statement"
    };
}

// Variables whose values are words.
std::optional<std::variant<std::string, SQLError>>
checked_word(std::string_view name, std::string_view value) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> words = {{
        {"resultset_metadata", "FULL"},
        {"resultset_metadata", "NONE"},
        {"session_track_gtids", "OFF"},
        {"session_track_transaction_info", "NONE"},
        {"session_track_transaction_info", "STATE"},
        {"session_track_transaction_info", "CHARACTERISTICS"},
        {"innodb_flush_log_at_trx_commit", "0"},
        {"innodb_flush_log_at_trx_commit", "1"},
        {"innodb_flush_log_at_trx_commit", "2"},
    }};
    bool is_known = false;
    for (const auto& [variable, word] : words) {
        if (variable != name) continue;
        if (equals_ignoring_case(word, value)) return std::string(word);
        is_known = true;
    }
    // MySQL: OFF stands for the first one, NONE.
    if (name == "session_track_transaction_info" && equals_ignoring_case(value, "OFF"))
        return "NONE";
    if (!is_known) return std::nullopt;
    if (name == "session_track_gtids") return not_supported("session_track_gtids");
    return wrong_value_for_variable(name, value);
}

// Of a character set or a collation; a collation may be given by its number.
std::variant<std::string, SQLError>
checked_characters(std::string_view name, std::string_view value) {
    if (name.starts_with("collation_")) {
        const bool is_number =
            !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
        std::uint16_t number = 0;
        if (is_number) std::from_chars(value.data(), value.data() + value.size(), number);
        const auto collation = is_number ? find_collation(number) : find_collation(value);
        if (!collation) return unknown_collation(value);
        return std::string(collation_name(*collation));
    }
    if (value == "NULL" && name == "character_set_results") return std::string(value);
    if (value == "NULL") return wrong_value_for_variable(name, value);
    const auto set = find_character_set(value);
    if (!set) return unknown_character_set(value);
    return std::string(entry_of(*set).name);
}

bool is_read_only(std::string_view name) {
    static constexpr std::array<std::string_view, 16> names = {
        "disconnect_on_expired_password",
        "version",
        "version_comment",
        "port",
        "hostname",
        "server_uuid",
        "system_time_zone",
        "datadir",
        "lower_case_table_names",
        "license",
        "have_ssl",
        "log_bin",
        "performance_schema",
        "innodb_read_only",
        "character_set_system",
        "tls_version"
    };
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

bool is_about_characters(std::string_view name) {
    return name.starts_with("character_set_") || name.starts_with("collation_");
}

std::variant<std::string, SQLError>
checked_variable(std::string_view name, std::string_view value, std::string_view current) {
    if (is_read_only(name))
        return SQLError{1238, "HY000", fmt::format("Variable '{}' is a read only variable", name)};
    const auto refused = [&] { return wrong_value_for_variable(name, value); };
    if (name == "event_scheduler" && current == "DISABLED") return scheduler_is_disabled();
    if (auto word = checked_word(name, value)) return std::move(*word);
    if (current == "ON" || current == "OFF") {
        if (value == "1" || equals_ignoring_case(value, "ON") ||
            equals_ignoring_case(value, "TRUE"))
            return "ON";
        if (value == "0" || equals_ignoring_case(value, "OFF") ||
            equals_ignoring_case(value, "FALSE"))
            return "OFF";
        return refused();
    }
    if (is_about_characters(name)) return checked_characters(name, value);
    if (name == "div_precision_increment" && value != "4")
        return not_supported("another div_precision_increment than 4");
    const bool is_locale = name == "lc_time_names" || name == "lc_messages";
    if (is_locale && value != "en_US") // the others are not emulated
        return SQLError{1649, "HY000", fmt::format("Unknown locale: '{}'", value)};
    if (name == "time_zone") {
        if (!TimeZones().find(value))
            return SQLError{
                1298,
                "HY000",
                fmt::format("Unknown or incorrect time zone: '{}'", value)
            };
        return std::string(value);
    }
    if (name == "transaction_isolation" || name == "tx_isolation") {
        auto level = upper_case(value);
        std::replace(level.begin(), level.end(), ' ', '-');
        if (level != "READ-COMMITTED" && level != "READ-UNCOMMITTED" &&
            level != "REPEATABLE-READ" && level != "SERIALIZABLE")
            return refused();
        return level;
    }
    if (name == "sql_mode") {
        auto modes = checked_modes(value);
        if (!modes) return refused();
        return std::move(*modes);
    }
    const bool was_number =
        !current.empty() && current.find_first_not_of("0123456789") == std::string_view::npos;
    if (was_number) {
        const auto whole = value.substr(0, value.find('.'));
        if (whole.empty() || whole.find_first_not_of("0123456789") != std::string_view::npos)
            return SQLError{
                1232,
                "42000",
                fmt::format("Incorrect argument type to variable '{}'", name)
            };
        return std::string(whole);
    }
    return std::string(value);
}

} // namespace diorama::rds::sql
