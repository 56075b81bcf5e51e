// CREATE, ALTER and DROP of stored programs, what SHOW tells of them, SIGNAL and GET DIAGNOSTICS.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_accounts.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

SQLError no_such_program(ProgramKind kind, const std::string& schema, const std::string& name) {
    if (kind == ProgramKind::trigger) return {1360, "HY000", "Trigger does not exist"};
    return {
        1305,
        "42000",
        fmt::format("{} {}.{} does not exist", program_word(kind), schema, name)
    };
}

SQLError program_exists(ProgramKind kind, const std::string& name) {
    if (kind == ProgramKind::trigger) return {1359, "HY000", "Trigger already exists"};
    return {1304, "42000", fmt::format("{} {} already exists", program_word(kind), name)};
}

// Columns of NEW and OLD that the body names.
void check_trigger_columns(const Table& table, const std::vector<VariableUse>& uses) {
    for (const auto& use : uses) {
        const bool is_row =
            use.kind == VariableUse::Kind::new_row || use.kind == VariableUse::Kind::old_row;
        if (is_row && !table.find_column(use.column))
            throw unknown_column(
                use.column,
                use.kind == VariableUse::Kind::new_row ? "NEW" : "OLD"
            );
    }
}

void check_trigger_columns(const Table& table, const Program& program) {
    const auto check = [&](const ParsedPtr& tree) {
        if (tree) check_trigger_columns(table, tree->uses);
    };
    for (const auto& instruction : program.code) {
        if (const auto* run = std::get_if<RunStatement>(&instruction)) check(run->statement);
        if (const auto* test = std::get_if<JumpUnless>(&instruction)) check(test->condition);
        if (const auto* assign = std::get_if<Assign>(&instruction)) {
            check(assign->value);
            if (assign->to.kind == Destination::Kind::new_row &&
                !table.find_column(assign->to.name))
                throw unknown_column(assign->to.name, "NEW");
        }
    }
}

void place_trigger(StoredPrograms& programs, const CreateProgram& create, ProgramPtr trigger) {
    auto& list = programs.triggers;
    auto place = list.end();
    if (!create.anchor.empty()) {
        place = std::find_if(list.begin(), list.end(), [&](const ProgramPtr& other) {
            return equals_ignoring_case(other->name, create.anchor) &&
                   other->table == trigger->table && other->trigger.time == trigger->trigger.time &&
                   other->trigger.event == trigger->trigger.event;
        });
        if (place == list.end())
            throw SQLError{
                3011,
                "HY000",
                fmt::format(
                    "Referenced trigger '{}' for the given action time and event type does not "
                    "exist.",
                    create.anchor
                )
            };
        if (!create.precedes) ++place;
    }
    list.insert(place, std::move(trigger));
}

Value diagnostics_value(const Warning& condition, std::string_view item) {
    if (item == "MESSAGE_TEXT") return Value::text(condition.message);
    if (item == "MYSQL_ERRNO") return Value::of(std::int64_t{condition.code});
    if (item == "RETURNED_SQLSTATE")
        return Value::text(condition.sqlstate.empty() ? "HY000" : condition.sqlstate);
    if (item == "CLASS_ORIGIN" || item == "SUBCLASS_ORIGIN") return Value::text("ISO 9075");
    return Value::text("");
}

} // namespace

void SessionPrograms::log_program(
    const std::string& schema,
    std::string text,
    const std::string& sql_mode
) {
    Change change;
    change.kind = Change::Kind::definition;
    change.schema = schema;
    change.table = sql_mode; // with which it is repeated
    change.statement = std::move(text);
    connection_.pending_.changes.push_back(std::move(change));
    connection_.context_.row_count = 0;
}

void SessionPrograms::check_definer(std::string_view definer) const {
    const bool is_owner = account_in(definer) == connection_.context_.account();
    const bool is_master = connection_.context_.may_do_everything ||
                           connection_.rights()->at({}).has(Privilege::create_user);
    if (!is_owner && !is_master) throw server_denied("SUPER or SET_USER_ID");
}

void SessionPrograms::check_definition(const CreateProgram& create, const StoredProgram& program)
    const {
    check_definer(program.definer);
    if (connection_.is_internal_) return;
    // AWS: "You do not have the SUPER privilege and binary logging is enabled" is what a database
    // with backups answers until log_bin_trust_function_creators is set in its parameter group.
    const auto trust = connection_.engine_.global_variables()["log_bin_trust_function_creators"];
    if (trust == "ON" || trust == "1" || !connection_.engine_.settings().logs_changes) return;
    const auto& traits = create.traits;
    const bool is_safe = traits.is_deterministic.value_or(false) || traits.access == "NO SQL" ||
                         traits.access == "READS SQL DATA";
    if (create.kind == ProgramKind::function && !is_safe)
        throw SQLError{
            1418,
            "HY000",
            "This function has none of DETERMINISTIC, NO SQL, or READS SQL DATA in its declaration "
            "and binary logging is enabled (you *might* want to use the less safe "
            "log_bin_trust_function_creators variable)"
        };
    if (create.kind != ProgramKind::procedure && !connection_.context_.may_do_everything)
        throw SQLError{
            1419,
            "HY000",
            "You do not have the SUPER privilege and binary logging is enabled (you *might* want "
            "to use the less safe log_bin_trust_function_creators variable)"
        };
}

