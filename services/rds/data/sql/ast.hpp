// What the parser makes of MySQL text. Expressions are one struct, because nearly all code treats
// them alike; statements are one struct per kind.
#pragma once

#include "services/rds/data/sql/type.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
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
};

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
    std::string source; // as written, for labels and messages; set where needed
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

struct TableReference;
using TableReferencePtr = std::unique_ptr<TableReference>;

struct TableReference {
    enum class Kind { table, derived, join };
    enum class Join { inner, left, right };

    Kind kind = Kind::table;
    TableName name;
    std::string alias;
    std::unique_ptr<Select> derived;
    std::vector<std::string> derived_columns;

    Join join = Join::inner;
    TableReferencePtr left;
    TableReferencePtr right;
    ExprPtr on;
    std::vector<std::string> using_columns;
    bool is_natural = false;
};

enum class Locking { none, share, update };

struct CommonTable {
    std::string name;
    std::vector<std::string> columns;
    std::unique_ptr<Select> select;
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
    std::vector<OrderItem> order_by;
    ExprPtr limit;
    ExprPtr offset;
    Locking locking = Locking::none;

    std::vector<std::unique_ptr<Select>> members;
    std::vector<std::string> operators; // between members: "UNION", "UNION ALL", …
};

struct Assignment {
    std::string table;
    std::string column;
    ExprPtr value;
};

struct Insert {
    TableName table;
    bool is_replace = false;
    bool ignores_errors = false;
    std::vector<std::string> columns;
    bool names_columns = false;
    std::vector<std::vector<ExprPtr>> rows;
    std::unique_ptr<Select> select;
    std::string row_alias;
    std::vector<Assignment> on_duplicate;
};

struct Update {
    TableReferencePtr tables;
    bool ignores_errors = false;
    std::vector<Assignment> assignments;
    ExprPtr where;
    std::vector<OrderItem> order_by;
    ExprPtr limit;
};

struct Delete {
    TableReferencePtr tables;
    std::vector<TableName> targets; // of the multi-table form
    ExprPtr where;
    std::vector<OrderItem> order_by;
    ExprPtr limit;
};

struct ColumnSpecification {
    std::string name;
    Type type;
    bool is_not_null = false;
    bool is_auto_increment = false;
    bool is_primary_key = false;
    bool is_unique = false;
    bool has_collation = false;
    ExprPtr default_value;
    std::string default_source; // of an expression default, without parentheses
    bool default_is_expression = false;
    bool updates_now = false; // ON UPDATE CURRENT_TIMESTAMP
    ExprPtr check;
    std::string check_source;
    std::string check_name;
    std::string comment;
};

struct KeyPart {
    std::string column;
    std::uint32_t prefix = 0;
    bool is_descending = false;
};

struct KeySpecification {
    enum class Kind { primary, unique, index };

    Kind kind = Kind::index;
    std::string name;
    std::vector<KeyPart> parts;
    std::string comment;
};

enum class ReferenceAction { no_action, restrict, cascade, set_null };

struct ForeignKeySpecification {
    std::string name;
    std::string key_name;
    std::vector<std::string> columns;
    TableName parent;
    std::vector<std::string> parent_columns;
    ReferenceAction on_delete = ReferenceAction::no_action;
    ReferenceAction on_update = ReferenceAction::no_action;
};

struct CheckSpecification {
    std::string name;
    ExprPtr expression;
    std::string source;
};

struct TableOptions {
    std::optional<std::int64_t> auto_increment;
    std::optional<Collation> collation;
    std::optional<std::string> comment;
};

struct CreateTable {
    TableName table;
    bool if_not_exists = false;
    std::vector<ColumnSpecification> columns;
    std::vector<KeySpecification> keys;
    std::vector<ForeignKeySpecification> foreign_keys;
    std::vector<CheckSpecification> checks;
    TableOptions options;
    std::optional<TableName> like;
};

