// Placeholders of statements become parameters where SQL takes them.
#include "emulator/simulation/statement_template.hpp"

#include <doctest/doctest.h>

namespace diorama::simulation {

TEST_CASE("statement template: placeholders become parameters, or are filled in") {
    struct Example {
        std::string text;
        std::vector<std::string> values;
        std::string filled;
        std::size_t parameters;
    };

    const Example examples[] = {
        {"SELECT 1", {}, "SELECT 1", 0},
        {"SELECT * FROM t WHERE id = {id}", {"7"}, "SELECT * FROM t WHERE id = ?", 1},
        {"INSERT INTO t VALUES ('{item}', {n})", {"hat", "1"}, "INSERT INTO t VALUES (?, ?)", 2},
        {"SELECT * FROM t{shard}", {"3"}, "SELECT * FROM t3", 0},
        {"SELECT * FROM `{table}`", {"orders"}, "SELECT * FROM `orders`", 0},
        {"SELECT 'a {word} here'", {"it's"}, "SELECT 'a it\\'s here'", 0},
        {"SELECT '{a}{b}'", {"1", "2"}, "SELECT '12'", 0},
        {"SELECT 'it''s {x}', {y}", {"1", "2"}, "SELECT 'it''s 1', ?", 1},
        {"SELECT JSON_OBJECT('a', 1) -> '$.a'", {}, "SELECT JSON_OBJECT('a', 1) -> '$.a'", 0},
        {"SELECT 'unfinished {", {}, "SELECT 'unfinished {", 0},
    };
    for (const auto& example : examples) {
        CAPTURE(example.text);
        const StatementTemplate made(example.text);
        CHECK(made.placeholders().size() == example.values.size());
        CHECK(made.fill(example.values) == example.filled);
        std::size_t parameters = 0;
        for (const auto& placeholder : made.placeholders())
            parameters += placeholder.is_parameter() ? 1 : 0;
        CHECK(parameters == example.parameters);
        CHECK(made.needs_filling() == (parameters < example.values.size()));
    }
}

TEST_CASE("statement template: knows what belongs to a session") {
    CHECK(StatementTemplate("begin").begins_transaction());
    CHECK(StatementTemplate("START TRANSACTION READ ONLY").begins_transaction());
    CHECK_FALSE(StatementTemplate("START REPLICA").begins_transaction());
    CHECK(StatementTemplate("Commit;").ends_transaction());
    CHECK(StatementTemplate("ROLLBACK").ends_transaction());
    CHECK(StatementTemplate("INSERT INTO lines VALUES (LAST_INSERT_ID(), {n})").needs_session());
    CHECK(StatementTemplate("SET @x = 1").needs_session());
    CHECK_FALSE(StatementTemplate("UPDATE t SET n = n + 1 WHERE id = {id}").needs_session());
}

TEST_CASE("statement template: numbers are told from texts") {
    for (const auto* text : {"1", "-7", "2.5", "1e3"})
        CHECK(is_number(text));
    for (const auto* text : {"", "-", "hat", "1a", "inf", "nan", "0x10"})
        CHECK_FALSE(is_number(text));
}

} // namespace diorama::simulation
