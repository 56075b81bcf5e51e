// See filter_policy.hpp. AWS: Developer Guide, "Amazon SNS subscription filter policies".
#include "services/sns/data/filter_policy.hpp"

#include "services/sns/limits.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <functional>

namespace diorama::sns {

namespace {

using Json = nlohmann::json;

bool is_exact(const Json& value) {
    return value.is_string() || value.is_number() || value.is_boolean() || value.is_null();
}

std::string lower_case(std::string text) {
    return http::lower_case(text);
}

// ["=", 1] or [">", 1, "<=", 5]
std::string numeric_error(const Json& terms) {
    if (!terms.is_array() || terms.empty()) return "Invalid member in numeric match: ]";
    if (terms.size() > 4) return "Too many terms in numeric range expression";
    for (std::size_t i = 0; i < terms.size(); i += 2) {
        if (!terms[i].is_string())
            return (i == 0 ? "Invalid member in numeric match: " : "Bad value in numeric range: ") +
                   terms[i].dump();
        const auto& sign = terms[i].get_ref<const std::string&>();
        const bool is_known =
            sign == "=" || sign == "<" || sign == "<=" || sign == ">" || sign == ">=";
        if (i == 0 && is_known && sign[0] != '>' && terms.size() > 2)
            return "Too many elements in numeric expression";
        if (!is_known && i == 0) return "Unrecognized numeric range operator: " + sign;
        if (!is_known || (i == 2 && sign[0] != '<')) return "Bad numeric range operator: " + sign;
        if (i + 1 >= terms.size() || !terms[i + 1].is_number())
            return fmt::format("Value of {} must be numeric", sign == "=" ? "equals" : sign);
    }
    if (terms.size() == 4) {
        if (terms[1].get<double>() >= terms[3].get<double>()) return "Bottom must be less than top";
    }
    return {};
}

std::string anything_but_error(const Json& value) {
    if (value.is_object()) {
        if (value.size() != 1) return "Only one key allowed in match expression";
        const auto& key = value.begin().key();
        if (key != "prefix") return "Unsupported anything-but pattern: " + key;
        return value.begin()->is_string() ? "" : "prefix match pattern must be a string";
    }
    if (value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), is_exact))
        return {};
    return is_exact(value) ? "" : "Match value must be String, number, true, false, or null";
}

std::string pattern_error(const Json& pattern) {
    if (is_exact(pattern)) return {};
    if (!pattern.is_object()) return "Match value must be String, number, true, false, or null";
    if (pattern.size() != 1) return "Only one key allowed in match expression";
    const auto& key = pattern.begin().key();
    const auto& value = *pattern.begin();
    if (key == "exists")
        return value.is_boolean() ? "" : "exists match pattern must be either true or false.";
    if (key == "prefix" || key == "suffix" || key == "equals-ignore-case")
        return value.is_string() ? "" : key + " match pattern must be a string";
    if (key == "numeric") return numeric_error(value);
    if (key == "anything-but") return anything_but_error(value);
    if (key == "cidr") return value.is_string() ? "" : "prefix match pattern must be a string";
    return "Unrecognized match type " + key;
}

constexpr int deepest = 100;

struct Walk {
    bool may_nest = false;
    int depth = 0;
    std::size_t keys = 0;
    std::size_t combinations = 1;
};

std::string object_error(const Json& policy, Walk& walk) {
    if (++walk.depth > deepest) return "Filter policy is too complex";
    for (const auto& [key, value] : policy.items()) {
        if (value.is_object()) {
            if (!walk.may_nest)
                return "Filter policy scope MessageAttributes does not support nested filter "
                       "policy";
            if (auto error = object_error(value, walk); !error.empty()) return error;
            continue;
        }
        if (!value.is_array()) return fmt::format("\"{}\" must be an object or an array", key);
        if (value.empty()) return "Empty arrays are not allowed";
        ++walk.keys;
        walk.combinations *= value.size();
        for (const auto& pattern : value) {
            if (auto error = pattern_error(pattern); !error.empty()) return error;
        }
        if (walk.combinations > limits::filter_policy_combinations)
            return "Filter policy is too complex";
    }
    --walk.depth;
    return {};
}

