// See template_checks.hpp.
#include "services/cloudformation/control/template/template_checks.hpp"

#include "emulator/aws/error.hpp"
#include "services/cloudformation/control/template/references.hpp"
#include "services/cloudformation/limits.hpp"

#include <fmt/ranges.h>

#include <ranges>

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

void check_size(std::size_t count, std::size_t most, std::string_view what) {
    if (count > most)
        throw validation_error(
            "Template format error: Number of {}, {}, is greater than maximum allowed, {}",
            what,
            count,
            most
        );
}

// Names that `found` refers to and that are neither parameters nor resources.
std::set<std::string> unresolved(const Template& checked, const References& found) {
    std::set<std::string> names;
    for (const auto& name : found.names)
        if (!is_pseudo_parameter(name) && !checked.parameters.contains(name) &&
            !checked.resources.contains(name))
            names.insert(name);
    return names;
}

void check_conditions_exist(
    const Template& checked,
    const std::set<std::string>& conditions,
    std::string_view block
) {
    for (const auto& name : conditions)
        if (!checked.conditions.contains(name))
            throw validation_error(
                "Template format error: Unresolved condition dependency {} in the {} block of the "
                "template",
                name,
                block
            );
}

void check_attributes(const Template& checked, const References& found, std::string_view block) {
    for (const auto& [resource, attribute] : found.attributes) {
        if (checked.resources.contains(resource)) continue;
        if (block == "Outputs")
            throw validation_error(
                "Template format error: Unresolved resource dependencies [{}] in the Outputs block "
                "of the template",
                resource
            );
        throw validation_error(
            "Template error: instance of Fn::GetAtt references undefined resource {}",
            resource
        );
    }
}

void check_resources(const Template& checked) {
    std::set<std::string> missing;
    for (const auto& [name, resource] : checked.resources) {
        const auto found = references_in(resource.properties);
        missing.merge(unresolved(checked, found));
        for (const auto& other : resource.depends_on)
            if (!checked.resources.contains(other)) missing.insert(other);
        check_attributes(checked, found, "Resources");
        auto conditions = found.conditions;
        if (!resource.condition.empty()) conditions.insert(resource.condition);
        check_conditions_exist(checked, conditions, "Resources");
    }
    if (!missing.empty())
        throw validation_error(
            "Template format error: Unresolved resource dependencies [{}] in the Resources block "
            "of the template",
            fmt::join(missing, ", ")
        );
}

void check_outputs(const Template& checked) {
    for (const auto& [name, output] : checked.outputs) {
        const auto found = references_in(Json::array({output.value, output.export_name}));
        const auto missing = unresolved(checked, found);
        if (!missing.empty())
            throw validation_error(
                "Template format error: Unresolved resource dependencies [{}] in the Outputs block "
                "of the template",
                fmt::join(missing, ", ")
            );
        check_attributes(checked, found, "Outputs");
        auto conditions = found.conditions;
        if (!output.condition.empty()) conditions.insert(output.condition);
        check_conditions_exist(checked, conditions, "Outputs");
    }
}

void check_conditions(const Template& checked) {
    Needs needs;
    for (const auto& [name, condition] : checked.conditions) {
        const auto found = references_in(condition);
        std::set<std::string> wrong;
        for (const auto& reference : found.names)
            if (!is_pseudo_parameter(reference) && !checked.parameters.contains(reference))
                wrong.insert(reference);
        for (const auto& [resource, attribute] : found.attributes)
            wrong.insert(resource);
        if (!wrong.empty())
            throw validation_error(
                "Template format error: Unresolved dependencies [{}]. Cannot reference resources "
                "in the Conditions block of the template",
                fmt::join(wrong, ", ")
            );
        check_conditions_exist(checked, found.conditions, "Conditions");
        needs[name] = found.conditions;
    }
    // Conditions that ask each other in a circle.
    for (bool is_done = false; !is_done;) {
        is_done = std::erase_if(needs, [](const auto& entry) { return entry.second.empty(); }) == 0;
        for (auto& [name, others] : needs)
            std::erase_if(others, [&](const auto& other) { return !needs.contains(other); });
    }
    if (!needs.empty())
        throw validation_error(
            "Template format error: Circular dependency between conditions: [{}]",
            fmt::join(needs | std::views::keys, ", ")
        );
}

