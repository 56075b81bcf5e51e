// FROM: tables, derived tables and joins; and the rows that UPDATE and DELETE look for.
#include "emulator/mysql/protocol.hpp"
#include "services/rds/data/sql/lateral.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

std::vector<OutputColumn> columns_of(const Table& table, const std::string& alias) {
    std::vector<OutputColumn> columns;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        OutputColumn out;
        out.name = out.origin_name = column.name;
        out.table = alias;
        out.origin_table = table.name;
        out.schema = table.schema;
        out.type = column.type;
        out.is_nullable = column.is_nullable;
        for (const auto& index : table.indexes) {
            if (index.is_primary()) {
                const bool is_part =
                    std::any_of(index.parts.begin(), index.parts.end(), [i](const auto& part) {
                        return part.column == i;
                    });
                if (is_part) out.key_flags |= mysql::flag_primary_key;
            } else if (index.parts[0].column == i) {
                out.key_flags |= index.is_unique && index.parts.size() == 1
                                     ? mysql::flag_unique_key
                                     : mysql::flag_multiple_key;
            }
        }
        if (column.is_auto_increment) out.key_flags |= mysql::flag_auto_increment;
        if (!column.is_nullable && !column.has_default && !column.is_auto_increment)
            out.key_flags |= mysql::flag_no_default_value;
        if (column.updates_now) out.key_flags |= mysql::flag_on_update_now;
        columns.push_back(std::move(out));
    }
    return columns;
}

} // namespace

std::string Translator::from(const TableReference& reference) {
    return reference.kind == TableReference::Kind::join ? join(reference) : source(reference);
}

// A derived table does not see the tables beside it.
TranslatedSelect Translator::alone(const Select& select) {
    auto outer = std::move(scopes_);
    scopes_ = std::vector<Scope>(1);
    const auto kind = std::exchange(next_kind_, "DERIVED");
    auto inner = query(select);
    next_kind_ = kind;
    scopes_ = std::move(outer);
    return inner;
}

// See lateral.cpp.
std::string Translator::lateral(const std::string& query, std::size_t width) {
    if (width > most_lateral_columns)
        throw not_supported(
            fmt::format("LATERAL tables of more than {} columns", most_lateral_columns)
        );
    std::string columns;
    for (std::size_t i = 0; i < width; ++i)
        columns += fmt::format("{}c{}", i == 0 ? "" : ",", i);
    return fmt::format("my_lateral((SELECT my_rows({}) FROM ({})),{})", columns, query, width);
}

std::string Translator::source(const TableReference& reference) {
    Source source;
    source.sqlite_alias = new_alias();
    std::string sql;
    const auto common =
        std::find_if(common_tables_.rbegin(), common_tables_.rend(), [&](const Common& table) {
            return reference.name.schema.empty() && table.name == reference.name.table;
        });
    const auto derived = outline == nullptr ? 0 : outline->blocks.size() + 1;
    if (reference.kind == TableReference::Kind::json_table) {
        source.alias = reference.alias;
        sql = table_function(*reference.json_table, source) + " AS " + source.sqlite_alias;
    } else if (reference.kind == TableReference::Kind::derived) {
        auto inner = reference.is_lateral ? query(*reference.derived) : alone(*reference.derived);
        source.alias = reference.alias;
        source.columns = std::move(inner.columns);
        for (std::size_t i = 0; i < reference.derived_columns.size() && i < source.columns.size();
             ++i)
            source.columns[i].name = reference.derived_columns[i];
        sql = reference.is_lateral
                  ? lateral(inner.sql, source.columns.size()) + " AS " + source.sqlite_alias
                  : fmt::format("({}) AS {}", inner.sql, source.sqlite_alias);
    } else if (common != common_tables_.rend()) {
        source.alias = reference.alias.empty() ? reference.name.table : reference.alias;
        source.columns = common->columns;
        if (common->counts_depth) scopes_.back().recursive_alias = source.sqlite_alias;
        sql = fmt::format("{} AS {}", common->sqlite_name, source.sqlite_alias);
    } else if (const auto view = view_of(reference.name)) {
        auto inner = view_query(*view);
        source.alias = reference.alias.empty() ? reference.name.table : reference.alias;
        source.schema = view->schema;
        source.columns = std::move(inner.columns);
        sql = fmt::format("({}) AS {}", inner.sql, source.sqlite_alias);
    } else {
        source.table = table_of(reference.name);
        for (const auto& key : reference.hinted_keys)
            if (source.table->find_index(key) == nullptr) throw no_such_key(key, *source.table);
        source.alias = reference.alias.empty() ? reference.name.table : reference.alias;
        source.schema = source.table->schema;
        source.columns = columns_of(*source.table, source.alias);
        for (std::size_t i = 0; i < source.columns.size(); ++i)
            if (!source.table->columns[i].is_listed()) source.unlisted.push_back(i);
        sql = fmt::format("{} AS {}", source.table->storage_name, source.sqlite_alias);
    }
    for (auto& column : source.columns)
        column.table = source.alias;
    for (const auto& other : scopes_.back().sources)
        if (equals_ignoring_case(other.alias, source.alias) && other.schema == source.schema)
            throw not_unique(source.alias);
    if (scopes_.back().sources.size() >= limits::max_joined_tables) throw too_many_tables();
    const bool is_derived = reference.kind == TableReference::Kind::derived;
    outline_source(source, is_derived ? derived : 0);
    scopes_.back().sources.push_back(std::move(source));
    return sql;
}

