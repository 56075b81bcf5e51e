// EXPLAIN, and DESCRIBE of a table.
// https://dev.mysql.com/doc/refman/8.0/en/explain.html
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

Statement Parser::describe() {
    ++at_;
    Explain explain;
    bool has_option = false;
    if (accept("EXTENDED") || accept("PARTITIONS")) has_option = true; // MySQL 5.7's
    if (accept("ANALYZE")) {
        explain.analyzes = has_option = true;
        explain.format = Explain::Format::tree;
    }
    if (at("FORMAT") && at("=", 1)) {
        at_ += 2;
        has_option = true;
        const auto format = upper_case(name_or_text());
        if (format != "TRADITIONAL" && format != "JSON" && format != "TREE")
            throw SQLError{1791, "HY000", "Unknown EXPLAIN format name: '" + format + "'"};
        explain.format = format == "JSON"   ? Explain::Format::json
                         : format == "TREE" ? Explain::Format::tree
                                            : Explain::Format::traditional;
    }
    if (accept_all({"FOR", "CONNECTION"})) throw not_supported("EXPLAIN FOR CONNECTION");
    const bool is_statement =
        at_query() || at_any({"UPDATE", "DELETE", "INSERT", "REPLACE", "TABLE"});
    if (is_statement) {
        const auto start = at_;
        statement();
        explain.text = source_from(start);
        return explain;
    }
    if (has_option) fail();
    Show show;
    show.kind = Show::Kind::columns;
    show.table = table_name();
    if (at_name())
        show.like = name();
    else if (peek().kind == TokenKind::text)
        show.like = text_literal();
    return show;
}

} // namespace diorama::rds::sql
