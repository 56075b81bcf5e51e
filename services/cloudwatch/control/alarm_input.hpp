// The checking of PutMetricAlarm: from the shape to an Alarm, or AWS's error.
#pragma once

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/state.hpp"

namespace diorama::cloudwatch {

Alarm check_alarm(const aws::Call& call, const api::PutMetricAlarmInput& input);

} // namespace diorama::cloudwatch
