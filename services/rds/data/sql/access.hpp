// What a statement needs to be allowed: which privilege on which table or database.
#pragma once

#include "services/rds/data/sql/ast.hpp"
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/privileges.hpp"

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
};

std::vector<Need>
needs_of(const Statement& statement, const Catalog& catalog, std::string_view database);

struct Account {
    std::string_view user;
    std::string_view host; // where the client is
};

// 1142, 1044 or 1227, after what the need is of.
SQLError denied(const Need& need, const Account& account);
SQLError database_denied(std::string_view schema, const Account& account);
SQLError server_denied(std::string_view privileges);

} // namespace diorama::rds::sql
