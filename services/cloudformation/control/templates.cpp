// See templates.hpp.
#include "services/cloudformation/control/templates.hpp"

#include "services/cloudformation/control/requests.hpp"
#include "services/cloudformation/control/stacks.hpp"

namespace diorama::cloudformation {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

template <class Output>
void describe_capabilities(const Template& read, Output& output) {
    if (!read.has_language_extensions()) return;
    output.capabilities.push_back(api::Capability::CAPABILITY_AUTO_EXPAND);
    output.capabilities_reason =
        "The following resource(s) require capabilities: [AWS::LanguageExtensions]";
    output.declared_transforms = read.transforms;
}

} // namespace

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
api::GetTemplateOutput
Templates::get_template(const aws::Call& call, const api::GetTemplateInput& input) const {
    if (!input.stack_name)
        throw aws::validation_error("StackName is required if ChangeSetName is not specified.");
    const auto& stack = stack_of(state_, call, *input.stack_name);
    api::GetTemplateOutput output;
    output.template_body = stack.source.body;
    if (input.change_set_name) {
        const auto* set = state_.find_change_set(stack, *input.change_set_name);
        if (set == nullptr)
            throw api::ChangeSetNotFoundException(
                "ChangeSet [{}] does not exist",
                *input.change_set_name
            );
        output.template_body = set->source.body;
    }
    output.stages_available = {api::TemplateStage::Original, api::TemplateStage::Processed};
    return output;
}

api::GetTemplateSummaryOutput Templates::get_template_summary(
    const aws::Call& call,
    const api::GetTemplateSummaryInput& input
) const {
    if (input.stack_set_name)
        throw aws::AWSError("NotImplemented", 501, "Stack sets are not emulated");
    const auto body = input.stack_name
                          ? stack_of(state_, call, *input.stack_name).source.body
                          : template_text({input.template_body, input.template_url}, objects_);
    const auto read = read_template(body);
    api::GetTemplateSummaryOutput output;
    for (const auto& [name, declared] : read.parameters) {
        auto& parameter = output.parameters.emplace_back();
        parameter.parameter_key = name;
        parameter.default_value = declared.default_value;
        parameter.parameter_type = declared.type;
        parameter.no_echo = declared.no_echo;
        parameter.description = unless_empty(declared.description);
        parameter.parameter_constraints.emplace().allowed_values = declared.allowed_values;
    }
    output.description = unless_empty(read.description);
    output.version = unless_empty(read.version);
    if (!read.metadata.is_null()) output.metadata = read.metadata.dump();
    const auto types = read.resource_types();
    output.resource_types.assign(types.begin(), types.end());
    describe_capabilities(read, output);
    return output;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
api::ValidateTemplateOutput Templates::validate_template(const api::ValidateTemplateInput& input
) const {
    const auto read =
        read_template(template_text({input.template_body, input.template_url}, objects_));
    check_types(read);
    api::ValidateTemplateOutput output;
    for (const auto& [name, declared] : read.parameters) {
        auto& parameter = output.parameters.emplace_back();
        parameter.parameter_key = name;
        parameter.default_value = declared.default_value;
        parameter.no_echo = declared.no_echo;
        parameter.description = unless_empty(declared.description);
    }
    output.description = unless_empty(read.description);
    describe_capabilities(read, output);
    return output;
}

} // namespace diorama::cloudformation