// A value of a message against one pattern; `value` is null when there is no such key.
bool matches_pattern(const Json& pattern, const Json* value) {
    if (pattern.is_object()) {
        const auto& key = pattern.begin().key();
        const auto& wanted = *pattern.begin();
        if (key == "exists") return wanted.get<bool>() == (value != nullptr);
        if (value == nullptr) return false;
        if (key == "numeric") {
            if (!value->is_number()) return false;
            const double number = value->get<double>();
            for (std::size_t i = 0; i + 1 < wanted.size(); i += 2) {
                const auto& sign = wanted[i].get_ref<const std::string&>();
                const double bound = wanted[i + 1].get<double>();
                const bool holds = sign == "="    ? number == bound
                                   : sign == "<"  ? number < bound
                                   : sign == "<=" ? number <= bound
                                   : sign == ">"  ? number > bound
                                                  : number >= bound;
                if (!holds) return false;
            }
            return true;
        }
        if (key == "anything-but") {
            if (wanted.is_object())
                return value->is_string() && !value->get_ref<const std::string&>().starts_with(
                                                 wanted.begin()->get_ref<const std::string&>()
                                             );
            if (wanted.is_array())
                return std::find(wanted.begin(), wanted.end(), *value) == wanted.end();
            return *value != wanted;
        }
        if (!value->is_string()) return false;
        const auto& text = value->get_ref<const std::string&>();
        const auto& part = wanted.get_ref<const std::string&>();
        if (key == "prefix") return text.starts_with(part);
        if (key == "suffix") return text.ends_with(part);
        return lower_case(text) == lower_case(part);
    }
    return value != nullptr && *value == pattern;
}

// AWS: patterns of one key are alternatives; of an array of values one has to match.
bool matches_patterns(const Json& patterns, const Json* value) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const Json& pattern) {
        if (value == nullptr || !value->is_array()) return matches_pattern(pattern, value);
        return std::any_of(value->begin(), value->end(), [&](const Json& one) {
            return matches_pattern(pattern, &one);
        });
    });
}

bool matches_object(const Json& policy, const Json& document) {
    for (const auto& [key, patterns] : policy.items()) {
        const auto found = document.is_object() ? document.find(key) : document.end();
        const Json* value = document.is_object() && found != document.end() ? &*found : nullptr;
        if (patterns.is_object()) {
            if (!matches_object(patterns, value != nullptr ? *value : Json())) return false;
        } else if (!matches_patterns(patterns, value)) {
            return false;
        }
    }
    return true;
}

// Message attributes as a document: numbers as numbers, String.Array as an array.
Json document_of(const std::map<std::string, MessageAttribute>& attributes) {
    Json document = Json::object();
    for (const auto& [name, attribute] : attributes) {
        const auto& type = attribute.type;
        if (type.starts_with("Binary")) continue; // AWS: "ignored"
        if (type.starts_with("Number") || type.starts_with("String.Array")) {
            auto value = Json::parse(attribute.value, nullptr, false);
            document[name] = value.is_discarded() ? Json(attribute.value) : std::move(value);
        } else {
            document[name] = attribute.value;
        }
    }
    return document;
}

bool uses(const Json& json, const std::string& name, int depth = 0) {
    if (depth > deepest || !json.is_structured()) return false;
    if (json.is_object() && json.contains(name)) return true;
    return std::any_of(json.begin(), json.end(), [&](const Json& one) {
        return uses(one, name, depth + 1);
    });
}

} // namespace

std::string filter_policy_error(std::string_view policy, FilterPolicyScope scope) {
    const auto json = Json::parse(policy, nullptr, false);
    if (json.is_discarded()) return "failed to parse JSON.";
    if (!json.is_object()) return "Filter is not an object";
    Walk walk{.may_nest = scope == FilterPolicyScope::message_body};
    if (auto error = object_error(json, walk); !error.empty()) return error;
    if (walk.keys > limits::filter_policy_keys)
        return fmt::format(
            "Filter policy can not have more than {} keys",
            limits::filter_policy_keys
        );
    return {};
}

std::string unemulated_operator(std::string_view policy) {
    const auto json = Json::parse(policy, nullptr, false);
    return uses(json, "cidr") ? "cidr" : uses(json, "$or") ? "$or" : "";
}

bool matches_filter_policy(
    std::string_view policy,
    FilterPolicyScope scope,
    const Message& message,
    const std::string& text
) {
    const auto json = Json::parse(policy, nullptr, false);
    if (!json.is_object()) return true;
    if (scope == FilterPolicyScope::message_attributes)
        return matches_object(json, document_of(message.attributes));
    const auto body = Json::parse(text, nullptr, false);
    return body.is_object() && matches_object(json, body);
}

} // namespace diorama::sns
