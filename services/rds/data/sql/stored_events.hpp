// Events of the catalog: when they are due, and what they run.
// https://dev.mysql.com/doc/refman/8.0/en/event-scheduler.html
#pragma once

#include "services/rds/data/sql/ast_events.hpp"
#include "services/rds/data/sql/stored_programs.hpp"

#include <memory>
#include <optional>
#include <string>

namespace diorama::rds::sql {

// "1 DAY", "'1:30' HOUR_MINUTE": months and seconds of it.
struct EventInterval {
    std::string value; // as SHOW prints it, without quotes
    std::string unit;
    std::int64_t months = 0;
    std::int64_t seconds = 0;

    bool is_quoted() const { return unit.find('_') != std::string::npos; }
};

struct StoredEvent {
    ProgramPtr body; // a procedure without parameters: name, definer, sql_mode, text
    std::optional<Timestamp> at;
    std::optional<EventInterval> every;
    std::optional<Timestamp> starts;
    std::optional<Timestamp> ends;
    bool is_preserved = false;
    EventState state = EventState::enabled;
    std::string comment;
    std::string time_zone = "SYSTEM"; // in which its times are shown
    Timestamp created{};
    Timestamp modified{};
    std::optional<Timestamp> last_executed;

    const std::string& schema() const { return body->schema; }

    const std::string& name() const { return body->name; }

    // When it is to run next, having run at `last_executed`; nothing: never again.
    std::optional<Timestamp> next(Timestamp now) const;
};

using EventPtr = std::shared_ptr<const StoredEvent>;

// Nothing for a value that is no such interval, or none that is positive.
std::optional<EventInterval> event_interval(std::string_view value, std::string_view unit);

// SHOW CREATE EVENT; parsing it gives the same event again, but for when it was made and ran.
std::string create_event_text(const StoredEvent& event);
std::string_view event_state_word(EventState state); // "ENABLED"

void store_event(sqlite3* sqlite, const StoredEvent& event);
void forget_event(sqlite3* sqlite, std::string_view schema, std::string_view name);
void load_events(sqlite3* sqlite, Catalog& catalog);

} // namespace diorama::rds::sql
