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

struct CreateUser { // and ALTER USER, SET PASSWORD, CREATE ROLE

    struct Account {
        UserName name;
        std::optional<std::string> password;
    };

    std::vector<Account> accounts;
    bool if_not_exists = false;
    bool if_exists = false;
    bool is_alter = false;
    bool is_role = false;
    std::optional<bool> is_locked; // ACCOUNT LOCK, UNLOCK
    std::optional<bool> expires;   // PASSWORD EXPIRE
    std::vector<UserName> default_roles;
    bool names_default_roles = false;
    bool defaults_to_all_roles = false;
};

struct DropUser { // and DROP ROLE
    std::vector<UserName> users;
    bool if_exists = false;
    bool is_role = false;
};

struct RenameUser {
    std::vector<std::pair<UserName, UserName>> names;
};

struct Grant { // and REVOKE

    struct OfColumns {
        Privilege privilege = Privilege::select;
        std::vector<std::string> columns;
    };

    bool is_revoke = false;
    bool is_all = false;
    Privileges privileges;
    bool names_role_admin = false;
    std::vector<OfColumns> of_columns;
    bool is_everywhere = false; // REVOKE ALL PRIVILEGES, GRANT OPTION FROM
    bool names_schema = false;  // else the current database
    bool if_exists = false;
    bool ignores_unknown = false; // IGNORE UNKNOWN USER
    GrantLevel level;
    std::vector<UserName> users;
};

struct GrantRoles { // and REVOKE
    bool is_revoke = false;
    bool with_admin = false;
    bool if_exists = false;
    bool ignores_unknown = false;
    std::vector<UserName> roles;
    std::vector<UserName> users;
};

struct SetRole { // and SET DEFAULT ROLE … TO
    enum class Kind { defaults, none, all, listed };

    Kind kind = Kind::listed;
    std::vector<UserName> roles; // of ALL those that it EXCEPTs
    std::vector<UserName> users;
    bool is_default = false;
};

} // namespace diorama::rds::sql
