// Events as text and in the file, and when they are due.
#include "services/rds/data/sql/stored_events.hpp"

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/parse.hpp"
#include "services/rds/data/sql/time_zone.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

struct Unit {
    std::string_view name;
    std::int64_t months;
    std::int64_t seconds;
};

constexpr std::array simple_units = {
    Unit{"YEAR", 12, 0},
    Unit{"QUARTER", 3, 0},
    Unit{"MONTH", 1, 0},
    Unit{"WEEK", 0, 7 * day},
    Unit{"DAY", 0, day},
    Unit{"HOUR", 0, hour},
    Unit{"MINUTE", 0, minute},
    Unit{"SECOND", 0, 1},
};

// The parts of a composite unit, from the smallest.
std::vector<Unit> parts_of(std::string_view unit) {
    std::vector<Unit> parts;
    const auto line = unit.find('_');
    bool is_inside = false;
    for (auto part = simple_units.rbegin(); part != simple_units.rend(); ++part) {
        if (part->name == "WEEK" || part->name == "QUARTER") continue;
        is_inside = is_inside || part->name == unit.substr(line + 1);
        if (is_inside) parts.push_back(*part);
        if (part->name == unit.substr(0, line)) break;
    }
    return parts;
}

std::vector<std::int64_t> numbers_in(std::string_view text) {
    std::vector<std::int64_t> numbers;
    bool is_inside = false;
    for (const char c : text) {
        const bool is_digit = c >= '0' && c <= '9';
        constexpr std::int64_t largest = 100'000'000'000;
        if (is_digit && !is_inside) numbers.push_back(0);
        if (is_digit) numbers.back() = std::min(numbers.back() * 10 + (c - '0'), largest);
        is_inside = is_digit;
    }
    return numbers;
}

// "1:30", "2 05:00:00", as MySQL writes a composite interval.
std::string composite_text(const EventInterval& interval, const std::vector<Unit>& parts) {
    auto rest = interval.months != 0 ? interval.months : interval.seconds;
    std::string text;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        const auto size = part->months != 0 ? part->months : part->seconds;
        const bool is_first = part == parts.rbegin();
        const char separator = part->name == "MONTH" ? '-' : part->name == "HOUR" ? ' ' : ':';
        if (!is_first) text += separator;
        text += fmt::format("{}", rest / size);
        rest %= size;
    }
    return text;
}

std::int64_t microseconds(Timestamp moment) {
    return std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch()).count();
}

Timestamp from_text(std::string_view utc) {
    const auto moment = parse_datetime(utc).value_or(DateTime{});
    return Timestamp(std::chrono::microseconds(microseconds_since_epoch(moment)));
}

Timestamp months_later(Timestamp moment, std::int64_t months) {
    auto date = from_timestamp(moment);
    const auto count = date.year * std::int64_t{12} + date.month - 1 + months;
    date.year = static_cast<int>(count / 12);
    date.month = static_cast<int>(count % 12) + 1;
    date.day = std::min(date.day, days_in_month(date.year, date.month));
    return Timestamp(std::chrono::microseconds(microseconds_since_epoch(date)));
}

// The first of the moments `start`, `start` + interval … that comes after `last`.
Timestamp first_after(Timestamp start, const EventInterval& interval, Timestamp last) {
    if (start > last) return start;
    if (interval.months == 0) {
        const Duration step = std::chrono::seconds(interval.seconds);
        return start + step * ((last - start) / step + 1);
    }
    // A month has 31 days at most: so many steps are certainly over.
    const Duration longest = std::chrono::hours(31 * 24) * interval.months;
    auto steps = static_cast<std::int64_t>((last - start) / longest);
    while (months_later(start, steps * interval.months) <= last)
        ++steps;
    return months_later(start, steps * interval.months);
}

} // namespace

std::optional<EventInterval> event_interval(std::string_view value, std::string_view unit) {
    if (value.find('-') == 0) return std::nullopt;
    EventInterval interval{std::string(value), std::string(unit), 0, 0};
    const auto simple =
        std::find_if(simple_units.begin(), simple_units.end(), [&](const Unit& candidate) {
            return candidate.name == unit;
        });
    auto numbers = numbers_in(value);
    if (numbers.empty()) return std::nullopt;
    if (simple != simple_units.end()) {
        interval.months = simple->months * numbers[0];
        interval.seconds = simple->seconds * numbers[0];
        interval.value = fmt::format("{}", numbers[0]);
    } else {
        const auto parts = parts_of(unit);
        std::reverse(numbers.begin(), numbers.end());
        for (std::size_t i = 0; i < std::min(parts.size(), numbers.size()); ++i) {
            interval.months += parts[i].months * numbers[i];
            interval.seconds += parts[i].seconds * numbers[i];
        }
        interval.value = composite_text(interval, parts);
    }
    constexpr std::int64_t longest = 1'000'000'000; // MySQL: EVEX_MAX_INTERVAL_VALUE
    const bool is_positive = interval.months > 0 || interval.seconds > 0;
    const bool is_too_big = numbers[0] > longest || interval.seconds > longest * 60;
    return is_positive && !is_too_big ? std::optional(interval) : std::nullopt;
}

