// Accounts: CREATE USER, ALTER USER and their kin, and the check before every statement.
// https://dev.mysql.com/doc/refman/8.0/en/account-management-statements.html
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_accounts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace diorama::rds::sql {

namespace {

SQLError failed_operation(std::string_view operation, const std::string& names) {
    return {1396, "HY000", fmt::format("Operation {} failed for {}", operation, names)};
}

Warning already_there(const AccountName& name) {
    return {"Note", 3163, fmt::format("Authorization ID {} already exists.", in_quotes(name))};
}

// MySQL: of an account whose password has expired, "the client can reset the password" and "can use
// the SET statement", as drivers do at once.
bool is_open_to_expired(const Statement& statement) {
    const auto* create = std::get_if<CreateUser>(&statement);
    return (create != nullptr && create->is_alter) || std::holds_alternative<SetNames>(statement) ||
           std::holds_alternative<SetVariables>(statement);
}

} // namespace

Warning no_such_account(const AccountName& name) {
    return {"Note", 3162, fmt::format("Authorization ID {} does not exist.", in_quotes(name))};
}

SQLError unknown_account(const AccountName& name) {
    return {3523, "HY000", fmt::format("Unknown authorization ID {}", quoted(name))};
}

Account Connection::account() const {
    return {context_.user, context_.host, context_.account_host};
}

AccountName SessionAccounts::named(const UserName& name) const {
    return name.is_current ? context_.account() : AccountName{name.user, name.host};
}

// Of an account that has been dropped: nothing is left.
std::shared_ptr<const Grants> Connection::rights() const {
    auto rights = engine_.rights_of(context_.account(), context_.roles);
    return rights ? std::move(rights) : std::make_shared<const Grants>();
}

// Sessions of the engine itself belong to no user that is kept.
void SessionAccounts::check_access(const Statement& statement) {
    if (context_.must_change_password && !is_open_to_expired(statement))
        throw SQLError{
            1820,
            "HY000",
            "You must reset your password using ALTER USER statement before executing this "
            "statement."
        };
    if (context_.may_do_everything) return;
    const auto grants = rights();
    std::vector<Need> by_columns;
    for (auto& need : needs_of(statement, *catalog_, context_.database)) {
        if (need.schema.empty() && !need.table.empty()) need.schema = context_.database;
        if (!need.routine.empty()) need.table = lower_case(need.table);
        const GrantLevel level{need.schema, need.table, need.routine};
        if (grants->allows(need.privilege, level) || grants->allows(need.alternative, level))
            continue;
        const bool has_columns = need.routine.empty() && !need.is_through_view &&
                                 grants->has_columns(need.privilege, need.schema, need.table);
        if (!has_columns) throw denied(need, account());
        by_columns.push_back(std::move(need));
    }
    if (!by_columns.empty()) check_columns(statement, by_columns, *grants);
    check_administration(statement, *grants);
}

// What `*` stands for.
std::vector<std::string> SessionAccounts::listed_columns(const ColumnUse& use) const {
    if (const auto view = catalog_->find_view(use.schema, use.table)) return view->columns;
    std::vector<std::string> names;
    if (const auto table = catalog_->find_table(use.schema, use.table))
        for (const auto& column : table->columns)
            if (column.is_listed()) names.push_back(column.name);
    return names;
}

// MySQL: who lacks a privilege on the table may have it on all columns that are used.
void SessionAccounts::check_columns(
    const Statement& statement,
    const std::vector<Need>& needs,
    const Grants& grants
) const {
    const auto uses = columns_used(statement, *catalog_, context_.database);
    if (!uses) throw denied(needs.front(), account());
    for (const auto& use : *uses)
        for (const auto& need : needs) {
            const bool is_of_need = need.privilege == use.privilege && need.schema == use.schema &&
                                    need.table == use.table;
            if (!is_of_need) continue;
            const auto allows = [&](const std::string& column) {
                return grants.allows(use.privilege, GrantLevel{use.schema, use.table, {}, column});
            };
            if (!use.column.empty()) {
                if (!allows(use.column)) throw column_denied(use, account());
                continue;
            }
            for (const auto& column : listed_columns(use))
                if (!allows(column)) throw denied(need, account());
        }
}

void SessionAccounts::check_administration(const Statement& statement, const Grants& grants) const {
    if (const auto* show = std::get_if<Show>(&statement)) return check_shown(*show, grants);
    // DIFFERS: AWS's master user calls mysql.rds_kill instead.
    const bool is_master = grants.at({}).has(Privilege::create_user);
    if (const auto* kill = std::get_if<Kill>(&statement); kill != nullptr && !is_master)
        for (const auto& session : engine_.sessions())
            if (session.id == kill->connection && session.user != context_.user)
                throw SQLError{
                    1095,
                    "HY000",
                    fmt::format("You are not owner of thread {}", kill->connection)
                };
    if (const auto* set = std::get_if<SetVariables>(&statement))
        for (const auto& item : set->items)
            // DIFFERS: AWS's master user may not do it either.
            if (item.scope == SetVariables::Item::Scope::global && !is_master)
                throw server_denied("SUPER or SYSTEM_VARIABLES_ADMIN");
}

void SessionAccounts::check_shown(const Show& show, const Grants& grants) const {
    using Kind = Show::Kind;
    const bool is_of_table =
        show.kind == Kind::columns || show.kind == Kind::create_table || show.kind == Kind::index;
    const auto schema = show.table.schema.empty() ? context_.database : show.table.schema;
    const bool is_open = equals_ignoring_case(schema, "information_schema") ||
                         equals_ignoring_case(schema, "performance_schema");
    if (is_of_table && !is_open && !grants.sees(schema, show.table.table))
        throw denied(
            {Privilege::select,
             schema,
             show.table.table,
             show.kind == Kind::create_table ? "SHOW" : "SELECT",
             Privilege::select},
            account()
        );
    const bool is_of_database = show.kind == Kind::tables || show.kind == Kind::table_status ||
                                show.kind == Kind::create_database;
    if (is_of_database && !is_open && !schema.empty() && !grants.sees(schema))
        throw database_denied(schema, account());
}

bool Connection::may_use(std::string_view schema) const {
    if (context_.may_do_everything) return true;
    return equals_ignoring_case(schema, "information_schema") ||
           equals_ignoring_case(schema, "performance_schema") || rights()->sees(schema);
}

// All of them or none: what fails is told of all.
std::vector<std::optional<AccountName>> SessionAccounts::accounts_to_change(const CreateUser& create
) {
    const std::string_view operation = create.is_alter  ? "ALTER USER"
                                       : create.is_role ? "CREATE ROLE"
                                                        : "CREATE USER";
    std::vector<std::optional<AccountName>> changed;
    std::string failed;
    for (const auto& account : create.accounts) {
        const auto name = named(account.name);
        const bool is_known = engine_.find_user(name).has_value();
        if (is_known == create.is_alter) {
            changed.emplace_back(name);
            continue;
        }
        changed.emplace_back(); // it stays as it is
        if (create.if_not_exists)
            context_.warnings.push_back(already_there(name));
        else if (create.if_exists)
            context_.warnings.push_back(no_such_account(name));
        else
            failed += (failed.empty() ? "" : ",") + in_quotes(name);
    }
    if (!failed.empty()) throw failed_operation(operation, failed);
    for (const auto& role : create.default_roles)
        if (!engine_.find_user(named(role))) throw unknown_account(named(role));
    return changed;
}

void SessionAccounts::run(Run& current, const CreateUser& create) {
    const auto names = accounts_to_change(create);
    std::vector<std::pair<AccountName, Grants>> changed; // all of them or none
    for (const auto& name : names) {
        if (!name || (create.is_alter && !create.names_default_roles)) continue;
        auto grants = create.is_alter ? *engine_.grants_of(*name) : Grants();
        if (create.names_default_roles) put_default_roles(create, *name, grants);
        changed.emplace_back(*name, std::move(grants));
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!names[i]) continue;
        const auto& name = *names[i];
        const auto& password = create.accounts[i].password;
        auto record = engine_.find_user(name).value_or(UserRecord{});
        if (password) {
            record.native_verifier = mysql::native_verifier(*password);
            record.sha2_verifier = mysql::sha2_verifier(*password);
            record.is_expired = false;
        } else if (!create.is_alter) {
            record.native_verifier = mysql::native_verifier("");
            record.sha2_verifier = mysql::sha2_verifier("");
        }
        if (create.is_locked) record.is_locked = *create.is_locked;
        if (create.expires) record.is_expired = *create.expires;
        engine_.put_user_record(name, std::move(record), sqlite_.get());
        if (password && name == context_.account()) context_.must_change_password = false;
    }
    for (auto& [name, grants] : changed)
        engine_.put_grants(name, std::move(grants), sqlite_.get());
    current.sink.done({});
}

