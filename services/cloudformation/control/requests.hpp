// What the operations that take a template have in common: where it comes from, parameters, tags,
// capabilities, and what of it is reported as ignored.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/cloudformation/api.hpp"
#include "services/cloudformation/ports.hpp"
#include "services/cloudformation/state.hpp"

namespace diorama::cloudformation {

inline Place place_of(const aws::Call& call) {
    return {call.account, call.region};
}

// The text of a template from a request; `previous` for UsePreviousTemplate. Throws AWS's errors.
struct TemplateChoice {
    std::optional<std::string> body;
    std::optional<std::string> url;
    const std::string* previous = nullptr;
};

std::string template_text(const TemplateChoice& choice, TemplateObjects& objects);

GivenParameters given_parameters(const std::vector<api::Parameter>& parameters);
std::map<std::string, std::string> given_tags(const std::vector<api::Tag>& tags);
std::vector<std::string> given_capabilities(const std::vector<api::Capability>& capabilities);

// Types and attributes that there are, capabilities that are needed. Throws AWS's errors.
void check_types(const Template& checked);
void check_capabilities(const Template& checked, const std::vector<std::string>& capabilities);
// Properties and policies without effect.
void report_ignored_parts(const aws::Call& call, const Template& read);

} // namespace diorama::cloudformation
