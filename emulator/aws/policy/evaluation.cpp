// See evaluation.hpp. Conditions stand in conditions.cpp.
#include "emulator/aws/policy/evaluation.hpp"

#include "emulator/aws/arn.hpp"
#include "emulator/aws/wildcard.hpp"
#include "emulator/http/message.hpp"

#include <algorithm>

namespace diorama::aws::policy {

namespace {

// AWS: an account as principal, "123456789012" or its root's ARN, is every identity in it.
bool names_identity(const std::string& named, const Principal& principal) {
    if (principal.account.empty()) return false;
    if (named == principal.account || named == principal.arn) return true;
    const auto arn = ARN::parse(named);
    return arn && arn->service == "iam" && arn->account == principal.account &&
           arn->resource == "root";
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

bool matches_resource(const Patterns& patterns, const Request& request, bool has_variables) {
    const bool is_named = std::any_of(
        patterns.values.begin(),
        patterns.values.end(),
        [&](const std::string& pattern) {
            if (!has_variables || pattern.find("${") == std::string::npos)
                return matches_wildcard(pattern, request.resource);
            const auto filled = substitute(pattern, request.context);
            return filled && matches_wildcard(*filled, request.resource, {.has_escapes = true});
        }
    );
    return is_named != patterns.is_negated;
}

bool applies(const Statement& statement, const Request& request, bool has_variables) {
    if (statement.principals && !matches(*statement.principals, request.principal)) return false;
    if (!matches_action(statement.actions, request.action)) return false;
    if (!matches_resource(statement.resources, request, has_variables)) return false;
    return std::all_of(
        statement.conditions.begin(),
        statement.conditions.end(),
        [&](const Condition& condition) { return holds(condition, request.context, has_variables); }
    );
}

} // namespace

bool matches(const Principals& principals, const Principal& principal) {
    const bool is_named =
        principals.is_everyone ||
        std::any_of(
            principals.aws.begin(),
            principals.aws.end(),
            [&](const std::string& named) { return names_identity(named, principal); }
        ) ||
        contains(principals.services, principal.service) ||
        contains(principals.canonical_users, principal.canonical_user);
    return is_named != principals.is_negated;
}

bool matches_action(const Patterns& patterns, std::string_view action) {
    const bool is_named = std::any_of(
        patterns.values.begin(),
        patterns.values.end(),
        [&](const std::string& pattern) {
            return matches_wildcard(pattern, action, {.ignores_case = true});
        }
    );
    return is_named != patterns.is_negated;
}

std::optional<std::string> substitute(std::string_view pattern, const Context& context) {
    std::string filled;
    for (;;) {
        const auto start = pattern.find("${");
        filled += pattern.substr(0, start);
        if (start == std::string_view::npos) return filled;
        const auto end = pattern.find('}', start);
        if (end == std::string_view::npos) return filled + std::string(pattern.substr(start));
        auto name = pattern.substr(start + 2, end - start - 2);
        pattern.remove_prefix(end + 1);
        if (name == "*" || name == "?" || name == "$") {
            filled += (name == "$" ? "" : "\\") + std::string(name);
            continue;
        }
        // AWS: "${key, 'default value'}"
        std::optional<std::string> otherwise;
        if (const auto comma = name.find(','); comma != std::string_view::npos) {
            auto text = name.substr(comma + 1);
            const auto open = text.find('\'');
            const auto close = text.rfind('\'');
            if (open != std::string_view::npos && close > open)
                otherwise = std::string(text.substr(open + 1, close - open - 1));
            name = name.substr(0, comma);
        }
        const auto found = context.find(http::lower_case(name));
        if (found != context.end() && !found->second.empty())
            filled += found->second.front();
        else if (otherwise)
            filled += *otherwise;
        else
            return std::nullopt;
    }
}

Verdict evaluate(const Document& document, const Request& request) {
    // AWS: policy variables exist from version 2012-10-17 on.
    const bool has_variables = document.version == "2012-10-17";
    auto verdict = Verdict::none;
    for (const auto& statement : document.statements) {
        if (statement.allows && verdict == Verdict::allowed) continue;
        if (!applies(statement, request, has_variables)) continue;
        if (!statement.allows) return Verdict::denied;
        verdict = Verdict::allowed;
    }
    return verdict;
}

} // namespace diorama::aws::policy
