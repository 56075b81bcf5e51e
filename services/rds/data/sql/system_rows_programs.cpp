// ROUTINES, PARAMETERS and TRIGGERS of information_schema, and SHOW in terms of them.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_programs.hpp"
#include "services/rds/data/sql/system_tables.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

Value t(std::string_view text) {
    return Value::text(std::string(text));
}

Value n(std::int64_t number) {
    return Value::of(number);
}

std::string unquoted(std::string name) {
    std::erase(name, '`');
    return name;
}

Value moment(Timestamp at, unsigned fraction = 0) {
    return t(datetime_text(from_timestamp(at), fraction));
}

// DATA_TYPE to DTD_IDENTIFIER, as PARAMETERS and ROUTINES both have them.
struct TypeColumns {
    explicit TypeColumns(const Type& type) {
        name = t(type_name(type));
        declared = t(declaration(type));
        const bool is_sized =
            type.is_character() || (type.is_binary() && type.kind != TypeKind::geometry);
        if (is_sized) {
            const auto characters = std::int64_t{type.length};
            const bool counts_characters = type.is_character() && type.kind != TypeKind::text;
            length = n(characters);
            octets =
                n(counts_characters ? characters * entry_of(type.character_set()).longest
                                    : characters);
        }
        if (type.is_character()) {
            character_set = t(character_set_of(type.collation));
            collation = t(collation_name(type.collation));
        }
        if (type.is_decimal()) {
            precision = n(type.length);
            scale = n(type.scale);
        } else if (type.is_real()) {
            precision = n(display_length(type));
            if (type.is_fixed_real()) scale = n(type.scale);
        } else if (type.is_integer()) {
            static constexpr std::int64_t digits[] = {3, 5, 7, 10, 19};
            const auto kind = static_cast<std::size_t>(type.kind) - 1;
            if (kind < 5) {
                precision = n(digits[kind]);
                scale = n(0);
            }
        }
        if (type.is_temporal() && type.kind != TypeKind::date) fraction = n(type.scale);
    }

    Value name;
    Value length;
    Value octets;
    Value precision;
    Value scale;
    Value fraction;
    Value character_set;
    Value collation;
    Value declared;
};

void fill_parameter(
    const PutRow& put,
    const StoredProgram& routine,
    std::int64_t place,
    const RoutineParameter* parameter
) {
    const TypeColumns type(parameter != nullptr ? parameter->type : *routine.returns);
    static constexpr std::string_view modes[] = {"IN", "OUT", "INOUT"};
    put("parameters",
        {t("def"),
         t(routine.schema),
         t(routine.name),
         n(place),
         parameter == nullptr ? Value{} : t(modes[static_cast<std::size_t>(parameter->mode)]),
         parameter == nullptr ? Value{} : t(parameter->name),
         type.name,
         type.length,
         type.octets,
         type.precision,
         type.scale,
         type.fraction,
         type.character_set,
         type.collation,
         type.declared,
         t(program_word(routine.kind))});
}

void fill_routine(const PutRow& put, const StoredProgram& routine) {
    const bool is_function = routine.kind == ProgramKind::function;
    const Type nothing;
    TypeColumns type(is_function ? *routine.returns : nothing);
    const auto& traits = routine.traits;
    put("routines",
        {t(routine.name),
         t("def"),
         t(routine.schema),
         t(routine.name),
         t(program_word(routine.kind)),
         is_function ? type.name : t(""),
         type.length,
         type.octets,
         type.precision,
         type.scale,
         type.fraction,
         type.character_set,
         type.collation,
         is_function ? type.declared : Value{},
         t("SQL"),
         t(routine.body),
         {},
         t("SQL"),
         t("SQL"),
         t(traits.is_deterministic.value_or(false) ? "YES" : "NO"),
         t(traits.access.value_or("CONTAINS SQL")),
         {},
         t(traits.is_invoker.value_or(false) ? "INVOKER" : "DEFINER"),
         moment(routine.created),
         moment(routine.modified),
         t(routine.sql_mode),
         t(traits.comment.value_or("")),
         t(unquoted(routine.definer)),
         t("utf8mb4"),
         t("utf8mb4_0900_ai_ci"),
         t("utf8mb4_0900_ai_ci")});
    if (is_function) fill_parameter(put, routine, 0, nullptr);
    for (std::size_t i = 0; i < routine.parameters.size(); ++i)
        fill_parameter(put, routine, static_cast<std::int64_t>(i) + 1, &routine.parameters[i]);
}

void fill_triggers(const PutRow& put, const StoredPrograms& programs) {
    for (const auto& trigger : programs.triggers) {
        std::int64_t order = 0;
        for (const auto& other : programs.triggers) {
            const bool is_alike = other->table == trigger->table &&
                                  other->trigger.time == trigger->trigger.time &&
                                  other->trigger.event == trigger->trigger.event;
            if (is_alike) ++order;
            if (other == trigger) break;
        }
        put("triggers",
            {t("def"),
             t(trigger->schema),
             t(trigger->name),
             t(trigger_event_word(trigger->trigger.event)),
             t("def"),
             t(trigger->schema),
             t(trigger->table),
             n(order),
             {},
             t(trigger->body),
             t("ROW"),
             t(trigger_time_word(trigger->trigger.time)),
             {},
             {},
             t("OLD"),
             t("NEW"),
             moment(trigger->created, 2),
             t(trigger->sql_mode),
             t(unquoted(trigger->definer)),
             t("utf8mb4"),
             t("utf8mb4_0900_ai_ci"),
             t("utf8mb4_0900_ai_ci")});
    }
}

} // namespace

