// Tags of instances and launch templates.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/ec2/api.hpp"
#include "services/ec2/state.hpp"

namespace diorama::ec2 {

class TagControl {
public:
    explicit TagControl(State& state)
        : state_(state) {}

    api::CreateTagsOutput create(const aws::Call& call, const api::CreateTagsRequest& input);
    api::DeleteTagsOutput remove(const aws::Call& call, const api::DeleteTagsRequest& input);
    api::DescribeTagsResult describe(const aws::Call& call, const api::DescribeTagsRequest& input);

private:
    Tags& tags_of(const aws::Call& call, const std::string& resource);
    State& state_;
};

} // namespace diorama::ec2
