// DescribeEvents.
#pragma once

#include "services/rds/api.hpp"
#include "services/rds/state.hpp"

namespace diorama::rds {

api::EventsMessage
describe_events(const State& state, const aws::Call& call, const api::DescribeEventsMessage& input);

} // namespace diorama::rds
