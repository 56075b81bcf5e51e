// https://www.sqlite.org/eqp.html
#include "services/rds/data/sql/explain_access.hpp"

#include <array>

namespace diorama::rds::sql {

namespace {

std::string_view taken(std::string_view& rest, char until = ' ') {
    const auto end = rest.find(until);
    const auto word = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return word;
}

bool skip(std::string_view& rest, std::string_view words) {
    if (!rest.starts_with(words)) return false;
    rest.remove_prefix(words.size());
    return true;
}

} // namespace

std::vector<Step> steps_of(sqlite3* sqlite, const std::string& sql) {
    auto statement = prepare_sqlite(sqlite, "EXPLAIN QUERY PLAN " + sql);
    std::vector<Step> steps;
    while (sqlite3_step(statement.get()) == SQLITE_ROW)
        steps.push_back(
            {sqlite3_column_int(statement.get(), 0),
             sqlite3_column_int(statement.get(), 1),
             std::string(column_value(statement.get(), 3).bytes)}
        );
    return steps;
}

std::optional<Access> access_of(std::string_view text) {
    Access access;
    if (text.ends_with(" LEFT-JOIN")) {
        access.is_left_joined = true;
        text.remove_suffix(10);
    }
    if (skip(text, "SEARCH "))
        access.searches = true;
    else if (!skip(text, "SCAN "))
        return std::nullopt;
    access.alias = taken(text);
    if (!skip(text, "USING ")) return access;
    access.is_automatic = skip(text, "AUTOMATIC ");
    if (access.is_automatic) skip(text, "PARTIAL ");
    access.is_covering = skip(text, "COVERING ");
    if (skip(text, "INTEGER PRIMARY KEY") || skip(text, "PRIMARY KEY"))
        access.index = "rowid";
    else if (skip(text, "INDEX "))
        access.index = access.is_automatic ? "" : std::string(taken(text));
    for (std::size_t at = 0; (at = text.find("=?", at)) != std::string_view::npos; ++at)
        ++access.equalities;
    access.has_range = text.find_first_of("<>") != std::string_view::npos;
    return access;
}

std::size_t key_length(const Column& column, const IndexPart& part) {
    const auto& type = column.type;
    std::size_t length = 8;
    switch (type.kind) {
    case TypeKind::tiny_integer:
    case TypeKind::year:
        length = 1;
        break;
    case TypeKind::small_integer:
        length = 2;
        break;
    case TypeKind::medium_integer:
    case TypeKind::date:
        length = 3;
        break;
    case TypeKind::time:
        length = 3 + (type.scale + 1U) / 2;
        break;
    case TypeKind::integer:
    case TypeKind::float_number:
        length = 4;
        break;
    case TypeKind::timestamp:
        length = 4 + (type.scale + 1U) / 2;
        break;
    case TypeKind::datetime:
        length = 5 + (type.scale + 1U) / 2;
        break;
    case TypeKind::decimal: {
        static constexpr std::array<std::size_t, 10> bytes = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
        const auto whole = type.length - type.scale;
        length = whole / 9 * 4 + bytes[whole % 9] + type.scale / 9U * 4 + bytes[type.scale % 9];
        break;
    }
    case TypeKind::character:
        length = (part.prefix != 0 ? part.prefix : type.length) * 4;
        break;
    case TypeKind::varying_character:
    case TypeKind::text:
        length = (part.prefix != 0 ? part.prefix : type.length) * 4 + 2;
        break;
    case TypeKind::binary:
        length = part.prefix != 0 ? part.prefix : type.length;
        break;
    case TypeKind::varying_binary:
    case TypeKind::blob:
        length = (part.prefix != 0 ? part.prefix : type.length) + 2;
        break;
    case TypeKind::enumeration:
        length = type.members->size() > 255 ? 2 : 1;
        break;
    default:
        break;
    }
    return length + (column.is_nullable ? 1 : 0);
}

} // namespace diorama::rds::sql