std::string Translator::join(const TableReference& reference) {
    const auto first_left = scopes_.back().sources.size();
    auto left = from(*reference.left);
    const auto first_right = scopes_.back().sources.size();
    auto right = from(*reference.right);
    const bool is_nested = reference.right->kind == TableReference::Kind::join;
    if (is_nested) right = "(" + right + ")";
    const std::string_view words = reference.join == TableReference::Join::left    ? "LEFT JOIN"
                                   : reference.join == TableReference::Join::right ? "RIGHT JOIN"
                                                                                   : "JOIN";
    auto& sources = scopes_.back().sources;
    const auto make_nullable = [&](std::size_t from_source, std::size_t to_source) {
        for (auto i = from_source; i < to_source; ++i)
            for (auto& column : sources[i].columns)
                column.is_nullable = true;
    };
    if (reference.join == TableReference::Join::left) make_nullable(first_right, sources.size());
    if (reference.join == TableReference::Join::right) make_nullable(first_left, first_right);
    auto names = reference.using_columns;
    if (reference.is_natural) {
        for (const auto& column : sources[first_left].columns)
            for (const auto& other : sources[first_right].columns)
                if (equals_ignoring_case(column.name, other.name) && column.name[0] != '!')
                    names.push_back(column.name);
    }
    std::string condition;
    for (const auto& name : names) {
        const auto find = [&](std::size_t begin,
                              std::size_t end) -> std::pair<std::size_t, std::size_t> {
            for (auto s = begin; s < end; ++s)
                for (std::size_t c = 0; c < sources[s].columns.size(); ++c)
                    if (equals_ignoring_case(sources[s].columns[c].name, name)) return {s, c};
            throw unknown_column(name, "from clause");
        };
        const auto [ls, lc] = find(first_left, first_right);
        const auto [rs, rc] = find(first_right, sources.size());
        const auto typed = [&](std::size_t s, std::size_t c) {
            Typed value{
                .sql = fmt::format("{}.c{}", sources[s].sqlite_alias, c),
                .type = sources[s].columns[c].type
            };
            value.is_plain_column = true;
            return value;
        };
        if (!condition.empty()) condition += " AND ";
        condition += comparison("=", typed(ls, lc), typed(rs, rc)).sql;
        // The joined column is the left one, of a RIGHT JOIN the right one.
        if (reference.join == TableReference::Join::right)
            sources[ls].hidden.push_back(lc);
        else
            sources[rs].hidden.push_back(rc);
    }
    if (reference.on) {
        scopes_.back().clause = "on clause";
        condition = as_truth(expression(*reference.on));
        scopes_.back().clause = "field list";
    }
    auto sql = fmt::format("{} {} {}", left, words, right);
    if (!condition.empty()) sql += " ON " + condition;
    return sql;
}

