// See resource_type.hpp.
#include "services/cloudformation/control/resources/resource_type.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace diorama::cloudformation {

namespace {

constexpr std::size_t random_characters = 12;

} // namespace

std::string Work::text(const char* property) const {
    const auto found = properties.find(property);
    if (found == properties.end()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

bool Work::changes(const char* property) const {
    return properties.value(property, Json()) != previous.value(property, Json());
}

Json Work::given(std::initializer_list<const char*> names) const {
    Json object = Json::object();
    for (const auto* name : names)
        if (has(name)) object[name] = properties.at(name);
    return object;
}

// AWS: "a unique physical ID … For example, MyStack-MyLogicalId-12ABCDEFGHIJ".
std::string Work::generated_name(std::size_t longest) const {
    const auto suffix = "-" + random.base36_upper(random_characters);
    auto prefix = stack_name + "-" + logical_id;
    // Where there is little room both names are shortened.
    if (prefix.size() + suffix.size() > longest) {
        const auto room = longest - suffix.size() - 1;
        const auto of_stack = std::min(stack_name.size(), room / 2);
        prefix = stack_name.substr(0, of_stack) + "-" + logical_id.substr(0, room - of_stack);
    }
    return prefix + suffix;
}

std::string Work::name_or_generated(const char* property, std::size_t longest) const {
    auto given_name = text(property);
    return given_name.empty() ? generated_name(longest) : given_name;
}

Json Work::tags(const char* property) const {
    Json all = properties.value(property, Json::array());
    for (const auto& [key, value] : stack_tags) {
        const bool is_given = std::any_of(all.begin(), all.end(), [&](const Json& tag) {
            return tag.value("Key", "") == key;
        });
        if (!is_given) all.push_back({{"Key", key}, {"Value", value}});
    }
    return all;
}

const Property* ResourceType::find_property(std::string_view property) const {
    const auto known = properties();
    const auto found = std::find_if(known.begin(), known.end(), [&](const Property& candidate) {
        return candidate.name == property;
    });
    return found == known.end() ? nullptr : &*found;
}

bool ResourceType::needs_replacement(const Json& before, const Json& after) const {
    for (const auto& property : properties()) {
        if (property.update != Update::replacement) continue;
        const std::string key(property.name);
        if (before.value(key, Json()) != after.value(key, Json())) return true;
    }
    return false;
}

void ResourceType::check(const std::string& logical_id, const Json& given) const {
    for (const auto& [property, value] : given.items())
        if (find_property(property) == nullptr)
            throw aws::validation_error("Encountered unsupported property {}", property);
    std::vector<std::string> missing;
    for (const auto& property : properties())
        if (property.is_required && !given.contains(std::string(property.name)))
            missing.push_back(fmt::format("required key [{}] not found", property.name));
    if (!missing.empty())
        throw aws::validation_error(
            "Properties validation failed for resource {} with message:\n#: {}",
            logical_id,
            fmt::join(missing, "\n#: ")
        );
}

bool says_missing(const aws::AWSError& error) {
    const auto& code = error.code();
    return code.find("NotFound") != std::string::npos || code.starts_with("NoSuch") ||
           error.http_status() == 404 || error.message().find("not found") != std::string::npos ||
           error.message().find("does not exist") != std::string::npos;
}

void remove_by(
    const Work& work,
    std::string_view service,
    std::string_view operation,
    const Json& input
) {
    try {
        work.call(service, operation, input);
    } catch (const aws::AWSError& error) {
        if (!says_missing(error)) throw;
    }
}

aws::AWSError resource_failure(std::string sentence) {
    return aws::AWSError("GeneralServiceException", 400, std::move(sentence));
}

} // namespace diorama::cloudformation
