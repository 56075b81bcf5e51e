// Functions found in no table: JSON_VALUE and its neighbours, weeks and units of several parts,
// BENCHMARK, DEFAULT(column), GROUPING; and comparisons with ANY and ALL.
#include "services/rds/data/sql/json_table.hpp"
#include "services/rds/data/sql/lateral.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/parse.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

// TRUE as soon as one row is; unknown if no row decides and one is NULL.
Typed Translator::quantified(const Expr& expr) {
    const auto value = expression(*expr.args[0]);
    const auto inner = query(*expr.select);
    if (inner.columns.size() != 1)
        throw SQLError{1241, "21000", "Operand should contain 1 column(s)"};
    Typed row{.sql = "c0", .type = inner.columns[0].type};
    const auto test = comparison(expr.text, value, row).sql;
    const bool is_all = expr.number == 1;
    return boolean(fmt::format(
        "(SELECT CASE WHEN count(*)=0 THEN {0} WHEN {1}({2})={3} THEN {3} WHEN count({2})<count(*) "
        "THEN NULL ELSE {0} END FROM ({4}))",
        is_all ? 1 : 0,
        is_all ? "min" : "max",
        test,
        is_all ? 0 : 1,
        inner.sql
    ));
}

std::string Translator::table_function(const JSONTable& table, Source& source) {
    const auto document = as_text(expression(*table.document));
    for (const auto* column : flattened(table)) {
        OutputColumn out;
        out.name = column->name;
        out.type = column->type;
        source.columns.push_back(std::move(out));
    }
    for (std::size_t i = 0; i < source.columns.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (equals_ignoring_case(source.columns[i].name, source.columns[j].name))
                throw duplicate_column(source.columns[i].name);
    if (source.columns.size() > most_lateral_columns)
        throw not_supported(fmt::format("JSON_TABLE of more than {} columns", most_lateral_columns)
        );
    return fmt::format(
        "my_lateral(my_json_table({},{}),{})",
        document,
        sqlite_text(json_table_text(table)),
        source.columns.size()
    );
}

// Computed as often as asked, for nothing.
Typed Translator::benchmark(const Expr& expr) {
    const auto& args = expr.args;
    const auto count = as_integer(expression(*args[0]));
    return {
        .sql = fmt::format(
            "(WITH RECURSIVE b(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM b WHERE i<{0}) SELECT "
            "CASE WHEN {0}>=0 THEN 0*count(({1}) IS b.i) END FROM b)",
            count,
            expression(*args[1]).sql
        ),
        .type = integer_type(1)
    };
}

// What a column is without a value.
Typed Translator::default_function(const Expr& expr) {
    const auto& args = expr.args;
    const auto target = column(*args[0]);
    const auto table =
        target.column == nullptr
            ? nullptr
            : names_.catalog.find_table(target.column->schema, target.column->origin_table);
    const auto place =
        table ? table->find_column(target.column->origin_name) : std::optional<std::size_t>();
    if (!place) throw syntax_error("DEFAULT", 1);
    const auto& declared = table->columns[*place];
    const bool is_computed =
        declared.default_source.starts_with('(') || !declared.generated_as.empty();
    if (is_computed)
        throw SQLError{
            3773,
            "HY000",
            "DEFAULT function cannot be used with default value expressions"
        };
    if (!declared.has_default) throw field_has_no_default(declared.name);
    if (declared.default_source.empty()) return {.sql = "NULL", .type = declared.type};
    auto parsed = parse_expression(declared.default_source);
    if (auto* error = std::get_if<SQLError>(&parsed)) throw std::move(*error);
    auto kept = std::make_shared<ExprPtr>(std::move(std::get<ExprPtr>(parsed)));
    auto value = cast(expression(**kept), declared.type);
    value.literal = nullptr;
    return value;
}

Typed Translator::last_function(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    const auto& args = expr.args;
    const auto text = [&](std::size_t i) { return as_text(expression(*args[i])); };
    is_known = true;
    if (name == "GROUPING" && !args.empty()) return grouping(expr);
    if (name == "BENCHMARK" && args.size() == 2) return benchmark(expr);
    if (name == "DEFAULT" && args.size() == 1 && args[0]->kind == ExprKind::column)
        return default_function(expr);
    if (name == "MEMBER OF")
        return {
            .sql = fmt::format("my_json_member_of({},{})", wrapped_json(*args[0]), text(1)),
            .type = integer_type(1)
        };
    if (name == "JSON_VALUE") {
        std::string list;
        for (std::size_t i = 0; i < args.size(); ++i)
            list += (i == 0 ? "" : ",") + text(i);
        Typed value{.sql = fmt::format("my_json_value({})", list), .type = text_type(512)};
        return expr.type ? cast(value, *expr.type) : value;
    }
    if (name == "JSON_SEARCH" && args.size() >= 3) {
        std::string list;
        for (std::size_t i = 0; i < args.size(); ++i)
            list += (i == 0 ? "" : ",") + text(i);
        Typed value{.sql = fmt::format("my_json_search({})", list), .type = {}};
        value.type.kind = TypeKind::json;
        return value;
    }
    is_known = false;
    return {};
}

} // namespace diorama::rds::sql
