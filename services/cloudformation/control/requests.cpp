// See requests.hpp.
#include "services/cloudformation/control/requests.hpp"

#include "emulator/http/message.hpp"
#include "services/cloudformation/control/resources/resource_type.hpp"
#include "services/cloudformation/control/template/references.hpp"
#include "services/cloudformation/limits.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

struct ObjectName {
    std::string bucket;
    std::string key;
};

// "https://s3.us-east-1.amazonaws.com/bucket/key", "https://bucket.s3.amazonaws.com/key", and the
// same at an endpoint of ours ("http://localhost:4566/bucket/key", "http://bucket.s3.localhost…").
std::optional<ObjectName> object_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    url.remove_prefix(scheme + 3);
    const auto slash = url.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto host = url.substr(0, slash);
    const auto path = http::percent_decode(url.substr(slash + 1, url.find('?') - slash - 1));
    for (const std::string_view marker : {".s3.", ".s3-"}) {
        if (const auto at = host.find(marker); at != std::string_view::npos)
            return ObjectName{std::string(host.substr(0, at)), path};
    }
    const auto key = path.find('/');
    if (key == std::string::npos) return std::nullopt;
    return ObjectName{path.substr(0, key), path.substr(key + 1)};
}

std::string text_at(const std::string& url, TemplateObjects& objects) {
    const auto object = object_of(url);
    if (!object) throw validation_error("TemplateURL must be a supported URL.");
    auto text = objects.get(object->bucket, object->key);
    // AWS: "S3 error: The specified key does not exist."
    if (!text)
        throw validation_error(
            "S3 error: The specified key does not exist.\nFor more information check "
            "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
        );
    if (text->size() > limits::template_object_bytes)
        throw validation_error("Template may not exceed 1000000 bytes in size.");
    return std::move(*text);
}

} // namespace

std::string template_text(const TemplateChoice& choice, TemplateObjects& objects) {
    if (choice.body && choice.url)
        throw validation_error("You cannot specify both TemplateBody and TemplateURL");
    if (choice.url) return text_at(*choice.url, objects);
    if (choice.body) {
        if (choice.body->size() > limits::template_body_bytes)
            throw validation_error(
                "1 validation error detected: Value at 'templateBody' failed to satisfy "
                "constraint: Member must have length less than or equal to {}",
                limits::template_body_bytes
            );
        return *choice.body;
    }
    if (choice.previous != nullptr) return *choice.previous;
    throw validation_error("Either Template URL or Template Body must be specified.");
}

GivenParameters given_parameters(const std::vector<api::Parameter>& parameters) {
    GivenParameters given;
    for (const auto& parameter : parameters) {
        const auto key = parameter.parameter_key.value_or("");
        if (given.contains(key)) throw validation_error("Duplicate parameter key: {}", key);
        given[key] = {parameter.parameter_value, parameter.use_previous_value.value_or(false)};
    }
    return given;
}

std::map<std::string, std::string> given_tags(const std::vector<api::Tag>& tags) {
    if (tags.size() > limits::tags_per_stack)
        throw validation_error("A stack can have {} tags at most", limits::tags_per_stack);
    std::map<std::string, std::string> given;
    for (const auto& tag : tags)
        given[tag.key] = tag.value;
    return given;
}

std::vector<std::string> given_capabilities(const std::vector<api::Capability>& capabilities) {
    std::vector<std::string> given;
    for (const auto capability : capabilities)
        given.emplace_back(to_string(capability));
    return given;
}

void check_types(const Template& checked) {
    std::set<std::string> unknown;
    for (const auto& type : checked.resource_types())
        if (find_resource_type(type) == nullptr && why_unavailable(type).empty())
            unknown.insert(type);
    if (!unknown.empty())
        throw validation_error(
            "Template format error: Unrecognized resource types: [{}]",
            fmt::join(unknown, ", ")
        );
    References found;
    for (const auto& [name, resource] : checked.resources)
        found.attributes.merge(references_in(resource.properties).attributes);
    for (const auto& [name, output] : checked.outputs)
        found.attributes.merge(references_in(output.value).attributes);
    for (const auto& [name, attribute] : found.attributes) {
        const auto* type = find_resource_type(checked.resources.at(name).type);
        if (type == nullptr || attribute.empty()) continue;
        const auto known = type->attributes();
        if (std::find(known.begin(), known.end(), attribute) == known.end())
            throw validation_error(
                "Template error: resource {} does not support attribute type {} in Fn::GetAtt",
                name,
                attribute
            );
    }
}

void check_capabilities(const Template& checked, const std::vector<std::string>& capabilities) {
    if (!checked.has_language_extensions()) return;
    if (std::find(capabilities.begin(), capabilities.end(), "CAPABILITY_AUTO_EXPAND") ==
        capabilities.end())
        throw api::InsufficientCapabilitiesException(
            "Requires capabilities : [{}]",
            "CAPABILITY_AUTO_EXPAND"
        );
}

void report_ignored_parts(const aws::Call& call, const Template& read) {
    for (const auto& [name, resource] : read.resources) {
        if (!resource.update_policy.is_null())
            call.ignored(fmt::format("Resources.{}.UpdatePolicy", name));
        const bool waits = resource.type == "AWS::AutoScaling::AutoScalingGroup";
        if (!resource.creation_policy.is_null() && !waits)
            call.ignored(fmt::format("Resources.{}.CreationPolicy", name));
        const auto* type = find_resource_type(resource.type);
        if (type == nullptr) continue;
        for (const auto& [property, value] : resource.properties.items()) {
            const auto* known = type->find_property(property);
            if (known != nullptr && known->update == Update::ignored)
                call.ignored(fmt::format("Resources.{}.{}", name, property));
        }
    }
}

} // namespace diorama::cloudformation
