// CREATE EVENT, ALTER EVENT, DROP EVENT.
// https://dev.mysql.com/doc/refman/8.0/en/create-event.html
#include "services/rds/data/sql/parser.hpp"

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

// Whether, after CREATE or ALTER, an event follows; a DEFINER may stand before the word.
bool Parser::at_event() const {
    if (at("EVENT")) return true;
    if (!at("DEFINER")) return false;
    for (std::size_t ahead = 0; ahead < 8 && peek(ahead).kind != TokenKind::end; ++ahead)
        if (at("EVENT", ahead)) return true;
    return false;
}

Statement Parser::create_event(bool is_alter) {
    CreateEvent event;
    event.is_alter = is_alter;
    definer_clause(event.definer);
    expect("EVENT");
    if (!is_alter) event.if_not_exists = accept_all({"IF", "NOT", "EXISTS"});
    event.name = table_name();
    if (!is_alter && !at("ON")) fail();
    if (accept_all({"ON", "SCHEDULE"})) event_schedule(event.schedule.emplace());
    event_options(event);
    if (!is_alter && (!event.schedule || !at("DO"))) fail();
    if (accept("DO")) event.body = event_body(event.name);
    return event;
}

void Parser::event_schedule(EventSchedule& schedule) {
    static constexpr std::array<std::string_view, 15> units = {
        "YEAR",
        "QUARTER",
        "MONTH",
        "WEEK",
        "DAY",
        "HOUR",
        "MINUTE",
        "SECOND",
        "YEAR_MONTH",
        "DAY_HOUR",
        "DAY_MINUTE",
        "DAY_SECOND",
        "HOUR_MINUTE",
        "HOUR_SECOND",
        "MINUTE_SECOND"
    };
    if (accept("AT")) {
        schedule.at = expression();
        return;
    }
    expect("EVERY");
    schedule.every = expression();
    schedule.unit = upper_case(peek().raw);
    if (schedule.unit.ends_with("MICROSECOND")) throw not_supported("MICROSECOND");
    if (std::find(units.begin(), units.end(), schedule.unit) == units.end()) fail();
    ++at_;
    if (accept("STARTS")) schedule.starts = expression();
    if (accept("ENDS")) schedule.ends = expression();
}

void Parser::event_options(CreateEvent& event) {
    if (accept_all({"ON", "COMPLETION"})) {
        event.is_preserved = !accept("NOT");
        expect("PRESERVE");
    }
    if (event.is_alter && accept_all({"RENAME", "TO"})) event.renamed = table_name();
    if (accept("ENABLE")) {
        event.state = EventState::enabled;
    } else if (accept("DISABLE")) {
        event.state = EventState::disabled;
        if (accept("ON")) {
            if (!accept("REPLICA")) expect("SLAVE");
            event.state = EventState::disabled_on_replica;
        }
    }
    if (accept("COMMENT")) event.comment = text_literal();
}

// As of a procedure without parameters.
EventBody Parser::event_body(const TableName& name) {
    if (parts_)
        throw SQLError{
            1576,
            "HY000",
            "Recursion of EVENT DDL statements is forbidden when body is present"
        };
    CreateProgram routine;
    const auto outer_scope = std::exchange(scope_, nullptr);
    const auto parameters = parameter_count_;
    auto outer_uses = std::exchange(uses_, {});
    parts_ = std::make_unique<ProgramParts>(ProgramKind::procedure);
    parts_->routine = name.table;
    program_body(routine);
    parts_.reset();
    scope_ = outer_scope;
    uses_ = std::move(outer_uses);
    parameter_count_ = parameters;
    return {routine.program, routine.body};
}

// After DROP EVENT.
Statement Parser::drop_event() {
    DropEvent drop;
    drop.if_exists = accept_all({"IF", "EXISTS"});
    drop.name = table_name();
    return drop;
}

} // namespace diorama::rds::sql
