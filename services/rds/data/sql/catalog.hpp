// What databases and tables there are. A Catalog is immutable once published; a change copies it,
// so a statement sees one catalog from its first name to its last row. Tables are kept in SQLite
// under numbers ("t17" with columns "c0", "c1"), so that no name of the user's ever meets SQLite's
// rules for names.
#pragma once

#include "services/rds/data/sql/ast.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/stored_events.hpp"
#include "services/rds/data/sql/stored_programs.hpp"
#include "services/rds/data/sql/view_definitions.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct Column {
    std::string name;
    Type type;
    bool is_nullable = true;
    bool is_auto_increment = false;
    bool updates_now = false;
    bool has_default = false; // an explicit one, or NULL for a nullable column
    bool default_is_expression = false;
    std::string default_source; // MySQL text: "'x'", "CURRENT_TIMESTAMP", "(a + 1)"
    std::string comment;
    std::string generated_as; // the expression of a generated column, as MySQL writes it
    bool is_stored = false;   // else VIRTUAL
    bool is_hidden = false;   // behind a functional index
    bool is_invisible = false;

    // Whether * and an INSERT without names mean it too.
    bool is_listed() const { return !is_hidden && !is_invisible; }
};

struct IndexPart {
    std::size_t column = 0;
    std::uint32_t prefix = 0;
    bool is_descending = false;
};

struct Index {
    std::string name; // "PRIMARY" for the primary key
    bool is_unique = false;
    std::vector<IndexPart> parts;
    std::string comment;
    bool is_fulltext = false;
    std::string parser; // of a FULLTEXT index: "ngram"
    bool is_visible = true;
    bool is_spatial = false;

    bool is_primary() const { return name == "PRIMARY"; }

    // Whether SQLite has it as an index of its own: an invisible one that keeps nothing apart is
    // not made, so that no query uses it.
    bool is_in_storage() const {
        return !is_primary() && !is_fulltext && !is_spatial && (is_unique || is_visible);
    }
};

struct ForeignKey {
    std::string name;
    std::vector<std::size_t> columns;
    std::string parent_schema;
    std::string parent_table;
    std::vector<std::string> parent_columns;
    ReferenceAction on_delete = ReferenceAction::no_action;
    ReferenceAction on_update = ReferenceAction::no_action;
};

struct Check {
    std::string name;
    std::string source;
    bool is_enforced = true;
};

struct Table {
    std::string schema;
    std::string name;
    std::string storage_name; // in SQLite
    std::vector<Column> columns;
    std::vector<Index> indexes; // the primary key first
    std::vector<ForeignKey> foreign_keys;
    std::vector<Check> checks;
    Collation collation = Collation::utf8mb4_0900_ai_ci;
    std::string comment;
    std::string partitioning;        // PARTITION BY …, shown and otherwise without effect
    std::int64_t auto_increment = 1; // as given in the definition
    bool is_system = false;          // of information_schema and the like
    bool is_temporary = false;       // of one session

    std::optional<std::size_t> find_column(std::string_view name) const;
    const Index* primary_key() const;
    // MySQL: without a primary key, the first UNIQUE one that cannot be NULL is shown as PRI.
    const Index* leading_key() const;
    const Index* find_index(std::string_view name) const;
    std::optional<std::size_t> auto_increment_column() const;
    // The column that is SQLite's rowid: a primary key of one integer.
    std::optional<std::size_t> rowid_column() const;
    // Whether rows are found by their primary key's columns; else by rowid.
    bool is_without_rowid() const;
};

using TablePtr = std::shared_ptr<const Table>;

struct Database {
    std::string name;
    Collation collation = Collation::utf8mb4_0900_ai_ci;
    std::map<std::string, TablePtr, std::less<>> tables;
    std::map<std::string, ViewPtr, std::less<>> views;
    StoredPrograms programs;
    std::map<std::string, EventPtr, std::less<>> events; // names in lower case
};

struct Catalog {
    std::uint64_t version = 1;
    std::map<std::string, Database, std::less<>> databases;

    const Database* find_database(std::string_view name) const;
    TablePtr find_table(std::string_view schema, std::string_view table) const;
    ViewPtr find_view(std::string_view schema, std::string_view view) const;
};

using CatalogPtr = std::shared_ptr<const Catalog>;

// From the parsed definition, checked: keys name columns, one AUTO_INCREMENT, names are unique.
// `selected` are the columns of its SELECT, after those that only the definition names.
Table table_of(
    const CreateTable& definition,
    std::string_view schema,
    Collation default_collation,
    std::vector<Column> selected = {}
);
Column column_of(const ColumnSpecification& specification, Collation default_collation);
void add_index(Table& table, const KeySpecification& key);
void add_foreign_key(Table& table, const ForeignKeySpecification& key);
// 1176
SQLError no_such_key(std::string_view name, const Table& table);
void add_check(Table& table, const CheckSpecification& check);

// SHOW CREATE TABLE; parsing it gives the same table again, which is how the catalog is kept.
std::string create_table_text(const Table& table, std::optional<std::int64_t> auto_increment = {});

// The part of it that error messages quote.
std::string foreign_key_text(const ForeignKey& key, const Table& table);

std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

// SQLite's side: the statements that create the table and its indexes.
std::vector<std::string> storage_definition(const Table& table);
std::string storage_index(const Table& table, std::size_t index);
std::string column_in_storage(std::size_t column);

} // namespace diorama::rds::sql
