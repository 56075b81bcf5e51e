// See cors.hpp.
#include "services/s3/data/cors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::s3 {

namespace {

std::vector<std::string> texts_of(const nlohmann::json& rule, const char* name) {
    return rule.contains(name) ? rule.at(name).get<std::vector<std::string>>()
                               : std::vector<std::string>();
}

// AWS: The origin string can contain at most one * wildcard character.
bool matches(std::string_view pattern, std::string_view text) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == text;
    const auto before = pattern.substr(0, star);
    const auto after = pattern.substr(star + 1);
    return text.size() >= before.size() + after.size() && text.starts_with(before) &&
           text.ends_with(after);
}

bool has_star(const std::vector<std::string>& values) {
    return std::find(values.begin(), values.end(), "*") != values.end();
}

bool allows_header(const CORSRule& rule, const std::string& header) {
    return std::any_of(
        rule.allowed_headers.begin(),
        rule.allowed_headers.end(),
        [&](const std::string& pattern) { return matches(http::lower_case(pattern), header); }
    );
}

bool allows(const CORSRule& rule, const CrossOriginRequest& request) {
    const bool has_origin = std::any_of(
        rule.allowed_origins.begin(),
        rule.allowed_origins.end(),
        [&](const std::string& pattern) { return matches(pattern, request.origin); }
    );
    const auto& methods = rule.allowed_methods;
    return has_origin &&
           std::find(methods.begin(), methods.end(), request.method) != methods.end() &&
           std::all_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
               return allows_header(rule, header);
           });
}

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values)
        text += (text.empty() ? "" : ", ") + value;
    return text;
}

} // namespace

std::vector<CORSRule> read_cors(std::string_view json) {
    std::vector<CORSRule> rules;
    const auto document = nlohmann::json::parse(json);
    for (const auto& given : document.value("CORSRules", nlohmann::json::array())) {
        auto& rule = rules.emplace_back();
        rule.allowed_origins = texts_of(given, "AllowedOrigins");
        rule.allowed_methods = texts_of(given, "AllowedMethods");
        rule.allowed_headers = texts_of(given, "AllowedHeaders");
        rule.exposed_headers = texts_of(given, "ExposeHeaders");
        if (given.contains("MaxAgeSeconds")) rule.max_age = given.at("MaxAgeSeconds").get<int>();
    }
    return rules;
}

const CORSRule* find_rule(const std::vector<CORSRule>& rules, const CrossOriginRequest& request) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const CORSRule& rule) {
        return allows(rule, request);
    });
    return found == rules.end() ? nullptr : &*found;
}

http::Headers
cors_headers(const CORSRule& rule, const CrossOriginRequest& request, bool is_preflight) {
    http::Headers headers;
    const bool is_for_all = has_star(rule.allowed_origins);
    headers.add("Access-Control-Allow-Origin", is_for_all ? "*" : request.origin);
    headers.add("Access-Control-Allow-Methods", joined(rule.allowed_methods));
    if (is_preflight && !request.headers.empty())
        headers.add("Access-Control-Allow-Headers", joined(request.headers));
    if (!rule.exposed_headers.empty())
        headers.add("Access-Control-Expose-Headers", joined(rule.exposed_headers));
    if (rule.max_age) headers.add("Access-Control-Max-Age", std::to_string(*rule.max_age));
    if (!is_for_all) headers.add("Access-Control-Allow-Credentials", "true");
    headers.add("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    return headers;
}

std::vector<std::string> header_names(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        auto name = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (name.starts_with(' '))
            name.remove_prefix(1);
        while (name.ends_with(' '))
            name.remove_suffix(1);
        if (!name.empty()) names.push_back(http::lower_case(name));
    }
    return names;
}

} // namespace diorama::s3
