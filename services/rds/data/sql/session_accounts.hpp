// One session's statements about accounts, roles and privileges, and whether it may do what it asks
// for.
#pragma once

#include "services/rds/data/sql/connection.hpp"

namespace diorama::rds::sql {

class SessionAccounts {
public:
    explicit SessionAccounts(Connection& connection)
        : connection_(connection)
        , context_(connection.context_)
        , engine_(connection.engine_)
        , catalog_(connection.catalog_)
        , sqlite_(connection.sqlite_) {}

    void check_access(const Statement& statement);
    void run(Run& run, const CreateUser& create);
    void run(Run& run, const DropUser& drop);
    void run(Run& run, const RenameUser& rename);
    void run(Run& run, const Grant& grant);
    void run(Run& run, const GrantRoles& grant);
    void run(Run& run, const SetRole& set);
    // The title of SHOW GRANTS, and its lines.
    std::pair<std::string, std::vector<std::string>> shown_grants(const Show& show) const;
    // Of a routine that it has made, and of one that is dropped.
    void grant_routine(const StoredProgram& program);
    void forget_routine(const StoredProgram& program);

private:
    Account account() const { return connection_.account(); }

    std::shared_ptr<const Grants> rights() const { return connection_.rights(); }

    AccountName named(const UserName& name) const;
    void
    check_columns(const Statement& statement, const std::vector<Need>& needs, const Grants& grants)
        const;
    std::vector<std::string> listed_columns(const ColumnUse& use) const;
    void check_administration(const Statement& statement, const Grants& grants) const;
    void check_shown(const Show& show, const Grants& grants) const;
    std::vector<std::optional<AccountName>> accounts_to_change(const CreateUser& create);
    void put_default_roles(const CreateUser& create, const AccountName& name, Grants& grants);
    void forget_role(const AccountName& role);
    void refuse_mandatory(const AccountName& role) const;
    void check_granting(const GrantLevel& level, Privileges given) const;
    GrantLevel checked_level(const Grant& grant, Privileges& given);
    void check_granted_columns(const Grant& grant, const GrantLevel& level) const;
    Grants granted(
        const Grant& grant,
        const GrantLevel& level,
        Privileges given,
        Grants grants,
        const AccountName& name
    ) const;
    void check_role_granting(const AccountName& role) const;
    bool leads_to(const AccountName& role, const AccountName& other) const;
    std::vector<AccountName> roles_meant(const SetRole& set, const AccountName& name) const;

    Connection& connection_;
    Context& context_;
    Engine& engine_;
    const CatalogPtr& catalog_;
    const ConnectionPtr& sqlite_;
};

} // namespace diorama::rds::sql