// MySQL: CREATE USER grants what it makes a default, ALTER USER wants it granted.
void SessionAccounts::put_default_roles(
    const CreateUser& create,
    const AccountName& name,
    Grants& grants
) {
    grants.default_roles.clear();
    for (const auto& role : create.default_roles) {
        if (!create.is_alter) grants.roles.try_emplace(named(role), false);
        if (!grants.roles.contains(named(role))) throw role_not_granted(named(role), name);
        grants.default_roles.insert(named(role));
    }
    if (create.defaults_to_all_roles)
        for (const auto& [role, with_admin] : grants.roles)
            grants.default_roles.insert(role);
}

// What others were granted of a role goes with it.
void SessionAccounts::forget_role(const AccountName& role) {
    for (const auto& name : engine_.users()) {
        const auto known = engine_.grants_of(name);
        if (!known || !known->roles.contains(role)) continue;
        auto grants = *known;
        grants.roles.erase(role);
        grants.default_roles.erase(role);
        engine_.put_grants(name, std::move(grants), sqlite_.get());
    }
}

void SessionAccounts::run(Run& current, const DropUser& drop) {
    std::string failed;
    std::vector<AccountName> dropped;
    for (const auto& user : drop.users) {
        const auto name = named(user);
        refuse_mandatory(name);
        if (engine_.find_user(name))
            dropped.push_back(name);
        else if (drop.if_exists)
            context_.warnings.push_back(no_such_account(name));
        else
            failed += (failed.empty() ? "" : ",") + in_quotes(name);
    }
    if (!failed.empty()) throw failed_operation(drop.is_role ? "DROP ROLE" : "DROP USER", failed);
    for (const auto& name : dropped) {
        engine_.put_user_record(name, std::nullopt, sqlite_.get());
        engine_.put_grants(name, std::nullopt, sqlite_.get());
        forget_role(name);
    }
    current.sink.done({});
}

