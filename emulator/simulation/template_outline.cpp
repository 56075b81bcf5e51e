// See template_outline.hpp.
#include "emulator/simulation/template_outline.hpp"

#include <yaml-cpp/yaml.h>

namespace diorama::simulation {

std::optional<TemplateOutline> outline_of_template(const std::string& text) {
    try {
        const YAML::Node root = YAML::Load(text);
        if (!root.IsMap() || !root["Resources"].IsMap()) return std::nullopt;
        TemplateOutline outline;
        for (const auto& resource : root["Resources"]) {
            if (!resource.second.IsMap()) return std::nullopt;
            const auto type = resource.second["Type"];
            if (!type || !type.IsScalar()) return std::nullopt;
            outline.resources[resource.first.as<std::string>()] = type.as<std::string>();
        }
        if (const auto parameters = root["Parameters"]; parameters && parameters.IsMap())
            for (const auto& parameter : parameters)
                outline.parameters.push_back(parameter.first.as<std::string>());
        return outline;
    } catch (const YAML::Exception&) {
        return std::nullopt;
    }
}

} // namespace diorama::simulation
