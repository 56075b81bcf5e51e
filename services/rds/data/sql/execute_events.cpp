// CREATE EVENT, ALTER EVENT, DROP EVENT, and what the scheduler does with an event.
// https://dev.mysql.com/doc/refman/8.0/en/create-event.html and alter-event.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_events.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

SQLError unknown_event(std::string_view name) {
    return {1539, "HY000", fmt::format("Unknown event '{}'", name)};
}

SQLError event_exists(std::string_view name) {
    return {1537, "HY000", fmt::format("Event '{}' already exists", name)};
}

Timestamp whole_second(Timestamp moment) {
    return std::chrono::floor<std::chrono::seconds>(moment);
}

} // namespace

EventPtr SessionEvents::find_event(const TableName& name) const {
    const auto* database = catalog_->find_database(connection_.schema_of(name));
    if (database == nullptr) return nullptr;
    const auto found = database->events.find(lower_case(name.table));
    return found == database->events.end() ? nullptr : found->second;
}

// By the clock of the session's time zone, to the second.
Timestamp SessionEvents::event_moment(const Expr& expression, std::string_view what) {
    const auto given = connection_.constant(expression);
    Column column;
    column.name = what;
    column.type = datetime_type();
    const auto refused = [&] {
        const auto text = given.value.is_null() ? "NULL" : text_of(given.type, given.value);
        return SQLError{1525, "HY000", fmt::format("Incorrect {} value: '{}'", what, text)};
    };
    if (given.value.is_null()) throw refused();
    std::string local;
    try {
        local = assigned({column, 1, true, context_}, given.type, given.value).bytes;
    } catch (const SQLError&) {
        throw refused();
    }
    const auto moment = parse_datetime(utc_text(context_.zone(), local, 0));
    if (!moment || moment->month == 0 || moment->day == 0) throw refused();
    return Timestamp(std::chrono::microseconds(microseconds_since_epoch(*moment)));
}

void SessionEvents::schedule_event(StoredEvent& event, const EventSchedule& schedule) {
    event.at.reset();
    event.every.reset();
    event.starts.reset();
    event.ends.reset();
    event.last_executed.reset();
    const auto zone = context_.variables.find("time_zone");
    event.time_zone = zone == context_.variables.end() ? "SYSTEM" : zone->second;
    if (schedule.at) {
        event.at = event_moment(*schedule.at, "AT");
        return;
    }
    const auto every = connection_.constant(*schedule.every);
    if (!every.value.is_null())
        event.every = event_interval(text_of(every.type, every.value), schedule.unit);
    if (!event.every) throw SQLError{1542, "HY000", "INTERVAL is either not positive or too big"};
    event.starts =
        schedule.starts ? event_moment(*schedule.starts, "STARTS") : whole_second(context_.now);
    if (schedule.ends) event.ends = event_moment(*schedule.ends, "ENDS");
    if (event.ends && *event.ends < *event.starts)
        throw SQLError{1543, "HY000", "ENDS is either invalid or before STARTS"};
}

// The event as it becomes; `known` is the one that is altered.
StoredEvent SessionEvents::event_of(const CreateEvent& create, const EventPtr& known) {
    auto event = known ? *known : StoredEvent{};
    const auto& target = create.renamed ? *create.renamed : create.name;
    CreateProgram routine;
    routine.name = {connection_.schema_of(target), target.table};
    routine.definer = create.definer.empty() ? quoted(context_.account()) : create.definer;
    routine.program = create.body ? create.body->program : known->body->code;
    routine.body = create.body ? create.body->text : known->body->body;
    connection_.programs_->check_definer(routine.definer);
    auto body = program_of(routine, connection_.schema_of(target));
    body.sql_mode = create.body ? context_.variables["sql_mode"] : known->body->sql_mode;
    event.body = std::make_shared<const StoredProgram>(std::move(body));
    event.modified = whole_second(context_.now);
    if (!known) event.created = event.modified;
    if (create.is_preserved) event.is_preserved = *create.is_preserved;
    if (create.state) event.state = *create.state;
    if (create.comment) event.comment = *create.comment;
    if (create.schedule) schedule_event(event, *create.schedule);
    return event;
}

// MySQL: what will never run again is disabled, or gone at once. False: it is gone.
bool SessionEvents::settle_past_event(StoredEvent& event, bool is_new) {
    const auto now = whole_second(context_.now);
    const bool is_past = (event.at && *event.at < now) || (event.ends && *event.ends < now);
    if (!is_past || connection_.is_internal_ || event.state != EventState::enabled) return true;
    if (event.is_preserved) {
        event.state = EventState::disabled;
        context_.warnings.push_back(
            {"Note", 1544, "Event execution time is in the past. Event has been disabled"}
        );
        return true;
    }
    if (!is_new)
        throw SQLError{
            1589,
            "HY000",
            "Event execution time is in the past and ON COMPLETION NOT PRESERVE is set. The event "
            "was not changed. Specify a time in the future."
        };
    context_.warnings.push_back(
        {"Note",
         1588,
         "Event execution time is in the past and ON COMPLETION NOT PRESERVE is set. The event was "
         "dropped immediately after creation."}
    );
    return false;
}

void SessionEvents::put_event(Catalog& catalog, StoredEvent event) {
    store_event(sqlite_.get(), event);
    auto& events = catalog.databases.at(event.schema()).events;
    const auto key = lower_case(event.name());
    events[key] = std::make_shared<const StoredEvent>(std::move(event));
}

