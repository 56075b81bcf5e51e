// UPDATE and DELETE: rows are found first, then written one by one.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

const TableReference* only_table(const TableReference& tables) {
    return tables.kind == TableReference::Kind::table ? &tables : nullptr;
}

void collect_names(const TableReference& tables, std::vector<std::string>& names) {
    if (tables.kind == TableReference::Kind::join) {
        collect_names(*tables.left, names);
        collect_names(*tables.right, names);
    } else if (tables.kind == TableReference::Kind::table) {
        names.push_back(tables.alias.empty() ? tables.name.table : tables.alias);
    }
}

using Rows = std::vector<std::pair<std::int64_t, std::vector<Value>>>; // with their rowids

// Per target the rows that a DELETE found. SQLite's result.
int take_rows(
    sqlite3_stmt* statement,
    const std::vector<TablePtr>& tables,
    std::vector<Rows>& rows
) {
    int result = SQLITE_OK;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        int column = 0;
        for (std::size_t t = 0; t < tables.size(); ++t) {
            auto& [rowid, row] = rows[t].emplace_back();
            if (!tables[t]->is_without_rowid()) rowid = sqlite3_column_int64(statement, column++);
            for (std::size_t i = 0; i < tables[t]->columns.size(); ++i)
                row.push_back(column_value(statement, column++).owned());
        }
    }
    return result;
}

// Whether a condition speaks of a column that a key begins with.
bool uses_key(const Expr& condition, const Table& table) {
    if (condition.kind == ExprKind::column) {
        const auto column = table.find_column(condition.text);
        return column && std::ranges::any_of(table.indexes, [&](const Index& index) {
                   return index.parts[0].column == *column;
               });
    }
    return std::ranges::any_of(condition.args, [&](const ExprPtr& argument) {
        return argument && uses_key(*argument, table);
    });
}

// https://dev.mysql.com/doc/refman/8.0/en/mysql-tips.html#safe-updates
void refuse_unsafe(
    const Context& context,
    const Table& table,
    const ExprPtr& where,
    const ExprPtr& limit
) {
    const auto safe = context.variables.find("sql_safe_updates");
    const bool is_off = safe == context.variables.end() || safe->second != "ON";
    if (is_off || limit || (where && uses_key(*where, table))) return;
    throw SQLError{
        1175,
        "HY000",
        "You are using safe update mode and you tried to update a table without a WHERE that uses "
        "a KEY column. "
    };
}

} // namespace

std::vector<std::string> Connection::target_names(const TableReference& tables) const {
    std::vector<std::string> names;
    collect_names(tables, names);
    return names;
}

// Translated once for a catalog, modes, a database and classes of parameters.
Connection::FindingPtr Connection::finding(Run& current, bool may_be_kept, const Wanted& wanted) {
    auto& known = current.statement.finding;
    const auto is_of = [](ParameterClass kind, const Parameter& given) {
        return kind == given.kind;
    };
    if (may_be_kept && known && known->catalog_version == catalog_->version &&
        known->modes_version == modes_version_ && known->database == context_.database &&
        std::equal(
            known->classes.begin(),
            known->classes.end(),
            parameters_.begin(),
            parameters_.end(),
            is_of
        ))
        return known;
    auto fresh = std::make_shared<PreparedStatement::Finding>();
    fresh->catalog_version = catalog_->version;
    fresh->modes_version = modes_version_;
    fresh->database = context_.database;
    fresh->classes = parameter_classes();
    Translator translator(names(fresh->classes));
    fresh->sql =
        translator.rows_with(wanted.selection, wanted.targets, wanted.values, fresh->types);
    for (const auto& target : wanted.targets)
        for (const auto& source : translator.sources())
            if (equals_ignoring_case(source.alias, target)) fresh->tables.push_back(source.table);
    if (may_be_kept) known = fresh;
    return fresh;
}

