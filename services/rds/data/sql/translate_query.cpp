// SELECT: its blocks, FROM, lists, order and limit.
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {
// DIFFERS: MySQL: 4096; SQLite, as Debian builds it, has this many.
constexpr std::size_t most_result_columns = 2000;
} // namespace

TablePtr Translator::table_of(const TableName& name) const {
    const auto schema = name.schema.empty() ? names_.database : std::string_view(name.schema);
    if (schema.empty()) throw no_database_selected();
    auto table = names_.catalog.find_table(schema, name.table);
    if (!table) {
        if (names_.catalog.find_database(schema) == nullptr) throw unknown_database(schema);
        if (equals_ignoring_case(schema, "information_schema"))
            throw SQLError{
                1109,
                "42S02",
                fmt::format("Unknown table '{}' in information_schema", upper_case(name.table))
            };
        throw no_such_table(schema, name.table);
    }
    return table;
}

std::string Translator::new_alias() {
    return fmt::format("s{}", aliases_++);
}

TranslatedSelect Translator::select(const Select& select) {
    return query(select);
}

TranslatedSelect Translator::query(const Select& select) {
    const auto common_before = common_tables_.size();
    const auto with = with_clause(select);
    auto result = select.members.empty() ? block(select) : chain(select);
    result.sql = with + result.sql;
    common_tables_.resize(common_before);
    return result;
}

std::string Translator::with_clause(const Select& select) {
    std::string sql;
    const auto kind = next_kind_;
    if (!select.common_tables.empty()) next_kind_ = "DERIVED";

    struct Back {
        ~Back() { to = from; }

        std::string& to;
        const std::string& from;
    } back{next_kind_, kind};

    for (const auto& table : select.common_tables) {
        const auto is_named_so = [&](const auto& other) {
            return equals_ignoring_case(other.name, table.name);
        };
        if (std::ranges::count_if(select.common_tables, is_named_so) > 1)
            throw not_unique(table.name);
        sql += sql.empty() ? (select.is_recursive ? "WITH RECURSIVE " : "WITH ") : ",";
        Common common{table.name, new_alias(), {}, false};
        const auto name_columns = [&](std::vector<OutputColumn> columns) {
            for (std::size_t i = 0; i < columns.size(); ++i) {
                if (i < table.columns.size()) columns[i].name = table.columns[i];
                columns[i].origin_name.clear();
            }
            return columns;
        };
        if (select.is_recursive && !table.select->members.empty()) {
            // The first member says what the columns are; then the others may name the table.
            Translator probe(*this);
            probe.outline = nullptr;
            common.columns = name_columns(probe.query(*table.select->members[0]).columns);
            // UNION DISTINCT ends by itself when nothing new is found, unless it counts for ever.
            const auto& operators = table.select->operators;
            common.counts_depth = table.select->common_tables.empty() &&
                                  std::all_of(operators.begin(), operators.end(), [](auto& op) {
                                      return op == "UNION ALL";
                                  });
            common_tables_.push_back(common);
            const bool was_in_recursion = std::exchange(is_in_recursion_, true);
            const auto body =
                common.counts_depth ? chain(*table.select, true) : query(*table.select);
            is_in_recursion_ = was_in_recursion;
            common_tables_.back().counts_depth = false;
            common_tables_.back().columns = name_columns(body.columns);
            sql += fmt::format("{} AS ({})", common.sqlite_name, body.sql);
        } else {
            const auto body = query(*table.select);
            common.columns = name_columns(body.columns);
            common_tables_.push_back(common);
            sql += fmt::format("{} AS ({})", common.sqlite_name, body.sql);
        }
    }
    return sql.empty() ? sql : sql + " ";
}

namespace {

// MySQL: rows that a search in natural language chooses come with the most relevant first.
const Expr* ranking_match(const Select& select) {
    if (!select.where || !select.order_by.empty() || !select.group_by.empty()) return nullptr;
    const Expr* condition = select.where.get();
    while (condition->kind == ExprKind::binary && condition->text == "AND")
        condition = condition->args[0].get();
    const bool ranks = condition->kind == ExprKind::match &&
                       condition->number != static_cast<std::int64_t>(MatchMode::boolean);
    return ranks ? condition : nullptr;
}

} // namespace

