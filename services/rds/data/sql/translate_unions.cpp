// UNION, EXCEPT and INTERSECT: the types that their members meet in, and the order of the whole.
// https://dev.mysql.com/doc/refman/8.0/en/set-operations.html
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

namespace diorama::rds::sql {

namespace {

// SQLite knows neither EXCEPT ALL nor INTERSECT ALL: rows that are the same are told apart by a
// number, and so meet one by one.
std::string joined_with_duplicates(
    std::string_view op,
    const std::string& left,
    const std::string& right,
    std::size_t columns
) {
    std::string list;
    for (std::size_t i = 0; i < columns; ++i)
        list += fmt::format("{}c{}", i == 0 ? "" : ",", i);
    const auto numbered = [&](const std::string& rows) {
        return fmt::format(
            "SELECT {0},row_number() OVER (PARTITION BY {0}) FROM ({1})",
            list,
            rows
        );
    };
    op.remove_suffix(std::string_view(" ALL").size());
    return fmt::format("SELECT {} FROM ({} {} {})", list, numbered(left), op, numbered(right));
}

// SQLite: 500 members at most. Longer chains of one kind have chains for members. Its UNION gives
// rows in an order of its own, MySQL's the first of equal ones, one after another, as SQLite's
// DISTINCT does.
std::string joined_by(
    const std::vector<std::string>& operators,
    std::vector<std::string> members,
    std::size_t columns,
    bool keeps_order
) {
    constexpr std::size_t most = 400;
    const bool is_uniform =
        std::adjacent_find(operators.begin(), operators.end(), std::not_equal_to<>()) ==
            operators.end() &&
        operators[0].starts_with("UNION");
    const bool removes = keeps_order && is_uniform && operators[0] == "UNION";
    const std::string uniform = removes ? "UNION ALL" : operators[0];
    while (is_uniform && members.size() > most) {
        std::vector<std::string> longer;
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i % most == 0)
                longer.push_back("SELECT * FROM (" + members[i]);
            else
                longer.back() += " " + uniform + " " + members[i];
            if (i % most == most - 1 || i + 1 == members.size()) longer.back() += ")";
        }
        members = std::move(longer);
    }
    auto sql = members[0];
    for (std::size_t i = 1; i < members.size(); ++i) {
        const auto& op = is_uniform ? uniform : operators[i - 1];
        if (op == "EXCEPT ALL" || op == "INTERSECT ALL")
            sql = joined_with_duplicates(op, sql, members[i], columns);
        else if (op == "UNION" && keeps_order)
            sql = fmt::format("SELECT DISTINCT * FROM ({} UNION ALL {})", sql, members[i]);
        else
            sql += " " + op + " " + members[i];
    }
    return removes ? fmt::format("SELECT DISTINCT * FROM ({})", sql) : sql;
}

// MySQL: names are those of the result's columns, and there is nothing to aggregate.
void refuse_in_global_order(const Expr& expr, std::size_t position) {
    if (expr.kind == ExprKind::column && !expr.table.empty())
        throw SQLError{
            1250,
            "42000",
            fmt::format(
                "Table '{}' from one of the SELECTs cannot be used in global ORDER clause",
                expr.table
            )
        };
    if (contains_aggregate(expr))
        throw SQLError{
            3028,
            "HY000",
            fmt::format(
                "Expression #{} of ORDER BY contains aggregate function and applies to the result "
                "of a UNION",
                position
            )
        };
    for (const auto& argument : expr.args)
        if (argument) refuse_in_global_order(*argument, position);
}

} // namespace

TranslatedSelect Translator::chain(const Select& select, bool counts_depth) {
    std::vector<TranslatedSelect> members;
    const bool removes_duplicates =
        std::find(select.operators.begin(), select.operators.end(), "UNION ALL") ==
        select.operators.end();
    for (const auto& member : select.members) {
        if (!member->members.empty() || !member->order_by.empty() || member->limit)
            throw not_supported("ORDER BY, LIMIT or UNION inside a query block");
        const auto kind = next_kind_;
        if (!members.empty()) next_kind_ = "UNION";
        const auto number = outline == nullptr ? 0 : outline->blocks.size();
        members.push_back(block(*member, counts_depth));
        next_kind_ = kind;
        if (number < (outline == nullptr ? 0 : outline->blocks.size()))
            outline->blocks[number].is_united = kind == "PRIMARY" && removes_duplicates;
        if (members.back().columns.size() != members.front().columns.size())
            throw SQLError{
                1222,
                "21000",
                "The used SELECT statements have a different number of columns"
            };
    }
    auto result = members.front();
    unite_columns(result, members);
    result.sql.clear();
    std::vector<std::string> texts;
    for (std::size_t m = 0; m < members.size(); ++m) {
        std::string list;
        bool differs = false;
        for (std::size_t i = 0; i < result.columns.size(); ++i) {
            const auto& own = members[m].columns[i].type;
            Typed value{.sql = fmt::format("c{}", i), .type = own};
            const auto& wanted = result.columns[i].type;
            const bool converts = own.kind != TypeKind::null &&
                                  (own.kind != wanted.kind || own.scale != wanted.scale ||
                                   own.is_wide() != wanted.is_wide()) &&
                                  !(own.is_integer() && wanted.is_integer()) &&
                                  !(own.is_stringish() && wanted.is_stringish());
            const bool orders =
                own.is_character() && wanted.is_character() && own.collation != wanted.collation;
            differs = differs || converts || orders;
            if (!list.empty()) list += ',';
            list += converts ? cast(value, wanted).sql : value.sql;
            if (orders) list += fmt::format(" COLLATE {}", collation_name(wanted.collation));
            list += fmt::format(" AS c{}", i);
        }
        if (counts_depth) list += ",depth";
        texts.push_back(
            differs ? fmt::format("SELECT {} FROM ({})", list, members[m].sql) : members[m].sql
        );
    }
    result.sql = joined_by(
        select.operators,
        texts,
        result.columns.size(),
        outline == nullptr && !is_in_recursion_
    );
    order_chain(select, result);
    result.sql += limit(select.limit.get(), select.offset.get());
    return result;
}

// SQLite orders such rows by columns alone; expressions need a query around.
void Translator::order_chain(const Select& select, TranslatedSelect& result) {
    Scope scope;
    for (std::size_t i = 0; i < result.columns.size(); ++i) {
        Typed value{.sql = fmt::format("c{}", i), .type = result.columns[i].type};
        value.type.members.reset(); // MySQL: an ENUM is a text there
        value.coercibility = coercibility_of(result.columns[i]);
        scope.aliases.push_back({result.columns[i].name, std::move(value), i + 1, nullptr});
    }
    scope.clause = "order clause";
    std::size_t position = 0;
    for (const auto& item : select.order_by)
        refuse_in_global_order(*item.expression, ++position);
    const bool has_expressions = std::ranges::any_of(select.order_by, [&](const OrderItem& item) {
        return item.expression->kind != ExprKind::integer &&
               item.expression->kind != ExprKind::column;
    });
    if (has_expressions) result.sql = fmt::format("SELECT * FROM ({})", result.sql);
    scopes_.push_back(std::move(scope));
    result.sql += order_by(select.order_by);
    scopes_.pop_back();
}

} // namespace diorama::rds::sql