void Connection::run(Run& current, const CreateProgram& create) {
    const auto& schema = schema_of(create.name);
    const auto* database = catalog_->find_database(schema);
    if (database == nullptr) throw unknown_database(schema);
    auto program = program_of(create, database->name);
    const auto& code = create.program->code;
    const bool returns = std::any_of(code.begin(), code.end(), [](const Instruction& step) {
        return std::holds_alternative<Return>(step);
    });
    if (create.kind == ProgramKind::function && !returns)
        throw SQLError{
            1320,
            "42000",
            fmt::format("No RETURN found in FUNCTION {}", program.full_name())
        };
    if (program.definer.empty()) program.definer = quoted(context_.account());
    program.sql_mode = context_.variables["sql_mode"];
    program.created = program.modified = context_.now;
    if (create.kind == ProgramKind::trigger) {
        const auto table_schema = create.table.schema.empty() ? schema : create.table.schema;
        if (table_schema != schema) throw SQLError{1435, "HY000", "Trigger in wrong schema"};
        if (catalog_->find_view(schema, create.table.table))
            throw SQLError{
                1347,
                "HY000",
                fmt::format("'{}.{}' is not BASE TABLE", schema, create.table.table)
            };
        const auto table = Translator(names(classes_)).table_of({schema, create.table.table});
        refuse_system_table(*table);
        if (table->is_temporary)
            throw SQLError{
                1361,
                "HY000",
                fmt::format("Trigger's '{}' is view or temporary table", table->name)
            };
        check_trigger_columns(*table, *create.program);
    }
    programs_->check_definition(create, program);
    if (database->programs.find(create.kind, create.name.table)) {
        const auto error = program_exists(create.kind, create.name.table);
        if (!create.if_not_exists) throw error;
        context_.warnings.push_back({"Note", error.code, error.message});
        return current.sink.done({});
    }
    auto catalog = catalog_to_change();
    auto& programs = catalog->databases.at(program.schema).programs;
    const auto kept = std::make_shared<const StoredProgram>(std::move(program));
    if (create.kind == ProgramKind::trigger)
        place_trigger(programs, create, kept);
    else
        programs.routines(create.kind)[lower_case(kept->name)] = kept;
    store_programs(sqlite_.get(), kept->schema, programs);
    SessionAccounts(*this).grant_routine(*kept);
    auto text = create_program_text(*kept);
    if (!create.anchor.empty())
        text.insert(
            text.size() - kept->body.size(),
            fmt::format(
                "{} {} ",
                create.precedes ? "PRECEDES" : "FOLLOWS",
                quoted_name(create.anchor)
            )
        );
    programs_->log_program(kept->schema, std::move(text), kept->sql_mode);
    current.sink.done({});
}

void Connection::run(Run& current, const DropProgram& drop) {
    const auto& schema = schema_of(drop.name);
    const auto program = find_program(*catalog_, drop.kind, schema, drop.name.table);
    if (!program) {
        const auto error = no_such_program(drop.kind, schema, drop.name.table);
        if (!drop.if_exists) throw error;
        context_.warnings.push_back({"Note", error.code, error.message});
        return current.sink.done({});
    }
    auto catalog = catalog_to_change();
    auto& programs = catalog->databases.at(program->schema).programs;
    if (drop.kind == ProgramKind::trigger)
        std::erase(programs.triggers, program);
    else
        programs.routines(drop.kind).erase(lower_case(program->name));
    SessionAccounts(*this).forget_routine(*program);
    store_programs(sqlite_.get(), program->schema, programs);
    programs_->log_program(
        program->schema,
        fmt::format("DROP {} {}", program_word(drop.kind), quoted_name(program->name)),
        {}
    );
    current.sink.done({});
}

void Connection::run(Run& current, const AlterRoutine& alter) {
    const auto& schema = schema_of(alter.name);
    const auto program = find_program(*catalog_, alter.kind, schema, alter.name.table);
    if (!program) throw no_such_program(alter.kind, schema, alter.name.table);
    auto changed = *program;
    const auto take = [](auto& to, const auto& from) {
        if (from) to = from;
    };
    take(changed.traits.comment, alter.traits.comment);
    take(changed.traits.access, alter.traits.access);
    take(changed.traits.is_invoker, alter.traits.is_invoker);
    changed.modified = context_.now;
    auto catalog = catalog_to_change();
    auto& programs = catalog->databases.at(program->schema).programs;
    programs.routines(alter.kind)[lower_case(program->name)] =
        std::make_shared<const StoredProgram>(std::move(changed));
    store_programs(sqlite_.get(), program->schema, programs);
    log_definition(current);
    current.sink.done({});
}

