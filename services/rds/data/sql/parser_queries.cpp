// https://dev.mysql.com/doc/refman/8.0/en/select.html, join.html, union.html, with.html
#include "services/rds/data/sql/parser.hpp"
#include "services/rds/limits.hpp"

#include <algorithm>

namespace diorama::rds::sql {

bool Parser::at_query() const {
    std::size_t ahead = 0;
    while (at("(", ahead))
        ++ahead;
    return at("SELECT", ahead) || at("WITH", ahead) || at("TABLE", ahead) ||
           (at("VALUES", ahead) && at("ROW", ahead + 1));
}

std::unique_ptr<Select> Parser::query() {
    const Depth depth(*this);
    ++queries_;
    ++query_depth_;
    std::vector<CommonTable> common;
    bool is_recursive = false;
    if (at("WITH")) {
        Select holder;
        common_tables(holder);
        common = std::move(holder.common_tables);
        is_recursive = holder.is_recursive;
    }
    auto first = query_term();
    if (at_any({"UNION", "EXCEPT", "INTERSECT"})) first = united(std::move(first));
    if (!common.empty()) {
        first->common_tables = std::move(common);
        first->is_recursive = is_recursive;
    }
    --query_depth_;
    return first;
}

namespace {

bool has_tail(const Select& select) {
    return !select.order_by.empty() || select.limit != nullptr;
}

// SELECT * FROM (the query): what has an order and a limit of its own stands for itself.
std::unique_ptr<Select> wrapped(std::unique_ptr<Select> inner) {
    auto outer = std::make_unique<Select>();
    auto& item = outer->items.emplace_back();
    item.expression = make_expression(ExprKind::star);
    outer->from = std::make_unique<TableReference>();
    outer->from->kind = TableReference::Kind::derived;
    outer->from->alias = "block";
    outer->from->derived = std::move(inner);
    return outer;
}

// MySQL 8.0.31: "INTERSECT has greater precedence than, and is evaluated before, UNION and EXCEPT".
void gather_intersections(Select& chain) {
    const auto is_intersection = [](const std::string& op) { return op.starts_with("INTERSECT"); };
    auto& operators = chain.operators;
    if (std::none_of(operators.begin(), operators.end(), is_intersection) ||
        std::all_of(operators.begin(), operators.end(), is_intersection))
        return;
    std::vector<std::unique_ptr<Select>> members;
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < chain.members.size(); ++i) {
        if (i > 0 && !is_intersection(operators[i - 1])) kept.push_back(operators[i - 1]);
        const bool begins = i < operators.size() && is_intersection(operators[i]);
        if (!begins) {
            members.push_back(std::move(chain.members[i]));
            continue;
        }
        auto run = std::make_unique<Select>();
        run->members.push_back(std::move(chain.members[i]));
        for (; i < operators.size() && is_intersection(operators[i]); ++i) {
            run->operators.push_back(operators[i]);
            run->members.push_back(std::move(chain.members[i + 1]));
        }
        members.push_back(wrapped(std::move(run)));
    }
    chain.members = std::move(members);
    operators = std::move(kept);
}

} // namespace

std::unique_ptr<Select> Parser::united(std::unique_ptr<Select> first) {
    // A block with an order or a limit of its own needs parentheses.
    if (has_tail(*first)) fail();
    auto chain = std::make_unique<Select>();
    chain->members.push_back(std::move(first));
    while (at_any({"UNION", "EXCEPT", "INTERSECT"})) {
        if (has_tail(*chain->members.back())) fail();
        auto op = upper_case(tokens_[at_++].raw);
        if (accept("ALL"))
            op += " ALL";
        else
            accept("DISTINCT");
        chain->operators.push_back(std::move(op));
        chain->members.push_back(query_term(true));
    }
    // The order and limit after the last block belong to the whole.
    auto& last = *chain->members.back();
    chain->order_by = std::move(last.order_by);
    chain->limit = std::move(last.limit);
    chain->offset = std::move(last.offset);
    last.order_by.clear();
    chain->into = std::move(last.into);
    query_tail(*chain);
    gather_intersections(*chain);
    return chain;
}

void Parser::common_tables(Select& select) {
    expect("WITH");
    select.is_recursive = accept("RECURSIVE");
    do {
        CommonTable table;
        table.name = name();
        if (at("(")) table.columns = name_list();
        expect("AS");
        expect("(");
        table.select = query();
        expect(")");
        select.common_tables.push_back(std::move(table));
    } while (accept(","));
}

