// What a statement needs to be allowed: which privilege on which table or database.
#pragma once

#include "services/rds/data/sql/ast.hpp"
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/privileges.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct Need {
    Privilege privilege = Privilege::select;
    std::string schema;
    std::string table;   // empty: the database, or the server when there is no schema either
    std::string command; // as the error names it: "SELECT", "INDEX"
    // Instead of the privilege this one will do.
    Privilege alternative = privilege;
    std::string routine = {}; // "PROCEDURE" or "FUNCTION": then `table` is its name
    bool is_through_view = false;
};

std::vector<Need>
needs_of(const Statement& statement, const Catalog& catalog, std::string_view database);

struct Account {
    std::string_view user;
    std::string_view host; // where the client is
    std::string_view account_host = "%";
};

bool is_system_schema(std::string_view name);

// A column that a statement reads or writes.
struct ColumnUse {
    Privilege privilege = Privilege::select;
    std::string schema;
    std::string table;
    std::string column; // empty: all of them, by `*`
};

// Nothing: of statements of that kind it is not known, they need the privilege on the table.
std::optional<std::vector<ColumnUse>>
columns_used(const Statement& statement, const Catalog& catalog, std::string_view database);

// 3523, 3530, 1449, and the note 3162.
SQLError unknown_account(const AccountName& name);
SQLError unknown_definer(const AccountName& name);
SQLError role_not_granted(const AccountName& role, const AccountName& name);
Warning no_such_account(const AccountName& name);

// 1142, 1044 or 1227, after what the need is of.
SQLError denied(const Need& need, const Account& account);
// 1143
SQLError column_denied(const ColumnUse& use, const Account& account);
SQLError routine_denied(std::string_view command, std::string_view routine, const Account& account);
SQLError database_denied(std::string_view schema, const Account& account);
SQLError server_denied(std::string_view privileges);

} // namespace diorama::rds::sql
