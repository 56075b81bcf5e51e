// PARTITION BY, read into the text that SHOW CREATE TABLE gives. Rows are kept together all the
// same. https://dev.mysql.com/doc/refman/8.0/en/partitioning-types.html
#include "services/rds/data/sql/expression_text.hpp"
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

std::string Parser::partitioning() {
    expect("PARTITION");
    expect("BY");
    std::string text = partition_kind();
    if (accept("PARTITIONS")) text += "\nPARTITIONS " + std::to_string(integer_literal());
    if (accept_all({"SUBPARTITION", "BY"})) throw not_supported("SUBPARTITION BY");
    if (accept("(")) {
        text += "\n(";
        do
            text += (text.back() == '(' ? "" : ",\n ") + partition();
        while (accept(","));
        expect(")");
        text += ")";
    }
    return text;
}

// RANGE, LIST, HASH and KEY, and of what.
std::string Parser::partition_kind() {
    std::string text = "PARTITION BY ";
    if (accept("LINEAR")) text += "LINEAR ";
    const bool is_key = at("KEY");
    if (!at_any({"RANGE", "LIST", "HASH", "KEY"})) fail();
    text += upper_case(tokens_[at_++].raw);
    if (is_key && accept("ALGORITHM")) {
        expect("=");
        integer_literal();
    }
    const bool of_columns = accept("COLUMNS");
    if (of_columns || is_key) {
        text += of_columns ? "  COLUMNS(" : " (";
        expect("(");
        bool is_first = true;
        while (!at(")")) {
            text += (is_first ? "" : ",") + name();
            is_first = false;
            if (!accept(",")) break;
        }
        expect(")");
        return text + ")";
    }
    const auto start = at_;
    return text + " (" + printed(*parenthesized(), start) + ")";
}

std::string Parser::partition() {
    expect("PARTITION");
    std::string text = "PARTITION " + name();
    if (accept("VALUES")) {
        if (accept_all({"LESS", "THAN"})) {
            text += " VALUES LESS THAN ";
            text += accept("MAXVALUE") ? "MAXVALUE" : partition_values();
        } else {
            expect("IN");
            text += " VALUES IN " + partition_values();
        }
    }
    while (at_any(
        {"ENGINE", "STORAGE", "COMMENT", "MAX_ROWS", "MIN_ROWS", "DATA", "INDEX", "TABLESPACE"}
    )) {
        at_ += at("DATA") || at("INDEX") || at("STORAGE") ? 2 : 1;
        if (at("ENGINE")) ++at_;
        accept("=");
        ++at_;
    }
    return text + " ENGINE = InnoDB";
}

std::string Parser::partition_values() {
    expect("(");
    std::string text = "(";
    do {
        if (text.size() > 1) text += ",";
        if (accept("MAXVALUE")) {
            text += "MAXVALUE";
        } else if (at("(")) {
            text += partition_values();
        } else {
            const auto start = at_;
            const auto value = expression();
            text += value->kind == ExprKind::text ? source_from(start) : printed(*value, start);
        }
    } while (accept(","));
    expect(")");
    return text + ")";
}

} // namespace diorama::rds::sql
