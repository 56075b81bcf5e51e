// SET and SHOW.
// https://dev.mysql.com/doc/refman/8.0/en/sql-server-administration-statements.html
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

Statement Parser::set() {
    if (at("NAMES")) {
        ++at_;
        SetNames names;
        if (!accept("DEFAULT")) names.character_set = name_or_text();
        if (accept("COLLATE")) names.collation = name_or_text();
        return names;
    }
    if (accept_all({"CHARACTER", "SET"}) || accept("CHARSET")) {
        SetNames names;
        names.leaves_connection = true;
        if (!accept("DEFAULT")) names.character_set = name_or_text();
        return names;
    }
    const bool is_global = at("GLOBAL");
    const std::size_t scope_words = at_any({"GLOBAL", "SESSION", "LOCAL"}) ? 1 : 0;
    if (at("TRANSACTION", scope_words)) {
        at_ += scope_words + 1;
        return set_transaction(is_global);
    }
    if (at("PASSWORD") && (at("=", 1) || at("FOR", 1))) {
        ++at_;
        return set_password();
    }
    if (at("ROLE") && !at("=", 1) && !at(":=", 1)) {
        ++at_;
        return set_role(false);
    }
    if (accept_all({"DEFAULT", "ROLE"})) return set_role(true);
    SetVariables set;
    do
        set_item(set);
    while (accept(","));
    return set;
}

void Parser::set_item(SetVariables& set) {
    using Scope = SetVariables::Item::Scope;
    SetVariables::Item item;
    if (peek().kind == TokenKind::user_variable) {
        item.scope = Scope::user;
        item.name = token_value(tokens_[at_++]);
    } else {
        const bool has_sign = accept("@@");
        if (at_any({"GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY"}) &&
            (!has_sign || at(".", 1))) {
            if (!at("SESSION") && !at("LOCAL")) item.scope = Scope::global;
            ++at_;
            if (has_sign) expect(".");
        }
        item.name = lower_case(name_after_point());
    }
    if (!accept(":=")) expect("=");
    if (accept("DEFAULT")) {
        set.items.push_back(std::move(item));
        return;
    }
    const bool is_bare_word = peek().kind == TokenKind::word && item.scope != Scope::user &&
                              !at("(", 1) && !at_any({"NULL", "TRUE", "FALSE", "CASE", "NOT"}) &&
                              !at_variable();
    if (is_bare_word) { // SET sql_log_bin = OFF, SET character_set_results = utf8mb4
        item.value = std::make_unique<Expr>();
        item.value->kind = ExprKind::text;
        item.value->text = std::string(tokens_[at_++].raw);
    } else {
        item.value = expression();
    }
    set.items.push_back(std::move(item));
}

Statement Parser::set_transaction(bool is_global) {
    SetTransaction set;
    set.is_global = is_global;
    do {
        if (accept_all({"ISOLATION", "LEVEL"})) {
            if (accept_all({"READ", "COMMITTED"}))
                set.isolation = "READ-COMMITTED";
            else if (accept_all({"READ", "UNCOMMITTED"}))
                set.isolation = "READ-UNCOMMITTED";
            else if (accept_all({"REPEATABLE", "READ"}))
                set.isolation = "REPEATABLE-READ";
            else {
                expect("SERIALIZABLE");
                set.isolation = "SERIALIZABLE";
            }
        } else if (accept_all({"READ", "ONLY"})) {
            set.is_read_only = true;
        } else {
            expect("READ");
            expect("WRITE");
            set.is_read_only = false;
        }
    } while (accept(","));
    return set;
}

void Parser::show_filter(Show& show) {
    if (accept("LIKE"))
        show.like = text_literal();
    else if (accept("WHERE"))
        show.where = expression();
}

Statement Parser::show() {
    auto show = show_what();
    if (show.kind != Show::Kind::create_table && show.kind != Show::Kind::create_database &&
        show.kind != Show::Kind::create_program)
        show_filter(show);
    if (accept("LIMIT")) {
        integer_literal();
        if (accept(",")) integer_literal();
    }
    return show;
}