TranslatedSelect Translator::block(const Select& select, bool counts_depth) {
    const auto number = outline_block(select);
    if (select.has_rollup && !select.group_by.empty()) return rolled_up(select);
    scopes_.emplace_back();
    scopes_.back().select = &select;
    scopes_.back().block = number;
    TranslatedSelect result;
    const auto from_sql = select.from ? " FROM " + from(*select.from) : std::string();
    std::string items;
    select_items(select, result, items);
    if (result.columns.size() > most_result_columns) throw too_many_columns();
    if (counts_depth) {
        const auto& alias = scopes_.back().recursive_alias;
        items +=
            alias.empty() ? ",0 AS depth" : fmt::format(",my_deeper({}.depth) AS depth", alias);
    }
    check_grouping(select);
    result.sql =
        fmt::format("SELECT {}{}{}", select.is_distinct ? "DISTINCT " : "", items, from_sql);
    if (select.where) {
        scopes_.back().clause = "where clause";
        result.sql += " WHERE " + as_truth(expression(*select.where));
    }
    if (const auto free = lockable(select); !free.empty())
        result.sql += (select.where ? " AND " : " WHERE ") + free;
    result.sql += group_by(select);
    if (select.having) {
        scopes_.back().clause = "having clause";
        scopes_.back().sees_aliases = true;
        scopes_.back().prefers_aliases = true;
        const auto condition = as_truth(expression(*select.having));
        scopes_.back().prefers_aliases = false;
        const bool is_grouped = !select.group_by.empty() || scopes_.back().has_aggregate;
        if (is_grouped && select.group_by.empty()) result.sql += " GROUP BY NULL";
        // HAVING without groups filters rows.
        const bool has_where = select.where || !lockable(select).empty();
        result.sql += (is_grouped ? " HAVING " : has_where ? " AND " : " WHERE ") + condition;
    }
    scopes_.back().clause = "order clause";
    result.sql += order_by(select.order_by);
    if (const auto* match = ranking_match(select);
        match != nullptr && !scopes_.back().has_aggregate)
        result.sql += " ORDER BY " + expression(*match).sql + " DESC";
    check_dependence(select);
    result.sql += limit(select.limit.get(), select.offset.get());
    scopes_.pop_back();
    return result;
}

void Translator::output(
    TranslatedSelect& result,
    std::string& sql,
    const Typed& value,
    OutputColumn column
) {
    if (!sql.empty()) sql += ',';
    // A literal has a collation too once it is a column of rows.
    const bool is_text_literal = value.literal != nullptr && value.type.is_character();
    sql += is_text_literal
               ? fmt::format("{} COLLATE {}", value.sql, collation_name(value.type.collation))
               : collated(value);
    sql += fmt::format(" AS c{}", result.columns.size());
    result.columns.push_back(std::move(column));
}

void Translator::expand_star(const Expr& star, TranslatedSelect& result, std::string& sql) {
    bool is_found = star.table.empty() && !scopes_.back().sources.empty();
    for (const auto& source : scopes_.back().sources) {
        if (!star.table.empty() && source.alias != star.table) continue;
        is_found = true;
        for (std::size_t i = 0; i < source.columns.size(); ++i) {
            if (!source.lists(i)) continue;
            if (star.table.empty() &&
                std::find(source.hidden.begin(), source.hidden.end(), i) != source.hidden.end())
                continue;
            const auto& column = source.columns[i];
            Typed value{.sql = fmt::format("{}.c{}", source.sqlite_alias, i), .type = column.type};
            value.is_plain_column = true;
            if (column.type.kind == TypeKind::character && has_mode("PAD_CHAR_TO_FULL_LENGTH"))
                value.sql = fmt::format("my_rpad({},{},' ')", value.sql, column.type.length);
            scopes_.back().aliases.push_back(
                {column.name, value, result.columns.size() + 1, nullptr}
            );
            output(result, sql, value, column);
        }
    }
    if (is_found) return;
    if (star.table.empty()) throw SQLError{1096, "HY000", "No tables used"};
    throw unknown_table(star.table);
}

