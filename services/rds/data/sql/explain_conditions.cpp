// Conditions looked through for what indexes could answer.
#include "services/rds/data/sql/explain_conditions.hpp"

#include "services/rds/data/sql/expression_text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

std::string shown(const Expr& expression) {
    try {
        return expression_text(expression);
    } catch (const SQLError&) {
        return "<subquery>";
    }
}

void Conditions::add(const Expr* condition) {
    if (condition == nullptr) return;
    if (condition->kind == ExprKind::binary && condition->text == "AND") {
        add(condition->args[0].get());
        add(condition->args[1].get());
    } else {
        add_use(*condition);
    }
}

void Conditions::add(const TableReference* tables) {
    if (tables == nullptr) return;
    add(tables->left.get());
    add(tables->right.get());
    add(tables->on.get());
}

std::optional<std::size_t> Conditions::own_column(const Expr& expr) const {
    if (expr.kind != ExprKind::column || !source_.table) return std::nullopt;
    if (!expr.table.empty() && expr.table != source_.alias) return std::nullopt;
    const auto place = source_.table->find_column(expr.text);
    if (!place || !expr.table.empty()) return place;
    // A plain name may be another table's that comes first.
    for (const auto& other : outline_.sources)
        if (other.block == source_.block && &other != &source_ && other.table &&
            other.table->find_column(expr.text))
            return std::nullopt;
    return place;
}

void Conditions::add_use(const Expr& condition) {
    const auto add = [&](const Expr& side, ColumnCondition::Kind kind, const Expr* other) {
        if (const auto column = own_column(side))
            uses_.push_back({*column, kind, other, &condition});
    };
    if (condition.kind == ExprKind::binary) {
        const auto& op = condition.text;
        const auto kind = op == "=" || op == "<=>" ? ColumnCondition::Kind::equality
                          : op == "<>"             ? ColumnCondition::Kind::unequal
                          : op == "<" || op == ">" || op == "<=" || op == ">="
                              ? ColumnCondition::Kind::range
                              : ColumnCondition::Kind::other;
        add(*condition.args[0], kind, condition.args[1].get());
        add(*condition.args[1], kind, condition.args[0].get());
    } else if (!condition.args.empty()) {
        const auto kind = condition.is_negated                  ? ColumnCondition::Kind::other
                          : condition.kind == ExprKind::in_list ? ColumnCondition::Kind::list
                          : condition.kind == ExprKind::between ? ColumnCondition::Kind::range
                          : condition.kind == ExprKind::is_test && condition.text == "NULL"
                              ? ColumnCondition::Kind::equality
                              : ColumnCondition::Kind::other;
        add(*condition.args[0], kind, nullptr);
    }
}

const ColumnCondition* Conditions::use_of(std::size_t column) const {
    const ColumnCondition* found = nullptr;
    for (const auto& use : uses_) {
        if (use.column != column || use.kind == ColumnCondition::Kind::other ||
            use.kind == ColumnCondition::Kind::unequal)
            continue;
        if (use.kind == ColumnCondition::Kind::equality) return &use;
        found = &use;
    }
    return found;
}

std::string Conditions::reference(const ColumnCondition& use) const {
    if (use.other == nullptr || use.other->kind != ExprKind::column) return "const";
    for (const auto& other : outline_.sources) {
        if (&other == &source_ || !other.table) continue;
        const bool is_named = use.other->table.empty()
                                  ? other.table->find_column(use.other->text).has_value()
                                  : other.alias == use.other->table;
        if (is_named)
            return fmt::format("{}.{}.{}", other.table->schema, other.alias, use.other->text);
    }
    return "func";
}

// https://dev.mysql.com/doc/refman/8.0/en/condition-filtering.html
void Conditions::judge(const std::vector<const ColumnCondition*>& satisfied, ExplainRow& row)
    const {
    bool has_condition = false;
    std::vector<const Expr*> judged;
    for (const auto& use : uses_) {
        const bool is_met =
            std::any_of(satisfied.begin(), satisfied.end(), [&](const ColumnCondition* met) {
                return met->condition == use.condition;
            });
        if (std::find(judged.begin(), judged.end(), use.condition) != judged.end()) continue;
        judged.push_back(use.condition);
        if (!row.condition.empty()) row.condition += " and ";
        row.condition += shown(*use.condition);
        if (is_met && row.type != "range") continue;
        has_condition = true;
        if (is_met) continue;
        row.filtered *= use.kind == ColumnCondition::Kind::equality  ? 0.1
                        : use.kind == ColumnCondition::Kind::list    ? 0.2
                        : use.kind == ColumnCondition::Kind::range   ? 0.3333
                        : use.kind == ColumnCondition::Kind::unequal ? 0.9
                                                                     : 0.1111;
    }
    const auto least = 100.0 / static_cast<double>(std::max<std::int64_t>(1, row.rows.value_or(1)));
    row.filtered = std::max(row.filtered, std::min(least, 100.0));
    if (row.type == "const") has_condition = false;
    const bool by_index_alone = !row.extra.empty() && satisfied.size() == judged.size();
    if (has_condition && !by_index_alone) row.extra.emplace_back("Using where");
}

} // namespace diorama::rds::sql
