// JSON_TABLE, JSON_VALUE and MATCH: operands with clauses of their own.
// https://dev.mysql.com/doc/refman/8.0/en/json-table-functions.html and fulltext-search.html
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

TableReferencePtr Parser::json_table() {
    expect("JSON_TABLE");
    expect("(");
    auto table = std::make_unique<TableReference>();
    table->kind = TableReference::Kind::json_table;
    table->json_table = std::make_unique<JSONTable>();
    table->json_table->document = expression();
    expect(",");
    table->json_table->path = text_literal();
    table->json_table->columns = json_columns();
    expect(")");
    table_alias(*table);
    if (table->alias.empty())
        throw SQLError{3667, "42000", "Every table function must have an alias."};
    return table;
}

std::vector<JSONTable::Column> Parser::json_columns() {
    const Depth depth(*this);
    expect("COLUMNS");
    expect("(");
    std::vector<JSONTable::Column> columns;
    do
        columns.push_back(json_column());
    while (accept(","));
    expect(")");
    return columns;
}

JSONTable::Column Parser::json_column() {
    using Kind = JSONTable::Column::Kind;
    JSONTable::Column column;
    if (accept("NESTED")) {
        accept("PATH");
        column.kind = Kind::nested;
        column.path = text_literal();
        column.nested = json_columns();
        return column;
    }
    column.name = name();
    if (accept_all({"FOR", "ORDINALITY"})) {
        column.kind = Kind::ordinality;
        column.type = unsigned_type(11);
        column.type.kind = TypeKind::integer;
        return column;
    }
    bool has_collation = false;
    column.type = column_type(has_collation, column.name);
    if (at("COLLATE")) character_attributes(column.type);
    if (accept("EXISTS")) column.kind = Kind::exists;
    expect("PATH");
    column.path = text_literal();
    json_otherwise(column.on_empty, column.on_error);
    return column;
}

// NULL ON EMPTY, DEFAULT '…' ON ERROR, ERROR ON …: each once, EMPTY first.
void Parser::json_otherwise(JSONTable::Otherwise& on_empty, JSONTable::Otherwise& on_error) {
    using Kind = JSONTable::Otherwise::Kind;
    while (at_any({"NULL", "ERROR", "DEFAULT"})) {
        JSONTable::Otherwise otherwise;
        if (accept("ERROR")) {
            otherwise.kind = Kind::error;
        } else if (accept("DEFAULT")) {
            otherwise.kind = Kind::value;
            otherwise.value = text_literal();
        } else {
            expect("NULL");
        }
        expect("ON");
        if (accept("EMPTY"))
            on_empty = std::move(otherwise);
        else {
            expect("ERROR");
            on_error = std::move(otherwise);
        }
    }
}

// JSON_VALUE(document, path [RETURNING type] [… ON EMPTY] [… ON ERROR]), after the parenthesis: the
// clauses become arguments, 'null' or 'error' or 'value' and then the value.
ExprPtr Parser::json_value() {
    auto call = make_expression(ExprKind::function, "JSON_VALUE");
    call->args.push_back(expression());
    expect(",");
    call->args.push_back(make_expression(ExprKind::text, text_literal()));
    if (accept("RETURNING")) call->type = cast_type(call->number);
    JSONTable::Otherwise on_empty;
    JSONTable::Otherwise on_error;
    json_otherwise(on_empty, on_error);
    for (const auto* otherwise : {&on_empty, &on_error}) {
        const auto* kind = otherwise->kind == JSONTable::Otherwise::Kind::null    ? "null"
                           : otherwise->kind == JSONTable::Otherwise::Kind::error ? "error"
                                                                                  : "value";
        call->args.push_back(make_expression(ExprKind::text, kind));
        call->args.push_back(make_expression(ExprKind::text, otherwise->value));
    }
    expect(")");
    return call;
}

ExprPtr Parser::match() {
    expect("MATCH");
    auto match = make_expression(ExprKind::match);
    const bool is_parenthesized = accept("(");
    do
        match->args.push_back(column_reference());
    while (accept(","));
    if (is_parenthesized) expect(")");
    expect("AGAINST");
    expect("(");
    match->args.push_back(binary_level(0));
    auto mode = MatchMode::natural;
    if (accept_all({"IN", "NATURAL", "LANGUAGE", "MODE"})) {
        if (accept_all({"WITH", "QUERY", "EXPANSION"})) mode = MatchMode::expanding;
    } else if (accept_all({"IN", "BOOLEAN", "MODE"})) {
        mode = MatchMode::boolean;
    } else if (accept_all({"WITH", "QUERY", "EXPANSION"})) {
        mode = MatchMode::expanding;
    }
    match->number = static_cast<std::int64_t>(mode);
    expect(")");
    return match;
}

// TABLE name, VALUES ROW(…), …: queries in other words.
// https://dev.mysql.com/doc/refman/8.0/en/table.html and values.html
std::unique_ptr<Select> Parser::whole_table() {
    expect("TABLE");
    auto select = std::make_unique<Select>();
    select->items.emplace_back().expression = make_expression(ExprKind::star);
    select->from = std::make_unique<TableReference>();
    select->from->name = table_name();
    return select;
}

std::unique_ptr<Select> Parser::listed_rows() {
    expect("VALUES");
    auto chain = std::make_unique<Select>();
    do {
        expect("ROW");
        expect("(");
        auto row = std::make_unique<Select>();
        do {
            auto& item = row->items.emplace_back();
            item.expression = expression();
            item.alias = "column_" + std::to_string(row->items.size() - 1);
        } while (accept(","));
        expect(")");
        if (!chain->members.empty()) {
            if (row->items.size() != chain->members[0]->items.size())
                throw column_count_mismatch(chain->members.size() + 1);
            chain->operators.emplace_back("UNION ALL");
        }
        chain->members.push_back(std::move(row));
    } while (accept(","));
    return chain->members.size() == 1 ? std::move(chain->members[0]) : std::move(chain);
}

} // namespace diorama::rds::sql
