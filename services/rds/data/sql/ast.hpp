// What the parser makes of MySQL text: statements are one struct per kind.
#pragma once

#include "services/rds/data/sql/ast_definitions.hpp"
#include "services/rds/data/sql/ast_events.hpp"
#include "services/rds/data/sql/ast_programs.hpp"
#include "services/rds/data/sql/ast_queries.hpp"
#include "services/rds/data/sql/ast_users.hpp"
#include "services/rds/data/sql/ast_views.hpp"
#include "services/rds/data/sql/load_records.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace diorama::rds::sql {

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
    std::vector<std::string> row_columns; // AS alias(…), for the columns in the order of the list
    std::vector<Assignment> on_duplicate;
};

// https://dev.mysql.com/doc/refman/8.0/en/load-data.html
struct LoadData {
    struct Target {
        std::string name;
        bool is_variable = false;
    };

    Insert insert; // the table, and what is done about duplicates
    bool is_local = false;
    std::string file;
    std::optional<CharacterSet> character_set; // of the file; none: the database's
    RecordFormat format;
    std::uint64_t skipped_lines = 0;
    std::vector<Target> targets; // none: all columns
    std::vector<Assignment> assignments;
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

struct DropTables {
    std::vector<TableName> tables;
    bool is_temporary = false;
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

struct AlterDatabase {
    std::string name; // empty: the current one
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
    bool is_chained = false; // AND CHAIN
    bool releases = false;   // RELEASE: the session ends
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
    bool leaves_connection = false; // SET CHARACTER SET
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
        programs,       // TRIGGERS, PROCEDURE STATUS, FUNCTION STATUS: by `word`
        create_program, // of the kind that `word` names
        nothing,        // of what cannot exist here: events, plugins
    };

    Kind kind = Kind::nothing;
    // For `nothing`: which; for `replica_status`: REPLICA or SLAVE; for `grants`: whose.
    std::string word;
    bool is_full = false;
    bool is_global = false;
    TableName table;
    std::optional<UserName> user;     // GRANTS FOR
    std::vector<UserName> with_roles; // GRANTS … USING
    std::optional<std::string> like;
    ExprPtr where;
    bool is_count = false; // SHOW COUNT(*) WARNINGS
    bool is_view = false;  // SHOW CREATE VIEW
};

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

struct Explain {
    enum class Format { traditional, json, tree };

    Format format = Format::traditional;
    bool analyzes = false;
    std::string text; // of the statement
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
    AlterDatabase,
    DropDatabase,
    Use,
    Transaction,
    SetVariables,
    SetNames,
    SetTransaction,
    Show,
    CreateUser,
    DropUser,
    RenameUser,
    Grant,
    GrantRoles,
    SetRole,
    LockTables,
    Kill,
    AcceptedAdministration,
    Prepare,
    ExecutePrepared,
    DeallocatePrepared,
    CreateView,
    DropViews,
    LoadData,
    CreateProgram,
    DropProgram,
    AlterRoutine,
    CreateEvent,
    DropEvent,
    CallProcedure,
    Signal,
    GetDiagnostics,
    Explain>;

} // namespace diorama::rds::sql
