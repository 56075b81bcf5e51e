// See activities.hpp.
#include "services/autoscaling/control/activities.hpp"

#include "services/autoscaling/control/pages.hpp"

#include <algorithm>
#include <tuple>

namespace diorama::autoscaling {

namespace {

api::ScalingActivityStatusCode status_code(ActivityStatus status) {
    switch (status) {
    case ActivityStatus::pre_in_service:
        return api::ScalingActivityStatusCode::PreInService;
    case ActivityStatus::in_progress:
        return api::ScalingActivityStatusCode::InProgress;
    case ActivityStatus::waiting_for_draining:
        return api::ScalingActivityStatusCode::WaitingForELBConnectionDraining;
    case ActivityStatus::successful:
        return api::ScalingActivityStatusCode::Successful;
    case ActivityStatus::failed:
        return api::ScalingActivityStatusCode::Failed;
    case ActivityStatus::cancelled:
        return api::ScalingActivityStatusCode::Cancelled;
    }
    return api::ScalingActivityStatusCode::InProgress;
}

std::int32_t progress_of(ActivityStatus status) {
    switch (status) {
    case ActivityStatus::pre_in_service:
        return 30;
    case ActivityStatus::in_progress:
    case ActivityStatus::waiting_for_draining:
        return 50;
    default:
        return 100;
    }
}

} // namespace

api::Activity describe_activity(const Group& group, const Activity& activity) {
    api::Activity result;
    result.activity_id = activity.id;
    result.auto_scaling_group_name = group.name;
    result.auto_scaling_group_arn = group.arn;
    result.description = activity.description;
    result.cause = activity.cause;
    result.details = activity.details;
    result.start_time = activity.started;
    result.end_time = activity.ended;
    result.status_code = status_code(activity.status);
    if (!activity.message.empty()) result.status_message = activity.message;
    result.progress = progress_of(activity.status);
    return result;
}

api::ActivitiesType describe_activities(
    const State& state,
    const aws::Call& call,
    const api::DescribeScalingActivitiesType& input
) {
    struct Found {
        Timestamp started;
        const std::string* key; // of one group they ascend with time
        const Group* group;
        const Activity* activity;
    };
    std::vector<Found> found;
    if (input.include_deleted_groups.value_or(false)) call.ignored("IncludeDeletedGroups");
    for (const auto& [key, activity] : state.activities) {
        const Group* group = state.groups.find(activity.group);
        if (group == nullptr || group->place.account != call.account ||
            group->place.region != call.region)
            continue;
        if (input.auto_scaling_group_name && *input.auto_scaling_group_name != group->name)
            continue;
        const auto& ids = input.activity_ids;
        if (!ids.empty() && std::find(ids.begin(), ids.end(), activity.id) == ids.end()) continue;
        found.push_back({activity.started, &key, group, &activity});
    }
    // AWS: "the activities are listed by start time, with the most recent first".
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return std::tie(a.started, *a.key) > std::tie(b.started, *b.key);
    });
    api::ActivitiesType result;
    keep_page(found, input, limits::records_per_page, result);
    for (const auto& each : found)
        result.activities.push_back(describe_activity(*each.group, *each.activity));
    return result;
}

} // namespace diorama::autoscaling
