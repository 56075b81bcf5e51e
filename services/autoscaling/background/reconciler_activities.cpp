// The scaling activities of what the reconciler does, how they end and when they are forgotten;
// part of reconciler.hpp.
#include "services/autoscaling/background/reconciler.hpp"
#include "services/autoscaling/limits.hpp"

#include <fmt/format.h>

namespace diorama::autoscaling {

std::string Reconciler::new_activity(
    Group& group,
    std::string description,
    std::string cause,
    std::string zone
) {
    Activity activity;
    activity.id = random_.uuid();
    activity.group = key_of(group.place, group.name);
    activity.description = std::move(description);
    activity.cause = std::move(cause);
    activity.started = environment_.clock.now();
    std::string subnet;
    for (const auto& candidate : group.subnets) {
        if (instances_.zone_of(group.place, candidate) == zone) subnet = candidate;
    }
    activity.details =
        subnet.empty()
            ? fmt::format(R"({{"Availability Zone":"{}"}})", zone)
            : fmt::format(R"({{"Subnet ID":"{}","Availability Zone":"{}"}})", subnet, zone);
    environment_.log
        .write(LogLevel::note, "autoscaling", "{}: {}", group.name, activity.description);
    // Keys of one group ascend with time.
    const auto key = fmt::format(
        "{}/{:020}/{:08}",
        activity.group,
        activity.started.time_since_epoch().count(),
        ++activity_number_
    );
    state_.activities.put(key, std::move(activity));
    return key;
}

void Reconciler::end_activity(const std::string& key, ActivityStatus status, std::string message) {
    auto* activity = state_.activities.edit(key);
    if (activity == nullptr) return;
    activity->status = status;
    activity->ended = environment_.clock.now();
    activity->message = std::move(message);
}

void Reconciler::forget_old_activities(const Group& group) {
    const std::string prefix = key_of(group.place, group.name) + "/";
    std::vector<std::string> ended;
    for (auto entry = state_.activities.lower_bound(prefix);
         entry != state_.activities.end() && entry->first.starts_with(prefix);
         ++entry) {
        // A group's name may be the beginning of another's: "a" and "a/b".
        if (entry->second.group + "/" == prefix && entry->second.ended)
            ended.push_back(entry->first);
    }
    const Timestamp oldest = environment_.clock.now() - limits::activity_history;
    for (std::size_t i = 0; i < ended.size(); ++i) {
        const bool is_too_many = ended.size() - i > limits::activities_per_group;
        if (is_too_many || *state_.activities.find(ended[i])->ended < oldest)
            state_.activities.erase(ended[i]);
    }
}

void Reconciler::remove(const std::string& key) {
    std::vector<std::string> activities;
    for (const auto& [activity_key, activity] : state_.activities) {
        if (activity.group == key) activities.push_back(activity_key);
    }
    for (const auto& activity : activities)
        state_.activities.erase(activity);
    state_.groups.erase(key);
}

} // namespace diorama::autoscaling
