// GRANT and REVOKE of privileges, SHOW GRANTS.
// https://dev.mysql.com/doc/refman/8.0/en/grant.html and revoke.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_accounts.hpp"
#include "services/rds/data/sql/stored_programs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

SQLError no_such_grant(const AccountName& name, const GrantLevel& level) {
    const auto of = fmt::format(
        "There is no such grant defined for user '{}' on host '{}'",
        name.user,
        name.host
    );
    if (!level.routine.empty())
        return {1403, "42000", fmt::format("{} on routine '{}'", of, level.table)};
    if (!level.table.empty())
        return {1147, "42000", fmt::format("{} on table '{}'", of, level.table)};
    return {1141, "42000", of};
}

SQLError illegal_grant() {
    return {
        1144,
        "42000",
        "Illegal GRANT/REVOKE command; please consult the manual to see which privileges can be "
        "used"
    };
}

// MySQL names what is missing in the order of its bits.
std::string missing_privileges(Privileges wanted, Privileges held) {
    static constexpr std::array order = {
        Privilege::select,
        Privilege::insert,
        Privilege::update,
        Privilege::remove,
        Privilege::create,
        Privilege::drop,
        Privilege::grant_option,
        Privilege::references,
        Privilege::index,
        Privilege::alter,
        Privilege::execute,
        Privilege::create_view,
        Privilege::show_view,
        Privilege::alter_routine,
        Privilege::trigger
    };
    std::string list;
    for (const auto privilege : order) {
        if (!wanted.has(privilege) || held.has(privilege)) continue;
        if (!list.empty()) list += ", ";
        list += privilege == Privilege::grant_option ? "GRANT" : privilege_name(privilege);
    }
    return list;
}

} // namespace

// Whoever gives a privilege has it, and with it the right to give it.
void SessionAccounts::check_granting(const GrantLevel& level, Privileges given) const {
    if (context_.may_do_everything) return;
    const auto held = rights()->effective(level);
    const auto wanted = given.with({Privilege::grant_option});
    if (held.has_all(wanted)) return;
    if (!level.routine.empty())
        throw routine_denied(
            lower_case(missing_privileges(wanted, held)),
            level.schema + "." + level.table,
            account()
        );
    if (!level.table.empty())
        throw denied(
            {Privilege::grant_option,
             level.schema,
             level.table,
             missing_privileges(wanted, held),
             Privilege::grant_option},
            account()
        );
    if (!level.schema.empty()) throw database_denied(level.schema, account());
    throw access_denied(context_.user, context_.account_host, true);
}

// What is granted is possible there, and there is something to grant it on.
GrantLevel SessionAccounts::checked_level(const Grant& grant, Privileges& given) {
    auto level = grant.level;
    const bool is_of_server = grant.names_schema && level.schema.empty() && level.table.empty();
    if (!is_of_server && level.schema.empty() && !grant.is_everywhere)
        level.schema = connection_.schema_of({});
    if (!level.routine.empty()) level.table = lower_case(level.table);
    given = grant.privileges;
    if (grant.is_all) given = given.with(all_privileges(level));
    const auto possible = all_privileges(level).with({Privilege::grant_option});
    const bool is_of_table = !level.table.empty() && level.routine.empty();
    if (!grant.of_columns.empty() && !is_of_table) throw illegal_grant();
    if (grant.names_role_admin && !is_of_server)
        throw SQLError{3619, "HY000", "Illegal privilege level specified for ROLE_ADMIN"};
    if (!possible.has_all(given)) {
        if (!level.table.empty()) throw illegal_grant();
        throw SQLError{1221, "HY000", "Incorrect usage of DB GRANT and GLOBAL PRIVILEGES"};
    }
    if (grant.is_revoke) return level;
    if (!level.routine.empty()) {
        const auto kind =
            level.routine == "FUNCTION" ? ProgramKind::function : ProgramKind::procedure;
        if (!find_program(*catalog_, kind, level.schema, level.table))
            throw SQLError{
                1305,
                "42000",
                fmt::format("FUNCTION or PROCEDURE {} does not exist", grant.level.table)
            };
    } else if (is_of_table && (!given.has(Privilege::create) || !grant.of_columns.empty())) {
        connection_.existing_relation({level.schema, level.table});
        check_granted_columns(grant, level);
    }
    return level;
}

void SessionAccounts::check_granted_columns(const Grant& grant, const GrantLevel& level) const {
    const auto table = catalog_->find_table(level.schema, level.table);
    const auto view = catalog_->find_view(level.schema, level.table);
    for (const auto& part : grant.of_columns)
        for (const auto& column : part.columns) {
            const bool is_there = table ? table->find_column(column).has_value()
                                        : view && std::any_of(
                                                      view->columns.begin(),
                                                      view->columns.end(),
                                                      [&](const auto& name) {
                                                          return equals_ignoring_case(name, column);
                                                      }
                                                  );
            if (!is_there) throw unknown_column(column, level.table);
        }
}

