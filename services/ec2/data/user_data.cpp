// See user_data.hpp.
#include "services/ec2/data/user_data.hpp"

#include <charconv>

namespace diorama::ec2 {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string_view unquoted(std::string_view value) {
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front()) {
        return value.substr(1, value.size() - 2);
    }
    return value;
}

bool is_variable_name(std::string_view name) {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
    for (const char c : name) {
        const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!is_letter && !(c >= '0' && c <= '9')) return false;
    }
    return true;
}

std::string text_of(const Settings& settings, const char* key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::string() : found->second;
}

template <class Number>
Number number_of(const Settings& settings, const char* key, Number otherwise) {
    const std::string text = text_of(settings, key);
    Number value = otherwise;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() && result.ptr == text.data() + text.size() ? value : otherwise;
}

} // namespace

Settings read_settings(std::string_view user_data) {
    Settings settings;
    while (!user_data.empty()) {
        const auto end = user_data.find('\n');
        auto line = trimmed(user_data.substr(0, end));
        user_data.remove_prefix(end == std::string_view::npos ? user_data.size() : end + 1);
        if (line.starts_with("export ")) line = trimmed(line.substr(7));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const auto name = line.substr(0, equals);
        if (is_variable_name(name))
            settings[std::string(name)] = unquoted(trimmed(line.substr(equals + 1)));
    }
    return settings;
}

ApplicationSettings application_settings(const Settings& settings) {
    ApplicationSettings result;
    result.port = number_of<std::uint16_t>(settings, "PORT", result.port);
    const double cpu_ms = number_of(settings, "CPU_MS", 2.0);
    if (cpu_ms >= 0 && cpu_ms < 3'600'000) {
        result.cpu_per_request = Duration(static_cast<Duration::rep>(cpu_ms * 1e6));
    }
    result.database_host = text_of(settings, "DB_HOST");
    result.database_port = number_of<std::uint16_t>(settings, "DB_PORT", result.database_port);
    result.database_read_host = text_of(settings, "DB_READ_HOST");
    result.database_read_port =
        number_of<std::uint16_t>(settings, "DB_READ_PORT", result.database_port);
    result.database_user = text_of(settings, "DB_USER");
    result.database_password = text_of(settings, "DB_PASSWORD");
    result.database_name = text_of(settings, "DB_NAME");
    result.message = text_of(settings, "MESSAGE");
    return result;
}

} // namespace diorama::ec2
