// EVENTS of information_schema.
// https://dev.mysql.com/doc/refman/8.0/en/information-schema-events-table.html
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/system_tables.hpp"
#include "services/rds/data/sql/time_zone.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

Value t(std::string_view text) {
    return Value::text(std::string(text));
}

} // namespace

void fill_events(const PutRow& put, const Database& database) {
    TimeZones zones;
    for (const auto& [key, event] : database.events) {
        const auto zone = zones.find(event->time_zone);
        const auto moment = [&](const std::optional<Timestamp>& when) {
            if (!when) return Value{};
            const auto local = zone ? in_zone(*zone, *when) : from_timestamp(*when);
            return t(datetime_text(local, 0));
        };
        auto definer = event->body->definer;
        std::erase(definer, '`');
        const auto& every = event->every;
        put("events",
            {t("def"),
             t(event->schema()),
             t(event->name()),
             t(definer),
             t(event->time_zone),
             t("SQL"),
             t(event->body->body),
             t(event->at ? "ONE TIME" : "RECURRING"),
             moment(event->at),
             every ? t(every->is_quoted() ? "'" + every->value + "'" : every->value) : Value{},
             every ? t(every->unit) : Value{},
             t(event->body->sql_mode),
             moment(event->starts),
             moment(event->ends),
             t(event_state_word(event->state)),
             t(event->is_preserved ? "PRESERVE" : "NOT PRESERVE"),
             moment(event->created),
             moment(event->modified),
             moment(event->last_executed),
             t(event->comment),
             Value::of(std::int64_t{1}),
             t("utf8mb4"),
             t("utf8mb4_0900_ai_ci"),
             t("utf8mb4_0900_ai_ci")});
    }
}

} // namespace diorama::rds::sql
