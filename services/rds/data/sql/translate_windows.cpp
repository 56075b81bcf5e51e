// Window functions: SQLite has them all; names, types and MySQL's AVG are ours.
// https://dev.mysql.com/doc/refman/8.0/en/window-functions.html
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

// PARTITION BY … ORDER BY … frame, of the window or of the named one it builds on.
std::string Translator::over(const Expr& window) {
    std::string sql;
    const auto add = [&sql](std::string_view words) {
        sql += fmt::format("{}{}", sql.empty() ? "" : " ", words);
    };
    if (!window.window_name.empty()) {
        const auto& named = scopes_.back().select->windows;
        const auto found = std::find_if(named.begin(), named.end(), [&](const auto& candidate) {
            return equals_ignoring_case(candidate.first, window.window_name);
        });
        if (found == named.end() || found->second.get() == &window)
            throw SQLError{
                3579,
                "HY000",
                fmt::format("Window name '{}' is not defined.", window.window_name)
            };
        if (!found->second->window_name.empty()) throw not_supported("windows of named windows");
        sql = over(*found->second);
    }
    std::string list;
    for (const auto& item : window.partition)
        list += (list.empty() ? "" : ",") + collated(expression(*item));
    if (!list.empty()) add("PARTITION BY " + list);
    list.clear();
    for (const auto& item : window.order)
        list += (list.empty() ? "" : ",") + collated(expression(*item.expression)) +
                (item.is_descending ? " DESC" : "");
    if (!list.empty()) add("ORDER BY " + list);
    if (!window.frame.empty()) add(window.frame);
    return sql;
}

Typed Translator::window(const Expr& expr) {
    const auto& name = expr.text;
    const auto frame = fmt::format(" OVER ({})", over(expr));
    std::string lower = lower_case(name);
    static constexpr std::initializer_list<std::string_view> ranks =
        {"ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST"};
    if (std::find(ranks.begin(), ranks.end(), name) != ranks.end()) {
        if (!expr.args.empty()) throw wrong_parameter_count(name);
        const bool is_share = name == "PERCENT_RANK" || name == "CUME_DIST";
        return {
            .sql = lower + "()" + frame,
            .type = is_share ? double_type() : unsigned_type(21),
            .is_nullable = false
        };
    }
    if (name == "NTILE" && expr.args.size() == 1)
        return {
            .sql = fmt::format("ntile({}){}", as_integer(expression(*expr.args[0])), frame),
            .type = unsigned_type(21)
        };
    const bool is_of_a_row = name == "LAG" || name == "LEAD" || name == "FIRST_VALUE" ||
                             name == "LAST_VALUE" || name == "NTH_VALUE";
    if (is_of_a_row && !expr.args.empty() && expr.args.size() <= 3) {
        std::vector<Typed> values{expression(*expr.args[0])};
        if (expr.args.size() == 3) values.push_back(expression(*expr.args[2]));
        std::vector<std::string> sql;
        auto result = common(values, sql);
        result.sql = fmt::format("{}({}", lower, sql[0]);
        if (expr.args.size() > 1) result.sql += "," + as_integer(expression(*expr.args[1]));
        if (expr.args.size() == 3) result.sql += "," + sql[1];
        result.sql += ")" + frame;
        result.is_nullable = true;
        return result;
    }
    bool is_known = false;
    const bool had_aggregate = scopes_.back().has_aggregate;
    auto result = aggregate(expr, is_known);
    scopes_.back().has_aggregate = had_aggregate;
    const bool slides =
        name == "SUM" || name == "COUNT" || name == "AVG" || name == "MIN" || name == "MAX";
    if (!is_known || !slides) throw not_supported(name + "() OVER");
    if (name == "AVG" && result.type.is_decimal()) {
        return average(expression(*expr.args[0]), {}, frame);
    }
    result.sql += frame;
    return result;
}

} // namespace diorama::rds::sql
