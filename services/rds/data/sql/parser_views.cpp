// CREATE VIEW, ALTER VIEW, DROP VIEW.
// https://dev.mysql.com/doc/refman/8.0/en/create-view.html
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/parser.hpp"

#include <span>

namespace diorama::rds::sql {

// What stands between CREATE [OR REPLACE] and VIEW, TRIGGER, PROCEDURE …
void Parser::definer_clause(std::string& definer) {
    if (!accept("DEFINER")) return;
    expect("=");
    const bool is_current = at("CURRENT_USER");
    const auto user = user_name();
    if (!is_current) definer = "`" + user.user + "`@`" + user.host + "`";
}

// Whether, after CREATE, a view follows; OR REPLACE, ALGORITHM and the like stand before the word.
bool Parser::at_view() const {
    for (std::size_t ahead = 0; ahead < 16 && peek(ahead).kind != TokenKind::end; ++ahead) {
        if (at("VIEW", ahead)) return true;
        if (at("TABLE", ahead) || at("TRIGGER", ahead) || at("PROCEDURE", ahead) ||
            at("FUNCTION", ahead) || at("EVENT", ahead))
            return false;
    }
    return false;
}

namespace {

// The same text for a reader without modes: views outlive the session that made them.
std::string plain_text(std::span<const Token> tokens) {
    std::string text;
    for (const auto& token : tokens) {
        if (token.raw == "||") throw not_supported("|| in a view under this sql_mode");
        if (!text.empty()) text += ' ';
        if (token.kind == TokenKind::quoted_name)
            text += quoted_name(token_value(token));
        else if (token.kind == TokenKind::text)
            text += quoted_text(token_value(token));
        else
            text += token.raw;
    }
    return text;
}

} // namespace

Statement Parser::create_view(bool is_alter) {
    CreateView create;
    create.is_alter = is_alter;
    create.replaces = accept_all({"OR", "REPLACE"}) || is_alter;
    if (accept("ALGORITHM")) {
        expect("=");
        create.algorithm = upper_case(peek().raw);
        if (!accept("UNDEFINED") && !accept("MERGE")) expect("TEMPTABLE");
    }
    definer_clause(create.definer);
    if (accept_all({"SQL", "SECURITY"})) {
        create.is_invoker = accept("INVOKER");
        if (!create.is_invoker) expect("DEFINER");
    }
    expect("VIEW");
    create.view = table_name();
    if (at("(")) create.columns = name_list();
    expect("AS");
    const auto first = at_;
    const auto parameters = parameter_count_;
    create.select = query();
    create.source = modes_ == Modes{} ? source_from(first)
                                      : plain_text(std::span(tokens_).subspan(first, at_ - first));
    create.has_parameters = parameter_count_ != parameters;
    for (auto i = first; i < at_; ++i)
        create.has_parameters = create.has_parameters ||
                                tokens_[i].kind == TokenKind::user_variable ||
                                tokens_[i].raw == "@@";
    if (!accept("WITH")) return create;
    create.check = accept("LOCAL") ? CheckOption::local : CheckOption::cascaded;
    accept("CASCADED");
    expect("CHECK");
    expect("OPTION");
    return create;
}

Statement Parser::drop_views() {
    DropViews drop;
    drop.if_exists = accept_all({"IF", "EXISTS"});
    do
        drop.views.push_back(table_name());
    while (accept(","));
    if (!accept("RESTRICT")) accept("CASCADE");
    return drop;
}

} // namespace diorama::rds::sql