// With their table.
void SessionPrograms::forget_triggers(Catalog& catalog, const Table& table) {
    auto& programs = catalog.databases.at(table.schema).programs;
    const auto gone = std::erase_if(programs.triggers, [&](const ProgramPtr& trigger) {
        return trigger->table == table.name;
    });
    if (gone > 0) store_programs(connection_.sqlite_.get(), table.schema, programs);
}

void SessionPrograms::move_triggers(Catalog& catalog, const Table& from, const Table& to) {
    auto& programs = catalog.databases.at(from.schema).programs;
    bool has_moved = false;
    for (auto& trigger : programs.triggers) {
        if (trigger->table != from.name) continue;
        if (from.schema != to.schema) throw SQLError{1435, "HY000", "Trigger in wrong schema"};
        auto moved = *trigger;
        moved.table = to.name;
        trigger = std::make_shared<const StoredProgram>(std::move(moved));
        has_moved = true;
    }
    if (has_moved) store_programs(connection_.sqlite_.get(), from.schema, programs);
}

void Connection::run(Run&, const CallProcedure&) {
    throw not_supported("CALL there"); // never comes here: see execute()
}

// Conditions.

void Connection::run(Run& current, const Signal& signal) {
    auto* running = programs_->running();
    const auto* handled = running == nullptr ? nullptr : running->handled();
    if (signal.is_resignal && handled == nullptr)
        throw SQLError{1645, "0K000", "RESIGNAL when handler not active"};
    SQLError error;
    const bool is_new = !signal.sqlstate.empty();
    if (signal.is_resignal) error = *handled;
    if (is_new) {
        const auto kind = std::string_view(signal.sqlstate).substr(0, 2);
        error.sqlstate = signal.sqlstate;
        error.code = kind == "01" ? 1642 : kind == "02" ? 1643 : 1644;
        error.message = fmt::format(
            "Unhandled user-defined {} condition",
            kind == "01" ? "warning" : "not found"
        );
        if (error.code == 1644) error.message = "Unhandled user-defined exception condition";
    }
    for (const auto& [item, tree] : signal.items) {
        const auto value = running == nullptr
                               ? constant(*std::get<Select>(tree->statement).items[0].expression)
                               : running->compute_at_once(tree);
        if (value.value.is_null())
            throw SQLError{
                1231,
                "42000",
                fmt::format("Variable '{}' can't be set to the value of 'NULL'", item)
            };
        const auto text = text_of(value.type, value.value);
        if (item == "MESSAGE_TEXT") error.message = text.substr(0, character_offset(text, 128));
        if (item == "MYSQL_ERRNO") {
            const auto code = std::strtoll(text.c_str(), nullptr, 10);
            if (code <= 0 || code > UINT16_MAX)
                throw SQLError{
                    1231,
                    "42000",
                    fmt::format("Variable 'MYSQL_ERRNO' can't be set to the value of '{}'", text)
                };
            error.code = static_cast<std::uint16_t>(code);
        }
    }
    const auto kind = error.sqlstate.substr(0, 2);
    if (kind != "01") throw error;
    context_.warn(error);
    context_.row_count = 0;
    current.sink.done({});
}

void Connection::run(Run& current, const GetDiagnostics& get) {
    auto* running = programs_->running();
    auto conditions = context_.warnings;
    if (get.is_stacked) {
        const auto* handled = running == nullptr ? nullptr : running->handled();
        if (handled == nullptr)
            throw SQLError{3047, "0Z002", "GET STACKED DIAGNOSTICS when handler not active"};
        conditions = {{"Error", handled->code, handled->message, std::string(handled->sqlstate)}};
    }
    const auto assign = [&](const Destination& to, const Value& value) {
        const auto type = value.kind == Value::Kind::integer ? integer_type() : text_type(512);
        if (running != nullptr)
            running->assign(to, {type, value});
        else
            programs_->assign_user(to.name, {type, value});
    };
    const auto done = [&] { current.sink.done({}); };
    if (!get.condition) {
        for (const auto& [to, item] : get.items)
            assign(
                to,
                Value::of(
                    item == "NUMBER" ? static_cast<std::int64_t>(conditions.size())
                                     : context_.row_count
                )
            );
        return done();
    }
    const auto number =
        running == nullptr
            ? constant(*std::get<Select>(get.condition->statement).items[0].expression)
            : running->compute_at_once(get.condition);
    const auto wanted = std::strtoll(
        number.value.is_null() ? "0" : text_of(number.type, number.value).c_str(),
        nullptr,
        10
    );
    if (wanted < 1 || static_cast<std::size_t>(wanted) > conditions.size()) {
        context_.warnings.push_back({"Error", 1758, "Invalid condition number", "35000"});
        return done();
    }
    for (const auto& [to, item] : get.items)
        assign(to, diagnostics_value(conditions[static_cast<std::size_t>(wanted) - 1], item));
    done();
}

} // namespace diorama::rds::sql