std::unique_ptr<Select> Parser::query_term(bool is_member) {
    const Depth depth(*this);
    if (at("(")) {
        ++at_;
        auto inner = query();
        expect(")");
        const bool has_own_tail = has_tail(*inner);
        const bool goes_on = at_any({"UNION", "EXCEPT", "INTERSECT"});
        const bool is_chain = !inner->members.empty();
        const bool stands_in_chain = (has_own_tail || is_chain) && (is_member || goes_on);
        if (stands_in_chain || (has_own_tail && at_any({"ORDER", "LIMIT"}))) {
            inner = wrapped(std::move(inner));
            if (!is_member && !goes_on) query_tail(*inner);
            return inner;
        }
        if (!has_own_tail && !is_member) query_tail(*inner);
        return inner;
    }
    auto select = at("VALUES") ? listed_rows() : at("TABLE") ? whole_table() : select_block();
    if (!select->members.empty() && (is_member || at_any({"UNION", "EXCEPT", "INTERSECT"})))
        select = wrapped(std::move(select));
    query_tail(*select);
    return select;
}

std::unique_ptr<Select> Parser::select_block() {
    expect("SELECT");
    auto select = std::make_unique<Select>();
    while (true) {
        if (accept("DISTINCT") || accept("DISTINCTROW"))
            select->is_distinct = true;
        else if (accept("SQL_CALC_FOUND_ROWS"))
            select->calculates_found_rows = true;
        else if (!accept("ALL") && !accept("SQL_NO_CACHE") && !accept("HIGH_PRIORITY") &&
                 !accept("STRAIGHT_JOIN") && !accept("SQL_SMALL_RESULT") &&
                 !accept("SQL_BIG_RESULT") && !accept("SQL_BUFFER_RESULT"))
            break;
    }
    do
        select->items.push_back(select_item());
    while (accept(","));
    into_clause(*select);
    if (accept("FROM") && !accept("DUAL")) select->from = table_references();
    if (accept("WHERE")) select->where = expression();
    if (accept_all({"GROUP", "BY"})) {
        do {
            select->group_by.push_back(expression());
            if (!accept("ASC")) accept("DESC");
        } while (accept(","));
        if (accept_all({"WITH", "ROLLUP"})) select->has_rollup = true;
    }
    if (accept("HAVING")) select->having = expression();
    if (accept("WINDOW")) {
        do {
            auto named = std::make_unique<Expr>();
            auto window_name = name();
            expect("AS");
            if (!at("(")) fail();
            window(*named);
            select->windows.emplace_back(std::move(window_name), std::move(named));
        } while (accept(","));
    }
    return select;
}

void Parser::query_tail(Select& select) {
    if (accept_all({"ORDER", "BY"})) select.order_by = order_items();
    limit_clause(select.limit, select.offset);
    if (accept_all({"PROCEDURE", "ANALYSE"})) fail();
    into_clause(select);
    while (true) {
        if (accept_all({"FOR", "UPDATE"}))
            select.locking = Locking::update;
        else if (accept_all({"FOR", "SHARE"}) || accept_all({"LOCK", "IN", "SHARE", "MODE"}))
            select.locking = Locking::share;
        else
            break;
        if (accept("OF")) {
            do
                select.locked_tables.push_back(table_name().table);
            while (accept(","));
        }
        if (accept("NOWAIT"))
            select.locked_rows = LockedRows::are_refused;
        else if (accept_all({"SKIP", "LOCKED"}))
            select.locked_rows = LockedRows::are_skipped;
    }
    into_clause(select);
}

// https://dev.mysql.com/doc/refman/8.0/en/select-into.html
void Parser::into_clause(Select& select) {
    if (!accept("INTO")) return;
    if (at("OUTFILE") || at("DUMPFILE")) throw no_files();
    if (!select.into.empty() || query_depth_ > 1) fail();
    do
        select.into.push_back(destination());
    while (accept(","));
}

SelectItem Parser::select_item() {
    SelectItem item;
    const auto start = at_;
    if (accept("*")) {
        item.expression = std::make_unique<Expr>();
        item.expression->kind = ExprKind::star;
        return item;
    }
    item.expression = expression();
    item.source = source_from(start);
    if (accept("AS"))
        item.alias = name_or_text();
    else if (peek().kind == TokenKind::text)
        item.alias = text_literal();
    else if (at_name())
        item.alias = name();
    return item;
}

