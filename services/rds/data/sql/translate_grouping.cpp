// ONLY_FULL_GROUP_BY: which columns have one value within a group, and the errors when one has not.
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

bool contains_aggregate(const Expr& expr) {
    if (expr.kind == ExprKind::function && is_aggregate_name(expr.text)) return true;
    return std::any_of(expr.args.begin(), expr.args.end(), [](const ExprPtr& argument) {
        return argument && contains_aggregate(*argument);
    });
}

namespace {

// A column of this block outside any aggregate.
const Expr* bare_column(const Expr& expr) {
    if (expr.kind == ExprKind::column) return &expr;
    if (expr.kind == ExprKind::function && is_aggregate_name(expr.text)) return nullptr;
    for (const auto& argument : expr.args)
        if (argument)
            if (const auto* found = bare_column(*argument)) return found;
    return nullptr;
}

SQLError not_grouped(const OutputColumn& column, std::size_t number, std::string_view list) {
    return SQLError{
        1055,
        "42000",
        fmt::format(
            "Expression #{} of {} is not in GROUP BY clause and contains nonaggregated column "
            "'{}.{}.{}' which is not functionally dependent on columns in GROUP BY clause; this "
            "is incompatible with sql_mode=only_full_group_by",
            number,
            list,
            column.schema,
            column.table,
            column.origin_name
        )
    };
}

bool groups_fully(const Translator::Names& names) {
    const auto mode = names.variables.find("sql_mode");
    return mode != names.variables.end() &&
           mode->second.find("ONLY_FULL_GROUP_BY") != std::string::npos;
}

// The conditions that all hold, of a WHERE or ON.
void add_conjuncts(const Expr* condition, std::vector<const Expr*>& conjuncts) {
    if (condition == nullptr) return;
    if (condition->kind == ExprKind::binary && condition->text == "AND") {
        add_conjuncts(condition->args[0].get(), conjuncts);
        add_conjuncts(condition->args[1].get(), conjuncts);
    } else {
        conjuncts.push_back(condition);
    }
}

void add_conjuncts(const TableReference* reference, std::vector<const Expr*>& conjuncts) {
    if (reference == nullptr) return;
    add_conjuncts(reference->on.get(), conjuncts);
    add_conjuncts(reference->left.get(), conjuncts);
    add_conjuncts(reference->right.get(), conjuncts);
}

bool joins_by_names(const TableReference* reference) {
    return reference != nullptr &&
           (reference->is_natural || !reference->using_columns.empty() ||
            joins_by_names(reference->left.get()) || joins_by_names(reference->right.get()));
}

} // namespace

bool is_same(const Expr& a, const Expr& b) {
    if (&a == &b) return true;
    const bool is_column = a.kind == ExprKind::column && b.kind == ExprKind::column;
    const bool may_be_same_table =
        a.table == b.table || (is_column && (a.table.empty() || b.table.empty()));
    if (a.kind != b.kind || a.number != b.number || a.is_negated != b.is_negated || a.select ||
        b.select || !may_be_same_table || a.args.size() != b.args.size())
        return false;
    if (is_column ? !equals_ignoring_case(a.text, b.text) : a.text != b.text) return false;
    for (std::size_t i = 0; i < a.args.size(); ++i)
        if (!is_same(*a.args[i], *b.args[i])) return false;
    return true;
}

struct Translator::Grouping {
    std::vector<const OutputColumn*> determined;
    std::vector<const Expr*> expressions; // grouped ones that are no columns

    bool determines(const OutputColumn* column) const {
        return std::find(determined.begin(), determined.end(), column) != determined.end();
    }

    bool add(const OutputColumn* column) {
        if (column == nullptr || determines(column)) return false;
        determined.push_back(column);
        return true;
    }
};

// A column in it that differs within a group. Subqueries are not looked into.
const OutputColumn* Translator::undetermined(const Expr& expr, const Grouping& grouping) const {
    if (expr.kind == ExprKind::window) return nullptr;
    if (expr.kind == ExprKind::function && is_aggregate_name(expr.text)) return nullptr;
    for (const auto* grouped : grouping.expressions)
        if (is_same(expr, *grouped)) return nullptr;
    if (expr.kind == ExprKind::column) {
        std::string ignored;
        const auto* column = find_in(scopes_.back(), expr, ignored);
        return column == nullptr || grouping.determines(column) ? nullptr : column;
    }
    for (const auto& argument : expr.args)
        if (argument)
            if (const auto* column = undetermined(*argument, grouping)) return column;
    return nullptr;
}

