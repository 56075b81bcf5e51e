// The rules about expressions in definitions.
#include "services/rds/data/sql/generated_columns.hpp"

#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/parse.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

void collect_columns(const Expr& expr, std::vector<std::string>& names) {
    if (expr.kind == ExprKind::column) names.push_back(expr.text);
    for (const auto& argument : expr.args)
        if (argument) collect_columns(*argument, names);
}

ExprPtr parsed(const std::string& source) {
    auto result = parse_expression(source);
    if (auto* error = std::get_if<SQLError>(&result)) throw std::move(*error);
    return std::move(std::get<ExprPtr>(result));
}

bool contains(std::initializer_list<std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// What would give another value for the same row. Defaults may have the first few.
bool is_allowed(const std::string& function, std::size_t arguments, bool in_default) {
    const bool tells_time = contains(
        {"NOW",          "CURDATE",        "CURTIME",
         "CURRENT_DATE", "CURRENT_TIME",   "CURRENT_TIMESTAMP",
         "LOCALTIME",    "LOCALTIMESTAMP", "UTC_DATE",
         "UTC_TIME",     "UTC_TIMESTAMP",  "SYSDATE",
         "RAND",         "UUID",           "UUID_SHORT",
         "RANDOM_BYTES", "CONNECTION_ID",  "CURRENT_USER",
         "USER",         "SESSION_USER",   "SYSTEM_USER",
         "DATABASE",     "SCHEMA",         "VERSION"},
        function
    );
    if (tells_time || (function == "UNIX_TIMESTAMP" && arguments == 0)) return in_default;
    return !contains(
        {"SLEEP",
         "BENCHMARK",
         "GET_LOCK",
         "RELEASE_LOCK",
         "RELEASE_ALL_LOCKS",
         "IS_FREE_LOCK",
         "IS_USED_LOCK",
         "LAST_INSERT_ID",
         "ROW_COUNT",
         "FOUND_ROWS",
         "LOAD_FILE"},
        function
    );
}

std::string shown_function(const std::string& name) {
    if (name == "CURRENT_TIMESTAMP" || name == "LOCALTIME" || name == "LOCALTIMESTAMP")
        return "now";
    if (name == "CURRENT_DATE") return "curdate";
    if (name == "CURRENT_TIME") return "curtime";
    return lower_case(name);
}

// The kinds of definitions differ in their error numbers and words.
struct Rules {
    std::string name; // of the column or the index
    std::string subject;
    std::uint16_t function_code;
    std::uint16_t named_function_code;
    std::uint16_t variable_code;
    bool in_default = false;
};

void check_parts(const Expr& expr, const Rules& rules) {
    const auto refuse_part = [&rules] {
        throw SQLError{
            rules.function_code,
            "HY000",
            fmt::format("{} '{}' contains a disallowed function.", rules.subject, rules.name)
        };
    };
    if (expr.kind == ExprKind::subquery || expr.kind == ExprKind::exists ||
        expr.kind == ExprKind::in_select || expr.kind == ExprKind::parameter)
        refuse_part();
    if (expr.kind == ExprKind::user_variable || expr.kind == ExprKind::system_variable ||
        expr.kind == ExprKind::assignment)
        throw SQLError{
            rules.variable_code,
            "HY000",
            fmt::format("{} '{}' cannot refer user or system variables.", rules.subject, rules.name)
        };
    if (expr.kind == ExprKind::window ||
        (expr.kind == ExprKind::function && is_aggregate_name(expr.text)))
        throw SQLError{1111, "HY000", "Invalid use of group function"};
    const bool is_refused = expr.kind == ExprKind::function &&
                            !is_allowed(expr.text, expr.args.size(), rules.in_default);
    if (is_refused && rules.named_function_code == 0) refuse_part();
    if (is_refused)
        throw SQLError{
            rules.named_function_code,
            "HY000",
            fmt::format(
                "{} '{}' contains a disallowed function: {}.",
                rules.subject,
                rules.name,
                shown_function(expr.text)
            )
        };
    for (const auto& argument : expr.args)
        if (argument) check_parts(*argument, rules);
}

void check_column(const Table& table, std::size_t place) {
    const auto& column = table.columns[place];
    const auto expression = parsed(column.generated_as);
    check_parts(*expression, {column.name, "Expression of generated column", 3102, 3763, 3765});
    for (const auto& name : columns_in(*expression)) {
        const auto used = table.find_column(name);
        if (!used || table.columns[*used].is_hidden)
            throw unknown_column(name, "generated column function");
        if (table.columns[*used].is_auto_increment)
            throw SQLError{
                3109,
                "HY000",
                fmt::format(
                    "Generated column '{}' cannot refer to auto-increment column.",
                    column.name
                )
            };
        if (!table.columns[*used].generated_as.empty() && *used >= place)
            throw SQLError{
                3107,
                "HY000",
                "Generated column can refer only to generated columns defined prior to it."
            };
    }
}

void check_default(const Table& table, std::size_t place) {
    const auto& column = table.columns[place];
    if (column.default_source.empty() || column.default_source[0] != '(') return;
    const auto expression = parsed(column.default_source);
    check_parts(
        *expression,
        {column.name, "Default value expression of column", 3771, 3770, 3772, true}
    );
    for (const auto& name : columns_in(*expression)) {
        const auto used = table.find_column(name);
        if (!used || table.columns[*used].is_hidden)
            throw unknown_column(name, "default value expression");
        const auto& other = table.columns[*used];
        const bool is_later = *used >= place && (!other.generated_as.empty() ||
                                                 other.default_source.starts_with("("));
        if (is_later)
            throw SQLError{
                3773,
                "HY000",
                fmt::format(
                    "Default value expression of column '{}' cannot refer to a column defined "
                    "after it if that column is a generated column or has an expression as default "
                    "value.",
                    column.name
                )
            };
    }
}

void check_keys(const Table& table) {
    if (const auto* primary = table.primary_key())
        for (const auto& part : primary->parts) {
            const auto& column = table.columns[part.column];
            if (!column.generated_as.empty() && !column.is_stored)
                throw SQLError{
                    3106,
                    "HY000",
                    "'Defining a virtual generated column as primary key' is not supported for "
                    "generated columns."
                };
        }
    for (const auto& key : table.foreign_keys)
        for (const auto place : key.columns) {
            const auto& column = table.columns[place];
            if (column.generated_as.empty()) continue;
            if (!column.is_stored)
                throw SQLError{
                    3733,
                    "HY000",
                    fmt::format(
                        "Foreign key '{}' uses virtual column '{}' which is not supported.",
                        key.name,
                        column.name
                    )
                };
            const std::string_view clause =
                key.on_update == ReferenceAction::cascade    ? "ON UPDATE CASCADE"
                : key.on_update == ReferenceAction::set_null ? "ON UPDATE SET NULL"
                : key.on_delete == ReferenceAction::set_null ? "ON DELETE SET NULL"
                                                             : "";
            if (!clause.empty())
                throw SQLError{
                    3104,
                    "HY000",
                    fmt::format(
                        "Cannot define foreign key with {} clause on a generated column.",
                        clause
                    )
                };
        }
}

bool is_about(const Check& check, const std::string& column) {
    const auto names = columns_in(*parsed(check.source));
    return !names.empty() && std::all_of(names.begin(), names.end(), [&](const auto& used) {
        return equals_ignoring_case(used, column);
    });
}

void refuse_dependents(const Table& table, const std::string& name, bool is_dropped) {
    const auto uses = [&name](const std::string& source) {
        const auto names = columns_in(*parsed(source));
        return std::any_of(names.begin(), names.end(), [&](const auto& used) {
            return equals_ignoring_case(used, name);
        });
    };
    for (const auto& column : table.columns) {
        if (equals_ignoring_case(column.name, name)) continue;
        const bool has_default = column.default_source.starts_with("(");
        if (has_default && uses(column.default_source))
            throw SQLError{
                3774,
                "HY000",
                fmt::format("Column '{}' has a default value expression dependency.", name)
            };
        if (column.generated_as.empty() || !uses(column.generated_as)) continue;
        if (column.is_hidden)
            throw SQLError{
                3837,
                "HY000",
                fmt::format(
                    "Column '{}' has a functional index dependency and cannot be dropped or "
                    "renamed.",
                    name
                )
            };
        throw SQLError{
            3108,
            "HY000",
            fmt::format("Column '{}' has a generated column dependency.", name)
        };
    }
    for (const auto& check : table.checks) {
        if (uses(check.source) && !(is_dropped && is_about(check, name)))
            throw SQLError{
                3959,
                "HY000",
                fmt::format(
                    "Check constraint '{}' uses column '{}', hence column cannot be dropped or "
                    "renamed.",
                    check.name,
                    name
                )
            };
    }
}

} // namespace

