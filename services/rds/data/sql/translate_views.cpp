// A view in a FROM clause: its SELECT, with the names it was made with.
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

ViewPtr Translator::view_of(const TableName& name) const {
    const auto schema = name.schema.empty() ? names_.database : std::string_view(name.schema);
    return names_.catalog.find_view(schema, name.table);
}

// The view's own columns out of those that its SELECT gives today: a `*` in it may have grown.
void Translator::fit_columns(const StoredView& view, TranslatedSelect& inner) {
    const bool is_same =
        inner.columns.size() == view.inner_columns.size() &&
        std::equal(
            inner.columns.begin(),
            inner.columns.end(),
            view.inner_columns.begin(),
            [](const auto& column, const auto& name) { return column.name == name; }
        );
    if (!is_same) {
        std::vector<OutputColumn> columns;
        std::string list;
        for (const auto& name : view.inner_columns) {
            const auto found =
                std::find_if(inner.columns.begin(), inner.columns.end(), [&](const auto& column) {
                    return equals_ignoring_case(column.name, name);
                });
            if (found == inner.columns.end()) throw invalid_view(view);
            list += fmt::format(
                "{}c{} AS c{}",
                list.empty() ? "" : ",",
                found - inner.columns.begin(),
                columns.size()
            );
            columns.push_back(*found);
        }
        inner.sql = fmt::format("SELECT {} FROM ({})", list, inner.sql);
        inner.columns = std::move(columns);
    }
    for (std::size_t i = 0; i < inner.columns.size(); ++i) {
        auto& column = inner.columns[i];
        column.name = column.origin_name = view.columns[i];
        column.origin_table = view.name;
        column.schema = view.schema;
        column.key_flags = 0;
    }
}

TranslatedSelect Translator::view_query(const StoredView& view) {
    constexpr std::size_t deepest = 32;
    if (view_depth_ >= deepest)
        throw SQLError{
            1462,
            "HY000",
            fmt::format("`{}`.`{}` contains view recursion", view.schema, view.name)
        };
    Translator inner(names_); // a view sees nothing of the statement around it
    inner.names_.database = view.database;
    inner.view_depth_ = view_depth_ + 1;
    inner.aliases_ = aliases_;
    try {
        auto result = inner.query(*view.select);
        aliases_ = inner.aliases_;
        fit_columns(view, result);
        return result;
    } catch (const SQLError& error) {
        constexpr std::uint16_t no_table = 1146;
        constexpr std::uint16_t no_column = 1054;
        constexpr std::uint16_t no_function = 1305;
        constexpr std::uint16_t no_database = 1049;
        if (error.code == no_table || error.code == no_column || error.code == no_function ||
            error.code == no_database)
            throw invalid_view(view);
        throw;
    }
}

} // namespace diorama::rds::sql