// What is left when everything that needs nothing left is taken away: circles, and what needs them.
// Then what nothing left needs is taken away, so that the circles alone remain.
void check_circles(const Template& checked) {
    std::set<std::string> all;
    for (const auto& [name, resource] : checked.resources)
        all.insert(name);
    auto needs = needs_of(checked, all, nullptr);
    for (bool is_done = false; !is_done;) {
        is_done = std::erase_if(needs, [](const auto& entry) { return entry.second.empty(); }) == 0;
        for (auto& [name, others] : needs)
            std::erase_if(others, [&](const auto& other) { return !needs.contains(other); });
    }
    for (bool is_done = false; !is_done;) {
        std::set<std::string> needed;
        for (const auto& [name, others] : needs)
            needed.insert(others.begin(), others.end());
        is_done = std::erase_if(needs, [&](const auto& entry) {
                      return !needed.contains(entry.first);
                  }) == 0;
    }
    if (!needs.empty())
        throw validation_error(
            "Circular dependency between resources: [{}]",
            fmt::join(needs | std::views::keys, ", ")
        );
}

} // namespace

bool is_pseudo_parameter(std::string_view name) {
    return name == "AWS::AccountId" || name == "AWS::NotificationARNs" || name == "AWS::NoValue" ||
           name == "AWS::Partition" || name == "AWS::Region" || name == "AWS::StackId" ||
           name == "AWS::StackName" || name == "AWS::URLSuffix";
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
void check_parameter_type(const std::string& name, const std::string& type) {
    if (type == "String" || type == "Number" || type == "CommaDelimitedList" ||
        type == "List<Number>" || type == "List<String>")
        return;
    if (type.starts_with("AWS::SSM::Parameter::"))
        throw validation_error(
            "Template error: parameter {} has the type {}; parameters of the Parameter Store are "
            "not emulated",
            name,
            type
        );
    const auto inner =
        type.starts_with("List<") && type.ends_with('>') ? type.substr(5, type.size() - 6) : type;
    if (inner.starts_with("AWS::EC2::") || inner == "AWS::Route53::HostedZone::Id") return;
    throw validation_error("Template format error: Unrecognized parameter type: {}", type);
}

Needs needs_of(
    const Template& of,
    const std::set<std::string>& names,
    const std::function<bool(const std::string&)>& decide
) {
    Needs needs;
    for (const auto& name : names) {
        const auto& resource = of.resources.at(name);
        auto& mine = needs[name];
        const auto found = references_in(resource.properties, decide);
        for (const auto& other : found.names)
            if (names.contains(other)) mine.insert(other);
        for (const auto& [other, attribute] : found.attributes)
            if (names.contains(other)) mine.insert(other);
        for (const auto& other : resource.depends_on)
            if (names.contains(other)) mine.insert(other);
    }
    return needs;
}

void check_active(
    const Template& checked,
    const std::set<std::string>& active,
    const std::function<bool(const std::string&)>& decide
) {
    const auto check = [&](const Json& expression, std::string_view block) {
        const auto found = references_in(expression, decide);
        auto names = found.names;
        for (const auto& [resource, attribute] : found.attributes)
            names.insert(resource);
        std::erase_if(names, [&](const std::string& name) {
            return !checked.resources.contains(name) || active.contains(name);
        });
        if (!names.empty())
            throw validation_error(
                "Template format error: Unresolved resource dependencies [{}] in the {} block of "
                "the template",
                fmt::join(names, ", "),
                block
            );
    };
    for (const auto& name : active)
        check(checked.resources.at(name).properties, "Resources");
    for (const auto& [name, output] : checked.outputs)
        if (output.condition.empty() || decide(output.condition)) check(output.value, "Outputs");
}

void check_template(const Template& checked) {
    check_size(checked.resources.size(), limits::resources_per_template, "resources");
    check_size(checked.parameters.size(), limits::parameters_per_template, "parameters");
    check_size(checked.outputs.size(), limits::outputs_per_template, "outputs");
    check_size(checked.mappings.size(), limits::mappings_per_template, "mappings");
    check_conditions(checked);
    check_resources(checked);
    check_outputs(checked);
    check_circles(checked);
}

} // namespace diorama::cloudformation