std::vector<std::string> columns_in(const Expr& expression) {
    std::vector<std::string> names;
    collect_columns(expression, names);
    return names;
}

void check_generated(const Table& table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (!table.columns[i].generated_as.empty() && !table.columns[i].is_hidden)
            check_column(table, i);
        check_default(table, i);
    }
    check_keys(table);
}

std::size_t
add_hidden_column(Table& table, const std::string& index, const std::string& expression) {
    const auto tree = parsed(expression);
    if (tree->kind == ExprKind::column)
        throw SQLError{
            3762,
            "HY000",
            "Functional index on a column is not supported. Consider using a regular index instead."
        };
    check_parts(*tree, {index, "Expression of functional index", 3758, 0, 3758});
    for (const auto& name : columns_in(*tree)) {
        const auto used = table.find_column(name);
        if (!used) throw unknown_column(name, "functional index");
        if (table.columns[*used].is_auto_increment)
            throw SQLError{
                3754,
                "HY000",
                fmt::format(
                    "Functional index '{}' cannot refer to an auto-increment column.",
                    index
                )
            };
    }
    static const Catalog no_catalog;
    static const std::vector<ParameterClass> no_parameters;
    static const std::map<std::string, std::string, std::less<>> no_variables;
    Translator translator({no_catalog, table.schema, no_parameters, no_variables});
    translator.bind_row(table, 1);
    Column column;
    column.type = translator.value(*tree).type;
    if (column.type.kind == TypeKind::json || column.type.kind == TypeKind::geometry)
        throw SQLError{
            3753,
            "HY000",
            "Cannot create a functional index on a function that returns a JSON or GEOMETRY value."
        };
    if (column.type.kind == TypeKind::text || column.type.kind == TypeKind::blob)
        throw SQLError{
            3757,
            "HY000",
            "Cannot create a functional index on an expression that returns a BLOB or TEXT. Please "
            "consider using CAST."
        };
    std::size_t number = 0;
    for (const auto& other : table.columns)
        if (other.name.starts_with(fmt::format("!hidden!{}!", index))) ++number;
    column.name = fmt::format("!hidden!{}!{}!0", index, number);
    column.generated_as = expression;
    column.is_hidden = true;
    table.columns.push_back(std::move(column));
    return table.columns.size() - 1;
}