std::vector<FoundRow>
Connection::find_rows(const std::string& sql, const Table& table, std::size_t extra) {
    auto& kept = kept_[sql];
    if (!kept) kept = prepare_sqlite(sqlite_.get(), sql);
    auto* statement = kept.get();
    const Resetting resetting(statement);
    for (std::size_t i = 0; i < parameters_.size(); ++i)
        bind_value(statement, static_cast<int>(i + 1), parameters_[i].value);
    std::vector<FoundRow> rows;
    int result = SQLITE_OK;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        auto& found = rows.emplace_back();
        int column = 0;
        if (!table.is_without_rowid()) found.rowid = sqlite3_column_int64(statement, column++);
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            found.row.push_back(column_value(statement, column++).owned());
        for (std::size_t i = 0; i < extra; ++i)
            found.values.push_back(column_value(statement, column++).owned());
    }
    if (result != SQLITE_DONE) step_error();
    return rows;
}

// The row as the assignments make it.
std::vector<Value>
Connection::updated_row(const Updating& updating, FoundRow& found, std::size_t number) {
    const auto& table = updating.table;
    auto row = found.row;
    std::size_t next = 0;
    for (std::size_t i = 0; i < updating.targets.size(); ++i) {
        const auto target = updating.targets[i];
        const auto& column = table.columns[target];
        const auto& expr = *updating.update.assignments[i].value;
        if (expr.kind == ExprKind::default_value) {
            if (column.generated_as.empty()) row[target] = default_of(table, target, row);
            continue;
        }
        auto value = updating.is_chained
                         ? evaluate(expr, &table, row, {})
                         : Evaluated{updating.types[next], std::move(found.values[next])};
        ++next;
        if (value.value.is_null() && !column.is_nullable && !updating.has_trigger) {
            if (is_strict()) throw column_cannot_be_null(column.name);
            value = {column.type, zero_value(column.type)};
        }
        const bool strict = is_strict() && !updating.update.ignores_errors;
        row[target] = assigned({column, number, strict, context_}, value.type, value.value);
    }
    refuse_division(updating.update.ignores_errors);
    if (row == found.row) return row;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const bool is_target = std::find(updating.targets.begin(), updating.targets.end(), i) !=
                               updating.targets.end();
        if (table.columns[i].updates_now && !is_target)
            row[i] = current_moment(table.columns[i].type, context_);
    }
    fill_generated(table, row, number, is_strict() && !updating.update.ignores_errors);
    return row;
}

void Connection::run(Run& current, const Update& update) {
    const auto* only = only_table(*update.tables);
    if (only == nullptr) return update_joined(current, update);
    const auto table = Translator(names(classes_)).table_of(only->name);
    refuse_system_table(*table);
    refuse_unsafe(context_, *table, update.where, update.limit);
    Updating updating{update, *table, {}, {}, false};
    std::vector<const Expr*> values;
    for (const auto& assignment : update.assignments) {
        const auto column = table->find_column(assignment.column);
        if (!column) throw unknown_column(assignment.column, "field list");
        const bool is_default = assignment.value->kind == ExprKind::default_value;
        if (!table->columns[*column].generated_as.empty() && !is_default)
            throw generated_value_given(*table, table->columns[*column]);
        updating.targets.push_back(*column);
        if (assignment.value->kind != ExprKind::default_value)
            values.push_back(assignment.value.get());
    }
    // MySQL: later assignments see the values of earlier ones; constants see nothing.
    const bool is_constant = std::all_of(values.begin(), values.end(), [this](const Expr* value) {
        return literal(*value).has_value();
    });
    updating.is_chained = update.assignments.size() > 1 && !is_constant;
    if (updating.is_chained) values.clear();
    const auto how = finding(
        current,
        &update == std::get_if<Update>(&current.statement.parsed.statement),
        {{.tables = update.tables.get(),
          .where = update.where.get(),
          .order = &update.order_by,
          .limit = update.limit.get()},
         target_names(*update.tables),
         values}
    );
    updating.types = how->types;
    RowWriter writer(*this, table);
    updating.has_trigger = writer.triggers().has(TriggerTime::before, TriggerEvent::update);
    std::size_t number = 0;
    std::uint64_t changed = 0;
    for (auto& found : find_rows(how->sql, *table, values.size())) {
        ++number;
        auto row = updated_row(updating, found, number);
        fire_before_update(writer, found.row, row, updating.targets);
        writer.set_rowid(found.rowid);
        if (row == found.row) {
            writer.lock(row);
            writer.triggers().after_update(found.row, row);
            continue;
        }
        check_constraints(*table, row);
        const auto conflict = writer.update(found.row, row);
        if (!conflict) {
            ++changed;
            writer.triggers().after_update(found.row, row);
            continue;
        }
        if (!update.ignores_errors) throw writer.duplicate(*conflict, row);
        context_.warn(writer.duplicate(*conflict, row));
    }
    Done done;
    done.affected_rows = finds_matched_rows ? number : changed;
    done.information = fmt::format(
        "Rows matched: {}  Changed: {}  Warnings: {}",
        number,
        changed,
        context_.warnings.size()
    );
    context_.row_count = static_cast<std::int64_t>(done.affected_rows);
    current.sink.done(done);
}

