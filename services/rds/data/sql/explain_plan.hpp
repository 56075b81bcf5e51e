// What EXPLAIN says of a statement: SQLite's plan for it, told in MySQL's words.
// https://dev.mysql.com/doc/refman/8.0/en/explain-output.html
#pragma once

#include "services/rds/data/sql/sqlite.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace diorama::rds::sql {

// A row of the traditional format. What is empty is NULL.
struct ExplainRow {
    std::size_t id = 0; // 0: NULL
    std::string select_type;
    std::string table;
    std::string type;
    std::vector<std::string> possible_keys;
    std::string key;
    std::string key_length;
    std::vector<std::string> references;
    std::optional<std::int64_t> rows;
    double filtered = 100;
    std::vector<std::string> extra;

    // For the other formats.
    std::vector<std::string> used_key_parts;
    std::vector<std::string> used_columns;
    std::vector<std::string> lookups; // "a=1"
    std::string condition;
    bool is_left_joined = false;
};

// A block of the statement and its rows.
struct ExplainBlock {
    std::size_t id = 1;
    std::string select_type = {};
    const Select* select = nullptr;
    std::vector<ExplainRow> rows = {};
    bool sorts = false;
    bool groups_by_table = false; // in a temporary table
    std::string message = {};     // instead of rows: "No tables used"
};

struct ExplainedPlan {
    std::vector<ExplainBlock> blocks; // in the order of their numbers
    std::vector<std::size_t> united;  // the members of a UNION DISTINCT
};

// The plan of a translated statement. `where` and `tables` stand for a block without a Select, that
// of an UPDATE or DELETE.
struct ExplainedStatement {
    std::string sql;
    const Outline& outline;
    const Expr* where = nullptr;
    const TableReference* tables = nullptr;
    std::string_view kind = "SIMPLE";
};

ExplainedPlan explained_plan(sqlite3* sqlite, const ExplainedStatement& statement);

std::vector<ExplainRow> explain_rows(const ExplainedPlan& plan);
std::string explain_json(const ExplainedPlan& plan);
// `measured`: "(actual time=… rows=… loops=1)", of the whole.
std::string explain_tree(const ExplainedPlan& plan, const std::string& measured);

} // namespace diorama::rds::sql
