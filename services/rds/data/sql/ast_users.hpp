// Statements about users and their privileges as the parser makes them.
#pragma once

#include "services/rds/data/sql/privileges.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::rds::sql {

struct UserName {
    std::string user;
    std::string host = "%";
    bool is_current = false; // CURRENT_USER()
};

struct CreateUser { // and ALTER USER, SET PASSWORD

    struct Account {
        UserName name;
        std::optional<std::string> password;
    };

    std::vector<Account> accounts;
    bool if_not_exists = false;
    bool if_exists = false;
    bool is_alter = false;
};

struct DropUser {
    std::vector<UserName> users;
    bool if_exists = false;
};

struct Grant { // and REVOKE
    bool is_revoke = false;
    bool is_all = false;
    Privileges privileges;
    bool is_everywhere = false; // REVOKE ALL PRIVILEGES, GRANT OPTION FROM
    bool names_schema = false;  // else the current database
    GrantLevel level;
    std::vector<UserName> users;
};

} // namespace diorama::rds::sql
