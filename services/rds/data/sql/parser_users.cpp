// Accounts, roles and what they are granted: CREATE USER, CREATE ROLE, GRANT, REVOKE, SET ROLE.
// https://dev.mysql.com/doc/refman/8.0/en/account-management-statements.html
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

UserName Parser::user_name() {
    UserName user;
    for (const auto* word : {"CURRENT_USER", "USER"}) {
        if (!at(word)) continue;
        const bool is_call = accept_all({word, "(", ")"});
        if (!is_call && !accept("CURRENT_USER")) continue;
        user.is_current = true;
        return user;
    }
    user.user = name_or_text();
    if (peek().kind == TokenKind::user_variable) user.host = token_value(tokens_[at_++]);
    return user;
}

std::vector<UserName> Parser::user_names() {
    std::vector<UserName> names;
    do
        names.push_back(user_name());
    while (accept(","));
    return names;
}

Statement Parser::create_user(bool is_alter) {
    CreateUser create;
    create.is_alter = is_alter;
    create.if_not_exists = accept_all({"IF", "NOT", "EXISTS"});
    create.if_exists = accept_all({"IF", "EXISTS"});
    do {
        auto& account = create.accounts.emplace_back();
        account.name = user_name();
        if (!accept("IDENTIFIED")) continue;
        if (accept("WITH")) name_or_text();
        if (accept("BY"))
            account.password = text_literal();
        else if (at("AS"))
            throw not_supported("IDENTIFIED … AS");
    } while (accept(","));
    while (!at_end() && !at(";"))
        account_option(create);
    return create;
}

void Parser::account_option(CreateUser& create) {
    if (accept_all({"DEFAULT", "ROLE"})) {
        create.names_default_roles = true;
        if (accept("ALL"))
            create.defaults_to_all_roles = true;
        else if (!accept("NONE"))
            create.default_roles = user_names();
    } else if (accept_all({"ACCOUNT", "LOCK"})) {
        create.is_locked = true;
    } else if (accept_all({"ACCOUNT", "UNLOCK"})) {
        create.is_locked = false;
    } else if (accept_all({"PASSWORD", "EXPIRE"})) {
        const bool is_plan = at_any({"DEFAULT", "NEVER", "INTERVAL"});
        if (!is_plan) create.expires = true;
        if (is_plan && accept("INTERVAL"))
            at_ += 2; // DIFFERS: passwords do not grow old
        else if (is_plan)
            ++at_;
    } else {
        ++at_; // REQUIRE, limits, COMMENT …
    }
}

Statement Parser::create_role() {
    CreateUser create;
    create.is_role = true;
    create.is_locked = true;
    create.expires = true;
    create.if_not_exists = accept_all({"IF", "NOT", "EXISTS"});
    for (auto& name : user_names())
        create.accounts.push_back({std::move(name), {}});
    return create;
}

Statement Parser::set_password() {
    CreateUser alter;
    alter.is_alter = true;
    auto& account = alter.accounts.emplace_back();
    account.name.is_current = !accept("FOR");
    if (!account.name.is_current) account.name = user_name();
    expect("=");
    account.password = text_literal();
    return alter;
}

Statement Parser::drop_user(bool is_role) {
    DropUser drop;
    drop.is_role = is_role;
    drop.if_exists = accept_all({"IF", "EXISTS"});
    drop.users = user_names();
    return drop;
}

Statement Parser::rename_user() {
    RenameUser rename;
    do {
        auto from = user_name();
        expect("TO");
        rename.names.emplace_back(std::move(from), user_name());
    } while (accept(","));
    return rename;
}

// SET ROLE; SET DEFAULT ROLE … TO.
Statement Parser::set_role(bool is_default) {
    using Kind = SetRole::Kind;
    SetRole set;
    set.is_default = is_default;
    if (!is_default && accept("DEFAULT")) {
        set.kind = Kind::defaults;
    } else if (accept("NONE")) {
        set.kind = Kind::none;
    } else if (accept("ALL")) {
        set.kind = Kind::all;
        if (!is_default && accept("EXCEPT")) set.roles = user_names();
    } else {
        set.roles = user_names();
    }
    if (is_default) {
        expect("TO");
        set.users = user_names();
    }
    return set;
}

