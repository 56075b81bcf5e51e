// INSERT, UPDATE and DELETE on a view: the statement is parsed anew and made one on the view's
// table, level by level when views stand on views.
// https://dev.mysql.com/doc/refman/8.0/en/view-updatability.html
#include "services/rds/data/sql/view_changes.hpp"

#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

namespace diorama::rds::sql {

namespace {

SQLError not_updatable(std::string_view name, std::string_view statement) {
    if (statement == "INSERT")
        return {
            1471,
            "HY000",
            fmt::format("The target table {} of the INSERT is not insertable-into", name)
        };
    return {
        1288,
        "HY000",
        fmt::format("The target table {} of the {} is not updatable", name, statement)
    };
}

ExprPtr copy_of(const Expr& expr) {
    auto copy = std::make_unique<Expr>();
    copy->kind = expr.kind;
    copy->is_negated = expr.is_negated;
    copy->is_distinct = expr.is_distinct;
    copy->number = expr.number;
    copy->schema = expr.schema;
    copy->table = expr.table;
    copy->text = expr.text;
    copy->type = expr.type;
    copy->source = expr.source;
    for (const auto& argument : expr.args)
        copy->args.push_back(argument ? copy_of(*argument) : nullptr);
    if (expr.select) throw not_supported("changes of a view with a subquery in its columns");
    return copy;
}

using Visit = std::function<void(Expr&, bool is_nested)>;

void visit_select(Select& select, const Visit& visit);

void visit_expression(Expr& expr, const Visit& visit, bool is_nested) {
    for (auto& argument : expr.args)
        if (argument) visit_expression(*argument, visit, is_nested);
    for (auto& item : expr.order)
        visit_expression(*item.expression, visit, is_nested);
    for (auto& item : expr.partition)
        visit_expression(*item, visit, is_nested);
    if (expr.select) visit_select(*expr.select, visit);
    visit(expr, is_nested);
}

void visit_reference(TableReference& reference, const Visit& visit) {
    if (reference.derived) visit_select(*reference.derived, visit);
    if (reference.on) visit_expression(*reference.on, visit, true);
    if (reference.left) visit_reference(*reference.left, visit);
    if (reference.right) visit_reference(*reference.right, visit);
}

void visit_select(Select& select, const Visit& visit) {
    for (auto& table : select.common_tables)
        visit_select(*table.select, visit);
    for (auto& member : select.members)
        visit_select(*member, visit);
    for (auto& item : select.items)
        visit_expression(*item.expression, visit, true);
    if (select.from) visit_reference(*select.from, visit);
    for (auto* condition : {select.where.get(), select.having.get()})
        if (condition != nullptr) visit_expression(*condition, visit, true);
    for (auto& item : select.group_by)
        visit_expression(*item, visit, true);
    for (auto& item : select.order_by)
        visit_expression(*item.expression, visit, true);
}

// One view taken apart: its table, what its columns stand for, its condition.
class Level {
public:
    Level(
        const Catalog& catalog,
        const StoredView& view,
        std::string alias,
        std::string_view statement
    )
        : view_(view)
        , alias_(std::move(alias))
        , statement_(statement) {
        auto parsed = parse(view.source);
        auto& select = std::get<Select>(std::get<ParsedStatement>(parsed).statement);
        if (!is_updatable(select)) throw not_updatable(alias_, statement_);
        base_ = select.from->name;
        if (base_.schema.empty()) base_.schema = view.database;
        const auto old_alias =
            select.from->alias.empty() ? select.from->name.table : select.from->alias;
        std::vector<std::pair<std::string, ExprPtr>> items;
        for (auto& item : select.items) {
            if (item.expression->kind == ExprKind::star) {
                for (const auto& name : columns_of(catalog))
                    items.emplace_back(name, column(name));
                continue;
            }
            auto name = !item.alias.empty()                         ? item.alias
                        : item.expression->kind == ExprKind::column ? item.expression->text
                                                                    : item.source;
            items.emplace_back(std::move(name), std::move(item.expression));
        }
        for (const auto& inner : view.inner_columns) {
            const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) {
                return item.second && equals_ignoring_case(item.first, inner);
            });
            if (found == items.end()) throw invalid_view(view);
            columns_.push_back(std::move(found->second));
        }
        condition_ = std::move(select.where);
        const auto rename = [&](Expr& expr, bool is_nested) {
            if (expr.kind != ExprKind::column && expr.kind != ExprKind::star) return;
            const bool is_own = expr.table == old_alias || (expr.table.empty() && !is_nested);
            if (!is_own) return;
            expr.table = alias_;
            expr.schema.clear();
        };
        for (auto& expr : columns_)
            visit_expression(*expr, rename, false);
        if (condition_) visit_expression(*condition_, rename, false);
    }

    const TableName& base() const { return base_; }

    ExprPtr take_condition() { return std::move(condition_); }

    // The column of the table below that a column of the view is.
    std::string target(const std::string& name) const {
        const auto* expr = find(name);
        if (expr == nullptr) throw unknown_column(name, "field list");
        if (expr->kind != ExprKind::column) {
            if (statement_ == "INSERT") throw not_updatable(alias_, statement_);
            throw SQLError{1348, "HY000", fmt::format("Column '{}' is not updatable", name)};
        }
        return expr->text;
    }

    void substitute(ExprPtr& expr) const {
        if (expr)
            visit_expression(
                *expr,
                [this](Expr& node, bool is_nested) { replace(node, is_nested); },
                false
            );
    }

    std::vector<std::string> insertable() const {
        std::vector<std::string> names;
        for (const auto& name : view_.columns) {
            const auto below = target(name);
            if (std::find(names.begin(), names.end(), below) != names.end())
                throw not_updatable(alias_, statement_);
            names.push_back(below);
        }
        return names;
    }

private:
    ExprPtr column(const std::string& name) const {
        auto expr = std::make_unique<Expr>();
        expr->kind = ExprKind::column;
        expr->text = name;
        return expr;
    }

