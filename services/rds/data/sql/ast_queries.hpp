// Expressions and queries as the parser makes them. Expressions are one struct, because nearly all
// code treats them alike.
#pragma once

#include "services/rds/data/sql/type.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace diorama::rds::sql {

struct Select;
struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class ExprKind : std::uint8_t {
    null,
    integer,         // text: digits
    decimal,         // text
    real,            // text
    text,            // text: the value
    bytes,           // text: the value, from x'..' and 0x..
    boolean,         // number
    parameter,       // number: which, from 0
    column,          // schema.table.text
    star,            // schema.table.*
    system_variable, // table: "global", "session" or empty
    user_variable,
    assignment, // @text := args[0]
    unary,      // text: operator
    binary,     // text: operator
    function,   // text: name in upper case
    window,     // a function with OVER
    case_when,  // args: [operand?] when then when then … [else?]; number: 1 operand, 2 else
    in_list,    // args[0] IN the others
    in_select,
    between,
    like, // args: text, pattern, [escape]
    regexp,
    is_test, // text: "NULL", "TRUE", "FALSE", "UNKNOWN"
    exists,
    subquery,
    cast,     // to type
    collate,  // text: collation
    interval, // text: unit; only inside date functions and + -
    default_value,
    inserted_value, // VALUES(text)
    row,
    quantified, // args[0] text ANY (select); number: 1 for ALL
    match,      // args: columns, then the text; number: a MatchMode
};

enum class MatchMode : std::uint8_t { natural, boolean, expanding };

struct OrderItem {
    ExprPtr expression;
    bool is_descending = false;
};

struct Expr {
    ExprKind kind = ExprKind::null;
    bool is_negated = false;
    bool is_distinct = false; // COUNT(DISTINCT …)
    std::int64_t number = 0;
    std::string schema;
    std::string table;
    std::string text;
    std::vector<ExprPtr> args;
    std::unique_ptr<Select> select;
    std::optional<Type> type;
    std::vector<OrderItem> order; // GROUP_CONCAT, OVER
    std::vector<ExprPtr> partition;
    std::string frame;       // of a window, in SQLite's words, which are the standard's
    std::string window_name; // OVER name
    std::string source;      // as written, for labels and messages; set where needed
};

struct SelectItem {
    ExprPtr expression;
    std::string alias;
    std::string source;
};

struct TableName {
    std::string schema; // empty: the current database
    std::string table;
};

// https://dev.mysql.com/doc/refman/8.0/en/json-table-functions.html
struct JSONTable {
    struct Otherwise { // what a column is when there is nothing, or nothing that fits
        enum class Kind { null, value, error } kind = Kind::null;
        std::string value; // JSON
    };

    struct Column {
        enum class Kind { ordinality, value, exists, nested } kind = Kind::value;
        std::string name;
        Type type;
        std::string path;
        Otherwise on_empty;
        Otherwise on_error;
        std::vector<Column> nested;
    };

    ExprPtr document;
    std::string path;
    std::vector<Column> columns;
};

struct TableReference;
using TableReferencePtr = std::unique_ptr<TableReference>;

struct TableReference {
    enum class Kind { table, derived, join, json_table };
    enum class Join { inner, left, right };

    Kind kind = Kind::table;
    TableName name;
    std::string alias;
    std::unique_ptr<Select> derived;
    std::unique_ptr<JSONTable> json_table;
    bool is_lateral = false; // it sees the tables on its left
    std::vector<std::string> derived_columns;
    std::vector<std::string> hinted_keys; // USE, FORCE and IGNORE INDEX

    Join join = Join::inner;
    TableReferencePtr left;
    TableReferencePtr right;
    ExprPtr on;
    std::vector<std::string> using_columns;
    bool is_natural = false;
};

enum class Locking { none, share, update };

// What a locking read does about a row that another transaction has locked.
enum class LockedRows { are_awaited, are_skipped, are_refused };

struct CommonTable {
    std::string name;
    std::vector<std::string> columns;
    std::unique_ptr<Select> select;
};

// Where a value goes, of SELECT … INTO and in stored programs.
struct Destination {
    enum class Kind { nowhere, local, new_row, user, placeholder };

    Kind kind = Kind::nowhere;
    std::size_t index = 0;
    std::string name = {}; // of the column or the user's variable
};

// One SELECT block, or a chain of them joined by UNION: then `members` holds the blocks and order
// and limit belong to the whole.
struct Select {
    bool is_distinct = false;
    bool is_recursive = false;
    bool calculates_found_rows = false;
    std::vector<CommonTable> common_tables;
    std::vector<SelectItem> items;
    TableReferencePtr from;
    ExprPtr where;
    std::vector<ExprPtr> group_by;
    bool has_rollup = false;
    ExprPtr having;
    std::vector<std::pair<std::string, ExprPtr>> windows; // WINDOW name AS (…)
    std::vector<OrderItem> order_by;
    ExprPtr limit;
    ExprPtr offset;
    Locking locking = Locking::none;
    LockedRows locked_rows = LockedRows::are_awaited;
    std::vector<std::string> locked_tables; // OF; none: all

    std::vector<Destination> into; // SELECT … INTO

    std::vector<std::unique_ptr<Select>> members;
    std::vector<std::string> operators; // between members: "UNION", "UNION ALL", …
};

} // namespace diorama::rds::sql
