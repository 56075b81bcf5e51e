// Change sets: what a template would change, looked at before it is done.
#pragma once

#include "services/cloudformation/api.hpp"
#include "services/cloudformation/background/stack_operations.hpp"

namespace diorama::cloudformation {

class ChangeSets {
public:
    ChangeSets(Surroundings& surroundings, StackOperations& operations, TemplateObjects& objects)
        : surroundings_(surroundings)
        , operations_(operations)
        , objects_(objects) {}

    api::CreateChangeSetOutput
    create_change_set(const aws::Call& call, const api::CreateChangeSetInput& input);
    api::DescribeChangeSetOutput
    describe_change_set(const aws::Call& call, const api::DescribeChangeSetInput& input) const;
    api::ExecuteChangeSetOutput
    execute_change_set(const aws::Call& call, const api::ExecuteChangeSetInput& input);
    api::DeleteChangeSetOutput
    delete_change_set(const aws::Call& call, const api::DeleteChangeSetInput& input);
    api::ListChangeSetsOutput
    list_change_sets(const aws::Call& call, const api::ListChangeSetsInput& input) const;

private:
    const ChangeSet& find(
        const aws::Call& call,
        const std::string& name,
        const std::optional<std::string>& stack_name
    ) const;
    StackSource
    source_of(const aws::Call& call, const api::CreateChangeSetInput& input, const Stack& stack)
        const;
    void plan(ChangeSet& set, const Stack& stack);

    Surroundings& surroundings_;
    StackOperations& operations_;
    TemplateObjects& objects_;
};

} // namespace diorama::cloudformation
