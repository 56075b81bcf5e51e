// Views as text and in the file.
#include "services/rds/data/sql/view_definitions.hpp"

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/parse.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

std::string_view check_option_name(CheckOption check) {
    return check == CheckOption::none ? "NONE" : check == CheckOption::local ? "LOCAL" : "CASCADED";
}

// DIFFERS: the SELECT stands there as it was written; MySQL qualifies its names and adds aliases.
std::string create_view_text(const StoredView& view) {
    auto text = fmt::format(
        "CREATE ALGORITHM={} DEFINER={} SQL SECURITY {} VIEW {}",
        view.algorithm,
        view.definer,
        view.is_invoker ? "INVOKER" : "DEFINER",
        quoted_name(view.name)
    );
    if (view.names_columns) {
        text += " (";
        for (const auto& column : view.columns)
            text += (&column == view.columns.data() ? "" : ",") + quoted_name(column);
        text += ')';
    }
    text += " AS " + view.source;
    if (view.check != CheckOption::none)
        text += fmt::format(" WITH {} CHECK OPTION", check_option_name(view.check));
    return text;
}

namespace {

bool computes_over_rows(const Expr& expr) {
    if (expr.kind == ExprKind::window || expr.select) return true;
    if (expr.kind == ExprKind::function && is_aggregate_name(expr.text)) return true;
    return std::any_of(expr.args.begin(), expr.args.end(), [](const ExprPtr& argument) {
        return argument && computes_over_rows(*argument);
    });
}

constexpr char separator = '\0'; // no name has one

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text += name + separator;
    return text;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        const auto end = text.find(separator);
        names.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return names;
}

void step(sqlite3* sqlite, sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) throw_sqlite_error(sqlite);
}

} // namespace

// https://dev.mysql.com/doc/refman/8.0/en/view-updatability.html
bool is_updatable(const Select& select) {
    return select.members.empty() && select.common_tables.empty() && !select.is_distinct &&
           select.group_by.empty() && !select.having && !select.limit && select.from &&
           select.from->kind == TableReference::Kind::table &&
           std::none_of(select.items.begin(), select.items.end(), [](const SelectItem& item) {
               return computes_over_rows(*item.expression);
           });
}

void store_view(sqlite3* sqlite, const StoredView& view) {
    auto statement =
        prepare_sqlite(sqlite, "INSERT OR REPLACE INTO mysql_views VALUES(?1,?2,?3,?4,?5,?6)");
    const Value values[] = {
        Value::text(view.schema),
        Value::text(view.name),
        Value::text(view.database),
        Value::text(create_view_text(view)),
        Value::blob(joined(view.columns)),
        Value::blob(joined(view.inner_columns))
    };
    for (int i = 0; i < 6; ++i)
        bind_value(statement.get(), i + 1, values[i]);
    step(sqlite, statement.get());
}

void forget_view(sqlite3* sqlite, const StoredView& view) {
    auto statement = prepare_sqlite(sqlite, "DELETE FROM mysql_views WHERE schema=?1 AND name=?2");
    const Value schema = Value::text(view.schema);
    const Value name = Value::text(view.name);
    bind_value(statement.get(), 1, schema);
    bind_value(statement.get(), 2, name);
    step(sqlite, statement.get());
}

void load_views(sqlite3* sqlite, Catalog& catalog) {
    auto rows = prepare_sqlite(
        sqlite,
        "SELECT schema, database, definition, columns, inner_columns FROM mysql_views"
    );
    const auto text = [&](int column) {
        return std::string(column_value(rows.get(), column).bytes);
    };
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
        auto parsed = parse(text(2));
        auto* statement = std::get_if<ParsedStatement>(&parsed);
        auto* create =
            statement == nullptr ? nullptr : std::get_if<CreateView>(&statement->statement);
        if (create == nullptr)
            throw internal_error("the catalog holds a view that cannot be read: " + text(2));
        StoredView view;
        view.schema = text(0);
        view.name = create->view.table;
        view.database = text(1);
        view.algorithm = create->algorithm;
        view.definer = create->definer;
        view.is_invoker = create->is_invoker;
        view.check = create->check;
        view.names_columns = !create->columns.empty();
        view.columns = split(text(3));
        view.inner_columns = split(text(4));
        view.source = create->source;
        view.select = std::move(create->select);
        auto& views = catalog.databases.at(view.schema).views;
        const auto name = view.name;
        views[name] = std::make_shared<const StoredView>(std::move(view));
    }
}

std::vector<Value> create_view_row(const StoredView& view) {
    return {
        Value::text(view.name),
        Value::text(create_view_text(view)),
        Value::text("utf8mb4"),
        Value::text("utf8mb4_0900_ai_ci")
    };
}

SQLError invalid_view(const StoredView& view) {
    return {
        1356,
        "HY000",
        fmt::format(
            "View '{}.{}' references invalid table(s) or column(s) or function(s) or "
            "definer/invoker of view lack rights to use them",
            view.schema,
            view.name
        )
    };
}

} // namespace diorama::rds::sql