void fill_programs(const PutRow& put, const StoredPrograms& programs) {
    for (const auto& [name, routine] : programs.procedures)
        fill_routine(put, *routine);
    for (const auto& [name, routine] : programs.functions)
        fill_routine(put, *routine);
    fill_triggers(put, programs);
}

std::string SessionPrograms::show_query(const Show& show) const {
    const auto like = [&](std::string_view column) {
        return show.like ? fmt::format(" AND {} LIKE {}", column, quoted_text(*show.like))
                         : std::string();
    };
    constexpr std::string_view sets = "CHARACTER_SET_CLIENT AS `character_set_client`, "
                                      "COLLATION_CONNECTION AS `collation_connection`, "
                                      "DATABASE_COLLATION AS `Database Collation`";
    if (show.word == "EVENTS") {
        const auto of =
            show.table.schema.empty() ? connection_.context_.database : show.table.schema;
        if (of.empty()) throw no_database_selected();
        return fmt::format(
            "SELECT EVENT_SCHEMA AS `Db`, EVENT_NAME AS `Name`, DEFINER AS `Definer`, TIME_ZONE AS "
            "`Time zone`, EVENT_TYPE AS `Type`, EXECUTE_AT AS `Execute at`, INTERVAL_VALUE AS "
            "`Interval value`, INTERVAL_FIELD AS `Interval field`, STARTS AS `Starts`, ENDS AS "
            "`Ends`, STATUS AS `Status`, ORIGINATOR AS `Originator`, {} FROM "
            "information_schema.EVENTS WHERE EVENT_SCHEMA={}{} ORDER BY EVENT_SCHEMA, EVENT_NAME",
            sets,
            quoted_text(of),
            like("EVENT_NAME")
        );
    }
    if (show.word != "TRIGGERS")
        return fmt::format(
            "SELECT ROUTINE_SCHEMA AS `Db`, ROUTINE_NAME AS `Name`, ROUTINE_TYPE AS `Type`, "
            "DEFINER AS `Definer`, LAST_ALTERED AS `Modified`, CREATED AS `Created`, "
            "SECURITY_TYPE AS `Security_type`, ROUTINE_COMMENT AS `Comment`, {} FROM "
            "information_schema.ROUTINES WHERE ROUTINE_TYPE={}{} ORDER BY ROUTINE_SCHEMA, "
            "ROUTINE_NAME",
            sets,
            quoted_text(show.word),
            like("ROUTINE_NAME")
        );
    const auto schema =
        show.table.schema.empty() ? connection_.context_.database : show.table.schema;
    if (schema.empty()) throw no_database_selected();
    if (connection_.catalog_->find_database(schema) == nullptr) throw unknown_database(schema);
    return fmt::format(
        "SELECT TRIGGER_NAME AS `Trigger`, EVENT_MANIPULATION AS `Event`, EVENT_OBJECT_TABLE AS "
        "`Table`, ACTION_STATEMENT AS `Statement`, ACTION_TIMING AS `Timing`, CREATED AS "
        "`Created`, SQL_MODE AS `sql_mode`, DEFINER AS `Definer`, {} FROM "
        "information_schema.TRIGGERS WHERE TRIGGER_SCHEMA={}{} ORDER BY EVENT_OBJECT_TABLE, "
        "FIELD(EVENT_MANIPULATION, 'INSERT', 'UPDATE', 'DELETE'), FIELD(ACTION_TIMING, 'BEFORE', "
        "'AFTER'), ACTION_ORDER",
        sets,
        quoted_text(schema),
        like("EVENT_OBJECT_TABLE")
    );
}

void SessionPrograms::show_create(ResultSink& sink, const Show& show) {
    const auto kind = show.word == "PROCEDURE"  ? ProgramKind::procedure
                      : show.word == "FUNCTION" ? ProgramKind::function
                                                : ProgramKind::trigger;
    const auto& schema = connection_.schema_of(show.table);
    auto program = find_program(*connection_.catalog_, kind, schema, show.table.table);
    const auto& context = connection_.context_;
    if (!context.may_do_everything && !connection_.rights()->sees(schema)) program = nullptr;
    if (!program && kind == ProgramKind::trigger)
        throw SQLError{1360, "HY000", "Trigger does not exist"};
    if (!program)
        throw SQLError{
            1305,
            "42000",
            fmt::format("{} {} does not exist", show.word, show.table.table)
        };
    std::vector<std::string> names;
    if (kind == ProgramKind::trigger)
        names = {"Trigger", "sql_mode", "SQL Original Statement"};
    else if (kind == ProgramKind::procedure)
        names = {"Procedure", "sql_mode", "Create Procedure"};
    else
        names = {"Function", "sql_mode", "Create Function"};
    for (const auto* name : {"character_set_client", "collation_connection", "Database Collation"})
        names.emplace_back(name);
    std::vector<Value> values = {
        t(program->name),
        t(program->sql_mode),
        t(create_program_text(*program)),
        t("utf8mb4"),
        t("utf8mb4_0900_ai_ci"),
        t("utf8mb4_0900_ai_ci")
    };
    if (kind == ProgramKind::trigger) {
        names.emplace_back("Created");
        values.push_back(moment(program->created, 2));
    }
    std::vector<OutputColumn> columns;
    for (const auto& name : names) {
        auto& column = columns.emplace_back();
        column.name = name;
        column.type = text_type(1024);
    }
    sink.columns(columns);
    sink.row(std::vector<ValueView>(values.begin(), values.end()));
    sink.end();
}

} // namespace diorama::rds::sql
