// INSERT and REPLACE: rows are made first, then written one by one.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/generated_columns.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

Value Connection::default_of(const Table& table, std::size_t index, std::span<const Value> row) {
    const auto& column = table.columns[index];
    if (!column.generated_as.empty()) return {}; // follows from the others
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
    const auto value =
        evaluate(*std::get<ExprPtr>(parsed), row.empty() ? nullptr : &table, row, {});
    parameters_ = saved;
    return assigned({column, 1, true, context_}, value.type, value.value);
}

void Connection::check_constraints(const Table& table, std::span<const Value> row) {
    for (const auto& check : table.checks) {
        if (!check.is_enforced) continue;
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
    for (const auto& check : view_checks_) {
        const auto result = evaluate(*check.condition, &table, row, {});
        const bool is_met = result.value.kind == Value::Kind::integer && result.value.integer != 0;
        if (!is_met)
            throw SQLError{1369, "HY000", fmt::format("CHECK OPTION failed '{}'", check.view)};
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
        if (!column.generated_as.empty() && assignment.value->kind != ExprKind::default_value)
            throw generated_value_given(table, column);
        if (assignment.value->kind == ExprKind::default_value) {
            row[*index] = default_of(table, *index);
            continue;
        }
        const Expr* value = assignment.value.get();
        const auto evaluated = evaluate(*value, &table, row, inserted, &insert);
        if (evaluated.value.is_null() && !column.is_nullable)
            throw column_cannot_be_null(column.name);
        row[*index] = assigned({column, 1, is_strict(), context_}, evaluated.type, evaluated.value);
    }
    const std::vector<Value> before(old_row.begin(), old_row.end());
    fire_before_update(writer, before, row, {});
    const bool is_changed = row != before;
    if (!is_changed) {
        done.affected_rows += finds_matched_rows ? 1 : 0;
        return writer.triggers().after_update(before, row);
    }
    for (std::size_t i = 0; i < row.size(); ++i)
        if (table.columns[i].updates_now && row[i] == old_row[i])
            row[i] = current_moment(table.columns[i].type, context_);
    fill_generated(table, row, 1, is_strict());
    refuse_division(insert.ignores_errors);
    check_constraints(table, row);
    if (const auto conflict = writer.update(old_row, row)) throw writer.duplicate(*conflict, row);
    done.affected_rows += 2;
    if (const auto column = table.auto_increment_column(); column && done.last_insert_id == 0)
        done.last_insert_id = static_cast<std::uint64_t>(row[*column].integer);
    writer.triggers().after_update(before, row);
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
        const bool keeps_zero = has_mode("NO_AUTO_VALUE_ON_ZERO");
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
    fill_generated(table, row, done.affected_rows + 1, is_strict() && !insert.ignores_errors);
    refuse_division(insert.ignores_errors);
    check_constraints(table, row);
    while (true) {
        auto conflict = writer.insert(row);
        if (!conflict) {
            ++done.affected_rows;
            return writer.triggers().after_insert(row);
        }
        if (insert.is_replace) {
            writer.triggers().before_delete(conflict->row);
            writer.remove(conflict->row);
            writer.triggers().after_delete(conflict->row);
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

std::vector<std::size_t>
Connection::insert_targets(const Insert& insert, const Table& table) const {
    std::vector<std::size_t> targets;
    for (const auto& name : insert.columns) {
        const auto column = table.find_column(name);
        if (!column) throw unknown_column(name, "field list");
        if (std::find(targets.begin(), targets.end(), *column) != targets.end())
            throw SQLError{1110, "42000", fmt::format("Column '{}' specified twice", name)};
        targets.push_back(*column);
    }
    const bool is_default_row = insert.rows.size() == 1 && insert.rows[0].empty();
    if (!insert.names_columns && !is_default_row)
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (table.columns[i].is_listed()) targets.push_back(i);
    return targets;
}

void Connection::store(
    Insertion& insertion,
    GivenRow& given,
    std::size_t target,
    const Type& type,
    const ValueView& value
) {
    const auto& column = insertion.writer.table().columns[target];
    if (!column.generated_as.empty()) throw generated_value_given(insertion.writer.table(), column);
    const bool waits_for_trigger =
        insertion.writer.triggers().has(TriggerTime::before, TriggerEvent::insert);
    if (value.is_null() && waits_for_trigger) {
        given[target] = Value{};
        return;
    }
    if (!value.is_null() || column.is_nullable || column.is_auto_increment) {
        given[target] =
            assigned({column, insertion.number, insertion.is_strict, context_}, type, value);
        return;
    }
    const bool is_refused = insertion.is_strict || insertion.insert.rows.size() == 1;
    if (is_refused && !insertion.insert.ignores_errors) throw column_cannot_be_null(column.name);
    context_.warn(column_cannot_be_null(column.name));
    given[target] = zero_value(column.type);
}

void Connection::complete(Insertion& insertion, GivenRow given) {
    const auto& table = insertion.writer.table();
    std::vector<Value> row(given.size());
    const auto& triggers = insertion.writer.triggers();
    const bool has_before = triggers.has(TriggerTime::before, TriggerEvent::insert);
    const auto& columns = table.columns;
    // An expression in parentheses may see other columns and differ from row to row.
    const auto is_computed = [&](std::size_t i) {
        return !given[i] && table.columns[i].default_source.starts_with('(');
    };
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (is_computed(i)) continue;
        if (!given[i]) {
            if (has_before && !columns[i].has_default) continue;
            auto& known = insertion.defaults[i];
            if (!known) known = default_of(table, i);
            row[i] = *known;
        } else {
            row[i] = *given[i];
        }
    }
    for (std::size_t i = 0; i < row.size(); ++i)
        if (is_computed(i)) row[i] = default_of(table, i, row);
    fire_before_insert(insertion, given, row);
    insert_row(insertion.writer, insertion.insert, std::move(row), insertion.done);
}

std::vector<ParameterClass> Connection::parameter_classes() const {
    std::vector<ParameterClass> classes;
    for (const auto& parameter : parameters_)
        classes.push_back(parameter.kind);
    return classes;
}

void Connection::insert_selected(Insertion& insertion) {
    const auto classes = parameter_classes();
    const auto query = Translator(names(classes)).select(*insertion.insert.select);
    if (query.columns.size() != insertion.targets.size()) throw column_count_mismatch(1);
    insert_rows(insertion, query, rows_of(query));
}

// All of them at once: the table may be the one read.
Connection::SelectedRows Connection::rows_of(const TranslatedSelect& query) {
    if (query.sql.find("temp.is_") != std::string::npos) refresh_system_tables();
    SelectedRows rows;
    auto statement = prepare_sqlite(sqlite_.get(), query.sql);
    for (std::size_t i = 0; i < parameters_.size(); ++i)
        bind_value(statement.get(), static_cast<int>(i + 1), parameters_[i].value);
    int result = SQLITE_OK;
    while ((result = sqlite3_step(statement.get())) == SQLITE_ROW) {
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < query.columns.size(); ++i)
            row.push_back(column_value(statement.get(), static_cast<int>(i)).owned());
    }
    if (result != SQLITE_DONE) step_error();
    return rows;
}

void Connection::insert_rows(
    Insertion& insertion,
    const TranslatedSelect& query,
    const SelectedRows& rows
) {
    const auto& targets = insertion.targets;
    for (const auto& row : rows) {
        ++insertion.number;
        GivenRow given(insertion.defaults.size());
        for (std::size_t i = 0; i < targets.size(); ++i)
            store(insertion, given, targets[i], query.columns[i].type, row[i]);
        complete(insertion, std::move(given));
    }
}

// A value of VALUES. MySQL: it may name columns, which are what they have been given so far.
Connection::Evaluated
Connection::inserted_value(Insertion& insertion, const GivenRow& given, const Expr& expr) {
    if (auto known = literal(expr)) return std::move(*known);
    if (columns_in(expr).empty()) return constant(expr);
    const auto& table = insertion.writer.table();
    std::vector<Value> row(given.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto& column = table.columns[i];
        const bool has_plain_default =
            column.has_default && !column.default_source.starts_with('(');
        if (given[i])
            row[i] = *given[i];
        else if (has_plain_default)
            row[i] = default_of(table, i);
        else if (!column.is_nullable)
            row[i] = zero_value(column.type);
    }
    return evaluate(expr, &table, row, {});
}

void Connection::insert_values(Insertion& insertion) {
    const auto& targets = insertion.targets;
    for (const auto& expressions : insertion.insert.rows) {
        ++insertion.number;
        const bool is_default_row = expressions.empty() && targets.empty();
        if (expressions.size() != targets.size() && !is_default_row)
            throw column_count_mismatch(insertion.number);
        GivenRow given(insertion.defaults.size());
        for (std::size_t i = 0; i < expressions.size(); ++i) {
            if (expressions[i]->kind == ExprKind::default_value) continue;
            const auto value = inserted_value(insertion, given, *expressions[i]);
            store(insertion, given, targets[i], value.type, value.value);
        }
        complete(insertion, std::move(given));
    }
}

void Connection::run(Run& current, const Insert& insert) {
    const auto table = Translator(names(classes_)).table_of(insert.table);
    refuse_system_table(*table);
    RowWriter writer(*this, table);
    Insertion insertion{
        insert,
        writer,
        insert_targets(insert, *table),
        0,
        is_strict() && !insert.ignores_errors,
        {},
        {}
    };
    insertion.defaults.resize(table->columns.size());
    if (insert.select)
        insert_selected(insertion);
    else
        insert_values(insertion);
    auto& done = insertion.done;
    context_.row_count = static_cast<std::int64_t>(done.affected_rows);
    const auto number = insertion.number;
    if (number > 1)
        done.information = fmt::format(
            "Records: {}  Duplicates: {}  Warnings: {}",
            number,
            number - std::min<std::uint64_t>(number, done.affected_rows),
            context_.warnings.size()
        );
    current.sink.done(done);
}

void Connection::refuse_system_table(const Table& table) const {
    if (table.is_system) throw database_denied(table.schema, account());
}

} // namespace diorama::rds::sql
