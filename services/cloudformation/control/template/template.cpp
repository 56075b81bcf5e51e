// See template.hpp. What must hold for a template as a whole stands in template_checks.cpp.
#include "services/cloudformation/control/template/template.hpp"

#include "emulator/aws/error.hpp"
#include "services/cloudformation/control/template/template_checks.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

constexpr std::initializer_list<std::string_view> sections{
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Resources",
    "Outputs",
    "Hooks"
};

bool contains(std::initializer_list<std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Scalars of a template as text: parameters and such are text whatever they were written as.
std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? "" : value.dump();
}

const Json& object_in(const Json& document, const char* section) {
    static const Json empty = Json::object();
    const auto found = document.find(section);
    if (found == document.end() || found->is_null()) return empty;
    if (!found->is_object())
        throw validation_error("Template format error: {} must be an object.", section);
    return *found;
}

std::optional<double> number_in(const Json& declaration, const char* name) {
    const auto found = declaration.find(name);
    if (found == declaration.end()) return std::nullopt;
    const auto number = Json::parse(text_of(*found), nullptr, false);
    if (!number.is_number())
        throw validation_error("Template format error: {} must be a number.", name);
    return number.get<double>();
}

std::optional<std::string> text_in(const Json& declaration, const char* name) {
    const auto found = declaration.find(name);
    if (found == declaration.end()) return std::nullopt;
    return text_of(*found);
}

ParameterDeclaration read_parameter(const std::string& name, const Json& given) {
    if (!given.is_object() || !given.contains("Type"))
        throw validation_error(
            "Template format error: Every Parameters object must contain a Type member."
        );
    for (const auto& [member, value] : given.items())
        if (!contains(
                {"Type",
                 "Default",
                 "NoEcho",
                 "AllowedValues",
                 "AllowedPattern",
                 "MaxLength",
                 "MinLength",
                 "MaxValue",
                 "MinValue",
                 "Description",
                 "ConstraintDescription"},
                member
            ))
            throw validation_error("Invalid template parameter property '{}'", member);
    ParameterDeclaration parameter;
    parameter.type = text_of(given.at("Type"));
    check_parameter_type(name, parameter.type);
    parameter.default_value = text_in(given, "Default");
    if (given.contains("Default") && given.at("Default").is_structured())
        throw validation_error("Template format error: Every Default member must be a string.");
    if (given.contains("AllowedValues"))
        for (const auto& value : given.at("AllowedValues"))
            parameter.allowed_values.push_back(text_of(value));
    parameter.allowed_pattern = text_in(given, "AllowedPattern");
    parameter.constraint_description = text_in(given, "ConstraintDescription");
    parameter.minimum_length = number_in(given, "MinLength");
    parameter.maximum_length = number_in(given, "MaxLength");
    parameter.minimum_value = number_in(given, "MinValue");
    parameter.maximum_value = number_in(given, "MaxValue");
    parameter.description = text_in(given, "Description").value_or("");
    parameter.no_echo = text_in(given, "NoEcho") == "true";
    return parameter;
}

std::set<std::string> read_depends_on(const Json& given) {
    std::set<std::string> names;
    if (given.is_string()) names.insert(given.get<std::string>());
    if (given.is_array())
        for (const auto& name : given)
            names.insert(text_of(name));
    return names;
}

std::string read_policy(const Json& given, const char* name) {
    const auto policy = text_in(given, name).value_or("");
    if (!policy.empty() &&
        !contains({"Delete", "Retain", "Snapshot", "RetainExceptOnCreate"}, policy))
        throw validation_error(
            "Template format error: Unrecognized {} {} for resource.",
            name,
            policy
        );
    return policy;
}