void Connection::run(Run& current, const Delete& remove) {
    std::vector<std::string> targets;
    for (const auto& target : remove.targets)
        targets.push_back(target.table);
    if (targets.empty()) {
        if (only_table(*remove.tables) == nullptr) throw syntax_error("WHERE", 1);
        targets = target_names(*remove.tables);
    }
    const auto how = finding(
        current,
        &remove == std::get_if<Delete>(&current.statement.parsed.statement),
        {{.tables = remove.tables.get(),
          .where = remove.where.get(),
          .order = &remove.order_by,
          .limit = remove.limit.get()},
         targets,
         {}}
    );
    const auto& tables = how->tables;
    if (only_table(*remove.tables) != nullptr && tables.size() == 1)
        refuse_unsafe(context_, *tables[0], remove.where, remove.limit);
    std::vector<Rows> rows(tables.size());
    {
        auto& kept = kept_[how->sql];
        if (!kept) kept = prepare_sqlite(sqlite_.get(), how->sql);
        const Resetting resetting(kept.get());
        for (std::size_t i = 0; i < parameters_.size(); ++i)
            bind_value(kept.get(), static_cast<int>(i + 1), parameters_[i].value);
        if (take_rows(kept.get(), tables, rows) != SQLITE_DONE) step_error();
    }
    Done done;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        if (tables[t]->is_system)
            throw SQLError{
                1044,
                "42000",
                "Access denied for user to database 'information_schema'"
            };
        RowWriter writer(*this, tables[t]);
        const auto& triggers = writer.triggers();
        const auto count = [&] { return sqlite3_total_changes64(sqlite_.get()); };
        const bool is_joined = remove.tables->kind == TableReference::Kind::join;
        for (auto found = rows[t].begin(); found != rows[t].end(); ++found) {
            const auto& [rowid, row] = *found;
            const bool fires = triggers.has(TriggerTime::before, TriggerEvent::remove);
            if (fires && is_joined && std::find(rows[t].begin(), found, *found) != found) continue;
            triggers.before_delete(row);
            writer.set_rowid(rowid);
            const auto before = count();
            const auto logged = pending_.changes.size();
            writer.remove(row);
            if (!writes_aside_ && count() == before) {
                pending_.changes.resize(logged); // a join found it twice
                continue;
            }
            ++done.affected_rows;
            triggers.after_delete(row);
        }
    }
    context_.row_count = static_cast<std::int64_t>(done.affected_rows);
    current.sink.done(done);
}

} // namespace diorama::rds::sql
