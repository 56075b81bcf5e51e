// Stored programs as text and in the file.
#include "services/rds/data/sql/stored_programs.hpp"

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/parse.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

StoredProgram::~StoredProgram() = default;

std::string_view trigger_time_word(TriggerTime time) {
    return time == TriggerTime::before ? "BEFORE" : "AFTER";
}

std::string_view trigger_event_word(TriggerEvent event) {
    return event == TriggerEvent::insert   ? "INSERT"
           : event == TriggerEvent::update ? "UPDATE"
                                           : "DELETE";
}

ProgramPtr StoredPrograms::find(ProgramKind kind, std::string_view name) const {
    if (kind != ProgramKind::trigger) {
        const auto& list = routines(kind);
        const auto found = list.find(lower_case(name));
        return found == list.end() ? nullptr : found->second;
    }
    for (const auto& trigger : triggers)
        if (equals_ignoring_case(trigger->name, name)) return trigger;
    return nullptr;
}

ProgramPtr find_program(
    const Catalog& catalog,
    ProgramKind kind,
    std::string_view schema,
    std::string_view name
) {
    const auto* database = catalog.find_database(schema);
    return database == nullptr ? nullptr : database->programs.find(kind, name);
}

StoredProgram program_of(const CreateProgram& create, std::string_view schema) {
    StoredProgram program;
    program.kind = create.kind;
    program.schema = schema;
    program.name = create.name.table;
    program.definer = create.definer;
    program.parameter_text = create.parameter_text;
    program.parameters = create.parameters;
    program.returns = create.returns;
    program.traits = create.traits;
    program.body = create.body;
    program.code = create.program;
    program.trigger = create.trigger;
    program.table = create.table.table;
    for (const auto& variable : create.program->variables) {
        auto& column = program.variables.emplace_back();
        column.name = variable.name;
        column.type = variable.type;
    }
    return program;
}

std::string routine_type_text(const Type& type) {
    auto text = declaration(type);
    if (type.is_character()) text += fmt::format(" CHARSET {}", character_set_of(type.collation));
    return text;
}

namespace {

std::string traits_text(const StoredProgram& program) {
    const auto& traits = program.traits;
    std::string text;
    if (traits.access && *traits.access != "CONTAINS SQL")
        text += fmt::format("    {}\n", *traits.access);
    if (traits.is_deterministic.value_or(false)) text += "    DETERMINISTIC\n";
    if (traits.is_invoker.value_or(false)) text += "    SQL SECURITY INVOKER\n";
    if (traits.comment && !traits.comment->empty())
        text += fmt::format("    COMMENT {}\n", quoted_text(*traits.comment));
    return text;
}

constexpr std::string_view kinds = "PFT"; // in the file

} // namespace

std::string create_program_text(const StoredProgram& program) {
    const auto head = fmt::format(
        "CREATE DEFINER={} {} {}",
        program.definer,
        program_word(program.kind),
        quoted_name(program.name)
    );
    if (program.kind == ProgramKind::trigger)
        return fmt::format(
            "{} {} {} ON {} FOR EACH ROW {}",
            head,
            trigger_time_word(program.trigger.time),
            trigger_event_word(program.trigger.event),
            quoted_name(program.table),
            program.body
        );
    return fmt::format(
        "{}({}){}\n{}{}",
        head,
        program.parameter_text,
        program.returns ? " RETURNS " + routine_type_text(*program.returns) : std::string(),
        traits_text(program),
        program.body
    );
}

void store_programs(sqlite3* sqlite, std::string_view schema, const StoredPrograms& programs) {
    const auto name = Value::text(std::string(schema));
    auto clear = prepare_sqlite(sqlite, "DELETE FROM mysql_programs WHERE schema=?1");
    bind_value(clear.get(), 1, name);
    if (sqlite3_step(clear.get()) != SQLITE_DONE) throw_sqlite_error(sqlite);
    auto insert =
        prepare_sqlite(sqlite, "INSERT INTO mysql_programs VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
    std::int64_t place = 0;
    const auto put = [&](const StoredProgram& program) {
        const Resetting resetting(insert.get());
        const Value values[] = {
            name,
            Value::text(std::string(1, kinds[static_cast<std::size_t>(program.kind)])),
            Value::text(program.name),
            Value::text(create_program_text(program)),
            Value::text(program.sql_mode),
            Value::of(static_cast<std::int64_t>(program.created.time_since_epoch().count())),
            Value::of(static_cast<std::int64_t>(program.modified.time_since_epoch().count())),
            Value::of(place++)
        };
        int parameter = 1;
        for (const auto& value : values)
            bind_value(insert.get(), parameter++, value);
        if (sqlite3_step(insert.get()) != SQLITE_DONE) throw_sqlite_error(sqlite);
    };
    for (const auto& [key, routine] : programs.procedures)
        put(*routine);
    for (const auto& [key, routine] : programs.functions)
        put(*routine);
    for (const auto& trigger : programs.triggers)
        put(*trigger);
}

void load_programs(sqlite3* sqlite, Catalog& catalog) {
    auto rows = prepare_sqlite(
        sqlite,
        "SELECT schema, definition, sql_mode, created, modified FROM mysql_programs ORDER BY place"
    );
    const auto text = [&](int column) {
        return std::string(column_value(rows.get(), column).bytes);
    };
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
        auto parsed = parse(text(1));
        const auto* statement = std::get_if<ParsedStatement>(&parsed);
        const auto* create =
            statement == nullptr ? nullptr : std::get_if<CreateProgram>(&statement->statement);
        if (create == nullptr)
            throw internal_error("the catalog holds a program that cannot be read: " + text(1));
        auto program = program_of(*create, text(0));
        program.sql_mode = text(2);
        program.created = Timestamp(Duration(sqlite3_column_int64(rows.get(), 3)));
        program.modified = Timestamp(Duration(sqlite3_column_int64(rows.get(), 4)));
        auto& programs = catalog.databases.at(program.schema).programs;
        const auto kind = program.kind;
        const auto key = lower_case(program.name);
        auto kept = std::make_shared<const StoredProgram>(std::move(program));
        if (kind == ProgramKind::trigger)
            programs.triggers.push_back(std::move(kept));
        else
            programs.routines(kind)[key] = std::move(kept);
    }
}

} // namespace diorama::rds::sql
