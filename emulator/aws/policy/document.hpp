// IAM's policy documents as values: what a statement says about whom, which actions, which
// resources and under which conditions. Read from JSON here, decided in evaluation.hpp. Pure.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::aws::policy {

// Patterns, or everything but what matches them (NotAction, NotResource).
struct Patterns {
    std::vector<std::string> values;
    bool is_negated = false;
};

struct Principals {
    bool is_everyone = false; // "*" or {"AWS": "*"}
    std::vector<std::string> aws;
    std::vector<std::string> services;
    std::vector<std::string> canonical_users;
    std::vector<std::string> federated;
    bool is_negated = false;
};

// How a condition treats a key of several values.
enum class Quantifier { none, for_all_values, for_any_value };

struct Condition {
    Quantifier quantifier = Quantifier::none;
    std::string test; // "StringEquals", without quantifier and IfExists
    bool if_exists = false;
    std::string key; // as written; compared without case
    std::vector<std::string> values;
};

struct Statement {
    std::string id;
    bool allows = true;
    std::optional<Principals> principals; // absent in a policy of an identity
    Patterns actions;
    Patterns resources;
    std::vector<Condition> conditions;
};

struct Document {
    std::string version = "2008-10-17";
    std::string id;
    std::vector<Statement> statements;
};

// The error is AWS's sentence; nothing when the document is one.
struct ParsedDocument {
    Document document;
    std::optional<std::string> error;
};

// `needs_principal`: a policy of a resource, in which every statement names whom it is about.
ParsedDocument parse_document(std::string_view json, bool needs_principal);

// Whether there is such a test ("StringEquals", "IpAddress" …).
bool is_condition_test(std::string_view test);

} // namespace diorama::aws::policy
