// INSERT, REPLACE, UPDATE and DELETE: rows are found or made first, then written one by one.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

Value Connection::default_of(const Table& table, std::size_t index) {
    const auto& column = table.columns[index];
    if (!column.has_default) {
        if (column.is_auto_increment) return {};
        if (is_strict()) throw field_has_no_default(column.name);
        context_.warn(field_has_no_default(column.name));
        return zero_value(column.type);
    }
    if (column.default_source.empty()) return {};
    auto parsed = parse_expression(column.default_source);
    if (auto* error = std::get_if<SQLError>(&parsed)) throw std::move(*error);
    const auto saved = std::exchange(parameters_, {});
    const auto value = constant(*std::get<ExprPtr>(parsed));
    parameters_ = saved;
    return assigned({column, 1, true, context_}, value.type, value.value);
}

void Connection::check_constraints(const Table& table, std::span<const Value> row) {
    for (const auto& check : table.checks) {
        auto parsed = parse_expression(check.source);
        if (auto* error = std::get_if<SQLError>(&parsed)) throw std::move(*error);
        const auto saved = std::exchange(parameters_, {});
        const auto result = evaluate(*std::get<ExprPtr>(parsed), &table, row, {});
        parameters_ = saved;
        if (result.value.kind == Value::Kind::integer && result.value.integer == 0)
            throw SQLError{
                3819,
                "HY000",
                fmt::format("Check constraint '{}' is violated.", check.name)
            };
    }
}

void Connection::update_duplicate(
    RowWriter& writer,
    const Insert& insert,
    std::span<const Value> old_row,
    std::span<const Value> inserted,
    Done& done
) {
    const auto& table = writer.table();
    std::vector<Value> row(old_row.begin(), old_row.end());
    for (const auto& assignment : insert.on_duplicate) {
        const auto index = table.find_column(assignment.column);
        if (!index) throw unknown_column(assignment.column, "field list");
        const auto& column = table.columns[*index];
        if (assignment.value->kind == ExprKind::default_value) {
            row[*index] = default_of(table, *index);
            continue;
        }
        const Expr* value = assignment.value.get();
        const auto evaluated = evaluate(*value, &table, row, inserted);
        if (evaluated.value.is_null() && !column.is_nullable)
            throw column_cannot_be_null(column.name);
        row[*index] = assigned({column, 1, is_strict(), context_}, evaluated.type, evaluated.value);
    }
    const bool is_changed = !std::equal(row.begin(), row.end(), old_row.begin());
    if (!is_changed) {
        done.affected_rows += finds_matched_rows ? 1 : 0;
        return;
    }
    for (std::size_t i = 0; i < row.size(); ++i)
        if (table.columns[i].updates_now && row[i] == old_row[i])
            row[i] =
                Value::text(datetime_text(from_timestamp(context_.now), table.columns[i].type.scale)
                );
    check_constraints(table, row);
    if (const auto conflict = writer.update(old_row, row)) throw writer.duplicate(*conflict, row);
    done.affected_rows += 2;
    if (const auto column = table.auto_increment_column(); column && done.last_insert_id == 0)
        done.last_insert_id = static_cast<std::uint64_t>(row[*column].integer);
}

void Connection::insert_row(
    RowWriter& writer,
    const Insert& insert,
    std::vector<Value> row,
    Done& done
) {
    const auto& table = writer.table();
    const auto automatic = table.auto_increment_column();
    if (automatic) {
        auto& value = row[*automatic];
        const auto mode = context_.variables.find("sql_mode");
        const bool keeps_zero = mode != context_.variables.end() &&
                                mode->second.find("NO_AUTO_VALUE_ON_ZERO") != std::string::npos;
        if (value.is_null() || (value.integer == 0 && !keeps_zero)) {
            value = Value::of(engine_.take_auto_increment(table, sqlite_.get(), 1));
            if (done.last_insert_id == 0) {
                done.last_insert_id = static_cast<std::uint64_t>(value.integer);
                context_.last_insert_id = value.integer;
            }
        } else {
            engine_.note_auto_increment(table, sqlite_.get(), value.integer);
        }
    }
    check_constraints(table, row);
    while (true) {
        auto conflict = writer.insert(row);
        if (!conflict) {
            ++done.affected_rows;
            return;
        }
        if (insert.is_replace) {
            writer.remove(conflict->row);
            ++done.affected_rows;
            continue;
        }
        const auto error = writer.duplicate(*conflict, row);
        if (!insert.on_duplicate.empty())
            return update_duplicate(writer, insert, conflict->row, row, done);
        if (!insert.ignores_errors) throw error;
        context_.warn(error);
        return;
    }
}