void settle_hidden_columns(Table& table, std::vector<std::optional<std::size_t>>& origins) {
    origins.resize(table.columns.size()); // what stands behind the others is new
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (!table.columns[i].is_hidden) order.push_back(i);
    for (const auto& index : table.indexes)
        for (const auto& part : index.parts)
            if (table.columns[part.column].is_hidden) order.push_back(part.column);
    std::vector<std::size_t> place(table.columns.size());
    std::vector<Column> columns;
    std::vector<std::optional<std::size_t>> sources;
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        columns.push_back(std::move(table.columns[order[i]]));
        sources.push_back(origins[order[i]]);
    }
    for (auto& index : table.indexes)
        for (auto& part : index.parts)
            part.column = place[part.column];
    for (auto& key : table.foreign_keys)
        for (auto& column : key.columns)
            column = place[column];
    table.columns = std::move(columns);
    origins = std::move(sources);
}

// A column that an ALTER drops or renames.
void check_departure(Table& table, const AlterClause& clause) {
    using Kind = AlterClause::Kind;
    const bool is_dropped = clause.kind == Kind::drop_column;
    const bool is_renamed = clause.kind == Kind::rename_column ||
                            (clause.kind == Kind::change_column &&
                             !equals_ignoring_case(clause.old_name, clause.column.name));
    if (!is_dropped && !is_renamed) return;
    if (table.find_column(clause.old_name)) return; // another one by now
    refuse_dependents(table, clause.old_name, is_dropped);
    std::erase_if(table.checks, [&](const Check& check) {
        return is_dropped && is_about(check, clause.old_name);
    });
}

void check_change(const Column& before, const Column& after) {
    const bool was_virtual = !before.generated_as.empty() && !before.is_stored;
    const bool is_virtual = !after.generated_as.empty() && !after.is_stored;
    if (was_virtual != is_virtual)
        throw SQLError{
            3106,
            "HY000",
            "'Changing the STORED status' is not supported for generated columns."
        };
}

} // namespace diorama::rds::sql