Show Parser::show_what() {
    using Kind = Show::Kind;
    Show show;
    const auto of = [&](Kind kind) -> Show {
        show.kind = kind;
        return std::move(show);
    };
    const auto in_database = [this](TableName& table) {
        if (accept("FROM") || accept("IN")) table.schema = name();
    };
    accept("EXTENDED");
    show.is_full = accept("FULL");
    show.is_global = accept("GLOBAL");
    if (!show.is_global && !accept("SESSION")) accept("LOCAL");
    if (accept("DATABASES") || accept("SCHEMAS")) return of(Kind::databases);
    if (accept("TABLES")) {
        in_database(show.table);
        return of(Kind::tables);
    }
    if (accept_all({"TABLE", "STATUS"})) {
        in_database(show.table);
        return of(Kind::table_status);
    }
    const bool is_columns = accept("COLUMNS") || accept("FIELDS");
    if (is_columns || accept("INDEX") || accept("INDEXES") || accept("KEYS")) {
        if (!accept("FROM")) expect("IN");
        show.table = table_name();
        in_database(show.table);
        return of(is_columns ? Kind::columns : Kind::index);
    }
    if (accept("CREATE")) {
        show_created(show);
        return show;
    }
    if (accept("VARIABLES")) return of(Kind::variables);
    if (accept("STATUS")) return of(Kind::status);
    if (accept_all({"COUNT", "(", "*", ")"})) show.is_count = true;
    if (accept("WARNINGS")) return of(Kind::warnings);
    if (accept("ERRORS")) return of(Kind::errors);
    if (show.is_count) fail();
    if (accept("PROCESSLIST")) return of(Kind::processlist);
    if (accept("ENGINES") || accept_all({"STORAGE", "ENGINES"})) return of(Kind::engines);
    if (accept("COLLATION")) return of(Kind::collations);
    if (accept("CHARSET") || accept_all({"CHARACTER", "SET"})) return of(Kind::character_sets);
    for (const auto* word : {"REPLICA", "SLAVE"}) {
        if (!accept_all({word, "STATUS"})) continue;
        show.word = word;
        return of(Kind::replica_status);
    }
    if (accept("GRANTS")) {
        if (accept("FOR")) show.user = user_name();
        if (show.user && accept("USING")) show.with_roles = user_names();
        return of(Kind::grants);
    }
    if (shows_programs(show)) return show;
    shows_absent(show);
    in_database(show.table);
    return of(Kind::nothing);
}

// What there is none of here, and what is not emulated.
void Parser::shows_absent(Show& show) {
    if (accept_all({"MASTER", "STATUS"}) || accept_all({"BINARY", "LOG", "STATUS"})) {
        show.word = "MASTER";
        return;
    }
    if (accept_all({"BINARY", "LOGS"}) || accept_all({"MASTER", "LOGS"}))
        throw SQLError{1381, "HY000", "You are not using binary logging"};
    if (at_any({"ENGINE", "PRIVILEGES", "BINLOG", "RELAYLOG", "REPLICAS", "PROFILE", "CODE"}))
        throw not_supported("SHOW " + upper_case(peek().raw));
    if (!at_any({"PLUGINS", "OPEN", "PROFILES"})) fail();
    show.word = upper_case(tokens_[at_++].raw);
    if (!accept("STATUS")) accept("TABLES");
}

// After SHOW CREATE.
void Parser::show_created(Show& show) {
    using Kind = Show::Kind;
    if (accept("TABLE") || accept("VIEW")) {
        show.is_view = equals_ignoring_case(tokens_[at_ - 1].raw, "VIEW");
        show.table = table_name();
        show.kind = Kind::create_table;
        return;
    }
    if (accept("DATABASE") || accept("SCHEMA")) {
        accept_all({"IF", "NOT", "EXISTS"});
        show.table.schema = name();
        show.kind = Kind::create_database;
        return;
    }
    show.kind = Kind::create_program;
    for (const auto* word : {"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"}) {
        if (!accept(word)) continue;
        show.word = word;
        show.table = table_name();
        return;
    }
    throw not_supported("SHOW CREATE " + upper_case(peek().raw));
}

bool Parser::shows_programs(Show& show) {
    for (const auto* word : {"TRIGGERS", "EVENTS", "PROCEDURE", "FUNCTION"}) {
        if (!accept(word)) continue;
        show.kind = Show::Kind::programs;
        show.word = word;
        if (show.word != "TRIGGERS" && show.word != "EVENTS")
            expect("STATUS");
        else if (accept("FROM") || accept("IN"))
            show.table.schema = name();
        return true;
    }
    return false;
}

} // namespace diorama::rds::sql
