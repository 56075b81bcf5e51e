// Templates: got back, validated, summarized.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/cloudformation/api.hpp"
#include "services/cloudformation/ports.hpp"
#include "services/cloudformation/state.hpp"

namespace diorama::cloudformation {

class Templates {
public:
    Templates(const State& state, TemplateObjects& objects)
        : state_(state)
        , objects_(objects) {}

    api::GetTemplateOutput
    get_template(const aws::Call& call, const api::GetTemplateInput& input) const;
    api::GetTemplateSummaryOutput
    get_template_summary(const aws::Call& call, const api::GetTemplateSummaryInput& input) const;
    api::ValidateTemplateOutput validate_template(const api::ValidateTemplateInput& input) const;

private:
    const State& state_;
    TemplateObjects& objects_;
};

} // namespace diorama::cloudformation