struct AlterClause {
    enum class Kind {
        add_column,
        drop_column,
        change_column, // old_name -> column; MODIFY has the same name
        rename_column,
        set_default,
        add_key,
        drop_key,
        drop_primary_key,
        rename_key,
        add_foreign_key,
        drop_foreign_key,
        add_check,
        drop_check,
        rename_table,
        options,
        nothing, // ENGINE=…, ALGORITHM=…, LOCK=…, ENABLE KEYS
    };

    Kind kind = Kind::nothing;
    ColumnSpecification column;
    std::string old_name;
    std::string new_name;
    bool is_first = false;
    std::string after;
    KeySpecification key;
    ForeignKeySpecification foreign_key;
    CheckSpecification check;
    TableName new_table;
    TableOptions options;
};

struct AlterTable {
    TableName table;
    std::vector<AlterClause> clauses;
};

struct DropTables {
    std::vector<TableName> tables;
    bool if_exists = false;
};

struct RenameTables {
    std::vector<std::pair<TableName, TableName>> renames;
};

struct TruncateTable {
    TableName table;
};

struct CreateDatabase {
    std::string name;
    bool if_not_exists = false;
    std::optional<Collation> collation;
};

struct DropDatabase {
    std::string name;
    bool if_exists = false;
};

struct Use {
    std::string database;
};

struct Transaction {
    enum class Kind {
        begin,
        commit,
        rollback,
        savepoint,
        rollback_to_savepoint,
        release_savepoint,
    };

    Kind kind = Kind::begin;
    std::string name;
    bool is_read_only = false;
    bool takes_snapshot = false;
};

struct SetVariables {
    struct Item {
        enum class Scope { session, global, user };

        Scope scope = Scope::session;
        std::string name;
        ExprPtr value; // nullptr: DEFAULT
    };

    std::vector<Item> items;
};

struct SetNames {
    std::string character_set; // empty: DEFAULT
    std::string collation;
};

struct SetTransaction {
    bool is_global = false;
    std::optional<std::string> isolation;
    std::optional<bool> is_read_only;
};

struct Show {
    enum class Kind {
        databases,
        tables,
        columns,
        create_table,
        create_database,
        index,
        variables,
        status,
        warnings,
        errors,
        processlist,
        engines,
        collations,
        character_sets,
        table_status,
        grants,
        replica_status,
        nothing, // of what cannot exist here: triggers, events, routines, plugins
    };

    Kind kind = Kind::nothing;
    std::string word; // for `nothing`: which; for `replica_status`: REPLICA or SLAVE
    bool is_full = false;
    bool is_global = false;
    TableName table;
    std::optional<std::string> like;
    ExprPtr where;
    bool is_count = false; // SHOW COUNT(*) WARNINGS
};

struct UserName {
    std::string user;
    std::string host = "%";
};

struct CreateUser {
    UserName user;
    std::string password;
    bool if_not_exists = false;
    bool is_alter = false;
};

struct DropUser {
    std::vector<UserName> users;
    bool if_exists = false;
};

struct Grant {}; // accepted as far as every user may do everything

struct LockTables {
    bool is_unlock = false;
    std::vector<TableName> tables;
};

struct Kill {
    std::int64_t connection = 0;
    bool is_query_only = false;
};

struct AcceptedAdministration { // ANALYZE, OPTIMIZE, CHECK TABLE; FLUSH
    std::string operation;
    std::vector<TableName> tables;
};

struct Prepare {
    std::string name;
    std::string text;
    std::string variable; // instead of the text
};

struct ExecutePrepared {
    std::string name;
    std::vector<std::string> variables; // of the user, in the order of the parameters
};

struct DeallocatePrepared {
    std::string name;
};

using Statement = std::variant<
    Select,
    Insert,
    Update,
    Delete,
    CreateTable,
    AlterTable,
    DropTables,
    RenameTables,
    TruncateTable,
    CreateDatabase,
    DropDatabase,
    Use,
    Transaction,
    SetVariables,
    SetNames,
    SetTransaction,
    Show,
    CreateUser,
    DropUser,
    Grant,
    LockTables,
    Kill,
    AcceptedAdministration,
    Prepare,
    ExecutePrepared,
    DeallocatePrepared>;

} // namespace diorama::rds::sql
