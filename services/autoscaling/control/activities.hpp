// Scaling activities as the API shows them.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/autoscaling/api.hpp"
#include "services/autoscaling/state.hpp"

namespace diorama::autoscaling {

api::Activity describe_activity(const Group& group, const Activity& activity);
api::ActivitiesType describe_activities(
    const State& state,
    const aws::Call& call,
    const api::DescribeScalingActivitiesType& input
);

} // namespace diorama::autoscaling
