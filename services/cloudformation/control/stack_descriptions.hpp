// Stacks, their resources and events, and exports, as the API tells them.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/cloudformation/api.hpp"
#include "services/cloudformation/background/surroundings.hpp"

namespace diorama::cloudformation {

class StackDescriptions {
public:
    explicit StackDescriptions(Surroundings& surroundings)
        : surroundings_(surroundings)
        , state_(surroundings.state) {}

    api::DescribeStacksOutput
    describe_stacks(const aws::Call& call, const api::DescribeStacksInput& input) const;
    api::ListStacksOutput
    list_stacks(const aws::Call& call, const api::ListStacksInput& input) const;
    api::DescribeStackEventsOutput
    describe_stack_events(const aws::Call& call, const api::DescribeStackEventsInput& input) const;
    api::DescribeStackResourceOutput describe_stack_resource(
        const aws::Call& call,
        const api::DescribeStackResourceInput& input
    ) const;
    api::DescribeStackResourcesOutput describe_stack_resources(
        const aws::Call& call,
        const api::DescribeStackResourcesInput& input
    ) const;
    api::ListStackResourcesOutput
    list_stack_resources(const aws::Call& call, const api::ListStackResourcesInput& input) const;
    api::ListExportsOutput
    list_exports(const aws::Call& call, const api::ListExportsInput& input) const;
    api::ListImportsOutput
    list_imports(const aws::Call& call, const api::ListImportsInput& input) const;

private:
    api::Stack whole(const Stack& stack) const;
    std::string description_of(const Stack& stack) const;

    Surroundings& surroundings_;
    const State& state_;
};

// Values of NoEcho parameters are hidden.
std::vector<api::Parameter>
described_parameters(const Template& declared, const StackSource& source);
std::vector<api::Tag> described_tags(const StackSource& source);
std::vector<api::Capability> described_capabilities(const StackSource& source);

} // namespace diorama::cloudformation
