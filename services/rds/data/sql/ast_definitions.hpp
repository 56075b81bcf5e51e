// CREATE TABLE and ALTER TABLE as the parser makes them: columns, keys, foreign keys and checks.
#pragma once

#include "services/rds/data/sql/ast_queries.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::rds::sql {

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
    bool updates_now = false;     // ON UPDATE CURRENT_TIMESTAMP
    std::string generated_source; // of a generated column, as MySQL writes it
    bool is_stored = false;
    bool is_invisible = false;
    ExprPtr check;
    std::string check_source;
    std::string check_name;
    bool check_is_enforced = true;
    std::string comment;
};

struct KeyPart {
    std::string column;
    std::uint32_t prefix = 0;
    bool is_descending = false;
    std::string expression = {}; // of a functional index, as MySQL writes it; then no column
};

struct KeySpecification {
    enum class Kind { primary, unique, index, fulltext, spatial };

    Kind kind = Kind::index;
    std::string name;
    std::vector<KeyPart> parts;
    std::string comment;
    std::string parser = {}; // of a FULLTEXT index, WITH PARSER
    bool is_visible = true;
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
    bool is_enforced = true;
};

struct TableOptions {
    std::string engine;
    std::optional<std::int64_t> auto_increment;
    std::optional<Collation> collation;
    std::optional<std::string> comment;
};

struct CreateTable {
    TableName table;
    bool is_temporary = false;
    bool if_not_exists = false;
    std::vector<ColumnSpecification> columns;
    std::vector<KeySpecification> keys;
    std::vector<ForeignKeySpecification> foreign_keys;
    std::vector<CheckSpecification> checks;
    TableOptions options;
    std::string partitioning; // as SHOW CREATE TABLE gives it
    std::optional<TableName> like;
    std::unique_ptr<Select> select; // whose columns and rows it gets
    enum class Duplicates { are_refused, are_ignored, replace } duplicates = {}; // among the rows
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
        show_key, // or hide it
        add_foreign_key,
        drop_foreign_key,
        add_check,
        drop_check,
        enforce_check,   // or cease to
        drop_constraint, // of any kind
        rename_table,
        options,
        convert, // to a character set
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

} // namespace diorama::rds::sql