void SessionEvents::log_event(const std::string& schema, std::string text) {
    connection_.programs_->log_program(schema, std::move(text), context_.variables["sql_mode"]);
}

void SessionEvents::run(Run& current, const CreateEvent& create) {
    const auto& schema = connection_.schema_of(create.name);
    if (is_system_schema(schema)) throw database_denied(schema, connection_.account());
    if (catalog_->find_database(schema) == nullptr) throw unknown_database(schema);
    const auto known = find_event(create.name);
    if (create.is_alter && !known) throw unknown_event(create.name.table);
    if (create.is_alter && create.renamed) {
        const auto& target = connection_.schema_of(*create.renamed);
        if (catalog_->find_database(target) == nullptr) throw unknown_database(target);
        const auto other = find_event(*create.renamed);
        if (other == known) throw SQLError{1551, "HY000", "Same old and new event name"};
        if (other) throw event_exists(create.renamed->table);
    }
    if (!create.is_alter && known) {
        if (!create.if_not_exists) throw event_exists(create.name.table);
        const auto error = event_exists(create.name.table);
        context_.warnings.push_back({"Note", error.code, error.message});
        return current.sink.done({});
    }
    auto event = event_of(create, create.is_alter ? known : nullptr);
    context_.row_count = 0;
    if (!settle_past_event(event, !create.is_alter)) return current.sink.done({});
    auto catalog = connection_.catalog_to_change();
    if (known) {
        forget_event(sqlite_.get(), known->schema(), known->name());
        catalog->databases.at(known->schema()).events.erase(lower_case(known->name()));
        log_event(known->schema(), "DROP EVENT IF EXISTS " + quoted_name(known->name()));
    }
    auto in_utc = event;
    in_utc.time_zone = "SYSTEM";
    log_event(event.schema(), create_event_text(in_utc));
    put_event(*catalog, std::move(event));
    current.sink.done({});
}

void SessionEvents::run(Run& current, const DropEvent& drop) {
    if (catalog_->find_database(connection_.schema_of(drop.name)) == nullptr)
        throw unknown_database(connection_.schema_of(drop.name));
    const auto known = find_event(drop.name);
    context_.row_count = 0;
    if (!known) {
        if (!drop.if_exists) throw unknown_event(drop.name.table);
        context_.warnings.push_back(
            {"Note", 1305, fmt::format("Event {} does not exist", drop.name.table)}
        );
        return current.sink.done({});
    }
    auto catalog = connection_.catalog_to_change();
    forget_event(sqlite_.get(), known->schema(), known->name());
    catalog->databases.at(known->schema()).events.erase(lower_case(known->name()));
    log_event(known->schema(), "DROP EVENT IF EXISTS " + quoted_name(known->name()));
    current.sink.done({});
}

void SessionEvents::show_create(ResultSink& sink, const Show& show) {
    const auto event = find_event(show.table);
    const bool is_seen =
        context_.may_do_everything ||
        connection_.rights()->allows(Privilege::event, connection_.schema_of(show.table), "");
    if (!is_seen) throw database_denied(connection_.schema_of(show.table), connection_.account());
    if (!event) throw unknown_event(show.table.table);
    const std::pair<std::string_view, std::string> row[] = {
        {"Event", event->name()},
        {"sql_mode", event->body->sql_mode},
        {"time_zone", event->time_zone},
        {"Create Event", create_event_text(*event)},
        {"character_set_client", "utf8mb4"},
        {"collation_connection", "utf8mb4_0900_ai_ci"},
        {"Database Collation", "utf8mb4_0900_ai_ci"}
    };
    std::vector<OutputColumn> columns;
    std::vector<Value> values;
    for (const auto& [name, value] : row) {
        auto& column = columns.emplace_back();
        column.name = name;
        column.type = text_type(1024);
        values.push_back(Value::text(value));
    }
    sink.columns(columns);
    sink.row(std::vector<ValueView>(values.begin(), values.end()));
    sink.end();
}

// Plans stay as they are: the catalog keeps its version.
bool SessionEvents::note_run(const std::string& schema, const std::string& name, Timestamp now) {
    if (!connection_.take_writer()) return false;
    connection_.waiting_ = Connection::Waiting::nothing;
    context_.now = now;
    auto catalog = std::make_shared<Catalog>(*engine_.catalog());
    catalog_ = catalog;
    connection_.changes_catalog_ = true;
    const auto known = find_event({schema, name});
    if (!known) {
        connection_.rollback();
        return true;
    }
    auto event = *known;
    event.last_executed = now;
    const bool is_over = !event.next(now).has_value();
    try {
        if (is_over && !event.is_preserved) {
            forget_event(sqlite_.get(), schema, name);
            catalog->databases.at(known->schema()).events.erase(lower_case(name));
            log_event(schema, "DROP EVENT IF EXISTS " + quoted_name(name));
        } else {
            if (is_over) event.state = EventState::disabled;
            put_event(*catalog, std::move(event));
        }
        connection_.commit();
    } catch (const SQLError&) {
        connection_.rollback();
        throw;
    }
    return true;
}

bool SessionEvents::run_body(const EventPtr& event, ResultSink& sink) {
    return connection_.programs_->execute_event(event->body, sink) != Progress::waits;
}

} // namespace diorama::rds::sql