// Columns that equal something determined, and all columns of a table whose key is determined.
void Translator::complete(Grouping& grouping, const Select& select) const {
    std::vector<const Expr*> conjuncts;
    add_conjuncts(select.where.get(), conjuncts);
    add_conjuncts(select.from.get(), conjuncts);
    bool grows = true;
    while (grows) {
        grows = false;
        for (const auto* condition : conjuncts) {
            if (condition->kind != ExprKind::binary || condition->text != "=") continue;
            for (const std::size_t side : {0U, 1U}) {
                const auto& column = *condition->args[side];
                if (column.kind != ExprKind::column) continue;
                if (undetermined(*condition->args[1 - side], grouping) != nullptr) continue;
                std::string ignored;
                grows = grouping.add(find_in(scopes_.back(), column, ignored)) || grows;
            }
        }
        for (const auto& source : scopes_.back().sources) {
            // DIFFERS: what a derived table's columns depend on is not known; they pass.
            bool is_known = !source.table || source.table->is_system;
            for (std::size_t i = 0; !is_known && i < source.table->indexes.size(); ++i) {
                const auto& index = source.table->indexes[i];
                is_known = index.is_unique &&
                           std::all_of(index.parts.begin(), index.parts.end(), [&](auto& part) {
                               return part.prefix == 0 &&
                                      !source.table->columns[part.column].is_nullable &&
                                      grouping.determines(&source.columns[part.column]);
                           });
            }
            for (const auto& column : source.columns)
                if (is_known) grows = grouping.add(&column) || grows;
        }
    }
}

// ONLY_FULL_GROUP_BY: within a group, what is selected and ordered by has one value.
// https://dev.mysql.com/doc/refman/8.0/en/group-by-functional-dependence.html
void Translator::check_dependence(const Select& select) const {
    if (!groups_fully(names_) || select.group_by.empty()) return;
    if (joins_by_names(select.from.get())) return; // DIFFERS: USING and NATURAL are not looked into
    const auto& scope = scopes_.back();
    const auto alias_of = [&](const Expr& name) {
        return std::find_if(scope.aliases.begin(), scope.aliases.end(), [&](const Alias& alias) {
            return name.kind == ExprKind::column && name.table.empty() &&
                   equals_ignoring_case(alias.name, name.text);
        });
    };
    Grouping grouping;
    for (const auto& item : select.group_by) {
        const auto* expr = item.get();
        if (expr->kind == ExprKind::integer)
            expr = scope.aliases[std::strtoull(expr->text.c_str(), nullptr, 10) - 1].expression;
        if (expr == nullptr) return; // of a star
        std::string ignored;
        const auto* column =
            expr->kind == ExprKind::column ? find_in(scope, *expr, ignored) : nullptr;
        const auto alias = alias_of(*expr);
        if (column == nullptr && alias != scope.aliases.end() && alias->expression != nullptr) {
            expr = alias->expression;
            if (expr->kind == ExprKind::column) column = find_in(scope, *expr, ignored);
        }
        if (!grouping.add(column)) grouping.expressions.push_back(expr);
    }
    complete(grouping, select);
    const auto check = [&](const Expr& expr, std::size_t number, std::string_view list) {
        if (const auto* column = undetermined(expr, grouping))
            throw not_grouped(*column, number, list);
    };
    for (std::size_t i = 0; i < select.items.size(); ++i) {
        const auto& item = *select.items[i].expression;
        if (item.kind != ExprKind::star) {
            check(item, i + 1, "SELECT list");
            continue;
        }
        for (const auto& source : scope.sources)
            for (std::size_t c = 0; c < source.columns.size(); ++c)
                if ((item.table.empty() || item.table == source.alias) && source.lists(c) &&
                    !grouping.determines(&source.columns[c]))
                    throw not_grouped(source.columns[c], i + 1, "SELECT list");
    }
    for (std::size_t i = 0; i < select.order_by.size(); ++i)
        if (alias_of(*select.order_by[i].expression) == scope.aliases.end())
            check(*select.order_by[i].expression, i + 1, "ORDER BY clause");
}

// An aggregate without GROUP BY beside a column.
void Translator::check_grouping(const Select& select) const {
    if (!groups_fully(names_) || !select.group_by.empty() || !scopes_.back().has_aggregate) return;
    std::size_t number = 0;
    for (const auto& item : select.items) {
        ++number;
        const auto* column = bare_column(*item.expression);
        if (column == nullptr) continue;
        const auto& source = scopes_.back().sources;
        const auto schema = source.empty() ? std::string() : source[0].schema;
        const auto table = source.empty() ? std::string() : source[0].alias;
        throw SQLError{
            1140,
            "42000",
            fmt::format(
                "In aggregated query without GROUP BY, expression #{} of SELECT list contains "
                "nonaggregated column '{}.{}.{}'; this is incompatible with "
                "sql_mode=only_full_group_by",
                number,
                schema,
                column->table.empty() ? table : column->table,
                column->text
            )
        };
    }
}

// Whether a query is certain to yield one row at most, without looking at the tables.
bool yields_one_row(const Select& select) {
    if (!select.members.empty()) return false;
    if (select.limit && select.limit->kind == ExprKind::integer &&
        (select.limit->text == "1" || select.limit->text == "0"))
        return true;
    if (!select.from) return true;
    return select.group_by.empty() &&
           std::any_of(select.items.begin(), select.items.end(), [](const SelectItem& item) {
               return contains_aggregate(*item.expression);
           });
}

} // namespace diorama::rds::sql