// The privileges of one account after a GRANT or REVOKE.
Grants SessionAccounts::granted(
    const Grant& grant,
    const GrantLevel& level,
    Privileges given,
    Grants grants,
    const AccountName& name
) const {
    if (grant.is_everywhere) {
        grants.clear_privileges();
        return grants;
    }
    const auto table = catalog_->find_table(level.schema, level.table);
    const auto change = [&](const GrantLevel& at, Privileges privileges) {
        const auto held = grants.at(at);
        grants.set(at, grant.is_revoke ? held.without(privileges) : held.with(privileges));
    };
    const auto level_of = [&](const std::string& column) {
        const auto place = table ? table->find_column(column) : std::nullopt;
        return GrantLevel{
            level.schema,
            level.table,
            {},
            place ? table->columns[*place].name : column
        };
    };
    bool has_some = level.schema.empty() || !grants.at(level).is_empty();
    std::vector<GrantLevel> columns;
    for (const auto& [at, held] : grants.levels())
        if (!at.column.empty() && at.schema == level.schema && at.table == level.table)
            columns.push_back(at);
    has_some = has_some || !columns.empty();
    if (grant.is_revoke && !has_some) throw no_such_grant(name, level);
    change(level, given);
    if (grant.names_role_admin) grants.is_role_admin = !grant.is_revoke;
    if (grant.is_revoke) // MySQL: what is revoked of the table is revoked of its columns, too
        for (const auto& at : columns)
            change(at, given);
    for (const auto& part : grant.of_columns)
        for (const auto& column : part.columns)
            change(level_of(column), {part.privilege});
    return grants;
}

void SessionAccounts::run(Run& current, const Grant& grant) {
    Privileges given;
    const auto level = checked_level(grant, given);
    auto wanted = given;
    for (const auto& part : grant.of_columns)
        wanted = wanted.with({part.privilege});
    if (!grant.is_everywhere)
        check_granting(level, wanted);
    else if (!context_.may_do_everything && !rights()->at({}).has(Privilege::create_user))
        throw server_denied("CREATE USER");
    std::vector<std::pair<AccountName, Grants>> changed; // all of them or none
    for (const auto& user : grant.users) {
        const auto name = named(user);
        const auto known = engine_.grants_of(name);
        if (!known && grant.ignores_unknown) {
            context_.warnings.push_back(no_such_account(name));
            continue;
        }
        if (!known && !grant.is_revoke)
            throw SQLError{1410, "42000", "You are not allowed to create a user with GRANT"};
        try {
            if (!known && grant.is_everywhere)
                throw SQLError{
                    1269,
                    "HY000",
                    "Can't revoke all privileges for one or more of the requested users"
                };
            if (!known) throw no_such_grant(name, level);
            changed.emplace_back(name, granted(grant, level, given, *known, name));
        } catch (const SQLError& error) {
            if (!grant.if_exists) throw;
            context_.warn(error);
        }
    }
    for (auto& [name, grants] : changed)
        engine_.put_grants(name, std::move(grants), sqlite_.get());
    current.sink.done({});
}

// MySQL: automatic_sp_privileges. Whoever makes a routine may run, change and drop it.
void SessionAccounts::grant_routine(const StoredProgram& program) {
    const GrantLevel level{
        program.schema,
        lower_case(program.name),
        std::string(program_word(program.kind))
    };
    const auto wanted = all_privileges(level);
    const bool is_automatic = engine_.global_variables()["automatic_sp_privileges"] == "ON";
    if (program.kind == ProgramKind::trigger || context_.may_do_everything ||
        connection_.is_internal_ || !is_automatic || rights()->effective(level).has_all(wanted))
        return;
    const auto known = engine_.grants_of(context_.account());
    if (!known) return;
    auto grants = *known;
    grants.set(level, grants.at(level).with(wanted));
    engine_.put_grants(context_.account(), std::move(grants), sqlite_.get());
}

void SessionAccounts::forget_routine(const StoredProgram& program) {
    const GrantLevel level{
        program.schema,
        lower_case(program.name),
        std::string(program_word(program.kind))
    };
    for (const auto& name : engine_.users()) {
        const auto known = engine_.grants_of(name);
        if (!known || known->at(level).is_empty()) continue;
        auto grants = *known;
        grants.forget_routine(level);
        engine_.put_grants(name, std::move(grants), sqlite_.get());
    }
}

// MySQL: of the session's own account with what its active roles bring along.
std::pair<std::string, std::vector<std::string>> SessionAccounts::shown_grants(const Show& show
) const {
    const auto own = context_.account();
    const auto name = show.user ? named(*show.user) : own;
    const auto title = fmt::format("Grants for {}@{}", name.user, name.host);
    if (name == own && context_.may_do_everything)
        return {
            title,
            {fmt::format("GRANT ALL PRIVILEGES ON *.* TO {} WITH GRANT OPTION", quoted(name))}
        };
    if (name != own && !context_.may_do_everything &&
        !rights()->allows(Privilege::select, "mysql", ""))
        throw database_denied("mysql", account());
    const auto known = engine_.grants_of(name);
    if (!known) throw no_such_grant(name, {});
    std::vector<AccountName> with = name == own ? context_.roles : std::vector<AccountName>();
    const auto granted = engine_.roles_of(name);
    if (!show.with_roles.empty()) with.clear();
    for (const auto& each : show.with_roles) {
        with.push_back(named(each));
        if (std::find(granted.begin(), granted.end(), with.back()) == granted.end())
            throw role_not_granted(with.back(), name);
    }
    auto grants = *engine_.rights_of(name, with);
    grants.roles = known->roles;
    for (const auto& role : granted) // mandatory ones too
        grants.roles.try_emplace(role, false);
    return {title, grants.text(name)};
}

} // namespace diorama::rds::sql