void Connection::run(Run& current, const Insert& insert) {
    Translator translator(names(classes_));
    const auto table = translator.table_of(insert.table);
    if (table->is_system)
        throw SQLError{1044, "42000", "Access denied for user to database 'information_schema'"};
    if (!insert.row_alias.empty()) throw not_supported("row alias of INSERT");
    RowWriter writer(*this, table);
    std::vector<std::size_t> targets;
    for (const auto& name : insert.columns) {
        const auto column = table->find_column(name);
        if (!column) throw unknown_column(name, "field list");
        if (std::find(targets.begin(), targets.end(), *column) != targets.end())
            throw SQLError{1110, "42000", fmt::format("Column '{}' specified twice", name)};
        targets.push_back(*column);
    }
    const bool is_default_row = insert.rows.size() == 1 && insert.rows[0].empty();
    if (!insert.names_columns && !is_default_row)
        for (std::size_t i = 0; i < table->columns.size(); ++i)
            targets.push_back(i);
    Done done;
    std::size_t number = 0;
    const bool strict = is_strict() && !insert.ignores_errors;
    std::vector<std::optional<Value>> defaults(table->columns.size());
    const auto complete = [&](std::vector<std::optional<Value>> given) {
        std::vector<Value> row(table->columns.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (given[i])
                row[i] = std::move(*given[i]);
            else {
                if (!defaults[i]) defaults[i] = default_of(*table, i);
                row[i] = *defaults[i];
            }
        }
        insert_row(writer, insert, std::move(row), done);
    };
    const auto store = [&](std::vector<std::optional<Value>>& given,
                           std::size_t target,
                           const Type& type,
                           const ValueView& value) {
        const auto& column = table->columns[target];
        if (value.is_null() && !column.is_nullable && !column.is_auto_increment) {
            if (strict || insert.rows.size() == 1) {
                if (!insert.ignores_errors) throw column_cannot_be_null(column.name);
            }
            context_.warn(column_cannot_be_null(column.name));
            given[target] = zero_value(column.type);
            return;
        }
        given[target] = assigned({column, number, strict, context_}, type, value);
    };
    if (insert.select) {
        std::vector<ParameterClass> classes;
        for (const auto& parameter : parameters_)
            classes.push_back(parameter.kind);
        const auto query = Translator(names(classes)).select(*insert.select);
        if (query.columns.size() != targets.size()) throw column_count_mismatch(1);
        if (query.sql.find("temp.is_") != std::string::npos) refresh_system_tables();
        std::vector<std::vector<Value>> rows; // all of them first: the table may be the one read
        auto statement = prepare_sqlite(sqlite_.get(), query.sql);
        for (std::size_t i = 0; i < parameters_.size(); ++i)
            bind_value(statement.get(), static_cast<int>(i + 1), parameters_[i].value);
        int result = SQLITE_OK;
        while ((result = sqlite3_step(statement.get())) == SQLITE_ROW) {
            auto& row = rows.emplace_back();
            for (std::size_t i = 0; i < targets.size(); ++i)
                row.push_back(column_value(statement.get(), static_cast<int>(i)).owned());
        }
        if (result != SQLITE_DONE) step_error();
        for (const auto& row : rows) {
            ++number;
            std::vector<std::optional<Value>> given(table->columns.size());
            for (std::size_t i = 0; i < targets.size(); ++i)
                store(given, targets[i], query.columns[i].type, row[i]);
            complete(std::move(given));
        }
    }
    for (const auto& expressions : insert.rows) {
        ++number;
        if (expressions.size() != targets.size() && !expressions.empty())
            throw column_count_mismatch(number);
        if (expressions.empty() && insert.names_columns && !targets.empty())
            throw column_count_mismatch(number);
        std::vector<std::optional<Value>> given(table->columns.size());
        for (std::size_t i = 0; i < expressions.size(); ++i) {
            if (expressions[i]->kind == ExprKind::default_value) continue;
            const auto value = constant(*expressions[i]);
            store(given, targets[i], value.type, value.value);
        }
        complete(std::move(given));
    }
    context_.row_count = static_cast<std::int64_t>(done.affected_rows);
    if (number > 1)
        done.information = fmt::format(
            "Records: {}  Duplicates: {}  Warnings: {}",
            number,
            number - std::min<std::uint64_t>(number, done.affected_rows),
            context_.warnings.size()
        );
    current.sink.done(done);
}

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

} // namespace

