// CREATE: databases, tables, indexes, users.
// https://dev.mysql.com/doc/refman/8.0/en/create-table.html
#include "services/rds/data/sql/parser.hpp"
#include "services/rds/data/sql/spatial_systems.hpp"

#include <limits>

namespace diorama::rds::sql {

Statement Parser::create() {
    if (accept_all({"TEMPORARY", "TABLE"})) {
        auto statement = create_table();
        std::get<CreateTable>(statement).is_temporary = true;
        return statement;
    }
    if (accept("TABLE")) return create_table();
    if (accept("DATABASE") || accept("SCHEMA")) return create_database();
    if (accept_all({"UNIQUE", "INDEX"})) return create_index(KeySpecification::Kind::unique);
    if (accept("INDEX")) return create_index(KeySpecification::Kind::index);
    if (accept_all({"FULLTEXT", "INDEX"})) return create_index(KeySpecification::Kind::fulltext);
    if (accept_all({"SPATIAL", "INDEX"})) return create_index(KeySpecification::Kind::spatial);
    if (accept("USER")) return create_user(false);
    if (accept("ROLE")) return create_role();
    if (at_view()) return create_view(false);
    if (at_event()) return create_event(false);
    if (at_program()) return create_program();
    if (at_any({"SPATIAL", "SERVER", "TABLESPACE", "SQL"}))
        throw not_supported("CREATE " + upper_case(peek().raw));
    fail();
}

std::optional<Collation> Parser::database_options() {
    std::optional<Collation> collation;
    while (true) {
        accept("DEFAULT");
        Type type = text_type(0);
        if (at_any({"CHARACTER", "CHARSET", "COLLATE"})) {
            character_attributes(type);
            collation = type.collation;
        } else if (accept("ENCRYPTION")) {
            accept("=");
            text_literal();
        } else {
            return collation;
        }
    }
}

Statement Parser::create_database() {
    CreateDatabase database;
    database.if_not_exists = accept_all({"IF", "NOT", "EXISTS"});
    database.name = name();
    database.collation = database_options();
    return database;
}

Statement Parser::create_table() {
    CreateTable table;
    table.if_not_exists = accept_all({"IF", "NOT", "EXISTS"});
    table.table = table_name();
    if (accept("LIKE")) {
        table.like = table_name();
        return table;
    }
    if (at("(") && !at_query()) {
        expect("(");
        if (accept("LIKE")) {
            table.like = table_name();
            expect(")");
            return table;
        }
        do
            table_element(table);
        while (accept(","));
        expect(")");
    }
    table_options(table.options);
    if (at("PARTITION")) table.partitioning = partitioning();
    select_of_table(table);
    return table;
}

// CREATE TABLE … [IGNORE | REPLACE] [AS] query
void Parser::select_of_table(CreateTable& table) {
    using Duplicates = CreateTable::Duplicates;
    if (accept("IGNORE"))
        table.duplicates = Duplicates::are_ignored;
    else if (accept("REPLACE"))
        table.duplicates = Duplicates::replace;
    const bool must_follow =
        accept("AS") || table.duplicates != Duplicates::are_refused ||
        (table.columns.empty() && table.keys.empty() && table.checks.empty() && !at_end());
    if (!at_query()) {
        if (must_follow) fail();
        return;
    }
    table.select = query();
    if (!table.select->into.empty()) fail();
}

void Parser::table_element(CreateTable& table) {
    std::string constraint;
    const bool has_constraint = accept("CONSTRAINT");
    if (has_constraint && at_name()) constraint = name();
    if (accept_all({"PRIMARY", "KEY"})) {
        table.keys.push_back(key_specification(KeySpecification::Kind::primary, false));
    } else if (accept("UNIQUE")) {
        if (!accept("KEY")) accept("INDEX");
        auto key = key_specification(KeySpecification::Kind::unique, true);
        if (key.name.empty()) key.name = constraint;
        table.keys.push_back(std::move(key));
    } else if (accept_all({"FOREIGN", "KEY"})) {
        table.foreign_keys.push_back(foreign_key(constraint));
    } else if (accept("CHECK")) {
        table.checks.push_back(check(constraint));
    } else if (has_constraint) {
        fail();
    } else if (accept("KEY") || accept("INDEX")) {
        table.keys.push_back(key_specification(KeySpecification::Kind::index, true));
    } else if (accept("FULLTEXT")) {
        if (!accept("KEY")) accept("INDEX");
        table.keys.push_back(key_specification(KeySpecification::Kind::fulltext, true));
    } else if (accept("SPATIAL")) {
        if (!accept("KEY")) accept("INDEX");
        table.keys.push_back(key_specification(KeySpecification::Kind::spatial, true));
    } else {
        auto column = column_specification();
        if (column.check) {
            table.checks.push_back(
                {column.check_name,
                 std::move(column.check),
                 column.check_source,
                 column.check_is_enforced}
            );
        }
        table.columns.push_back(std::move(column));
    }
}

KeySpecification Parser::key_specification(KeySpecification::Kind kind, bool name_first) {
    KeySpecification key;
    key.kind = kind;
    if (name_first && at_name()) key.name = name();
    if (accept("USING") && !accept("BTREE")) expect("HASH");
    key.parts = key_parts();
    while (true) {
        if (accept("USING")) {
            if (!accept("BTREE")) expect("HASH");
        } else if (accept_all({"WITH", "PARSER"})) {
            key.parser = name();
        } else if (accept("COMMENT")) {
            key.comment = text_literal();
        } else if (at("VISIBLE") || at("INVISIBLE")) {
            key.is_visible = visibility();
        } else {
            break;
        }
    }
    return key;
}

bool Parser::visibility() {
    if (accept("VISIBLE")) return true;
    expect("INVISIBLE");
    return false;
}

std::vector<KeyPart> Parser::key_parts() {
    std::vector<KeyPart> parts;
    expect("(");
    do {
        KeyPart part;
        const auto start = at_;
        if (at("("))
            part.expression = printed(*parenthesized(), start);
        else
            part.column = name();
        if (part.expression.empty() && accept("(")) {
            part.prefix = static_cast<std::uint32_t>(integer_literal());
            expect(")");
        }
        if (accept("DESC"))
            part.is_descending = true;
        else
            accept("ASC");
        parts.push_back(std::move(part));
    } while (accept(","));
    expect(")");
    return parts;
}

ReferenceAction Parser::reference_action() {
    if (accept("CASCADE")) return ReferenceAction::cascade;
    if (accept("RESTRICT")) return ReferenceAction::restrict;
    if (accept_all({"SET", "NULL"})) return ReferenceAction::set_null;
    if (accept_all({"NO", "ACTION"})) return ReferenceAction::no_action;
    if (at("SET")) throw not_supported("SET DEFAULT");
    fail();
}

// After FOREIGN KEY.
ForeignKeySpecification Parser::foreign_key(std::string constraint) {
    ForeignKeySpecification key;
    key.name = std::move(constraint);
    if (at_name()) key.key_name = name();
    key.columns = name_list();
    expect("REFERENCES");
    key.parent = table_name();
    key.parent_columns = name_list();
    while (accept("ON")) {
        if (accept("DELETE"))
            key.on_delete = reference_action();
        else {
            expect("UPDATE");
            key.on_update = reference_action();
        }
    }
    return key;
}

CheckSpecification Parser::check(std::string constraint) {
    CheckSpecification check;
    check.name = std::move(constraint);
    expect("(");
    const auto start = at_;
    check.expression = expression();
    check.source = printed(*check.expression, start);
    expect(")");
    check.is_enforced = enforcement();
    return check;
}

bool Parser::enforcement() {
    if (accept_all({"NOT", "ENFORCED"})) return false;
    accept("ENFORCED");
    return true;
}

ColumnSpecification Parser::column_specification() {
    ColumnSpecification column;
    column.name = name();
    if (accept("SERIAL")) {
        column.type.kind = TypeKind::big_integer;
        column.type.is_unsigned = true;
        column.type.length = 20;
        column.is_not_null = column.is_auto_increment = column.is_unique = true;
    } else {
        column.type = column_type(column.has_collation, column.name);
    }
    column_attributes(column);
    check_attributes(column);
    return column;
}

void Parser::column_attributes(ColumnSpecification& column) {
    while (column_attribute(column)) {
    }
}

bool Parser::column_attribute(ColumnSpecification& column) {
    if (accept_all({"NOT", "NULL"}))
        column.is_not_null = true;
    else if (accept("NULL"))
        column.is_not_null = false;
    else if (accept("DEFAULT"))
        default_attribute(column);
    else if (accept_all({"ON", "UPDATE"})) {
        if (!at_any({"CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"})) fail();
        expression();
        column.updates_now = true;
    } else if (accept("AUTO_INCREMENT"))
        column.is_auto_increment = true;
    else if (accept_all({"PRIMARY", "KEY"}) || accept("KEY"))
        column.is_primary_key = true;
    else if (accept("UNIQUE")) {
        accept("KEY");
        column.is_unique = true;
    } else if (accept("COMMENT"))
        column.comment = text_literal();
    else if (at("COLLATE") || at("CHARACTER") || at("CHARSET")) {
        column.has_collation = character_attributes(column.type);
    } else if (accept("SRID"))
        srid_attribute(column);
    else if (at("REFERENCES"))
        skip_references();
    else if (at("CHECK") || (at("CONSTRAINT") && (at("CHECK", 1) || at("CHECK", 2)))) {
        std::string constraint;
        if (accept("CONSTRAINT") && at_name()) constraint = name();
        expect("CHECK");
        auto specification = check(constraint);
        column.check = std::move(specification.expression);
        column.check_source = std::move(specification.source);
        column.check_name = std::move(specification.name);
        column.check_is_enforced = specification.is_enforced;
    } else if (at("GENERATED") || at("AS"))
        generated_attribute(column);
    else if (at("VISIBLE") || at("INVISIBLE")) {
        column.is_invisible = at("INVISIBLE");
        ++at_;
    } else
        return false;
    return true;
}

void Parser::srid_attribute(ColumnSpecification& column) {
    const auto number = integer_literal();
    if (column.type.kind != TypeKind::geometry)
        throw SQLError{1221, "HY000", "Incorrect usage of SRID and non-geometry column"};
    if (number < 0 || number > std::numeric_limits<std::uint32_t>::max())
        throw SQLError{1690, "22003", "SRID value is out of range in 'SRID'"};
    column.type.srid = static_cast<std::uint32_t>(number);
    if (find_spatial_system(*column.type.srid) == nullptr)
        throw unknown_spatial_system(*column.type.srid);
}

void Parser::default_attribute(ColumnSpecification& column) {
    const bool is_parenthesized = at("(");
    const auto start = at_;
    column.default_value = is_parenthesized ? parenthesized() : prefix();
    const auto kind = column.default_value->kind;
    column.default_is_expression = kind != ExprKind::null && kind != ExprKind::text &&
                                   kind != ExprKind::integer && kind != ExprKind::decimal &&
                                   kind != ExprKind::real && kind != ExprKind::boolean &&
                                   kind != ExprKind::bytes;
    column.default_source = source_from(start);
    if (!is_parenthesized) return;
    column.default_is_expression = true;
    column.default_source = "(" + printed(*column.default_value, start) + ")";
}

// MySQL parses but ignores references given with a column.
void Parser::skip_references() {
    expect("REFERENCES");
    table_name();
    if (at("(")) name_list();
    while (accept("ON")) {
        ++at_;
        reference_action();
    }
}

void Parser::table_options(TableOptions& options) {
    while (table_option(options))
        accept(",");
}

bool Parser::table_option(TableOptions& options) {
    const auto skip_value = [this] {
        accept("=");
        if (at_end()) fail();
        ++at_;
    };
    const bool is_default =
        at("DEFAULT") && (at("CHARACTER", 1) || at("CHARSET", 1) || at("COLLATE", 1));
    if (is_default) ++at_;
    if (at("CHARACTER") || at("CHARSET") || at("COLLATE")) {
        Type type = text_type(0);
        character_attributes(type);
        options.collation = type.collation;
    } else if (accept("AUTO_INCREMENT")) {
        accept("=");
        options.auto_increment = integer_literal();
    } else if (accept("COMMENT")) {
        accept("=");
        options.comment = text_literal();
    } else if (accept("ENGINE")) {
        accept("=");
        options.engine = name_or_text();
    } else if (at_any(
                   {"ROW_FORMAT",
                    "KEY_BLOCK_SIZE",
                    "MAX_ROWS",
                    "MIN_ROWS",
                    "AVG_ROW_LENGTH",
                    "PACK_KEYS",
                    "CHECKSUM",
                    "DELAY_KEY_WRITE",
                    "STATS_PERSISTENT",
                    "STATS_AUTO_RECALC",
                    "STATS_SAMPLE_PAGES",
                    "COMPRESSION",
                    "ENCRYPTION",
                    "INSERT_METHOD"}
               )) {
        ++at_;
        skip_value();
    } else {
        return false;
    }
    return true;
}

} // namespace diorama::rds::sql