    std::vector<std::string> columns_of(const Catalog& catalog) const {
        if (const auto view = catalog.find_view(base_.schema, base_.table)) return view->columns;
        const auto table = catalog.find_table(base_.schema, base_.table);
        if (!table) throw invalid_view(view_);
        std::vector<std::string> names;
        for (const auto& each : table->columns)
            if (each.is_listed()) names.push_back(each.name);
        return names;
    }

    const Expr* find(const std::string& name) const {
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (equals_ignoring_case(view_.columns[i], name)) return columns_[i].get();
        return nullptr;
    }

    void replace(Expr& node, bool is_nested) const {
        if (node.kind == ExprKind::inserted_value) node.text = target(node.text);
        if (node.kind != ExprKind::column) return;
        if (node.table.empty() ? is_nested : node.table != alias_) return;
        const auto* meaning = find(node.text);
        if (meaning == nullptr)
            throw unknown_column(
                node.table.empty() ? node.text : node.table + "." + node.text,
                statement_ == "INSERT" ? "field list" : "where clause"
            );
        auto copy = copy_of(*meaning);
        node = std::move(*copy);
    }

    const StoredView& view_;
    std::string alias_;
    std::string_view statement_;
    TableName base_;
    std::vector<ExprPtr> columns_; // in the order of the view's
    ExprPtr condition_;
};

void conjoin(ExprPtr& where, ExprPtr condition) {
    if (!condition) return;
    if (!where) {
        where = std::move(condition);
        return;
    }
    auto both = std::make_unique<Expr>();
    both->kind = ExprKind::binary;
    both->text = "AND";
    both->args.push_back(std::move(where));
    both->args.push_back(std::move(condition));
    where = std::move(both);
}

void apply(const Level& level, Insert& insert) {
    insert.table = level.base();
    const bool is_default_row = insert.rows.size() == 1 && insert.rows[0].empty();
    if (insert.names_columns) {
        for (auto& column : insert.columns)
            column = level.target(column);
    } else if (!is_default_row) {
        insert.columns = level.insertable();
        insert.names_columns = true;
    }
    for (auto& assignment : insert.on_duplicate) {
        assignment.column = level.target(assignment.column);
        level.substitute(assignment.value);
    }
}

void apply(const Level& level, Update& update) {
    for (auto& assignment : update.assignments) {
        assignment.column = level.target(assignment.column);
        level.substitute(assignment.value);
    }
    level.substitute(update.where);
    for (auto& item : update.order_by)
        level.substitute(item.expression);
}

void apply(const Level& level, Delete& remove) {
    level.substitute(remove.where);
    for (auto& item : remove.order_by)
        level.substitute(item.expression);
}

TableReference* reference_of(Statement& statement) {
    TableReference* reference = nullptr;
    if (auto* update = std::get_if<Update>(&statement)) reference = update->tables.get();
    if (auto* remove = std::get_if<Delete>(&statement)) reference = remove->tables.get();
    const bool is_one = reference != nullptr && reference->kind == TableReference::Kind::table;
    return is_one ? reference : nullptr;
}

const TableName* target_of(Statement& statement) {
    if (auto* insert = std::get_if<Insert>(&statement)) return &insert->table;
    const auto* reference = reference_of(statement);
    return reference == nullptr ? nullptr : &reference->name;
}

std::string_view word_of(const Statement& statement) {
    return std::holds_alternative<Insert>(statement)   ? "INSERT"
           : std::holds_alternative<Update>(statement) ? "UPDATE"
                                                       : "DELETE";
}

ViewPtr view_named(const Catalog& catalog, const TableName& name, std::string_view database) {
    return catalog.find_view(name.schema.empty() ? database : name.schema, name.table);
}

} // namespace

bool changes_view(const Statement& statement, const Catalog& catalog, std::string_view database) {
    const auto* name = target_of(const_cast<Statement&>(statement));
    return name != nullptr && view_named(catalog, *name, database) != nullptr;
}

ViewChange on_table(
    const std::string& text,
    const ScopePtr& scope,
    const Catalog& catalog,
    std::string_view database
) {
    auto parsed = parse(text, scope);
    ViewChange change;
    change.statement = std::move(std::get<ParsedStatement>(parsed).statement);
    auto& statement = change.statement;
    bool checks = false;
    while (const auto view = view_named(catalog, *target_of(statement), database)) {
        auto* reference = reference_of(statement);
        auto alias = reference == nullptr || reference->alias.empty() ? target_of(statement)->table
                                                                      : reference->alias;
        Level level(catalog, *view, alias, word_of(statement));
        std::visit(
            [&](auto& each) {
                if constexpr (requires { apply(level, each); }) apply(level, each);
            },
            statement
        );
        auto condition = level.take_condition();
        for (auto& check : change.checks)
            level.substitute(check.condition);
        checks = checks || view->check != CheckOption::none;
        if (checks && condition)
            change.checks.push_back({view->schema + "." + view->name, copy_of(*condition)});
        checks = checks && view->check != CheckOption::local;
        if (reference != nullptr) {
            reference->name = level.base();
            reference->alias = alias;
        }
        if (auto* update = std::get_if<Update>(&statement))
            conjoin(update->where, std::move(condition));
        if (auto* remove = std::get_if<Delete>(&statement))
            conjoin(remove->where, std::move(condition));
    }
    // A row is checked alone, by the names of its table.
    for (auto& check : change.checks)
        visit_expression(*check.condition, [](Expr& node, bool) { node.table.clear(); }, false);
    return change;
}

} // namespace diorama::rds::sql
