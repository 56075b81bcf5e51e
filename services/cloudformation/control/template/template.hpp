// A template, read and checked: its sections in words of this service. Pure.
#pragma once

#include "services/cloudformation/control/template/reader.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudformation {

struct ParameterDeclaration {
    std::string type;
    std::optional<std::string> default_value;
    std::vector<std::string> allowed_values;
    std::optional<std::string> allowed_pattern;
    std::optional<std::string> constraint_description;
    std::optional<double> minimum_length;
    std::optional<double> maximum_length;
    std::optional<double> minimum_value;
    std::optional<double> maximum_value;
    std::string description;
    bool no_echo = false;
};

struct ResourceDeclaration {
    std::string type;
    Json properties = Json::object();
    std::set<std::string> depends_on;
    std::string condition;
    std::string deletion_policy;       // as declared; empty: the type's default
    std::string update_replace_policy; // likewise
    Json creation_policy;
    Json update_policy;
    Json metadata;
};

struct OutputDeclaration {
    Json value;
    Json export_name;
    std::string description;
    std::string condition;
    bool operator==(const OutputDeclaration&) const = default;
};

struct Template {
    std::string version;
    std::string description;
    Json metadata;
    std::vector<std::string> transforms;
    std::map<std::string, ParameterDeclaration> parameters;
    std::map<std::string, Json> mappings;
    std::map<std::string, Json> conditions;
    std::map<std::string, ResourceDeclaration> resources;
    std::map<std::string, OutputDeclaration> outputs;

    bool has_language_extensions() const;
    // Types of resources, each once, in order.
    std::set<std::string> resource_types() const;
};

// Throws a ValidationError with AWS's sentence for a template that AWS does not accept whatever
// its parameters: structure, references to what is not there, circles.
Template read_template(std::string_view text);

} // namespace diorama::cloudformation
