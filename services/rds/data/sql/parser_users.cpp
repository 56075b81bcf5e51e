// CREATE USER, ALTER USER, SET PASSWORD, GRANT, REVOKE.
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
        ++at_; // REQUIRE, PASSWORD EXPIRE, ACCOUNT …
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

Statement Parser::drop_user() {
    DropUser drop;
    drop.if_exists = accept_all({"IF", "EXISTS"});
    do
        drop.users.push_back(user_name());
    while (accept(","));
    return drop;
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
        if (peek().kind != TokenKind::word) throw not_supported("roles");
        words += (words.empty() ? "" : " ") + upper_case(tokens_[at_++].raw);
    }
    if (at("(")) throw not_supported("privileges of columns");
    const auto found = find_privilege(words);
    if (!found && (at("TO") || at("FROM"))) throw not_supported("roles");
    if (!found && words == "PROXY") throw not_supported("PROXY");
    if (!found && words.find('_') != std::string::npos)
        throw not_supported("the dynamic privilege " + words);
    if (!found) fail();
    grant.privileges = grant.privileges.with({*found});
}

void Parser::grant_level(Grant& grant) {
    if (at_any({"PROCEDURE", "FUNCTION"})) throw not_supported("privileges of routines");
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

Statement Parser::grant() {
    Grant grant;
    grant.is_revoke = accept("REVOKE");
    if (!grant.is_revoke) expect("GRANT");
    if (grant.is_revoke) accept_all({"IF", "EXISTS"});
    do
        privilege(grant);
    while (accept(","));
    grant.is_everywhere = grant.is_revoke && !at("ON");
    if (!grant.is_everywhere) {
        expect("ON");
        grant_level(grant);
    }
    expect(grant.is_revoke ? "FROM" : "TO");
    do
        grant.users.push_back(user_name());
    while (accept(","));
    if (!grant.is_revoke && accept("WITH")) {
        expect("GRANT");
        expect("OPTION");
        grant.privileges = grant.privileges.with({Privilege::grant_option});
    }
    return grant;
}

} // namespace diorama::rds::sql
