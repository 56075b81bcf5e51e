// Users and privileges as information_schema and mysql.user show them.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/system_tables.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

Value t(std::string_view text) {
    return Value::text(std::string(text));
}

void fill_level(
    const PutRow& put,
    const std::string& grantee,
    const GrantLevel& level,
    Privileges held
) {
    const auto grantable = t(held.has(Privilege::grant_option) ? "YES" : "NO");
    for (auto i = 0U; i < static_cast<unsigned>(Privilege::grant_option); ++i) {
        const auto privilege = static_cast<Privilege>(i);
        if (!held.has(privilege)) continue;
        const auto name = t(privilege_name(privilege));
        if (level.schema.empty())
            put("user_privileges", {t(grantee), t("def"), name, grantable});
        else if (level.table.empty())
            put("schema_privileges", {t(grantee), t("def"), t(level.schema), name, grantable});
        else
            put("table_privileges",
                {t(grantee), t("def"), t(level.schema), t(level.table), name, grantable});
    }
}

} // namespace

void fill_users(const PutRow& put, const Engine& engine, const Context& context) {
    for (const auto& user : engine.users()) {
        const auto grants = engine.grants_of(user);
        if (!grants) continue;
        const auto held = grants->at({});
        const auto has = [&](Privilege privilege) { return t(held.has(privilege) ? "Y" : "N"); };
        put("user",
            {t("%"),
             t(user),
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
             t("N"),
             t("N")});
        if (!context.may_do_everything && user != context.user) continue;
        const auto grantee = fmt::format("'{}'@'%'", user);
        if (held.without({Privilege::grant_option}).is_empty())
            put("user_privileges", {t(grantee), t("def"), t("USAGE"), t("NO")});
        for (const auto& [level, privileges] : grants->levels())
            fill_level(put, grantee, level, privileges);
    }
}

} // namespace diorama::rds::sql
