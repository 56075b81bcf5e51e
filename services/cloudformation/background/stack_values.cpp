// See stack_values.hpp.
#include "services/cloudformation/background/stack_values.hpp"

#include "emulator/aws/error.hpp"

namespace diorama::cloudformation {

namespace {

// AWS writes this into change sets for what only the execution will tell.
constexpr const char* known_after_apply = "{{changeSet:KNOWN_AFTER_APPLY}}";

} // namespace

Json StackValues::reference(const std::string& resource) const {
    if (replaced_.contains(resource)) return known_after_apply;
    const auto found = stack_.resources.find(resource);
    if (found != stack_.resources.end() && !found->second.physical_id.empty())
        return found->second.physical_id;
    if (is_tolerant_) return known_after_apply;
    throw aws::validation_error("Resource {} has no physical id yet", resource);
}

Json StackValues::attribute(const std::string& resource, const std::string& name) const {
    if (replaced_.contains(resource)) return known_after_apply;
    const auto found = stack_.resources.find(resource);
    if (found != stack_.resources.end() && found->second.attributes.contains(name))
        return found->second.attributes.at(name);
    if (is_tolerant_) return known_after_apply;
    throw aws::validation_error("Attribute '{}' of resource {} does not exist", name, resource);
}

std::optional<std::string> StackValues::exported(const std::string& name) const {
    const auto* exporter = state_.exporter_of(stack_.place, name);
    if (exporter == nullptr || exporter->id == stack_.id) return std::nullopt;
    imports_.insert(name);
    for (const auto& output : exporter->outputs)
        if (output.export_name == name) return output.value;
    return std::nullopt;
}

// AWS: "For the Amazon EC2 default VPC … returns only Availability Zones that have a default
// subnet"; every zone has one here.
std::vector<std::string> StackValues::zones(const std::string& region) const {
    const auto found = calls_.call(
        {stack_.place.account, region},
        "ec2",
        "DescribeAvailabilityZones",
        Json::object()
    );
    std::vector<std::string> names;
    for (const auto& zone : found.value("AvailabilityZones", Json::array()))
        names.push_back(zone.value("ZoneName", ""));
    return names;
}

PseudoParameters pseudo_parameters(const Stack& stack, const StackSource& source) {
    return {
        .account = stack.place.account,
        .region = stack.place.region,
        .stack_id = stack.id,
        .stack_name = stack.name,
        .notification_arns = source.notification_arns
    };
}

} // namespace diorama::cloudformation
