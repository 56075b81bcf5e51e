// DescribeAlarmHistory.
#pragma once

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/state.hpp"

namespace diorama::cloudwatch {

api::DescribeAlarmHistoryOutput describe_alarm_history(
    const State& state,
    const aws::Call& call,
    const api::DescribeAlarmHistoryInput& input
);

} // namespace diorama::cloudwatch
