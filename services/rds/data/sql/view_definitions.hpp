// Views: named SELECTs of the catalog, kept as text and parsed once.
#pragma once

#include "services/rds/data/sql/ast_views.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/sqlite.hpp"

#include <memory>
#include <string>
#include <vector>

namespace diorama::rds::sql {

struct Catalog;

struct StoredView {
    std::string schema;
    std::string name;
    std::string database; // current when it was made: where unqualified names are looked for
    std::string algorithm;
    std::string definer; // "`user`@`host`"
    bool is_invoker = false;
    CheckOption check = CheckOption::none;
    bool names_columns = false;
    std::vector<std::string> columns;       // as the view shows them
    std::vector<std::string> inner_columns; // as the SELECT called them when the view was made
    std::string source;
    std::shared_ptr<const Select> select;
};

using ViewPtr = std::shared_ptr<const StoredView>;

// SHOW CREATE VIEW; parsing it gives the same view again.
std::string create_view_text(const StoredView& view);
// What SHOW CREATE VIEW sends.
std::vector<Value> create_view_row(const StoredView& view);
std::string_view check_option_name(CheckOption check);
// Whether rows of the view are rows of one table, so that they can be changed.
bool is_updatable(const Select& select);

void store_view(sqlite3* sqlite, const StoredView& view);
void forget_view(sqlite3* sqlite, const StoredView& view);
// Reads all of them into the catalog.
void load_views(sqlite3* sqlite, Catalog& catalog);

SQLError invalid_view(const StoredView& view);

} // namespace diorama::rds::sql