void Parser::limit_clause(ExprPtr& limit, ExprPtr& offset) {
    if (!accept("LIMIT")) return;
    limit = primary();
    if (accept(",")) {
        offset = std::move(limit);
        limit = primary();
    } else if (accept("OFFSET")) {
        offset = primary();
    }
}

std::vector<OrderItem> Parser::order_items() {
    std::vector<OrderItem> items;
    do {
        OrderItem item;
        item.expression = expression();
        if (accept("DESC"))
            item.is_descending = true;
        else
            accept("ASC");
        items.push_back(std::move(item));
    } while (accept(","));
    return items;
}

namespace {

TableReferencePtr
join_of(TableReference::Join kind, TableReferencePtr left, TableReferencePtr right) {
    auto join = std::make_unique<TableReference>();
    join->kind = TableReference::Kind::join;
    join->join = kind;
    join->left = std::move(left);
    join->right = std::move(right);
    return join;
}

} // namespace

TableReferencePtr Parser::table_references() {
    auto tables = joined_table();
    for (std::size_t count = 2; accept(","); ++count) {
        if (count > limits::max_joined_tables) throw too_many_tables();
        tables = join_of(TableReference::Join::inner, std::move(tables), joined_table());
    }
    return tables;
}

TableReferencePtr Parser::joined_table() {
    const Depth depth(*this);
    auto left = table_factor();
    for (std::size_t count = 2;; ++count) {
        auto kind = TableReference::Join::inner;
        bool is_natural = false;
        const bool was_natural = at("NATURAL");
        if (was_natural) {
            ++at_;
            is_natural = true;
        }
        if (accept("LEFT")) {
            accept("OUTER");
            kind = TableReference::Join::left;
            expect("JOIN");
        } else if (accept("RIGHT")) {
            accept("OUTER");
            kind = TableReference::Join::right;
            expect("JOIN");
        } else if (accept("INNER") || accept("CROSS")) {
            expect("JOIN");
        } else if (!accept("JOIN") && !accept("STRAIGHT_JOIN")) {
            if (was_natural) fail();
            return left;
        }
        if (count > limits::max_joined_tables) throw too_many_tables();
        left = join_of(kind, std::move(left), table_factor());
        left->is_natural = is_natural;
        if (accept("ON"))
            left->on = expression();
        else if (accept("USING"))
            left->using_columns = name_list();
        else if (kind != TableReference::Join::inner && !is_natural)
            fail();
    }
}

TableReferencePtr Parser::table_factor() {
    const Depth depth(*this);
    auto table = std::make_unique<TableReference>();
    table->is_lateral = accept("LATERAL");
    if (table->is_lateral && !(at("(") && at_query())) fail();
    if (at("(")) {
        if (at_query()) {
            expect("(");
            table->kind = TableReference::Kind::derived;
            table->derived = query();
            expect(")");
            table_alias(*table);
            if (table->alias.empty())
                throw SQLError{1248, "42000", "Every derived table must have its own alias"};
            if (at("(")) table->derived_columns = name_list();
            return table;
        }
        expect("(");
        auto inner = table_references();
        expect(")");
        return inner;
    }
    if (at("JSON_TABLE") && at("(", 1)) return json_table();
    table->name = table_name();
    if (at("PARTITION")) throw not_supported("PARTITION");
    table_alias(*table);
    index_hints(*table);
    return table;
}

void Parser::table_alias(TableReference& table) {
    if (accept("AS"))
        table.alias = name_or_text();
    else if (at_name())
        table.alias = name();
}

void Parser::index_hints(TableReference& table) {
    while (at_any({"USE", "FORCE", "IGNORE"}) && (at("INDEX", 1) || at("KEY", 1))) {
        at_ += 2;
        if (accept("FOR")) {
            if (!accept("JOIN")) {
                if (!accept_all({"ORDER", "BY"}) && !accept_all({"GROUP", "BY"})) fail();
            }
        }
        expect("(");
        while (!at(")")) {
            table.hinted_keys.push_back(name_or_text());
            if (!accept(",")) break;
        }
        expect(")");
    }
}

} // namespace diorama::rds::sql
