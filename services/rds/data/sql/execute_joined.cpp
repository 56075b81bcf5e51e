// UPDATE over a join: each row that the join finds is written once, in each of the tables that are
// assigned to, with the values of the first match.
// https://dev.mysql.com/doc/refman/8.0/en/update.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace diorama::rds::sql {

namespace {

struct Target {
    std::string alias;
    TablePtr table;
    // Of the update's assignments: the column and the place among the values.
    std::vector<std::pair<std::size_t, std::size_t>> assignments;
    std::vector<FoundRow> rows;
};

struct Named {
    std::string alias;
    TablePtr table;
};

void collect(
    const Translator& translator,
    const TableReference& reference,
    std::vector<Named>& tables
) {
    if (reference.kind == TableReference::Kind::join) {
        collect(translator, *reference.left, tables);
        collect(translator, *reference.right, tables);
    } else if (reference.kind == TableReference::Kind::table) {
        const auto& alias = reference.alias.empty() ? reference.name.table : reference.alias;
        tables.push_back({alias, translator.table_of(reference.name)});
    }
}

// The table that an assignment is to.
const Named& named_by(const std::vector<Named>& tables, const Assignment& assignment) {
    const Named* found = nullptr;
    for (const auto& candidate : tables) {
        if (!assignment.table.empty() && candidate.alias != assignment.table) continue;
        if (!candidate.table->find_column(assignment.column)) continue;
        if (found != nullptr) throw ambiguous_column(assignment.column, "field list");
        found = &candidate;
    }
    const auto full = assignment.table.empty()
                          ? assignment.column
                          : fmt::format("{}.{}", assignment.table, assignment.column);
    if (found == nullptr) throw unknown_column(full, "field list");
    return *found;
}

// What tells a row from others of its table; empty for the missing side of an outer join.
std::string identity(const Target& target, const FoundRow& row) {
    if (!target.table->is_without_rowid()) return fmt::format("{}", row.rowid);
    std::string key;
    for (const auto& part : target.table->primary_key()->parts) {
        const auto& value = row.row[part.column];
        if (value.is_null()) return {};
        key += fmt::format("{}|{}|{};", value.integer, value.bytes.size(), value.bytes);
    }
    return key;
}

// The tables that are assigned to, and the expressions, in the order of the assignments.
std::vector<Target> targets_of(
    const Update& update,
    const std::vector<Named>& tables,
    std::vector<const Expr*>& values
) {
    std::vector<Target> targets;
    for (const auto& assignment : update.assignments) {
        const auto& named = named_by(tables, assignment);
        if (assignment.value->kind == ExprKind::default_value)
            throw not_supported("DEFAULT in an UPDATE of several tables");
        auto target = std::find_if(targets.begin(), targets.end(), [&](const Target& known) {
            return known.alias == named.alias;
        });
        if (target == targets.end())
            target = targets.insert(targets.end(), Target{named.alias, named.table, {}, {}});
        const auto& column = named.table->columns[*named.table->find_column(assignment.column)];
        if (!column.generated_as.empty()) throw generated_value_given(*named.table, column);
        target->assignments.emplace_back(
            *named.table->find_column(assignment.column),
            values.size()
        );
        values.push_back(assignment.value.get());
    }
    return targets;
}

// One row of the join: a row of each target, then the values.
void take_row(
    sqlite3_stmt* statement,
    std::vector<Target>& targets,
    std::vector<std::set<std::string>>& seen,
    std::size_t value_count
) {
    int column = 0;
    std::vector<FoundRow> found(targets.size());
    for (std::size_t t = 0; t < targets.size(); ++t) {
        if (!targets[t].table->is_without_rowid())
            found[t].rowid = sqlite3_column_int64(statement, column++);
        for (std::size_t i = 0; i < targets[t].table->columns.size(); ++i)
            found[t].row.push_back(column_value(statement, column++).owned());
    }
    std::vector<Value> given;
    for (std::size_t i = 0; i < value_count; ++i)
        given.push_back(column_value(statement, column++).owned());
    for (std::size_t t = 0; t < targets.size(); ++t) {
        const auto& before = found[t].row;
        const bool is_missing = std::all_of(before.begin(), before.end(), [](const Value& value) {
            return value.is_null();
        });
        const auto key = identity(targets[t], found[t]);
        if (is_missing || key.empty() || !seen[t].insert(key).second) continue;
        found[t].values = given;
        targets[t].rows.push_back(std::move(found[t]));
    }
}

} // namespace

