// What every kind of resource is to a stack: properties, attributes, and how it is made, changed
// and removed by calls to its service. One small file for each noun of each service beside this
// one; resource_types.cpp lists them.
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/random/random.hpp"
#include "services/cloudformation/ports.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace diorama::cloudformation {

using Json = nlohmann::json;

// AWS: "Update requires".
enum class Update {
    in_place,
    replacement,
    ignored, // accepted and kept, without effect here
};

struct Property {
    std::string_view name;
    Update update = Update::in_place;
    bool is_required = false;
};

// One resource being worked on.
struct Work {
    ServiceCalls& calls;
    Random& random;
    Place place;
    std::string stack_name;
    std::string stack_id;
    std::string logical_id;
    std::string physical_id; // empty before it is made
    std::map<std::string, std::string> stack_tags{};
    Json properties = Json::object(); // resolved
    Json previous = Json::object();   // update: the properties before
    Json creation_policy{};
    Json notes = Json::object(); // the type's own memory from step to step
    bool takes_snapshot = false; // removal by a Snapshot policy

    Json call(std::string_view service, std::string_view operation, const Json& input) const {
        return calls.call(place, service, operation, input);
    }

    bool has(const char* property) const { return properties.contains(property); }

    // The property as text; empty when absent.
    std::string text(const char* property) const;
    // Whether an update changes the property.
    bool changes(const char* property) const;
    // The properties of that name that are there, as an object.
    Json given(std::initializer_list<const char*> names) const;
    // "stack-LogicalId-1ABCDEFGHIJKL", at most so long.
    std::string generated_name(std::size_t longest = 64) const;
    // The property, or a generated name.
    std::string name_or_generated(const char* property, std::size_t longest = 64) const;
    // The resource's and the stack's tags: [{"Key": …, "Value": …}].
    Json tags(const char* property = "Tags") const;
};

class ResourceType {
public:
    virtual ~ResourceType() = default;
    virtual std::string_view name() const = 0; // "AWS::S3::Bucket"
    virtual std::span<const Property> properties() const = 0;

    // Names for Fn::GetAtt.
    virtual std::span<const std::string_view> attributes() const { return {}; }

    // The property that is the physical name where it is given: such a resource cannot be replaced
    // under the same name.
    virtual std::string_view name_property() const { return {}; }

    // AWS: what happens without a DeletionPolicy: "Delete", for databases "Snapshot".
    virtual std::string_view default_deletion_policy(const Json&) const { return "Delete"; }

    virtual bool supports_snapshots() const { return false; }

    // Begins to make it and gives the physical id, which is also what Ref gives.
    virtual std::string create(Work& work) const = 0;

    // Asked until true, after creation and after an update; throws when it came to nothing.
    virtual bool is_stable(Work&) const { return true; }

    // Values of the attributes, once it is stable.
    virtual Json read(Work&) const { return Json::object(); }

    virtual void update(Work& work) const = 0;
    virtual void remove(Work& work) const = 0;

    // Asked until true, after remove.
    virtual bool is_gone(Work&) const { return true; }

    // Whether an update to these properties needs a new physical resource.
    virtual bool needs_replacement(const Json& before, const Json& after) const;

    // Throws for properties it does not have, and for required ones that are missing.
    void check(const std::string& logical_id, const Json& given) const;
    const Property* find_property(std::string_view property) const;
};

// Nothing for a type that is not emulated.
const ResourceType* find_resource_type(std::string_view name);

// Why a type that AWS has cannot be made here; empty for one that is not known at all.
std::string_view why_unavailable(std::string_view name);

// Whether an error says that the thing is not there.
bool says_missing(const aws::AWSError& error);

// Removes by one call; what is not there is removed.
void remove_by(
    const Work& work,
    std::string_view service,
    std::string_view operation,
    const Json& input
);

// A failure of a resource, in the shape of AWS's resource handlers.
aws::AWSError resource_failure(std::string sentence);

} // namespace diorama::cloudformation