void Translator::select_items(const Select& select, TranslatedSelect& result, std::string& sql) {
    for (const auto& item : select.items) {
        if (item.expression->kind == ExprKind::star) {
            expand_star(*item.expression, result, sql);
            continue;
        }
        const auto value = expression(*item.expression);
        OutputColumn column;
        if (value.column != nullptr)
            column = *value.column;
        else {
            column.type = value.type;
            column.is_nullable = value.is_nullable;
        }
        const bool is_system = column.schema == "information_schema";
        if (!item.alias.empty())
            column.name = item.alias;
        else if (value.column == nullptr)
            column.name = item.source;
        else if (!is_system)
            column.name = item.expression->text;
        if (item.expression->kind == ExprKind::text && item.alias.empty())
            column.name = item.expression->text;
        scopes_.back().aliases.push_back(
            {column.name, value, result.columns.size() + 1, item.expression.get()}
        );
        output(result, sql, value, std::move(column));
    }
}

std::string Translator::group_by(const Select& select) {
    std::string sql;
    scopes_.back().clause = "group statement";
    scopes_.back().sees_aliases = true;
    for (const auto& item : select.group_by) {
        sql += sql.empty() ? " GROUP BY " : ",";
        if (item->kind == ExprKind::integer) {
            const auto position = std::strtoull(item->text.c_str(), nullptr, 10);
            if (position < 1 || position > scopes_.back().aliases.size())
                throw unknown_column(item->text, "group statement");
            sql += fmt::format("{}", position);
        } else {
            sql += collated(expression(*item));
        }
    }
    scopes_.back().sees_aliases = false;
    return sql;
}

std::string Translator::order_by(const std::vector<OrderItem>& items) {
    std::string sql;
    for (const auto& item : items) {
        sql += sql.empty() ? " ORDER BY " : ",";
        const auto& aliases = scopes_.back().aliases;
        const auto& wanted = *item.expression;
        std::string key;
        if (wanted.kind == ExprKind::integer) {
            const auto position = std::strtoull(wanted.text.c_str(), nullptr, 10);
            if (position < 1 || position > aliases.size())
                throw unknown_column(wanted.text, "order clause");
            key = fmt::format("{}", position);
        } else if (wanted.kind == ExprKind::column && wanted.table.empty()) {
            const auto found =
                std::find_if(aliases.begin(), aliases.end(), [&](const Alias& alias) {
                    return equals_ignoring_case(alias.name, wanted.text);
                });
            const bool is_listed = found != aliases.end() && !found->value.type.members;
            if (is_listed) key = fmt::format("{}", found->position);
        }
        if (key.empty()) {
            scopes_.back().sees_aliases = true;
            const auto value = expression(wanted);
            scopes_.back().sees_aliases = false;
            key = collated(value);
            if (value.type.members) { // ENUM sorts by the place of its members
                key = fmt::format("my_member({}", value.sql);
                for (const auto& member : *value.type.members)
                    key += ",'" + [&] {
                        std::string text;
                        for (const char c : member)
                            text += c == '\'' ? "''" : std::string(1, c);
                        return text;
                    }() + "'";
                key += ')';
            }
        }
        sql += key + (item.is_descending ? " DESC" : "");
    }
    return sql;
}

std::string Translator::limit(const Expr* limit, const Expr* offset) {
    if (limit == nullptr) return {};
    const auto number = [this](const Expr& expr) {
        if (expr.kind != ExprKind::integer && expr.kind != ExprKind::parameter)
            throw syntax_error(expr.text, 1);
        if (expr.kind == ExprKind::integer && (expr.text.size() > 18 || expr.text[0] == '-'))
            return std::string("9223372036854775807");
        return as_integer(expression(expr));
    };
    auto sql = " LIMIT " + number(*limit);
    if (offset != nullptr) sql += " OFFSET " + number(*offset);
    return sql;
}

} // namespace diorama::rds::sql
