// See cloudformation.hpp: the rooms of the service and the way from each operation to its noun.
#include "services/cloudformation/cloudformation.hpp"

#include "services/cloudformation/api.hpp"
#include "services/cloudformation/background/stack_operations.hpp"
#include "services/cloudformation/control/change_sets.hpp"
#include "services/cloudformation/control/stack_descriptions.hpp"
#include "services/cloudformation/control/stacks.hpp"
#include "services/cloudformation/control/templates.hpp"
#include "services/cloudformation/limits.hpp"

namespace diorama::cloudformation {

struct CloudFormation::Rooms final : api::CloudFormationApi {
    Rooms(Environment& environment, ServiceCalls& calls, TemplateObjects& objects)
        : state(environment.journal)
        , surroundings{environment, state, calls, environment.random.fork("cloudformation")}
        , operations(surroundings)
        , stacks(surroundings, operations, objects)
        , descriptions(surroundings)
        , templates(state, objects)
        , change_sets(surroundings, operations, objects)
        , expiring(environment.scheduler, limits::looks_for_old_stacks, [this, &environment] {
            stacks.expire(environment.clock.now());
            environment.journal.commit();
        }) {}

    api::CreateStackOutput
    create_stack(const aws::Call& call, const api::CreateStackInput& input) override {
        return stacks.create_stack(call, input);
    }

    api::UpdateStackOutput
    update_stack(const aws::Call& call, const api::UpdateStackInput& input) override {
        return stacks.update_stack(call, input);
    }

    api::DeleteStackOutput
    delete_stack(const aws::Call& call, const api::DeleteStackInput& input) override {
        return stacks.delete_stack(call, input);
    }

    api::CancelUpdateStackOutput
    cancel_update_stack(const aws::Call& call, const api::CancelUpdateStackInput& input) override {
        return stacks.cancel_update_stack(call, input);
    }

    api::ContinueUpdateRollbackOutput continue_update_rollback(
        const aws::Call& call,
        const api::ContinueUpdateRollbackInput& input
    ) override {
        return stacks.continue_update_rollback(call, input);
    }

    api::DescribeStacksOutput
    describe_stacks(const aws::Call& call, const api::DescribeStacksInput& input) override {
        return descriptions.describe_stacks(call, input);
    }

    api::ListStacksOutput
    list_stacks(const aws::Call& call, const api::ListStacksInput& input) override {
        return descriptions.list_stacks(call, input);
    }

    api::DescribeStackEventsOutput describe_stack_events(
        const aws::Call& call,
        const api::DescribeStackEventsInput& input
    ) override {
        return descriptions.describe_stack_events(call, input);
    }

    api::DescribeStackResourceOutput describe_stack_resource(
        const aws::Call& call,
        const api::DescribeStackResourceInput& input
    ) override {
        return descriptions.describe_stack_resource(call, input);
    }

    api::DescribeStackResourcesOutput describe_stack_resources(
        const aws::Call& call,
        const api::DescribeStackResourcesInput& input
    ) override {
        return descriptions.describe_stack_resources(call, input);
    }

    api::ListStackResourcesOutput list_stack_resources(
        const aws::Call& call,
        const api::ListStackResourcesInput& input
    ) override {
        return descriptions.list_stack_resources(call, input);
    }

    api::ListExportsOutput
    list_exports(const aws::Call& call, const api::ListExportsInput& input) override {
        return descriptions.list_exports(call, input);
    }

    api::ListImportsOutput
    list_imports(const aws::Call& call, const api::ListImportsInput& input) override {
        return descriptions.list_imports(call, input);
    }

    api::GetTemplateOutput
    get_template(const aws::Call& call, const api::GetTemplateInput& input) override {
        return templates.get_template(call, input);
    }

    api::GetTemplateSummaryOutput get_template_summary(
        const aws::Call& call,
        const api::GetTemplateSummaryInput& input
    ) override {
        return templates.get_template_summary(call, input);
    }

    api::ValidateTemplateOutput
    validate_template(const aws::Call&, const api::ValidateTemplateInput& input) override {
        return templates.validate_template(input);
    }

    api::CreateChangeSetOutput
    create_change_set(const aws::Call& call, const api::CreateChangeSetInput& input) override {
        return change_sets.create_change_set(call, input);
    }

    api::DescribeChangeSetOutput
    describe_change_set(const aws::Call& call, const api::DescribeChangeSetInput& input) override {
        return change_sets.describe_change_set(call, input);
    }

    api::ExecuteChangeSetOutput
    execute_change_set(const aws::Call& call, const api::ExecuteChangeSetInput& input) override {
        return change_sets.execute_change_set(call, input);
    }

    api::DeleteChangeSetOutput
    delete_change_set(const aws::Call& call, const api::DeleteChangeSetInput& input) override {
        return change_sets.delete_change_set(call, input);
    }

    api::ListChangeSetsOutput
    list_change_sets(const aws::Call& call, const api::ListChangeSetsInput& input) override {
        return change_sets.list_change_sets(call, input);
    }

    State state;
    Surroundings surroundings;
    StackOperations operations;
    Stacks stacks;
    StackDescriptions descriptions;
    Templates templates;
    ChangeSets change_sets;
    Ticker expiring;
};

CloudFormation::CloudFormation(
    Environment& environment,
    ServiceCalls& calls,
    TemplateObjects& objects
)
    : rooms_(std::make_unique<Rooms>(environment, calls, objects)) {}

CloudFormation::~CloudFormation() = default;

const aws::ServiceDescriptor& CloudFormation::descriptor() {
    return api::descriptor();
}

aws::ServiceApi& CloudFormation::api() {
    return *rooms_;
}

void CloudFormation::resume() {
    rooms_->operations.resume();
}

} // namespace diorama::cloudformation