std::vector<Value> Connection::joined_row(
    const Table& table,
    const std::vector<std::pair<std::size_t, std::size_t>>& assignments,
    const FoundRow& found,
    const std::vector<Type>& types,
    bool is_strict_row
) {
    auto row = found.row;
    for (const auto& [place, value] : assignments) {
        const auto& column = table.columns[place];
        if (found.values[value].is_null() && !column.is_nullable) {
            if (is_strict_row) throw column_cannot_be_null(column.name);
            row[place] = zero_value(column.type);
            continue;
        }
        const Assignee to{column, 1, is_strict_row, context_};
        row[place] = assigned(to, types[value], found.values[value]);
    }
    if (row == found.row) return row;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (table.columns[i].updates_now && row[i] == found.row[i])
            row[i] = current_moment(table.columns[i].type, context_);
    fill_generated(table, row, 1, is_strict_row);
    refuse_division(!is_strict_row);
    return row;
}

namespace {

void refuse_order(const Update& update) {
    const bool is_ordered = !update.order_by.empty();
    if (is_ordered || update.limit)
        throw SQLError{
            1221,
            "HY000",
            fmt::format("Incorrect usage of UPDATE and {}", is_ordered ? "ORDER BY" : "LIMIT")
        };
}

} // namespace

void Connection::update_joined(Run& current, const Update& update) {
    refuse_order(update);
    const auto classes = parameter_classes();
    Translator translator(names(classes));
    std::vector<Named> tables;
    collect(translator, *update.tables, tables);
    std::vector<const Expr*> values;
    auto targets = targets_of(update, tables, values);
    std::vector<std::string> aliases;
    for (const auto& target : targets) {
        refuse_system_table(*target.table);
        aliases.push_back(target.alias);
    }
    std::vector<Type> types;
    const auto sql = translator.rows_with(
        {.tables = update.tables.get(), .where = update.where.get()},
        aliases,
        values,
        types
    );
    {
        auto statement = prepare_sqlite(sqlite_.get(), sql);
        for (std::size_t i = 0; i < parameters_.size(); ++i)
            bind_value(statement.get(), static_cast<int>(i + 1), parameters_[i].value);
        std::vector<std::set<std::string>> seen(targets.size());
        int result = SQLITE_OK;
        while ((result = sqlite3_step(statement.get())) == SQLITE_ROW)
            take_row(statement.get(), targets, seen, values.size());
        if (result != SQLITE_DONE) step_error();
    }
    Done done;
    std::uint64_t matched = 0;
    for (auto& target : targets) {
        RowWriter writer(*this, target.table);
        for (const auto& found : target.rows) {
            ++matched;
            const bool strict = is_strict() && !update.ignores_errors;
            auto row = joined_row(*target.table, target.assignments, found, types, strict);
            fire_before_update(writer, found.row, row, {});
            writer.set_rowid(found.rowid);
            if (row == found.row) {
                writer.lock(row);
                writer.triggers().after_update(found.row, row);
                continue;
            }
            check_constraints(*target.table, row);
            if (const auto conflict = writer.update(found.row, row)) {
                if (!update.ignores_errors) throw writer.duplicate(*conflict, row);
                context_.warn(writer.duplicate(*conflict, row));
                continue;
            }
            ++done.affected_rows;
            writer.triggers().after_update(found.row, row);
        }
    }
    done.information = fmt::format(
        "Rows matched: {}  Changed: {}  Warnings: {}",
        matched,
        done.affected_rows,
        context_.warnings.size()
    );
    if (finds_matched_rows) done.affected_rows = matched;
    context_.row_count = static_cast<std::int64_t>(done.affected_rows);
    current.sink.done(done);
}

} // namespace diorama::rds::sql
