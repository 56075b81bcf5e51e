// A table as text: MySQL's (SHOW CREATE TABLE) and SQLite's.
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

std::string quoted_name(std::string_view name) {
    std::string text = "`";
    for (const char c : name) {
        if (c == '`') text += '`';
        text += c;
    }
    return text + '`';
}

std::string quoted_text(std::string_view value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'')
            text += "''";
        else if (c == '\\')
            text += "\\\\";
        else if (c == '\n')
            text += "\\n";
        else if (c == '\0')
            text += "\\0";
        else
            text += c;
    }
    return text + '\'';
}

namespace {

std::string column_text(const Column& column, const Table& table) {
    auto text = fmt::format("  {} {}", quoted_name(column.name), declaration(column.type));
    if (column.type.is_character() && column.type.collation != table.collation)
        text += fmt::format(
            " CHARACTER SET {} COLLATE {}",
            character_set_of(column.type.collation),
            collation_name(column.type.collation)
        );
    else if (column.type.is_character() && !is_default(table.collation))
        text += fmt::format(" COLLATE {}", collation_name(column.type.collation));
    const bool is_generated = !column.generated_as.empty();
    if (is_generated)
        text += fmt::format(
            " GENERATED ALWAYS AS ({}) {}",
            column.generated_as,
            column.is_stored ? "STORED" : "VIRTUAL"
        );
    if (!column.is_nullable)
        text += " NOT NULL";
    else if (column.type.kind == TypeKind::timestamp)
        text += " NULL";
    if (column.type.srid) text += fmt::format(" /*!80003 SRID {} */", *column.type.srid);
    if (is_generated) {
        // No default.
    } else if (column.has_default && !column.default_source.empty()) {
        const bool is_quoted = column.default_source[0] == '\'' || column.default_is_expression ||
                               column.default_source[0] == '"';
        text +=
            " DEFAULT " + (is_quoted ? column.default_source : quoted_text(column.default_source));
    } else if (column.has_default && column.type.kind != TypeKind::text &&
               column.type.kind != TypeKind::blob) {
        text += " DEFAULT NULL";
    }
    if (column.updates_now)
        text += column.type.scale == 0
                    ? " ON UPDATE CURRENT_TIMESTAMP"
                    : fmt::format(" ON UPDATE CURRENT_TIMESTAMP({})", column.type.scale);
    if (column.is_auto_increment) text += " AUTO_INCREMENT";
    if (!column.comment.empty()) text += " COMMENT " + quoted_text(column.comment);
    if (column.is_invisible) text += " /*!80023 INVISIBLE */";
    return text;
}

std::string index_text(const Index& index, const Table& table) {
    std::string text =
        index.is_fulltext    ? fmt::format("  FULLTEXT KEY {} (", quoted_name(index.name))
        : index.is_spatial   ? fmt::format("  SPATIAL KEY {} (", quoted_name(index.name))
        : index.is_primary() ? "  PRIMARY KEY ("
        : index.is_unique    ? fmt::format("  UNIQUE KEY {} (", quoted_name(index.name))
                             : fmt::format("  KEY {} (", quoted_name(index.name));
    for (const auto& part : index.parts) {
        if (&part != index.parts.data()) text += ',';
        const auto& column = table.columns[part.column];
        text += column.is_hidden ? "(" + column.generated_as + ")" : quoted_name(column.name);
        if (part.prefix != 0) text += fmt::format("({})", part.prefix);
        if (part.is_descending) text += " DESC";
    }
    text += ')';
    if (!index.comment.empty()) text += " COMMENT " + quoted_text(index.comment);
    if (!index.is_visible) text += " /*!80000 INVISIBLE */";
    return text;
}

std::string_view action_text(ReferenceAction action) {
    switch (action) {
    case ReferenceAction::cascade:
        return "CASCADE";
    case ReferenceAction::set_null:
        return "SET NULL";
    case ReferenceAction::restrict:
        return "RESTRICT";
    case ReferenceAction::no_action:
        break;
    }
    return "";
}

} // namespace

SQLError no_such_key(std::string_view name, const Table& table) {
    return {1176, "42000", fmt::format("Key '{}' doesn't exist in table '{}'", name, table.name)};
}

const Index* Table::leading_key() const {
    if (primary_key() != nullptr) return primary_key();
    const auto found = std::ranges::find_if(indexes, [this](const Index& index) {
        return index.is_unique && std::ranges::none_of(index.parts, [this](const IndexPart& part) {
                   return columns[part.column].is_nullable;
               });
    });
    return found == indexes.end() ? nullptr : &*found;
}

