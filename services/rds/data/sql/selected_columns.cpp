// Columns from expressions, with the types in which MySQL keeps their values, and columns that keep
// what they were in another table.
#include "services/rds/data/sql/selected_columns.hpp"

#include "services/rds/data/sql/collation.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

// What stands behind each column of the result; nullptr where a * does not let us tell.
std::vector<const Expr*> expressions_of(const Select& select, std::size_t count) {
    std::vector<const Expr*> expressions;
    if (!select.members.empty()) return std::vector<const Expr*>(count);
    const auto stars = static_cast<std::size_t>(std::count_if(
        select.items.begin(),
        select.items.end(),
        [](auto& i) { return i.expression->kind == ExprKind::star; }
    ));
    const auto starred = count + stars - std::min(count + stars, select.items.size());
    for (const auto& item : select.items) {
        const bool is_star = item.expression->kind == ExprKind::star;
        if (is_star && stars > 1) return std::vector<const Expr*>(count);
        expressions.insert(
            expressions.end(),
            is_star ? starred : 1,
            is_star ? nullptr : item.expression.get()
        );
    }
    expressions.resize(count);
    return expressions;
}

// MySQL: texts of more than 512 characters are BLOBs and TEXTs, empty ones CHAR(0).
Type text_kept(Type type) {
    constexpr std::uint32_t longest = 512;
    const bool is_text = type.is_character();
    if (type.length > longest) {
        const std::uint64_t bytes = std::uint64_t{type.length} * (is_text ? 4 : 1);
        constexpr std::uint64_t most_of_text = 65535;
        constexpr std::uint64_t most_of_medium = 16777215;
        type.kind = is_text ? TypeKind::text : TypeKind::blob;
        type.length = bytes <= most_of_text     ? 65535
                      : bytes <= most_of_medium ? 16777215
                                                : 4294967295;
    } else if (type.length == 0) {
        type.kind = is_text ? TypeKind::character : TypeKind::binary;
    } else {
        type.kind = is_text ? TypeKind::varying_character : TypeKind::varying_binary;
    }
    return type;
}

// MySQL: an integer that fits into so many digits is INT, a larger one BIGINT.
Type integer_kept(Type type, const Expr* expression) {
    constexpr std::uint32_t longest_literal = 9;
    constexpr std::uint32_t longest_result = 11;
    const bool is_computed = expression != nullptr && (expression->kind == ExprKind::function ||
                                                       expression->kind == ExprKind::binary ||
                                                       expression->kind == ExprKind::unary);
    const auto longest =
        is_computed && !is_aggregate_name(expression->text) ? longest_result : longest_literal;
    type.kind = type.length > longest ? TypeKind::big_integer : TypeKind::integer;
    return type;
}

Type kept_type(Type type, const Expr* expression, bool is_chain) {
    type.is_zerofill = false;
    if (type.kind == TypeKind::null) {
        type.kind = TypeKind::binary;
        type.length = 0;
        type.collation = Collation::binary;
        return type;
    }
    if (type.members) return type;
    if (expression != nullptr && expression->kind == ExprKind::text)
        type.length = static_cast<std::uint32_t>(character_count(expression->text));
    switch (type.kind) {
    case TypeKind::integer:
    case TypeKind::big_integer:
        return is_chain ? type : integer_kept(type, expression);
    case TypeKind::character:
    case TypeKind::binary:
        return is_chain && type.length != 0 ? type : text_kept(type);
    case TypeKind::varying_character:
    case TypeKind::varying_binary:
        return text_kept(type);
    default:
        return type;
    }
}

// MySQL: what was computed and is never NULL has the zero of its type for a default.
std::string zero_of(const Type& type) {
    if (type.is_decimal()) return "'" + decimal_text(0, type.scale) + "'";
    switch (type.kind) {
    case TypeKind::text:
    case TypeKind::blob:
    case TypeKind::json:
    case TypeKind::geometry:
        return {};
    case TypeKind::bit:
        return "b'0'";
    case TypeKind::year:
        return "'0000'";
    case TypeKind::date:
        return "'0000-00-00'";
    case TypeKind::datetime:
    case TypeKind::timestamp:
    case TypeKind::time: {
        std::string zero = type.kind == TypeKind::time ? "'00:00:00" : "'0000-00-00 00:00:00";
        if (type.scale > 0) zero += "." + std::string(type.scale, '0');
        return zero + "'";
    }
    default:
        return type.is_number() ? "'0'" : "''";
    }
}

Column computed_column(const OutputColumn& output, const Expr* expression, bool is_chain) {
    Column column;
    column.type = kept_type(output.type, expression, is_chain);
    column.is_nullable = output.is_nullable;
    column.has_default = output.is_nullable;
    if (!column.is_nullable) {
        column.default_source = zero_of(column.type);
        column.has_default = !column.default_source.empty();
        column.default_is_expression = column.default_source.starts_with('b');
    }
    return column;
}

// MySQL: "Retained attributes are NULL (or NOT NULL) and, for those columns that have them,
// CHARACTER SET, COLLATION, COMMENT, and the DEFAULT clause."
Column copied_column(const Column& original, const OutputColumn& output) {
    auto column = original;
    const bool had_own_values = column.is_auto_increment;
    column.is_auto_increment = column.is_stored = column.is_hidden = column.is_invisible = false;
    column.is_nullable = output.is_nullable;
    if (!column.generated_as.empty()) {
        column.generated_as.clear();
        column.has_default = false;
    }
    if (had_own_values) column.default_source = "'0'";
    if (had_own_values || column.is_nullable) column.has_default = true;
    return column;
}

const Column* original_of(const OutputColumn& output, const Catalog& catalog, TablePtr& table) {
    if (output.origin_name.empty() || output.origin_table.empty()) return nullptr;
    table = catalog.find_table(output.schema, output.origin_table);
    if (!table || table->is_system) return nullptr;
    const auto place = table->find_column(output.origin_name);
    return place ? &table->columns[*place] : nullptr;
}

} // namespace

std::vector<Column>
selected_columns(const Select& select, const TranslatedSelect& query, const Catalog& catalog) {
    std::vector<Column> columns;
    const auto expressions = expressions_of(select, query.columns.size());
    for (std::size_t i = 0; i < query.columns.size(); ++i) {
        const auto& output = query.columns[i];
        constexpr std::size_t longest_name = 64;
        if (output.name.empty() || output.name.ends_with(' '))
            throw SQLError{1166, "42000", fmt::format("Incorrect column name '{}'", output.name)};
        if (character_count(output.name) > longest_name)
            throw SQLError{
                1059,
                "42000",
                fmt::format("Identifier name '{}' is too long", output.name)
            };
        TablePtr table;
        const auto* original = original_of(output, catalog, table);
        auto column = original != nullptr
                          ? copied_column(*original, output)
                          : computed_column(output, expressions[i], !select.members.empty());
        column.name = output.name;
        columns.push_back(std::move(column));
    }
    return columns;
}

} // namespace diorama::rds::sql