ResourceDeclaration read_resource(const std::string& name, const Json& given) {
    if (!std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0;
        }))
        throw validation_error(
            "Template format error: Resource name {} is non alphanumeric.",
            name
        );
    if (!given.is_object() || !given.contains("Type") || !given.at("Type").is_string())
        throw validation_error(
            "Template format error: [/Resources/{}] Every Resources object must contain a Type "
            "member.",
            name
        );
    for (const auto& [member, value] : given.items())
        if (!contains(
                {"Type",
                 "Properties",
                 "DependsOn",
                 "Condition",
                 "DeletionPolicy",
                 "UpdateReplacePolicy",
                 "CreationPolicy",
                 "UpdatePolicy",
                 "Metadata",
                 "Description"},
                member
            ))
            throw validation_error("Invalid template resource property '{}'", member);
    ResourceDeclaration resource;
    resource.type = given.at("Type").get<std::string>();
    resource.properties = object_in(given, "Properties");
    if (given.contains("DependsOn")) resource.depends_on = read_depends_on(given.at("DependsOn"));
    resource.condition = text_in(given, "Condition").value_or("");
    resource.deletion_policy = read_policy(given, "DeletionPolicy");
    resource.update_replace_policy = read_policy(given, "UpdateReplacePolicy");
    resource.creation_policy = given.value("CreationPolicy", Json());
    resource.update_policy = given.value("UpdatePolicy", Json());
    resource.metadata = given.value("Metadata", Json());
    return resource;
}

OutputDeclaration read_output(const std::string& name, const Json& given) {
    if (!given.is_object() || !given.contains("Value"))
        throw validation_error(
            "Template format error: Every Outputs member must contain a Value object"
        );
    OutputDeclaration output;
    output.value = given.at("Value");
    output.description = text_in(given, "Description").value_or("");
    output.condition = text_in(given, "Condition").value_or("");
    if (given.contains("Export")) {
        const auto& exported = given.at("Export");
        if (!exported.is_object() || !exported.contains("Name"))
            throw validation_error(
                "Template format error: Output {} is malformed. The Name field of Export is "
                "missing.",
                name
            );
        output.export_name = exported.at("Name");
    }
    return output;
}

std::vector<std::string> read_transforms(const Json& document) {
    std::vector<std::string> transforms;
    const auto found = document.find("Transform");
    if (found == document.end()) return transforms;
    if (found->is_array())
        for (const auto& name : *found)
            transforms.push_back(text_of(name));
    else
        transforms.push_back(text_of(*found));
    for (const auto& name : transforms)
        if (name != "AWS::LanguageExtensions")
            throw validation_error("No transform named {} is emulated.", name);
    return transforms;
}

void check_sections(const Json& document) {
    std::vector<std::string> unknown;
    for (const auto& [name, value] : document.items())
        if (!contains(sections, name)) unknown.push_back(name);
    if (!unknown.empty())
        throw validation_error(
            "Invalid template property or properties [{}]",
            fmt::join(unknown, ", ")
        );
    for (const char* section : {"Rules", "Hooks"})
        if (!object_in(document, section).empty())
            throw validation_error("{} in templates are not emulated.", section);
    if (object_in(document, "Resources").empty())
        throw validation_error(
            "Template format error: At least one Resources member must be defined."
        );
    const auto version = document.find("AWSTemplateFormatVersion");
    if (version != document.end() && text_of(*version) != "2010-09-09")
        throw validation_error("Template format error: unsupported value for "
                               "AWSTemplateFormatVersion. No such version.");
}

} // namespace

bool Template::has_language_extensions() const {
    return !transforms.empty();
}

std::set<std::string> Template::resource_types() const {
    std::set<std::string> types;
    for (const auto& [name, resource] : resources)
        types.insert(resource.type);
    return types;
}

Template read_template(std::string_view text) {
    const auto document = parse_template(text);
    check_sections(document);
    Template read;
    if (document.contains("AWSTemplateFormatVersion"))
        read.version = text_of(document.at("AWSTemplateFormatVersion"));
    if (document.contains("Description")) {
        if (!document.at("Description").is_string())
            throw validation_error(
                "Template format error: Every Description member must be a string."
            );
        read.description = document.at("Description").get<std::string>();
    }
    read.metadata = document.value("Metadata", Json());
    read.transforms = read_transforms(document);
    for (const auto& [name, given] : object_in(document, "Parameters").items())
        read.parameters[name] = read_parameter(name, given);
    for (const auto& [name, given] : object_in(document, "Mappings").items())
        read.mappings[name] = given;
    for (const auto& [name, given] : object_in(document, "Conditions").items())
        read.conditions[name] = given;
    for (const auto& [name, given] : object_in(document, "Resources").items())
        read.resources[name] = read_resource(name, given);
    for (const auto& [name, given] : object_in(document, "Outputs").items())
        read.outputs[name] = read_output(name, given);
    check_template(read);
    return read;
}

} // namespace diorama::cloudformation