std::string foreign_key_text(const ForeignKey& key, const Table& table) {
    std::string columns;
    std::string parents;
    for (const auto column : key.columns)
        columns += (columns.empty() ? "" : ", ") + quoted_name(table.columns[column].name);
    for (const auto& column : key.parent_columns)
        parents += (parents.empty() ? "" : ", ") + quoted_name(column);
    auto text =
        fmt::format("CONSTRAINT {} FOREIGN KEY ({}) REFERENCES ", quoted_name(key.name), columns);
    if (key.parent_schema != table.schema) text += quoted_name(key.parent_schema) + ".";
    text += fmt::format("{} ({})", quoted_name(key.parent_table), parents);
    if (const auto action = action_text(key.on_delete); !action.empty())
        text += fmt::format(" ON DELETE {}", action);
    if (const auto action = action_text(key.on_update); !action.empty())
        text += fmt::format(" ON UPDATE {}", action);
    return text;
}

std::string create_table_text(const Table& table, std::optional<std::int64_t> auto_increment) {
    auto text = fmt::format(
        "CREATE {}TABLE {} (\n",
        table.is_temporary ? "TEMPORARY " : "",
        quoted_name(table.name)
    );
    std::string separator;
    const auto line = [&](const std::string& content) {
        text += separator + content;
        separator = ",\n";
    };
    for (const auto& column : table.columns)
        if (!column.is_hidden) line(column_text(column, table));
    for (const auto& index : table.indexes)
        line(index_text(index, table));
    for (const auto& key : table.foreign_keys)
        line("  " + foreign_key_text(key, table));
    for (const auto& check : table.checks)
        line(fmt::format(
            "  CONSTRAINT {} CHECK ({}){}",
            quoted_name(check.name),
            check.source,
            check.is_enforced ? "" : " /*!80016 NOT ENFORCED */"
        ));
    text += "\n) ENGINE=InnoDB";
    const auto next = auto_increment.value_or(table.auto_increment);
    if (table.auto_increment_column() && next > 1) text += fmt::format(" AUTO_INCREMENT={}", next);
    text += fmt::format(" DEFAULT CHARSET={}", character_set_of(table.collation));
    // MySQL: the default of utf8mb4 has changed once, so it is always named.
    if (!is_default(table.collation) || table.collation == Collation::utf8mb4_0900_ai_ci)
        text += fmt::format(" COLLATE={}", collation_name(table.collation));
    if (!table.comment.empty()) text += " COMMENT=" + quoted_text(table.comment);
    if (!table.partitioning.empty()) {
        const bool of_columns = table.partitioning.find(" COLUMNS(") != std::string::npos;
        text += fmt::format("\n/*!{} {} */", of_columns ? "50500" : "50100", table.partitioning);
    }
    return text;
}

std::string column_in_storage(std::size_t column) {
    return fmt::format("c{}", column);
}

std::string storage_index(const Table& table, std::size_t number) {
    const auto& index = table.indexes[number];
    auto text = fmt::format(
        "CREATE {}INDEX {}_i{} ON {}(",
        index.is_unique ? "UNIQUE " : "",
        table.storage_name,
        number,
        table.storage_name
    );
    for (const auto& part : index.parts) {
        if (&part != index.parts.data()) text += ',';
        auto column = column_in_storage(part.column);
        if (part.prefix != 0)
            column = fmt::format(
                "substr({},1,{}) COLLATE {}",
                column,
                part.prefix,
                collation_name(table.columns[part.column].type.collation)
            );
        text += column;
        if (part.is_descending) text += " DESC";
    }
    return text + ')';
}

// What is stored is exactly what our writer made. Integers have SQLite's affinity for them all the
// same: without it no index of theirs would be used to join them to a primary key that is a rowid.
std::vector<std::string> storage_definition(const Table& table) {
    auto text = fmt::format("CREATE TABLE {}(", table.storage_name);
    const auto rowid = table.rowid_column();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i > 0) text += ',';
        text += column_in_storage(i);
        const auto& type = table.columns[i].type;
        if (rowid == i)
            text += " INTEGER PRIMARY KEY";
        else if (type.is_integer())
            text += " INTEGER";
        else if (type.is_character())
            text += fmt::format(" COLLATE {}", collation_name(type.collation));
    }
    if (table.is_without_rowid()) {
        text += ",PRIMARY KEY(";
        for (const auto& part : table.primary_key()->parts) {
            if (&part != table.primary_key()->parts.data()) text += ',';
            text += column_in_storage(part.column);
        }
        text += ")) WITHOUT ROWID";
    } else {
        text += ')';
    }
    std::vector<std::string> statements{std::move(text)};
    for (std::size_t i = 0; i < table.indexes.size(); ++i) {
        const auto& index = table.indexes[i];
        if (index.is_fulltext) {
            const auto storage = fulltext_index(table, i);
            statements.push_back(fmt::format(
                "CREATE TABLE {}(word COLLATE {},row,times,PRIMARY KEY(word,row)) WITHOUT ROWID",
                storage.words,
                collation_name(storage.collation)
            ));
        } else if (index.is_in_storage()) {
            statements.push_back(storage_index(table, i));
        }
    }
    return statements;
}

} // namespace diorama::rds::sql
