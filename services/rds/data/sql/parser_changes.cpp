// ALTER, DROP and RENAME.
// https://dev.mysql.com/doc/refman/8.0/en/alter-table.html
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

Statement Parser::alter() {
    if (accept("USER")) return create_user(true);
    if (at_event()) return create_event(true);
    if (at_view()) return create_view(true);
    if (accept("DATABASE") || accept("SCHEMA")) {
        AlterDatabase database;
        const bool is_named =
            at_name() &&
            !at_any({"DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "ENCRYPTION", "READ"});
        if (is_named) database.name = name();
        if (at_end()) fail();
        database.collation = database_options();
        if (at("READ")) throw not_supported("READ ONLY databases");
        return database;
    }
    if (accept("PROCEDURE")) return alter_routine(ProgramKind::procedure);
    if (accept("FUNCTION")) return alter_routine(ProgramKind::function);
    expect("TABLE");
    AlterTable alter;
    alter.table = table_name();
    if (at_end() || at(";")) return alter;
    do {
        const bool adds_several = at("ADD") && (at("(", 1) || (at("COLUMN", 1) && at("(", 2)));
        if (adds_several)
            add_columns(alter);
        else
            alter.clauses.push_back(alter_clause());
    } while (accept(","));
    return alter;
}

// ADD (a INT, b INT, KEY (a)): what stands in the parentheses of CREATE TABLE.
void Parser::add_columns(AlterTable& alter) {
    expect("ADD");
    accept("COLUMN");
    expect("(");
    CreateTable elements;
    do
        table_element(elements);
    while (accept(","));
    expect(")");
    for (auto& column : elements.columns) {
        auto& clause = alter.clauses.emplace_back();
        clause.kind = AlterClause::Kind::add_column;
        clause.column = std::move(column);
    }
    for (auto& key : elements.keys) {
        auto& clause = alter.clauses.emplace_back();
        clause.kind = AlterClause::Kind::add_key;
        clause.key = std::move(key);
    }
    for (auto& key : elements.foreign_keys) {
        auto& clause = alter.clauses.emplace_back();
        clause.kind = AlterClause::Kind::add_foreign_key;
        clause.foreign_key = std::move(key);
    }
    for (auto& check : elements.checks) {
        auto& clause = alter.clauses.emplace_back();
        clause.kind = AlterClause::Kind::add_check;
        clause.check = std::move(check);
    }
}

AlterClause Parser::alter_clause() {
    AlterClause clause;
    if (accept("ADD")) return add_clause();
    if (accept("DROP")) return drop_clause();
    if (at("CHANGE") || at("MODIFY")) return change_clause();
    if (accept("RENAME")) return rename_clause();
    if (accept("ALTER")) {
        if (accept("INDEX")) {
            clause.kind = AlterClause::Kind::show_key;
            clause.old_name = name();
            clause.key.is_visible = visibility();
            return clause;
        }
        if (accept("CHECK") || accept("CONSTRAINT")) {
            clause.kind = AlterClause::Kind::enforce_check;
            clause.old_name = name();
            if (!at("NOT") && !at("ENFORCED")) fail();
            clause.check.is_enforced = enforcement();
            return clause;
        }
        accept("COLUMN");
        clause.kind = AlterClause::Kind::set_default;
        clause.old_name = name();
        if (accept("SET")) {
            expect("DEFAULT");
            default_attribute(clause.column);
        } else {
            expect("DROP");
            expect("DEFAULT");
        }
        return clause;
    }
    if (at_any({"ALGORITHM", "LOCK"})) {
        ++at_;
        accept("=");
        ++at_;
        return clause;
    }
    if (accept_all({"ENABLE", "KEYS"}) || accept_all({"DISABLE", "KEYS"}) || accept("FORCE"))
        return clause;
    if (accept_all({"CONVERT", "TO"})) {
        clause.kind = AlterClause::Kind::convert;
        Type type = text_type(0);
        if (at("CHARACTER") && at("SET", 1) && at("DEFAULT", 2)) {
            at_ += 3; // MySQL: the database's
            if (!at("COLLATE")) return clause;
        }
        if (!character_attributes(type)) fail();
        clause.options.collation = type.collation;
        return clause;
    }
    if (accept_all({"ORDER", "BY"})) { // MySQL: ignored where rows lie in the order of a key
        do {
            name();
            if (!accept("ASC")) accept("DESC");
        } while (accept(","));
        return clause;
    }
    if (at_any({"PARTITION", "COALESCE", "REORGANIZE", "EXCHANGE", "DISCARD", "IMPORT"}))
        throw not_supported("ALTER TABLE … " + upper_case(peek().raw));
    clause.kind = AlterClause::Kind::options;
    if (!table_option(clause.options)) fail();
    return clause;
}

void Parser::column_place(AlterClause& clause) {
    if (accept("FIRST"))
        clause.is_first = true;
    else if (accept("AFTER"))
        clause.after = name();
}

AlterClause Parser::add_clause() {
    AlterClause clause;
    std::string constraint;
    if (accept("CONSTRAINT") && at_name()) constraint = name();
    if (accept_all({"PRIMARY", "KEY"})) {
        clause.kind = AlterClause::Kind::add_key;
        clause.key = key_specification(KeySpecification::Kind::primary, false);
    } else if (accept("UNIQUE")) {
        if (!accept("KEY")) accept("INDEX");
        clause.kind = AlterClause::Kind::add_key;
        clause.key = key_specification(KeySpecification::Kind::unique, true);
        if (clause.key.name.empty()) clause.key.name = constraint;
    } else if (accept("KEY") || accept("INDEX")) {
        clause.kind = AlterClause::Kind::add_key;
        clause.key = key_specification(KeySpecification::Kind::index, true);
    } else if (accept_all({"FOREIGN", "KEY"})) {
        clause.kind = AlterClause::Kind::add_foreign_key;
        clause.foreign_key = foreign_key(constraint);
    } else if (accept("CHECK")) {
        clause.kind = AlterClause::Kind::add_check;
        clause.check = check(constraint);
    } else if (accept("FULLTEXT")) {
        if (!accept("KEY")) accept("INDEX");
        clause.kind = AlterClause::Kind::add_key;
        clause.key = key_specification(KeySpecification::Kind::fulltext, true);
    } else if (accept("SPATIAL")) {
        if (!accept("KEY")) accept("INDEX");
        clause.kind = AlterClause::Kind::add_key;
        clause.key = key_specification(KeySpecification::Kind::spatial, true);
    } else if (at("PARTITION")) {
        throw not_supported("ADD " + upper_case(peek().raw));
    } else {
        accept("COLUMN");
        clause.kind = AlterClause::Kind::add_column;
        clause.column = column_specification();
        column_place(clause);
    }
    return clause;
}

AlterClause Parser::drop_clause() {
    AlterClause clause;
    if (accept_all({"PRIMARY", "KEY"})) {
        clause.kind = AlterClause::Kind::drop_primary_key;
    } else if (accept("INDEX") || accept("KEY")) {
        clause.kind = AlterClause::Kind::drop_key;
        clause.old_name = name();
    } else if (accept_all({"FOREIGN", "KEY"})) {
        clause.kind = AlterClause::Kind::drop_foreign_key;
        clause.old_name = name();
    } else if (accept("CHECK")) {
        clause.kind = AlterClause::Kind::drop_check;
        clause.old_name = name();
    } else if (accept("CONSTRAINT")) {
        clause.kind = AlterClause::Kind::drop_constraint;
        clause.old_name = name();
    } else {
        accept("COLUMN");
        clause.kind = AlterClause::Kind::drop_column;
        clause.old_name = name();
    }
    return clause;
}

AlterClause Parser::change_clause() {
    AlterClause clause;
    const bool renames = accept("CHANGE");
    if (!renames) expect("MODIFY");
    accept("COLUMN");
    clause.kind = AlterClause::Kind::change_column;
    if (renames) clause.old_name = name();
    clause.column = column_specification();
    if (!renames) clause.old_name = clause.column.name;
    column_place(clause);
    return clause;
}

AlterClause Parser::rename_clause() {
    AlterClause clause;
    if (accept("COLUMN") || at("INDEX") || at("KEY")) {
        const bool is_key = accept("INDEX") || accept("KEY");
        clause.kind = is_key ? AlterClause::Kind::rename_key : AlterClause::Kind::rename_column;
        clause.old_name = name();
        expect("TO");
        clause.new_name = name();
        return clause;
    }
    if (!accept("TO")) accept("AS");
    clause.kind = AlterClause::Kind::rename_table;
    clause.new_table = table_name();
    return clause;
}

Statement Parser::drop() {
    const bool is_temporary = accept("TEMPORARY");
    if (is_temporary && !at("TABLE") && !at("TABLES")) fail();
    if (accept("TABLE") || accept("TABLES")) {
        DropTables drop;
        drop.is_temporary = is_temporary;
        drop.if_exists = accept_all({"IF", "EXISTS"});
        do
            drop.tables.push_back(table_name());
        while (accept(","));
        if (!accept("RESTRICT")) accept("CASCADE");
        return drop;
    }
    if (accept("DATABASE") || accept("SCHEMA")) {
        DropDatabase drop;
        drop.if_exists = accept_all({"IF", "EXISTS"});
        drop.name = name();
        return drop;
    }
    if (accept("INDEX")) {
        AlterTable alter;
        auto& clause = alter.clauses.emplace_back();
        clause.kind = AlterClause::Kind::drop_key;
        if (accept("PRIMARY"))
            clause.kind = AlterClause::Kind::drop_primary_key;
        else
            clause.old_name = name();
        expect("ON");
        alter.table = table_name();
        return alter;
    }
    if (accept("USER")) return drop_user(false);
    if (accept("ROLE")) return drop_user(true);
    if (accept("VIEW")) return drop_views();
    if (accept("PROCEDURE")) return drop_program(ProgramKind::procedure);
    if (accept("FUNCTION")) return drop_program(ProgramKind::function);
    if (accept("TRIGGER")) return drop_program(ProgramKind::trigger);
    if (accept("EVENT")) return drop_event();
    fail();
}

Statement Parser::rename_tables() {
    expect("TABLE");
    RenameTables rename;
    do {
        auto from = table_name();
        expect("TO");
        rename.renames.emplace_back(std::move(from), table_name());
    } while (accept(","));
    return rename;
}

// CREATE INDEX is ALTER TABLE … ADD INDEX.
Statement Parser::create_index(KeySpecification::Kind kind) {
    AlterTable alter;
    auto& clause = alter.clauses.emplace_back();
    clause.kind = AlterClause::Kind::add_key;
    auto index_name = name();
    if (accept("USING")) ++at_;
    expect("ON");
    alter.table = table_name();
    clause.key = key_specification(kind, false);
    clause.key.name = std::move(index_name);
    while (at_any({"ALGORITHM", "LOCK"})) {
        ++at_;
        accept("=");
        ++at_;
    }
    return alter;
}

} // namespace diorama::rds::sql
