// The sentences and the JSON with which an alarm explains its state. Programs match on them.
#pragma once

#include "services/cloudwatch/data/alarm_rule.hpp"

#include <string>

namespace diorama::cloudwatch {

inline constexpr std::string_view initial_state_reason = "Unchecked: Initial alarm creation";

// What StateReasonData tells beside the datapoints.
struct ReasonContext {
    Timestamp query_date;
    std::string unit;      // empty: left out
    std::string statistic; // empty for a math expression
    int period_s = 60;
    bool names_datapoints_to_alarm = false; // whether DatapointsToAlarm was given
};

// StateReason for a verdict other than keep.
std::string
state_reason(const AlarmRule& rule, const Evaluation& evaluation, const ReasonContext& context);
// StateReasonData, a JSON document.
std::string state_reason_data(
    const AlarmRule& rule,
    const Evaluation& evaluation,
    const ReasonContext& context
);

} // namespace diorama::cloudwatch
