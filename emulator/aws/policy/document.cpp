// See document.hpp.
#include "emulator/aws/policy/document.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace diorama::aws::policy {

namespace {

using nlohmann::json;

// Ends the reading of a document; caught in parse_document().
struct Mistake {
    std::string sentence;
};

[[noreturn]] void refuse(std::string sentence) {
    throw Mistake{std::move(sentence)};
}

std::string text_of(const json& value, std::string_view field) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    if (value.is_number()) return value.dump();
    refuse(fmt::format("Invalid value in policy field {}", field));
}

// One text or a list of them.
std::vector<std::string> texts_of(const json& value, std::string_view field) {
    std::vector<std::string> texts;
    if (!value.is_array()) return {text_of(value, field)};
    for (const auto& element : value)
        texts.push_back(text_of(element, field));
    return texts;
}

Patterns patterns_of(const json& statement, const std::string& field) {
    const auto plain = statement.find(field);
    const auto negated = statement.find("Not" + field);
    if (plain != statement.end() && negated != statement.end())
        refuse(fmt::format("Statement cannot have both {0} and Not{0}", field));
    if (plain == statement.end() && negated == statement.end())
        refuse("Missing required field " + field);
    const bool is_negated = plain == statement.end();
    Patterns patterns{texts_of(is_negated ? *negated : *plain, field), is_negated};
    if (patterns.values.empty()) refuse("Missing required field " + field + " cannot be empty!");
    return patterns;
}

Principals principals_of(const json& value, bool is_negated) {
    Principals principals;
    principals.is_negated = is_negated;
    if (value.is_string()) {
        if (value != "*") refuse("Invalid principal in policy");
        principals.is_everyone = true;
        return principals;
    }
    if (!value.is_object() || value.empty()) refuse("Invalid policy syntax.");
    for (const auto& [kind, named] : value.items()) {
        auto names = texts_of(named, "Principal");
        if (names.empty()) refuse("Invalid principal in policy");
        if (kind == "AWS") {
            const auto stars = std::erase(names, "*");
            principals.is_everyone = principals.is_everyone || stars != 0;
            principals.aws = std::move(names);
        } else if (kind == "Service") {
            principals.services = std::move(names);
        } else if (kind == "CanonicalUser") {
            principals.canonical_users = std::move(names);
        } else if (kind == "Federated") {
            principals.federated = std::move(names);
        } else {
            refuse("Invalid principal in policy");
        }
    }
    return principals;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

Condition condition_of(std::string_view name) {
    Condition condition;
    auto test = name;
    if (take_prefix(test, "ForAllValues:"))
        condition.quantifier = Quantifier::for_all_values;
    else if (take_prefix(test, "ForAnyValue:"))
        condition.quantifier = Quantifier::for_any_value;
    if (test.ends_with("IfExists")) {
        test.remove_suffix(8);
        condition.if_exists = true;
    }
    if (!is_condition_test(test) || (test == "Null" && condition.if_exists))
        refuse(fmt::format("Invalid Condition type : {}", name));
    condition.test = test;
    return condition;
}

void add_conditions(const json& tests, std::vector<Condition>& conditions) {
    if (!tests.is_object()) refuse("Invalid policy syntax.");
    for (const auto& [test, keys] : tests.items()) {
        if (!keys.is_object()) refuse("Invalid policy syntax.");
        for (const auto& [key, values] : keys.items()) {
            auto condition = condition_of(test);
            condition.key = key;
            condition.values = texts_of(values, "Condition");
            conditions.push_back(std::move(condition));
        }
    }
}

void check_fields(const json& object, std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : object.items()) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            refuse(fmt::format("Unknown field {}", name));
    }
}

Statement statement_of(const json& value, bool needs_principal) {
    if (!value.is_object()) refuse("Invalid policy syntax.");
    check_fields(
        value,
        {"Sid",
         "Effect",
         "Principal",
         "NotPrincipal",
         "Action",
         "NotAction",
         "Resource",
         "NotResource",
         "Condition"}
    );
    Statement statement;
    if (value.contains("Sid")) statement.id = text_of(value.at("Sid"), "Sid");
    if (!value.contains("Effect")) refuse("Missing required field Effect");
    const auto effect = text_of(value.at("Effect"), "Effect");
    if (effect != "Allow" && effect != "Deny") refuse("Invalid effect: " + effect);
    statement.allows = effect == "Allow";
    const bool has_principal = value.contains("Principal");
    if (has_principal || value.contains("NotPrincipal")) {
        if (!needs_principal) refuse("Policy document should not specify a principal.");
        statement.principals =
            principals_of(value.at(has_principal ? "Principal" : "NotPrincipal"), !has_principal);
    } else if (needs_principal) {
        refuse("Missing required field Principal");
    }
    statement.actions = patterns_of(value, "Action");
    statement.resources = patterns_of(value, "Resource");
    if (value.contains("Condition")) add_conditions(value.at("Condition"), statement.conditions);
    return statement;
}

Document document_of(const json& value, bool needs_principal) {
    check_fields(value, {"Version", "Id", "Statement"});
    Document document;
    if (value.contains("Version")) {
        document.version = text_of(value.at("Version"), "Version");
        if (document.version != "2012-10-17" && document.version != "2008-10-17")
            refuse("The policy must contain a valid version string");
    }
    if (value.contains("Id")) document.id = text_of(value.at("Id"), "Id");
    if (!value.contains("Statement")) refuse("Missing required field Statement");
    const auto& statements = value.at("Statement");
    if (!statements.is_array()) {
        document.statements.push_back(statement_of(statements, needs_principal));
        return document;
    }
    if (statements.empty()) refuse("Could not parse the policy: Statement is empty!");
    for (const auto& statement : statements)
        document.statements.push_back(statement_of(statement, needs_principal));
    return document;
}

} // namespace

bool is_condition_test(std::string_view test) {
    constexpr std::array<std::string_view, 27> tests{
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "Null",
    };
    return std::find(tests.begin(), tests.end(), test) != tests.end();
}

ParsedDocument parse_document(std::string_view text, bool needs_principal) {
    ParsedDocument parsed;
    const auto value =
        text.starts_with('{') ? json::parse(text, nullptr, false) : json(json::value_t::discarded);
    if (!value.is_object()) {
        parsed.error = "Policies must be valid JSON and the first byte must be '{'";
        return parsed;
    }
    try {
        parsed.document = document_of(value, needs_principal);
    } catch (Mistake& mistake) {
        parsed.error = std::move(mistake.sentence);
    }
    return parsed;
}

} // namespace diorama::aws::policy
