// LOAD DATA. https://dev.mysql.com/doc/refman/8.0/en/load-data.html
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

LoadData Parser::load_data() {
    LoadData load;
    expect("DATA");
    if (!accept("LOW_PRIORITY")) accept("CONCURRENT");
    load.is_local = accept("LOCAL");
    expect("INFILE");
    load.file = text_literal();
    load.insert.is_replace = accept("REPLACE");
    // MySQL: "With LOCAL, the default behavior is the same as if IGNORE is specified".
    const bool ignores = accept("IGNORE");
    load.insert.ignores_errors = ignores || (load.is_local && !load.insert.is_replace);
    expect("INTO");
    expect("TABLE");
    load.insert.table = table_name();
    if (at("PARTITION")) throw not_supported("LOAD DATA … PARTITION");
    if (accept_all({"CHARACTER", "SET"})) load.character_set = load_character_set();
    if (accept("FIELDS") || accept("COLUMNS")) field_format(load.format);
    if (accept("LINES")) line_format(load.format);
    if (accept("IGNORE")) {
        if (peek().kind != TokenKind::integer) fail();
        load.skipped_lines = std::stoull(std::string(tokens_[at_++].raw));
        if (!accept("LINES")) expect("ROWS");
    }
    if (accept("(")) load_targets(load);
    if (accept("SET")) load.assignments = assignments();
    return load;
}

CharacterSet Parser::load_character_set() {
    const auto name = name_or_text();
    const auto set = find_character_set(name);
    if (!set) throw unknown_character_set(name);
    return *set;
}

void Parser::field_format(RecordFormat& format) {
    const auto one_byte = [&] {
        auto text = text_literal();
        if (text.size() > 1)
            throw SQLError{
                1083,
                "42000",
                "Field separator argument is not what is expected; check the manual"
            };
        return text;
    };
    while (true) {
        accept("OPTIONALLY");
        if (accept_all({"TERMINATED", "BY"}))
            format.field_end = text_literal();
        else if (accept_all({"ENCLOSED", "BY"}))
            format.enclosure = one_byte();
        else if (accept_all({"ESCAPED", "BY"}))
            format.escape = one_byte();
        else
            return;
    }
}

void Parser::line_format(RecordFormat& format) {
    while (true) {
        if (accept_all({"STARTING", "BY"}))
            format.line_start = text_literal();
        else if (accept_all({"TERMINATED", "BY"}))
            format.line_end = text_literal();
        else
            return;
    }
}

void Parser::load_targets(LoadData& load) {
    do {
        const bool is_variable = peek().kind == TokenKind::user_variable;
        load.targets.push_back(
            {is_variable ? token_value(tokens_[at_]) : std::string(), is_variable}
        );
        if (is_variable)
            ++at_;
        else
            load.targets.back().name = name();
    } while (accept(","));
    expect(")");
}

} // namespace diorama::rds::sql
