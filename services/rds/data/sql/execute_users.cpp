// Users and privileges: CREATE USER, GRANT, REVOKE, and the check before every statement.
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

SQLError
failed_operation(std::string_view operation, const std::string& user, const UserName& name) {
    return {
        1396,
        "HY000",
        fmt::format("Operation {} failed for '{}'@'{}'", operation, user, name.host)
    };
}

SQLError no_such_grant(std::string_view user, std::string_view host, const GrantLevel& level) {
    if (!level.table.empty())
        return {
            1147,
            "42000",
            fmt::format(
                "There is no such grant defined for user '{}' on host '{}' on table '{}'",
                user,
                host,
                level.table
            )
        };
    return {
        1141,
        "42000",
        fmt::format("There is no such grant defined for user '{}' on host '{}'", user, host)
    };
}

// Of a user that has been dropped: nothing is left.
std::shared_ptr<const Grants> or_nothing(std::shared_ptr<const Grants> grants) {
    return grants ? std::move(grants) : std::make_shared<const Grants>();
}

const std::string& named_user(const UserName& name, const Context& context) {
    return name.is_current ? context.user : name.user;
}

} // namespace

// Sessions of the engine itself belong to no user that is kept.
void Connection::check_access(const Statement& statement) {
    if (context_.may_do_everything) return;
    const auto grants = or_nothing(engine_.grants_of(context_.user));
    const Account account{context_.user, context_.host};
    for (const auto& need : needs_of(statement, *catalog_, context_.database)) {
        const bool allowed = grants->allows(need.privilege, need.schema, need.table) ||
                             grants->allows(need.alternative, need.schema, need.table);
        if (!allowed) throw denied(need, account);
    }
    if (const auto* show = std::get_if<Show>(&statement)) return check_shown(*show, *grants);
    // DIFFERS: AWS's master user calls mysql.rds_kill instead.
    const bool is_master = grants->at({}).has(Privilege::create_user);
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

void Connection::check_shown(const Show& show, const Grants& grants) const {
    using Kind = Show::Kind;
    const bool is_of_table =
        show.kind == Kind::columns || show.kind == Kind::create_table || show.kind == Kind::index;
    const auto schema = show.table.schema.empty() ? context_.database : show.table.schema;
    const bool is_open = equals_ignoring_case(schema, "information_schema") ||
                         equals_ignoring_case(schema, "performance_schema");
    const Account account{context_.user, context_.host};
    if (is_of_table && !is_open && !grants.sees(schema, show.table.table))
        throw denied(
            {Privilege::select,
             schema,
             show.table.table,
             show.kind == Kind::create_table ? "SHOW" : "SELECT",
             Privilege::select},
            account
        );
    const bool is_of_database = show.kind == Kind::tables || show.kind == Kind::table_status ||
                                show.kind == Kind::create_database;
    if (is_of_database && !is_open && !schema.empty() && !grants.sees(schema))
        throw database_denied(schema, account);
}

bool Connection::may_use(std::string_view schema) const {
    if (context_.may_do_everything) return true;
    return equals_ignoring_case(schema, "information_schema") ||
           equals_ignoring_case(schema, "performance_schema") ||
           or_nothing(engine_.grants_of(context_.user))->sees(schema);
}

void Connection::run(Run& current, const CreateUser& create) {
    const std::string_view operation = create.is_alter ? "ALTER USER" : "CREATE USER";
    for (const auto& account : create.accounts) {
        const auto user = named_user(account.name, context_);
        const auto known = engine_.find_user(user);
        if (known && !create.is_alter) {
            if (!create.if_not_exists) throw failed_operation(operation, user, account.name);
            context_.warnings.push_back(
                {"Note",
                 3163,
                 fmt::format("Authorization ID '{}'@'{}' already exists.", user, account.name.host)}
            );
            continue;
        }
        if (!known && create.is_alter) {
            if (!create.if_exists) throw failed_operation(operation, user, account.name);
            continue;
        }
        if (known && !account.password) continue; // of an account that is as it was
        const auto password = account.password.value_or("");
        engine_.put_user_record(
            user,
            UserRecord{mysql::native_verifier(password), mysql::sha2_verifier(password)},
            sqlite_.get()
        );
        if (!known) engine_.put_grants(user, {}, sqlite_.get());
    }
    current.sink.done({});
}

void Connection::run(Run& current, const DropUser& drop) {
    for (const auto& name : drop.users) {
        const auto user = named_user(name, context_);
        if (!engine_.find_user(user) && !drop.if_exists)
            throw failed_operation("DROP USER", user, name);
        engine_.put_user_record(user, std::nullopt, sqlite_.get());
        engine_.put_grants(user, std::nullopt, sqlite_.get());
    }
    current.sink.done({});
}

// Whoever gives a privilege has it, and with it the right to give it.
void Connection::check_granting(const GrantLevel& level, Privileges given) const {
    if (context_.may_do_everything) return;
    const auto held = or_nothing(engine_.grants_of(context_.user))->effective(level);
    if (held.has(Privilege::grant_option) && held.has_all(given)) return;
    const Account account{context_.user, context_.host};
    if (!level.table.empty())
        throw denied(
            {Privilege::grant_option, level.schema, level.table, "GRANT", Privilege::grant_option},
            account
        );
    if (!level.schema.empty()) throw database_denied(level.schema, account);
    throw access_denied(context_.user, "%", true);
}

void Connection::run(Run& current, const Grant& grant) {
    auto level = grant.level;
    const bool is_of_server = grant.names_schema && level.schema.empty() && level.table.empty();
    if (!is_of_server && level.schema.empty() && !grant.is_everywhere) level.schema = schema_of({});
    auto given = grant.privileges;
    if (grant.is_all) given = given.with(all_privileges(level));
    const auto possible = all_privileges(level).with({Privilege::grant_option});
    if (!possible.has_all(given)) {
        if (!level.table.empty())
            throw SQLError{
                1144,
                "42000",
                "Illegal GRANT/REVOKE command; please consult the manual to see which privileges "
                "can be used"
            };
        throw SQLError{1221, "HY000", "Incorrect usage of DB GRANT and GLOBAL PRIVILEGES"};
    }
    if (!grant.is_everywhere) check_granting(level, given);
    const bool needs_table =
        !level.table.empty() && !grant.is_revoke && !given.has(Privilege::create);
    if (needs_table) existing_relation({level.schema, level.table});
    for (const auto& name : grant.users) {
        const auto user = named_user(name, context_);
        const auto known = engine_.grants_of(user);
        if (!known && !grant.is_revoke)
            throw SQLError{1410, "42000", "You are not allowed to create a user with GRANT"};
        if (!known) throw no_such_grant(user, name.host, level);
        auto changed = *known;
        if (grant.is_everywhere)
            changed = {};
        else if (!grant.is_revoke)
            changed.set(level, known->at(level).with(given));
        else if (known->at(level).is_empty() && !is_of_server)
            throw no_such_grant(user, name.host, level);
        else
            changed.set(level, known->at(level).without(given));
        engine_.put_grants(user, std::move(changed), sqlite_.get());
    }
    current.sink.done({});
}

std::pair<std::string, std::vector<std::string>> Connection::shown_grants(const Show& show) const {
    const bool is_own = show.word.empty() || show.word == context_.user;
    const auto user = is_own ? context_.user : show.word;
    const auto title = fmt::format("Grants for {}@%", user);
    if (is_own && context_.may_do_everything)
        return {
            title,
            {fmt::format("GRANT ALL PRIVILEGES ON *.* TO `{}`@`%` WITH GRANT OPTION", user)}
        };
    if (!is_own && !context_.may_do_everything &&
        !or_nothing(engine_.grants_of(context_.user))->allows(Privilege::select, "mysql", ""))
        throw database_denied("mysql", {context_.user, context_.host});
    const auto grants = engine_.grants_of(user);
    if (!grants) throw no_such_grant(user, "%", {});
    return {title, grants->text(user, "%")};
}

} // namespace diorama::rds::sql