std::string Translator::rows_with(
    const Selection& selection,
    const std::vector<std::string>& targets,
    const std::vector<const Expr*>& extra,
    std::vector<Type>& extra_types
) {
    const auto from_sql = from(*selection.tables);
    std::string list;
    for (const auto& target : targets) {
        const auto& all = sources();
        const auto found = std::find_if(all.begin(), all.end(), [&](const Source& source) {
            return equals_ignoring_case(source.alias, target);
        });
        if (found == all.end() || !found->table)
            throw SQLError{
                1109,
                "42S02",
                fmt::format("Unknown table '{}' in MULTI DELETE", target)
            };
        if (!found->table->is_without_rowid())
            list += fmt::format("{}.rowid,", found->sqlite_alias);
        for (std::size_t i = 0; i < found->table->columns.size(); ++i)
            list += fmt::format("{}.c{},", found->sqlite_alias, i);
    }
    for (const auto* expr : extra) {
        const auto value = exactly(expression(*expr));
        extra_types.push_back(value.type);
        list += value.sql + ",";
    }
    list.pop_back();
    auto sql = fmt::format("SELECT {} FROM {}", list, from_sql);
    scopes_.back().clause = "where clause";
    if (selection.where != nullptr) sql += " WHERE " + as_truth(expression(*selection.where));
    if (selection.locking != nullptr)
        if (const auto free = lockable(*selection.locking); !free.empty())
            sql += (selection.where != nullptr ? " AND " : " WHERE ") + free;
    scopes_.back().clause = "order clause";
    if (selection.order != nullptr) sql += order_by(*selection.order);
    return sql + limit(selection.limit, selection.offset);
}

// SKIP LOCKED: the condition that a row of each table is locked by nobody else.
std::string Translator::lockable(const Select& select) const {
    std::string condition;
    if (select.locked_rows != LockedRows::are_skipped) return condition;
    for (const auto& source : scopes_.back().sources) {
        if (!source.table || source.table->is_system || !is_locked_by(select, source.alias))
            continue;
        const auto& table = *source.table;
        condition += condition.empty() ? "" : " AND ";
        condition += fmt::format(
            "my_is_lockable({},{}",
            sqlite_text(table.schema + "\n" + table.name),
            static_cast<int>(select.locking)
        );
        if (!table.is_without_rowid()) condition += fmt::format(",{}.rowid", source.sqlite_alias);
        if (const auto* primary = table.primary_key(); table.is_without_rowid())
            for (const auto& part : primary->parts)
                condition += fmt::format(",{}.c{}", source.sqlite_alias, part.column);
        condition += ")";
    }
    return condition;
}

bool is_locked_by(const Select& select, std::string_view alias) {
    const auto& named = select.locked_tables;
    return named.empty() || std::any_of(named.begin(), named.end(), [&](const auto& name) {
               return equals_ignoring_case(name, alias);
           });
}

Typed Translator::value(const Expr& expr) {
    return exactly(expression(expr));
}

// The columns of a row that is at hand: "?7" stands for its first.
void Translator::bind_row(const Table& table, std::size_t first_parameter) {
    Source source;
    source.alias = table.name;
    source.schema = table.schema;
    source.columns = columns_of(table, table.name);
    source.sqlite_alias = fmt::format("?{}", first_parameter);
    scopes_.back().sources.push_back(std::move(source));
}

void Translator::bind_inserted(
    const Table& table,
    std::size_t first_parameter,
    const std::string& alias,
    const std::vector<std::string>& columns
) {
    bind_row(table, first_parameter);
    scopes_.back().sources.back().alias = "\x01inserted";
    if (alias.empty()) return;
    bind_row(table, first_parameter);
    auto& source = scopes_.back().sources.back();
    source.alias = alias;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].empty())
            source.hidden.push_back(i);
        else
            source.columns[i].name = columns[i];
    if (!columns.empty()) return;
    for (std::size_t i = 0; i < source.columns.size(); ++i)
        source.hidden.push_back(i); // plain names are the row's that is there
}

} // namespace diorama::rds::sql
