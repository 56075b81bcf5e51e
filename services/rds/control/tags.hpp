// Tags of instances, snapshots and subnet groups, by ARN.
#pragma once

#include "services/rds/api.hpp"
#include "services/rds/state.hpp"

namespace diorama::rds {

class TagControl {
public:
    explicit TagControl(State& state)
        : state_(state) {}

    api::AddTagsToResourceOutput
    add(const aws::Call& call, const api::AddTagsToResourceMessage& input);
    api::RemoveTagsFromResourceOutput
    remove(const aws::Call& call, const api::RemoveTagsFromResourceMessage& input);
    api::TagListMessage
    list(const aws::Call& call, const api::ListTagsForResourceMessage& input) const;

private:
    // Throws the error of the kind of resource that the ARN names.
    const Tags& find(const aws::Call& call, const std::string& arn) const;
    Tags& edit(const aws::Call& call, const std::string& arn);

    State& state_;
};

} // namespace diorama::rds
