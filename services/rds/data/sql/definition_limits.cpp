// https://dev.mysql.com/doc/refman/8.0/en/column-count-limit.html
// https://dev.mysql.com/doc/refman/8.0/en/innodb-limits.html
#include "services/rds/data/sql/definition_limits.hpp"

#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

constexpr std::size_t most_columns = 1017; // "A table can contain a maximum of 1017 columns."
constexpr std::size_t most_keys = 64;
constexpr std::size_t most_key_parts = 16;
constexpr std::size_t longest_key = 3072;
constexpr std::size_t longest_row = 65'535;

std::size_t bytes_of_character(const Type& type) {
    return type.is_character() ? entry_of(type.character_set()).longest : 1;
}

// https://dev.mysql.com/doc/refman/8.0/en/storage-requirements.html
std::size_t bytes_of_digits(std::size_t digits) {
    constexpr std::size_t left_over[] = {0, 1, 1, 2, 2, 3, 3, 4, 4};
    return digits / 9 * 4 + left_over[digits % 9];
}

std::size_t bytes_of_fraction(const Type& type) {
    return (type.scale + 1U) / 2;
}

// TEXT and BLOB stand elsewhere: "contribute 9 to 12 bytes".
std::size_t row_bytes(const Type& type) {
    switch (type.kind) {
    case TypeKind::null:
        return 0;
    case TypeKind::tiny_integer:
    case TypeKind::year:
        return 1;
    case TypeKind::small_integer:
    case TypeKind::enumeration:
        return 2;
    case TypeKind::medium_integer:
    case TypeKind::date:
        return 3;
    case TypeKind::integer:
    case TypeKind::float_number:
        return 4;
    case TypeKind::big_integer:
    case TypeKind::double_number:
    case TypeKind::set:
        return 8;
    case TypeKind::bit:
        return (type.length + 7U) / 8;
    case TypeKind::decimal:
        return bytes_of_digits(type.length - type.scale) + bytes_of_digits(type.scale);
    case TypeKind::time:
        return 3 + bytes_of_fraction(type);
    case TypeKind::datetime:
        return 5 + bytes_of_fraction(type);
    case TypeKind::timestamp:
        return 4 + bytes_of_fraction(type);
    case TypeKind::character:
    case TypeKind::binary:
        return type.length * bytes_of_character(type);
    case TypeKind::varying_character:
    case TypeKind::varying_binary: {
        const auto bytes = type.length * bytes_of_character(type);
        return bytes + (bytes > 255 ? 2 : 1);
    }
    case TypeKind::text:
    case TypeKind::blob:
        return 10;
    case TypeKind::json:
    case TypeKind::geometry:
        return 12;
    }
    return 0;
}

std::size_t key_bytes(const Type& type, std::uint32_t prefix) {
    const bool is_outside = type.kind == TypeKind::text || type.kind == TypeKind::blob ||
                            type.kind == TypeKind::geometry;
    if (is_outside && prefix == 0) return 0; // no key of that kind
    const auto characters = prefix != 0 ? std::size_t{prefix} : std::size_t{type.length};
    return type.is_stringish() && type.kind != TypeKind::enumeration && type.kind != TypeKind::set
               ? characters * bytes_of_character(type)
               : row_bytes(type);
}

void check_key(const Table& table, const Index& index) {
    if (index.parts.size() > most_key_parts)
        throw SQLError{
            1070,
            "42000",
            fmt::format("Too many key parts specified; max {} parts allowed", most_key_parts)
        };
    std::size_t bytes = 0;
    for (const auto& part : index.parts)
        bytes += key_bytes(table.columns[part.column].type, part.prefix);
    if (bytes > longest_key)
        throw SQLError{
            1071,
            "42000",
            fmt::format("Specified key was too long; max key length is {} bytes", longest_key)
        };
}

} // namespace

void check_limits(const Table& table) {
    if (table.columns.size() > most_columns) throw too_many_columns();
    if (table.indexes.size() > most_keys)
        throw SQLError{
            1069,
            "42000",
            fmt::format("Too many keys specified; max {} keys allowed", most_keys)
        };
    for (const auto& index : table.indexes)
        if (!index.is_fulltext) check_key(table, index);
    std::size_t bytes = 0;
    std::size_t nullable = 0;
    for (const auto& column : table.columns) {
        bytes += row_bytes(column.type);
        if (column.is_nullable) ++nullable;
    }
    if (bytes + (nullable + 7) / 8 > longest_row)
        throw SQLError{
            1118,
            "42000",
            fmt::format(
                "Row size too large. The maximum row size for the used table type, not counting "
                "BLOBs, is {}. This includes storage overhead, check the manual. You have to "
                "change some columns to TEXT or BLOBs",
                longest_row
            )
        };
}

void check_auto_increment(const Table& table) {
    std::size_t automatic = 0;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (!table.columns[i].is_auto_increment) continue;
        const bool is_keyed =
            std::any_of(table.indexes.begin(), table.indexes.end(), [i](const Index& index) {
                return index.parts[0].column == i;
            });
        if (++automatic > 1 || !is_keyed || !table.columns[i].type.is_integer())
            throw SQLError{
                1075,
                "42000",
                "Incorrect table definition; there can be only one auto column and it must be "
                "defined as a key"
            };
    }
}

// DIFFERS: what another engine of MySQL's would do InnoDB does, and SHOW CREATE TABLE says so.
void check_engine(std::string_view name, std::string_view table, Context& context) {
    constexpr std::array<std::string_view, 8> engines =
        {"InnoDB", "MyISAM", "MEMORY", "HEAP", "CSV", "ARCHIVE", "BLACKHOLE", "MRG_MYISAM"};
    const bool is_known = name.empty() || std::ranges::any_of(engines, [&](auto engine) {
                              return equals_ignoring_case(engine, name);
                          });
    if (is_known) return;
    const SQLError unknown{1286, "42000", fmt::format("Unknown storage engine '{}'", name)};
    const auto& modes = context.variables["sql_mode"];
    if (modes.find("NO_ENGINE_SUBSTITUTION") != std::string::npos) throw unknown;
    context.warn(unknown);
    context.warn({1266, "HY000", fmt::format("Using storage engine InnoDB for table '{}'", table)});
}

} // namespace diorama::rds::sql