void SessionAccounts::run(Run& current, const RenameUser& rename) {
    std::string failed;
    const auto users = engine_.users();
    std::set<AccountName> names(users.begin(), users.end()); // as they become one by one
    for (const auto& [from, to] : rename.names) {
        if (names.contains(named(to)) || names.erase(named(from)) == 0)
            failed += (failed.empty() ? "" : ",") + in_quotes(named(from));
        else
            names.insert(named(to));
        for (const auto& name : engine_.users())
            if (const auto grants = engine_.grants_of(name);
                grants && grants->roles.contains(named(from)))
                throw SQLError{3532, "HY000", "Renaming of a role identifier is forbidden"};
    }
    if (!failed.empty()) throw failed_operation("RENAME USER", failed);
    for (const auto& [from, to] : rename.names) {
        auto record = engine_.find_user(named(from));
        const auto grants = engine_.grants_of(named(from));
        engine_.put_user_record(named(from), std::nullopt, sqlite_.get());
        engine_.put_grants(named(from), std::nullopt, sqlite_.get());
        engine_.put_user_record(named(to), std::move(record), sqlite_.get());
        engine_.put_grants(named(to), grants ? *grants : Grants(), sqlite_.get());
    }
    current.sink.done({});
}

} // namespace diorama::rds::sql
