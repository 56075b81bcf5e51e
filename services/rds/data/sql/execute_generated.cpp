// The values of generated columns, computed whenever a row is written. VIRTUAL ones are kept in the
// file like STORED ones: only SHOW CREATE TABLE tells them apart.
#include "services/rds/data/sql/assign.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/parse.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

bool has_generated_columns(const Table& table) {
    return std::any_of(table.columns.begin(), table.columns.end(), [](const Column& column) {
        return !column.generated_as.empty();
    });
}

SQLError generated_value_given(const Table& table, const Column& column) {
    return {
        3105,
        "HY000",
        fmt::format(
            "The value specified for generated column '{}' in table '{}' is not allowed.",
            column.name,
            table.name
        )
    };
}

Generated& Connection::generated(const Table& table, std::size_t place) {
    if (generated_version_ != catalog_->version) generated_.clear();
    generated_version_ = catalog_->version;
    auto& kept = generated_[fmt::format("{} {}", table.storage_name, place)];
    if (kept.statement) return kept;
    auto parsed = parse_expression(table.columns[place].generated_as);
    if (auto* error = std::get_if<SQLError>(&parsed)) throw std::move(*error);
    const std::vector<ParameterClass> none;
    Translator translator(names(none));
    translator.bind_row(table, 1);
    const auto typed = translator.value(*std::get<ExprPtr>(parsed));
    kept.type = typed.type;
    kept.statement = prepare_sqlite(sqlite_.get(), "SELECT " + typed.sql);
    return kept;
}

void Connection::fill_generated(
    const Table& table,
    std::vector<Value>& row,
    std::size_t number,
    bool strict
) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto& column = table.columns[i];
        if (column.generated_as.empty()) continue;
        auto& known = generated(table, i);
        auto* statement = known.statement.get();
        const Resetting resetting(statement);
        const auto count = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
        for (std::size_t p = 0; p < row.size() && p < count; ++p)
            bind_value(statement, static_cast<int>(p + 1), row[p]);
        if (sqlite3_step(statement) != SQLITE_ROW) step_error();
        const auto value = column_value(statement, 0);
        if (value.is_null() && !column.is_nullable) {
            if (strict) throw column_cannot_be_null(column.name);
            row[i] = zero_value(column.type);
            continue;
        }
        row[i] = assigned({column, number, strict, context_}, known.type, value);
    }
}

} // namespace diorama::rds::sql