std::vector<std::string> Connection::target_names(const TableReference& tables) const {
    std::vector<std::string> names;
    collect_names(tables, names);
    return names;
}

void Connection::run(Run& current, const Update& update) {
    const auto* only = only_table(*update.tables);
    if (only == nullptr) throw not_supported("UPDATE of several tables");
    std::vector<ParameterClass> classes;
    for (const auto& parameter : parameters_)
        classes.push_back(parameter.kind);
    Translator translator(names(classes));
    const auto table = translator.table_of(only->name);
    if (table->is_system)
        throw SQLError{1044, "42000", "Access denied for user to database 'information_schema'"};
    const auto alias = target_names(*update.tables).front();
    std::vector<std::size_t> targets;
    std::vector<const Expr*> values;
    bool is_chained = false; // MySQL: later assignments see the values of earlier ones
    for (const auto& assignment : update.assignments) {
        const auto column = table->find_column(assignment.column);
        if (!column) throw unknown_column(assignment.column, "field list");
        is_chained = is_chained || !targets.empty();
        targets.push_back(*column);
        if (assignment.value->kind != ExprKind::default_value)
            values.push_back(assignment.value.get());
    }
    if (is_chained) // constants see nothing
        is_chained = std::any_of(values.begin(), values.end(), [this](const Expr* value) {
            return !literal(*value);
        });
    std::vector<Type> types;
    const auto sql = translator.rows_with(
        {.tables = update.tables.get(),
         .where = update.where.get(),
         .order = &update.order_by,
         .limit = update.limit.get()},
        {alias},
        is_chained ? std::vector<const Expr*>{} : values,
        types
    );

    struct Found {
        std::int64_t rowid = 0;
        std::vector<Value> row;
        std::vector<Value> values;
    };

    std::vector<Found> rows;
    {
        auto* statement = [&] {
            auto& kept = kept_[fmt::format("{}/{}", sql, catalog_->version)];
            if (!kept) kept = prepare_sqlite(sqlite_.get(), sql);
            return kept.get();
        }();
        const Resetting resetting(statement);
        for (std::size_t i = 0; i < parameters_.size(); ++i)
            bind_value(statement, static_cast<int>(i + 1), parameters_[i].value);
        const int shift = table->is_without_rowid() ? 0 : 1;
        const auto columns = static_cast<int>(table->columns.size());
        int result = SQLITE_OK;
        while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
            auto& found = rows.emplace_back();
            if (shift != 0) found.rowid = sqlite3_column_int64(statement, 0);
            for (int i = 0; i < columns; ++i)
                found.row.push_back(column_value(statement, i + shift).owned());
            for (int i = 0; i < static_cast<int>(types.size()); ++i)
                found.values.push_back(column_value(statement, columns + shift + i).owned());
        }
        if (result != SQLITE_DONE) step_error();
    }
    RowWriter writer(*this, table);
    std::size_t number = 0;
    std::uint64_t changed = 0;
    for (auto& found : rows) {
        ++number;
        auto row = found.row;
        std::size_t next = 0;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const auto& column = table->columns[targets[i]];
            const auto& expr = *update.assignments[i].value;
            if (expr.kind == ExprKind::default_value) {
                row[targets[i]] = default_of(*table, targets[i]);
                continue;
            }
            auto value = is_chained ? evaluate(expr, table.get(), row, {})
                                    : Evaluated{types[next], std::move(found.values[next])};
            ++next;
            if (value.value.is_null() && !column.is_nullable) {
                if (is_strict()) throw column_cannot_be_null(column.name);
                value = {column.type, zero_value(column.type)};
            }
            row[targets[i]] = assigned(
                {column, number, is_strict() && !update.ignores_errors, context_},
                value.type,
                value.value
            );
        }
        if (std::equal(row.begin(), row.end(), found.row.begin())) continue;
        for (std::size_t i = 0; i < row.size(); ++i)
            if (table->columns[i].updates_now &&
                std::find(targets.begin(), targets.end(), i) == targets.end())
                row[i] = Value::text(
                    datetime_text(from_timestamp(context_.now), table->columns[i].type.scale)
                );
        check_constraints(*table, row);
        writer.set_rowid(found.rowid);
        if (const auto conflict = writer.update(found.row, row)) {
            if (!update.ignores_errors) throw writer.duplicate(*conflict, row);
            context_.warn(writer.duplicate(*conflict, row));
            continue;
        }
        ++changed;
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
    std::vector<ParameterClass> classes;
    for (const auto& parameter : parameters_)
        classes.push_back(parameter.kind);
    Translator translator(names(classes));
    std::vector<std::string> targets;
    for (const auto& target : remove.targets)
        targets.push_back(target.table);
    if (targets.empty()) {
        if (only_table(*remove.tables) == nullptr) throw syntax_error("WHERE", 1);
        targets = target_names(*remove.tables);
    }
    std::vector<Type> types;
    const auto sql = translator.rows_with(
        {.tables = remove.tables.get(),
         .where = remove.where.get(),
         .order = &remove.order_by,
         .limit = remove.limit.get()},
        targets,
        {},
        types
    );
    std::vector<TablePtr> tables;
    for (const auto& target : targets)
        for (const auto& source : translator.sources())
            if (equals_ignoring_case(source.alias, target)) tables.push_back(source.table);
    // Per target: the rows, each once.
    std::vector<std::vector<std::pair<std::int64_t, std::vector<Value>>>> rows(tables.size());
    {
        auto statement = prepare_sqlite(sqlite_.get(), sql);
        for (std::size_t i = 0; i < parameters_.size(); ++i)
            bind_value(statement.get(), static_cast<int>(i + 1), parameters_[i].value);
        int result = SQLITE_OK;
        while ((result = sqlite3_step(statement.get())) == SQLITE_ROW) {
            int column = 0;
            for (std::size_t t = 0; t < tables.size(); ++t) {
                auto& [rowid, row] = rows[t].emplace_back();
                if (!tables[t]->is_without_rowid())
                    rowid = sqlite3_column_int64(statement.get(), column++);
                for (std::size_t i = 0; i < tables[t]->columns.size(); ++i)
                    row.push_back(column_value(statement.get(), column++).owned());
            }
        }
        if (result != SQLITE_DONE) step_error();
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
        const auto count = [&] { return sqlite3_total_changes64(sqlite_.get()); };
        for (const auto& [rowid, row] : rows[t]) {
            writer.set_rowid(rowid);
            const auto before = count();
            const auto logged = pending_.changes.size();
            writer.remove(row);
            if (count() == before)
                pending_.changes.resize(logged); // a join found it twice
            else
                ++done.affected_rows;
        }
    }
    context_.row_count = static_cast<std::int64_t>(done.affected_rows);
    current.sink.done(done);
}

} // namespace diorama::rds::sql
