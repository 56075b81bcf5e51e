// The message that an alarm sends: composed here, carried by SNS.
#pragma once

#include "services/cloudwatch/cloudwatch.hpp"
#include "services/cloudwatch/state.hpp"

#include <string>

namespace diorama::cloudwatch {

// "US East (N. Virginia)"; the region itself if it has no name here.
std::string region_name(const std::string& region);
// A transition of the alarm as it stands now, from `old_state`, with subject and message composed.
AlarmTransition
compose_transition(const Alarm& alarm, AlarmState old_state, std::optional<double> metric_value);
// HistoryData of a StateUpdate.
std::string state_update_details(
    AlarmState old_state,
    const std::string& old_reason,
    const std::string& old_reason_data,
    const Alarm& alarm
);

} // namespace diorama::cloudwatch