std::optional<Timestamp> StoredEvent::next(Timestamp now) const {
    if (state != EventState::enabled) return std::nullopt;
    if (at) return last_executed ? std::nullopt : std::optional(std::max(*at, now));
    const auto last = last_executed.value_or(modified - std::chrono::microseconds(1));
    const auto due = first_after(*starts, *every, last);
    if (ends && due > *ends) return std::nullopt;
    return std::max(due, now);
}

std::string_view event_state_word(EventState state) {
    return state == EventState::enabled    ? "ENABLED"
           : state == EventState::disabled ? "DISABLED"
                                           : "SLAVESIDE_DISABLED";
}

std::string create_event_text(const StoredEvent& event) {
    const auto zone = TimeZones().find(event.time_zone);
    const auto moment = [&](Timestamp when) {
        const auto local = zone ? in_zone(*zone, when) : from_timestamp(when);
        return quoted_text(datetime_text(local, 0));
    };
    auto text = fmt::format(
        "CREATE DEFINER={} EVENT {} ON SCHEDULE ",
        event.body->definer,
        quoted_name(event.name())
    );
    if (event.at) {
        text += "AT " + moment(*event.at);
    } else {
        const auto& every = *event.every;
        text += fmt::format(
            "EVERY {} {} STARTS {}",
            every.is_quoted() ? quoted_text(every.value) : every.value,
            every.unit,
            moment(*event.starts)
        );
        if (event.ends) text += " ENDS " + moment(*event.ends);
    }
    text += event.is_preserved ? " ON COMPLETION PRESERVE" : " ON COMPLETION NOT PRESERVE";
    text += event.state == EventState::enabled    ? " ENABLE"
            : event.state == EventState::disabled ? " DISABLE"
                                                  : " DISABLE ON SLAVE";
    if (!event.comment.empty()) text += " COMMENT " + quoted_text(event.comment);
    return text + " DO " + event.body->body;
}

void forget_event(sqlite3* sqlite, std::string_view schema, std::string_view name) {
    auto statement = prepare_sqlite(sqlite, "DELETE FROM mysql_events WHERE schema=?1 AND name=?2");
    const auto of = Value::text(std::string(schema));
    const auto key = Value::text(lower_case(name));
    bind_value(statement.get(), 1, of);
    bind_value(statement.get(), 2, key);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite);
}

void store_event(sqlite3* sqlite, const StoredEvent& event) {
    auto in_utc = event;
    in_utc.time_zone = "SYSTEM";
    const Value values[] = {
        Value::text(event.schema()),
        Value::text(lower_case(event.name())),
        Value::text(create_event_text(in_utc)),
        Value::text(event.body->sql_mode),
        Value::text(event.time_zone),
        Value::of(microseconds(event.created)),
        Value::of(microseconds(event.modified)),
        event.last_executed ? Value::of(microseconds(*event.last_executed)) : Value{}
    };
    auto statement = prepare_sqlite(
        sqlite,
        "INSERT OR REPLACE INTO mysql_events VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"
    );
    int parameter = 1;
    for (const auto& value : values)
        bind_value(statement.get(), parameter++, value);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite);
}

namespace {

StoredEvent event_from(const CreateEvent& create, const std::string& schema) {
    CreateProgram routine;
    routine.name = {schema, create.name.table};
    routine.definer = create.definer;
    routine.program = create.body->program;
    routine.body = create.body->text;
    StoredEvent event;
    event.body = std::make_shared<const StoredProgram>(program_of(routine, schema));
    const auto& schedule = *create.schedule;
    if (schedule.at) event.at = from_text(schedule.at->text);
    if (schedule.every) event.every = event_interval(schedule.every->text, schedule.unit);
    if (schedule.starts) event.starts = from_text(schedule.starts->text);
    if (schedule.ends) event.ends = from_text(schedule.ends->text);
    event.is_preserved = create.is_preserved.value_or(false);
    event.state = create.state.value_or(EventState::enabled);
    event.comment = create.comment.value_or("");
    return event;
}

} // namespace

void load_events(sqlite3* sqlite, Catalog& catalog) {
    auto rows = prepare_sqlite(
        sqlite,
        "SELECT schema, name, definition, sql_mode, time_zone, created, modified, last_executed "
        "FROM mysql_events"
    );
    const auto text = [&](int column) {
        return std::string(column_value(rows.get(), column).bytes);
    };
    const auto moment = [&](int column) {
        return Timestamp(std::chrono::microseconds(sqlite3_column_int64(rows.get(), column)));
    };
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
        auto parsed = parse(text(2));
        const auto* statement = std::get_if<ParsedStatement>(&parsed);
        const auto* create =
            statement == nullptr ? nullptr : std::get_if<CreateEvent>(&statement->statement);
        if (create == nullptr)
            throw internal_error("the catalog holds an event that cannot be read: " + text(2));
        auto event = event_from(*create, text(0));
        auto body = *event.body;
        body.sql_mode = text(3);
        event.body = std::make_shared<const StoredProgram>(std::move(body));
        event.time_zone = text(4);
        event.created = moment(5);
        event.modified = moment(6);
        if (sqlite3_column_type(rows.get(), 7) != SQLITE_NULL) event.last_executed = moment(7);
        catalog.databases.at(text(0)).events[text(1)] =
            std::make_shared<const StoredEvent>(std::move(event));
    }
}

} // namespace diorama::rds::sql
