// GRANT and REVOKE of roles, SET ROLE, SET DEFAULT ROLE.
// https://dev.mysql.com/doc/refman/8.0/en/roles.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/session_accounts.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

SQLError role_not_granted(const AccountName& role, const AccountName& name) {
    return {3530, "HY000", fmt::format("{} is not granted to {}", quoted(role), quoted(name))};
}

void SessionAccounts::refuse_mandatory(const AccountName& role) const {
    const auto mandatory = engine_.mandatory_roles();
    if (std::find(mandatory.begin(), mandatory.end(), role) == mandatory.end()) return;
    throw SQLError{
        3628,
        "HY000",
        fmt::format(
            "The role {} is a mandatory role and can't be revoked or dropped. The restriction can "
            "be lifted by excluding the role identifier from the global variable mandatory_roles.",
            quoted(role)
        )
    };
}

// A role is given by who has it WITH ADMIN OPTION, or ROLE_ADMIN.
void SessionAccounts::check_role_granting(const AccountName& role) const {
    if (context_.may_do_everything || rights()->is_role_admin) return;
    std::vector<AccountName> held = {context_.account()};
    held.insert(held.end(), context_.roles.begin(), context_.roles.end());
    for (const auto& name : held) {
        const auto grants = engine_.grants_of(name);
        if (!grants) continue;
        const auto found = grants->roles.find(role);
        if (found != grants->roles.end() && found->second) return;
    }
    throw server_denied("WITH ADMIN, ROLE_ADMIN, SUPER");
}

// Whether the role brings the other one along, or is it.
bool SessionAccounts::leads_to(const AccountName& role, const AccountName& other) const {
    if (role == other) return true;
    const auto grants = engine_.grants_of(role);
    return grants && std::any_of(grants->roles.begin(), grants->roles.end(), [&](const auto& next) {
               return leads_to(next.first, other);
           });
}

void SessionAccounts::run(Run& current, const GrantRoles& grant) {
    for (const auto& role : grant.roles) {
        check_role_granting(named(role));
        if (!engine_.find_user(named(role))) throw unknown_account(named(role));
        if (grant.is_revoke) refuse_mandatory(named(role));
    }
    std::vector<std::pair<AccountName, Grants>> changed;
    for (const auto& user : grant.users) {
        const auto name = named(user);
        const auto known = engine_.grants_of(name);
        if (!known && !grant.ignores_unknown) throw unknown_account(name);
        if (!known) {
            context_.warnings.push_back(no_such_account(name));
            continue;
        }
        auto grants = *known;
        for (const auto& each : grant.roles) {
            const auto role = named(each);
            if (!grant.is_revoke) {
                if (leads_to(role, name))
                    throw SQLError{
                        4027,
                        "HY000",
                        fmt::format(
                            "User account {} is directly or indirectly granted to the role {}. The "
                            "GRANT would create a loop",
                            quoted(role),
                            quoted(name)
                        )
                    };
                auto& with_admin = grants.roles[role];
                with_admin = with_admin || grant.with_admin;
                continue;
            }
            if (grants.roles.erase(role) == 0) {
                if (!grant.if_exists) throw role_not_granted(role, name);
                context_.warn(role_not_granted(role, name));
            }
            grants.default_roles.erase(role);
        }
        changed.emplace_back(name, std::move(grants));
    }
    for (auto& [name, grants] : changed)
        engine_.put_grants(name, std::move(grants), sqlite_.get());
    current.sink.done({});
}

// The roles that a SET ROLE or SET DEFAULT ROLE of that account means; all of them are its own.
std::vector<AccountName>
SessionAccounts::roles_meant(const SetRole& set, const AccountName& name) const {
    using Kind = SetRole::Kind;
    if (set.kind == Kind::none) return {};
    if (set.kind == Kind::defaults) return engine_.first_roles_of(name);
    auto granted = engine_.roles_of(name);
    std::vector<AccountName> listed;
    for (const auto& role : set.roles)
        listed.push_back(named(role));
    const auto is_among = [](const std::vector<AccountName>& all, const AccountName& role) {
        return std::find(all.begin(), all.end(), role) != all.end();
    };
    if (set.kind == Kind::all) {
        std::erase_if(granted, [&](const AccountName& role) { return is_among(listed, role); });
        return granted;
    }
    for (const auto& role : listed)
        if (!is_among(granted, role)) throw role_not_granted(role, name);
    std::sort(listed.begin(), listed.end());
    listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
    return listed;
}

void SessionAccounts::run(Run& current, const SetRole& set) {
    if (!set.is_default) {
        context_.roles = roles_meant(set, context_.account());
        connection_.forget_plans();
        return current.sink.done({});
    }
    std::vector<std::pair<AccountName, Grants>> changed;
    for (const auto& user : set.users) {
        const auto name = named(user);
        const bool is_allowed = context_.may_do_everything || name == context_.account() ||
                                rights()->at({}).has(Privilege::create_user);
        if (!is_allowed) throw server_denied("CREATE USER");
        const auto known = engine_.grants_of(name);
        if (!known) throw unknown_account(name);
        auto grants = *known;
        const auto roles = roles_meant(set, name);
        grants.default_roles = {roles.begin(), roles.end()};
        changed.emplace_back(name, std::move(grants));
    }
    for (auto& [name, grants] : changed)
        engine_.put_grants(name, std::move(grants), sqlite_.get());
    current.sink.done({});
}

} // namespace diorama::rds::sql
