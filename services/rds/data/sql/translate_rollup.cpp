// GROUP BY … WITH ROLLUP: one query per grouping, the finest first, joined by UNION ALL and put
// into MySQL's order: each group's total after the group.
// https://dev.mysql.com/doc/refman/8.0/en/group-by-modifiers.html
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

// What is grouped by, positions and aliases replaced by what they stand for.
std::vector<const Expr*> Translator::rollup_keys(const Select& select) {
    std::vector<const Expr*> keys;
    for (const auto& item : select.group_by) {
        const Expr* key = item.get();
        if (key->kind == ExprKind::integer) {
            const auto position = std::strtoull(key->text.c_str(), nullptr, 10);
            if (position < 1 || position > select.items.size())
                throw unknown_column(key->text, "group statement");
            key = select.items[position - 1].expression.get();
        } else if (key->kind == ExprKind::column && key->table.empty()) {
            std::string ignored;
            const bool is_column = find_in(scopes_.back(), *key, ignored) != nullptr;
            for (const auto& listed : select.items)
                if (!is_column && equals_ignoring_case(listed.alias, key->text))
                    key = listed.expression.get();
        }
        keys.push_back(key);
    }
    return keys;
}

// The place among the grouped expressions, if it is one.
std::optional<std::size_t> Translator::rolled_up_place(const Expr& expr) const {
    const auto* rollup = scopes_.back().rollup;
    if (rollup == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < rollup->grouped.size(); ++i)
        if (is_same(expr, *rollup->grouped[i])) return i;
    return std::nullopt;
}

// GROUPING(a, b): bits, 1 for what is rolled up; the last argument is the lowest.
Typed Translator::grouping(const Expr& expr) {
    std::int64_t bits = 0;
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
        const auto place = rolled_up_place(*expr.args[i]);
        if (!place)
            throw SQLError{
                3580,
                "HY000",
                fmt::format("Argument #{} of GROUPING function is not in GROUP BY", i + 1)
            };
        bits = bits * 2 + (*place >= scopes_.back().rollup->kept ? 1 : 0);
    }
    return {.sql = fmt::format("{}", bits), .type = integer_type(1), .is_nullable = false};
}

TranslatedSelect Translator::rolled_up_level(const Select& select, const Rollup& rollup) {
    scopes_.emplace_back();
    scopes_.back().select = &select;
    TranslatedSelect result;
    const auto from_sql = select.from ? " FROM " + from(*select.from) : std::string();
    Rollup own{rollup_keys(select), rollup.kept};
    scopes_.back().rollup = &own;
    std::string items;
    select_items(select, result, items);
    std::string groups;
    for (std::size_t i = 0; i < own.grouped.size(); ++i) {
        const bool is_kept = i < own.kept;
        const auto key = is_kept ? collated(expression(*own.grouped[i])) : std::string("NULL");
        if (is_kept) groups += (groups.empty() ? "" : ",") + key;
        items += fmt::format(",{} AS f{},{} AS k{}", is_kept ? 0 : 1, i, key, i);
    }
    result.sql = fmt::format("SELECT {}{}", items, from_sql);
    if (select.where) {
        scopes_.back().clause = "where clause";
        const auto* rolled = std::exchange(scopes_.back().rollup, nullptr);
        result.sql += " WHERE " + as_truth(expression(*select.where));
        scopes_.back().rollup = rolled;
    }
    std::string having;
    if (select.having) {
        scopes_.back().clause = "having clause";
        scopes_.back().sees_aliases = true;
        having = " HAVING " + as_truth(expression(*select.having));
    }
    scopes_.back().clause = "order clause";
    scopes_.back().sees_aliases = true;
    std::string orders;
    for (std::size_t i = 0; i < select.order_by.size(); ++i) {
        const auto& wanted = *select.order_by[i].expression;
        const bool is_position = wanted.kind == ExprKind::integer;
        if (!is_position) orders += fmt::format(",{} AS o{}", collated(expression(wanted)), i);
    }
    result.sql.insert(result.sql.find(from_sql, 7 + items.size()), orders);
    // Without a key: the whole, if there is a row at all.
    if (own.kept == own.grouped.size()) check_dependence(select);
    result.sql += " GROUP BY " + (groups.empty() ? "NULL" : groups) + having;
    scopes_.pop_back();
    return result;
}

TranslatedSelect Translator::rolled_up(const Select& select) {
    TranslatedSelect result;
    std::string levels;
    const auto count = select.group_by.size();
    const auto aliases_before = outline;
    for (std::size_t level = 0; level <= count; ++level) {
        auto made = rolled_up_level(select, {{}, count - level});
        levels += (level == 0 ? "" : " UNION ALL ") + made.sql;
        if (level == 0) result.columns = std::move(made.columns);
        outline = nullptr; // the levels look at the same tables
    }
    outline = aliases_before;
    for (auto& column : result.columns) {
        column.is_nullable = true;
        column.key_flags = 0;
    }
    std::string list;
    for (std::size_t i = 0; i < result.columns.size(); ++i)
        list += fmt::format("{}c{}", i == 0 ? "" : ",", i);
    std::string order;
    for (std::size_t i = 0; i < select.order_by.size(); ++i) {
        const auto& item = select.order_by[i];
        auto key = fmt::format("o{}", i);
        if (item.expression->kind == ExprKind::integer) {
            const auto position = std::strtoull(item.expression->text.c_str(), nullptr, 10);
            if (position < 1 || position > result.columns.size())
                throw unknown_column(item.expression->text, "order clause");
            key = fmt::format("c{}", position - 1);
        }
        order += fmt::format("{},", key + (item.is_descending ? " DESC" : ""));
    }
    for (std::size_t i = 0; i < count; ++i)
        order += fmt::format("{}f{},k{}", i == 0 ? "" : ",", i, i);
    result.sql = fmt::format(
        "SELECT {}{} FROM ({}){}",
        select.is_distinct ? "DISTINCT " : "",
        list,
        levels,
        select.is_distinct && select.order_by.empty() ? std::string() : " ORDER BY " + order
    );
    result.sql += limit(select.limit.get(), select.offset.get());
    return result;
}

} // namespace diorama::rds::sql
