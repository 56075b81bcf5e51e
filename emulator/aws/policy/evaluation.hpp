// What a policy document says to a request: explicitly denied, allowed, or nothing. Pure: whatever
// a condition may ask for stands in the request's context.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#pragma once

#include "emulator/aws/policy/document.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::aws::policy {

// Who asks: an identity of an account, a service, or nobody known.
struct Principal {
    std::string account;
    std::string arn;            // "arn:aws:iam::123456789012:root"
    std::string service;        // "cloudfront.amazonaws.com"
    std::string canonical_user; // S3's name of the account

    bool is_anonymous() const { return account.empty() && service.empty(); }
};

// Condition keys in lower case ("aws:sourceip"); a key that is absent is not there.
using Context = std::map<std::string, std::vector<std::string>, std::less<>>;

struct Request {
    Principal principal;
    std::string action;   // "s3:GetObject"
    std::string resource; // an ARN
    Context context;
};

enum class Verdict { none, allowed, denied };

// AWS: "An explicit deny in any policy overrides any allows."
Verdict evaluate(const Document& document, const Request& request);

bool matches(const Principals& principals, const Principal& principal);
bool matches_action(const Patterns& patterns, std::string_view action);
bool holds(const Condition& condition, const Context& context, bool has_variables);

// "${aws:username}" replaced by the context's value; nothing when it has none. "${*}", "${?}" and
// "${$}" are the characters themselves, escaped for matches_wildcard().
std::optional<std::string> substitute(std::string_view pattern, const Context& context);

} // namespace diorama::aws::policy
