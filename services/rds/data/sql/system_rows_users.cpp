// Accounts, roles and privileges as information_schema and the tables of mysql show them.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/system_tables.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

Value t(std::string_view text) {
    return Value::text(std::string(text));
}

Value yes(bool is_so) {
    return t(is_so ? "YES" : "NO");
}

template <class Each>
void each_privilege(Privileges held, const Each& each) {
    for (auto i = 0U; i < static_cast<unsigned>(Privilege::grant_option); ++i)
        if (held.has(static_cast<Privilege>(i))) each(t(privilege_name(static_cast<Privilege>(i))));
}

void fill_level(
    const PutRow& put,
    const std::string& grantee,
    const GrantLevel& level,
    Privileges held
) {
    const auto grantable = yes(held.has(Privilege::grant_option));
    const auto who = t(grantee);
    const auto schema = t(level.schema);
    const auto table = t(level.table);
    if (!level.routine.empty()) return;
    each_privilege(held, [&](const Value& name) {
        if (level.schema.empty())
            put("user_privileges", {who, t("def"), name, grantable});
        else if (level.table.empty())
            put("schema_privileges", {who, t("def"), schema, name, grantable});
        else if (level.column.empty())
            put("table_privileges", {who, t("def"), schema, table, name, grantable});
        else
            put("column_privileges",
                {who, t("def"), schema, table, t(level.column), name, grantable});
    });
}

void fill_user(const PutRow& put, const Engine& engine, const AccountName& name, Privileges held) {
    const auto has = [&](Privilege privilege) { return t(held.has(privilege) ? "Y" : "N"); };
    const auto record = engine.find_user(name).value_or(UserRecord{});
    put("user",
        {t(name.host),
         t(name.user),
         has(Privilege::select),
         has(Privilege::insert),
         has(Privilege::update),
         has(Privilege::remove),
         has(Privilege::create),
         has(Privilege::drop),
         has(Privilege::reload),
         has(Privilege::process),
         has(Privilege::references),
         has(Privilege::index),
         has(Privilege::alter),
         has(Privilege::grant_option),
         has(Privilege::super),
         has(Privilege::execute),
         has(Privilege::create_user),
         t(engine.settings().default_authentication_plugin),
         t(""), // DIFFERS: what proves a password is not shown
         t(record.is_expired ? "Y" : "N"),
         t(record.is_locked ? "Y" : "N")});
}

// What a role that is active in the session may do.
void fill_role(const PutRow& put, const AccountName& role, const Grants& grants) {
    const auto user = t(role.user);
    const auto host = t(role.host);
    for (const auto& [level, held] : grants.levels()) {
        const auto grantable = yes(held.has(Privilege::grant_option));
        const auto schema = t(level.schema);
        const auto name = t(level.table);
        if (level.table.empty()) continue;
        each_privilege(held, [&](const Value& privilege) {
            // DIFFERS: who granted it is not kept.
            if (!level.routine.empty())
                put("role_routine_grants",
                    {{},
                     {},
                     user,
                     host,
                     t("def"),
                     schema,
                     name,
                     t("def"),
                     schema,
                     name,
                     privilege,
                     grantable});
            else if (!level.column.empty())
                put("role_column_grants",
                    {{},
                     {},
                     user,
                     host,
                     t("def"),
                     schema,
                     name,
                     t(level.column),
                     privilege,
                     grantable});
            else
                put("role_table_grants",
                    {{}, {}, user, host, t("def"), schema, name, privilege, grantable});
        });
    }
}

class Roles {
public:
    Roles(const PutRow& put, const Engine& engine, const Context& context)
        : put_(put)
        , engine_(engine)
        , me_(context.account())
        , mandatory_(engine.mandatory_roles()) {
        if (const auto own = engine.grants_of(me_)) defaults_ = own->default_roles;
        applicable(me_, engine.roles_of(me_));
        for (const auto& role : context.roles)
            enabled(role);
    }

private:
    // Those that an account has, then those that they have.
    void applicable(const AccountName& grantee, const std::vector<AccountName>& roles) {
        if (std::find(seen_.begin(), seen_.end(), grantee) != seen_.end()) return;
        seen_.push_back(grantee);
        const auto grants = engine_.grants_of(grantee);
        for (const auto& role : roles) {
            const auto with_admin = [&] {
                const auto known = grants ? grants->roles.count(role) : 0;
                return known > 0 && grants->roles.at(role);
            }();
            const auto row = [&](std::string_view table) {
                put_(
                    table,
                    {t(me_.user),
                     t(me_.host),
                     t(grantee.user),
                     t(grantee.host),
                     t(role.user),
                     t(role.host),
                     yes(with_admin),
                     yes(defaults_.contains(role)),
                     yes(is_mandatory(role))}
                );
            };
            row("applicable_roles");
            if (with_admin) row("administrable_role_authorizations");
            applicable(role, roles_in(role));
        }
    }

    void enabled(const AccountName& role) {
        if (std::find(enabled_.begin(), enabled_.end(), role) != enabled_.end()) return;
        enabled_.push_back(role);
        put_(
            "enabled_roles",
            {t(role.user), t(role.host), yes(defaults_.contains(role)), yes(is_mandatory(role))}
        );
        if (const auto grants = engine_.grants_of(role)) fill_role(put_, role, *grants);
        for (const auto& next : roles_in(role))
            enabled(next);
    }

    std::vector<AccountName> roles_in(const AccountName& role) const {
        std::vector<AccountName> roles;
        if (const auto grants = engine_.grants_of(role))
            for (const auto& [next, with_admin] : grants->roles)
                roles.push_back(next);
        return roles;
    }

    bool is_mandatory(const AccountName& role) const {
        return std::find(mandatory_.begin(), mandatory_.end(), role) != mandatory_.end();
    }

    const PutRow& put_;
    const Engine& engine_;
    AccountName me_;
    std::vector<AccountName> mandatory_;
    std::set<AccountName> defaults_;
    std::vector<AccountName> seen_;
    std::vector<AccountName> enabled_;
};

} // namespace

void fill_users(const PutRow& put, const Engine& engine, const Context& context) {
    for (const auto& name : engine.users()) {
        const auto grants = engine.grants_of(name);
        if (!grants) continue;
        fill_user(put, engine, name, grants->at({}));
        for (const auto& [role, with_admin] : grants->roles)
            put("role_edges",
                {t(role.host), t(role.user), t(name.host), t(name.user), t(with_admin ? "Y" : "N")}
            );
        for (const auto& role : grants->default_roles)
            put("default_roles", {t(name.host), t(name.user), t(role.host), t(role.user)});
        if (!context.may_do_everything && name != context.account()) continue;
        const auto grantee = in_quotes(name);
        if (grants->at({}).without({Privilege::grant_option}).is_empty())
            put("user_privileges", {t(grantee), t("def"), t("USAGE"), t("NO")});
        if (grants->is_role_admin)
            put("user_privileges",
                {t(grantee),
                 t("def"),
                 t("ROLE_ADMIN"),
                 yes(grants->at({}).has(Privilege::grant_option))});
        for (const auto& [level, privileges] : grants->levels())
            fill_level(put, grantee, level, privileges);
    }
    const Roles roles(put, engine, context);
}

} // namespace diorama::rds::sql
