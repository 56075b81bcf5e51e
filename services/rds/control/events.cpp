// See events.hpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html
#include "services/rds/control/events.hpp"

#include "services/rds/control/pages.hpp"
#include "services/rds/limits.hpp"

namespace diorama::rds {

api::EventsMessage describe_events(
    const State& state,
    const aws::Call& call,
    const api::DescribeEventsMessage& input
) {
    if (input.source_identifier && !input.source_type) {
        throw invalid_combination(
            "If SourceIdentifier is supplied, SourceType must also be provided."
        );
    }
    const auto until = input.end_time.value_or(call.now);
    const Duration span =
        input.duration ? Duration(std::chrono::minutes(*input.duration)) : limits::events_shown;
    const auto from = input.start_time.value_or(until - span);
    const auto& wanted = input.event_categories;
    api::EventsMessage result;
    Page page(input.max_records, input.marker);
    for (const auto& [key, event] : state.events) {
        if (event.account != call.account || event.region != call.region) continue;
        if (event.when < from || event.when > until) continue;
        const auto type = event.source == EventSource::instance ? api::SourceType::db_instance
                                                                : api::SourceType::db_snapshot;
        if (input.source_type && *input.source_type != type) continue;
        if (input.source_identifier && lower_case(*input.source_identifier) != event.identifier)
            continue;
        const auto is_wanted = [&wanted](const std::string& category) {
            return std::find(wanted.begin(), wanted.end(), category) != wanted.end();
        };
        if (!wanted.empty() &&
            std::none_of(event.categories.begin(), event.categories.end(), is_wanted))
            continue;
        if (!page.takes(key)) continue;
        api::Event described;
        described.source_identifier = event.identifier;
        described.source_type = type;
        described.message = event.message;
        described.event_categories = event.categories;
        described.date = event.when;
        described.source_arn = event.arn;
        result.events.push_back(std::move(described));
    }
    result.marker = page.marker();
    return result;
}

} // namespace diorama::rds
