// Expressions of a template and their values: the intrinsic functions. Pure; what resources and
// other stacks are is asked through ResourceValues.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
#pragma once

#include "services/cloudformation/control/template/parameters.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::cloudformation {

// What is known of the resources of a stack and beyond.
class ResourceValues {
public:
    virtual ~ResourceValues() = default;
    virtual Json reference(const std::string& resource) const = 0; // Ref
    virtual Json attribute(const std::string& resource, const std::string& name) const = 0;
    // Nothing when there is no such export.
    virtual std::optional<std::string> exported(const std::string& name) const = 0;
    virtual std::vector<std::string> zones(const std::string& region) const = 0;
};

struct PseudoParameters {
    std::string account;
    std::string region;
    std::string stack_id;
    std::string stack_name;
    std::vector<std::string> notification_arns;
};

class Evaluation {
public:
    Evaluation(
        const Template& of,
        const ParameterValues& parameters,
        PseudoParameters pseudo,
        const ResourceValues& resources
    );

    // The value of an expression; nothing for AWS::NoValue. Throws a ValidationError with AWS's
    // sentence.
    std::optional<Json> value(const Json& expression);
    bool condition(const std::string& name);
    // An empty condition holds.
    bool holds(const std::string& condition_or_empty);
    // Resources whose condition holds.
    std::set<std::string> active_resources();

private:
    std::optional<Json> call(std::string_view function, const Json& argument);
    std::optional<Json> call_text(std::string_view function, const Json& argument);
    std::optional<Json> reference(const Json& argument);
    Json attribute(const Json& argument);
    Json join(const Json& argument);
    Json select(const Json& argument);
    Json split(const Json& argument);
    Json find_in_map(const Json& argument);
    Json sub(const Json& argument);
    Json import_value(const Json& argument);
    std::optional<Json> choose(const Json& argument);
    Json zones(const Json& argument);
    Json cidr(const Json& argument);
    bool condition_value(const Json& expression);
    void check_resource_exists(const std::string& name, std::string_view function) const;

    std::string text(const Json& expression, std::string_view complaint);
    Json required(const Json& expression);

    const Template& template_;
    const ParameterValues& parameters_;
    PseudoParameters pseudo_;
    const ResourceValues& resources_;
    std::map<std::string, bool> conditions_;
    int depth_ = 0;
};

} // namespace diorama::cloudformation
