// What those are told who may not do something.
#include "services/rds/data/sql/access.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

SQLError unknown_definer(const AccountName& name) {
    return {
        1449,
        "HY000",
        fmt::format("The user specified as a definer ({}) does not exist", in_quotes(name))
    };
}

SQLError column_denied(const ColumnUse& use, const Account& account) {
    return {
        1143,
        "42000",
        fmt::format(
            "{} command denied to user '{}'@'{}' for column '{}' in table '{}'",
            privilege_name(use.privilege),
            account.user,
            account.host,
            use.column,
            use.table
        )
    };
}

SQLError
routine_denied(std::string_view command, std::string_view routine, const Account& account) {
    return {
        1370,
        "42000",
        fmt::format(
            "{} command denied to user '{}'@'{}' for routine '{}'",
            command,
            account.user,
            account.host,
            routine
        )
    };
}

SQLError database_denied(std::string_view schema, const Account& account) {
    return {
        1044,
        "42000",
        fmt::format(
            "Access denied for user '{}'@'{}' to database '{}'",
            account.user,
            account.account_host,
            schema
        )
    };
}

SQLError server_denied(std::string_view privileges) {
    return {
        1227,
        "42000",
        fmt::format(
            "Access denied; you need (at least one of) the {} privilege(s) for this operation",
            privileges
        )
    };
}

SQLError denied(const Need& need, const Account& account) {
    if (need.schema.empty() && need.table.empty()) return server_denied(need.command);
    if (!need.routine.empty())
        return routine_denied(need.command, need.schema + "." + need.table, account);
    if (need.table.empty()) return database_denied(need.schema, account);
    return {
        1142,
        "42000",
        fmt::format(
            "{} command denied to user '{}'@'{}' for table '{}'",
            need.command,
            account.user,
            account.host,
            need.table
        )
    };
}

} // namespace diorama::rds::sql
