// What can be said of a template before anything is made of it. See cloudformation.hpp.
#include "services/cloudformation/cloudformation.hpp"
#include "services/cloudformation/control/resources/resource_type.hpp"
#include "services/cloudformation/control/template/template.hpp"

#include <fmt/format.h>

namespace diorama::cloudformation {

namespace {

void look_at(
    const std::string& logical_id,
    const ResourceDeclaration& resource,
    std::vector<std::string>& mistakes
) {
    const auto say = [&](std::string_view what) {
        mistakes.push_back(fmt::format("{} ({}): {}", logical_id, resource.type, what));
    };
    const auto* type = find_resource_type(resource.type);
    if (type == nullptr) {
        const auto reason = why_unavailable(resource.type);
        return say(reason.empty() ? "there is no such resource type" : reason);
    }
    if (!resource.properties.is_object()) return;
    for (const auto& [name, value] : resource.properties.items())
        if (!name.starts_with("Fn::") && type->find_property(name) == nullptr)
            say(fmt::format("there is no property {}", name));
    for (const auto& property : type->properties())
        if (property.is_required && !resource.properties.contains(property.name))
            say(fmt::format("{} is required", property.name));
}

} // namespace

std::vector<std::string> mistakes_in_template(std::string_view text) {
    std::vector<std::string> mistakes;
    try {
        const auto checked = read_template(text);
        for (const auto& [logical_id, resource] : checked.resources)
            look_at(logical_id, resource, mistakes);
    } catch (const aws::AWSError& error) {
        mistakes.emplace_back(error.message());
    }
    return mistakes;
}

} // namespace diorama::cloudformation