void Parser::privilege(Grant& grant) {
    if (accept("ALL")) {
        accept("PRIVILEGES");
        grant.is_all = true;
        return;
    }
    if (accept("USAGE")) return;
    std::string words;
    while (!at(",") && !at("ON") && !at("TO") && !at("FROM") && !at("(") && !at_end()) {
        if (peek().kind != TokenKind::word) fail();
        words += (words.empty() ? "" : " ") + upper_case(tokens_[at_++].raw);
    }
    const auto found = find_privilege(words);
    if (words == "ROLE_ADMIN") {
        grant.names_role_admin = true;
        return;
    }
    if (!found && words == "PROXY") throw not_supported("PROXY");
    if (!found && words.find('_') != std::string::npos)
        throw not_supported("the dynamic privilege " + words);
    if (!found) fail();
    const bool may_be_of_columns = found == Privilege::select || found == Privilege::insert ||
                                   found == Privilege::update || found == Privilege::references;
    if (at("(") && !may_be_of_columns) fail();
    if (at("("))
        grant.of_columns.push_back({*found, name_list()});
    else
        grant.privileges = grant.privileges.with({*found});
}

void Parser::grant_level(Grant& grant) {
    for (const auto* kind : {"PROCEDURE", "FUNCTION"})
        if (at(kind) && !at(".", 1) && accept(kind)) grant.level.routine = kind;
    accept("TABLE");
    if (accept("*")) {
        grant.names_schema = accept(".");
        if (grant.names_schema) expect("*");
        return;
    }
    auto first = name();
    if (!accept(".")) {
        grant.level.table = std::move(first);
        return;
    }
    grant.names_schema = true;
    grant.level.schema = std::move(first);
    if (!accept("*")) grant.level.table = name_after_point();
}

// GRANT role TO user, where GRANT privilege ON something might stand.
bool Parser::grants_roles() const {
    for (std::size_t ahead = 0; peek(ahead).kind != TokenKind::end; ++ahead) {
        if (at("ON", ahead) || at("ALL", ahead) || at("PROXY", ahead)) return false;
        if (at("TO", ahead) || at("FROM", ahead)) return true;
    }
    return false;
}

Statement Parser::grant_roles(bool is_revoke, bool if_exists) {
    GrantRoles grant;
    grant.is_revoke = is_revoke;
    grant.if_exists = if_exists;
    grant.roles = user_names();
    expect(is_revoke ? "FROM" : "TO");
    grant.users = user_names();
    grant.with_admin = !is_revoke && accept_all({"WITH", "ADMIN", "OPTION"});
    grant.ignores_unknown = is_revoke && accept_all({"IGNORE", "UNKNOWN", "USER"});
    return grant;
}

Statement Parser::grant() {
    Grant grant;
    grant.is_revoke = accept("REVOKE");
    if (!grant.is_revoke) expect("GRANT");
    grant.if_exists = grant.is_revoke && accept_all({"IF", "EXISTS"});
    if (grants_roles()) return grant_roles(grant.is_revoke, grant.if_exists);
    do
        privilege(grant);
    while (accept(","));
    grant.is_everywhere = grant.is_revoke && !at("ON");
    if (!grant.is_everywhere) {
        expect("ON");
        grant_level(grant);
    }
    expect(grant.is_revoke ? "FROM" : "TO");
    grant.users = user_names();
    if (grant.is_revoke) grant.ignores_unknown = accept_all({"IGNORE", "UNKNOWN", "USER"});
    if (!grant.is_revoke && accept("WITH")) {
        expect("GRANT");
        expect("OPTION");
        grant.privileges = grant.privileges.with({Privilege::grant_option});
    }
    return grant;
}

} // namespace diorama::rds::sql
