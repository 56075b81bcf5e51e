// CREATE EVENT and its kin as the parser makes them.
// https://dev.mysql.com/doc/refman/8.0/en/create-event.html
#pragma once

#include "services/rds/data/sql/ast_programs.hpp"

#include <optional>
#include <string>

namespace diorama::rds::sql {

struct EventSchedule {
    ExprPtr at;       // once
    ExprPtr every;    // or again and again, so many…
    std::string unit; // …of these: "DAY", "HOUR_MINUTE"
    ExprPtr starts;
    ExprPtr ends;
};

enum class EventState : std::uint8_t { enabled, disabled, disabled_on_replica };

struct EventBody {
    ProgramCodePtr program;
    std::string text;
};

struct CreateEvent { // and ALTER EVENT, where what is not named stays as it is
    TableName name;
    std::string definer; // "`user`@`host`"; empty: who creates or alters it
    bool is_alter = false;
    bool if_not_exists = false;
    std::optional<EventSchedule> schedule;
    std::optional<bool> is_preserved; // ON COMPLETION [NOT] PRESERVE
    std::optional<EventState> state;
    std::optional<std::string> comment;
    std::optional<TableName> renamed;
    std::optional<EventBody> body;
};

struct DropEvent {
    TableName name;
    bool if_exists = false;
};

} // namespace diorama::rds::sql
