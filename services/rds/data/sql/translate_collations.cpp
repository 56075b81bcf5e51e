// Which collation a text has, and what its bytes are. Texts are UTF-8 inside, so that characters
// are converted only where a set lacks some of them, and bytes only where they can be seen.
// https://dev.mysql.com/doc/refman/8.0/en/charset-collations.html
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

// That look at bytes rather than at characters.
bool sees_bytes(std::string_view function) {
    constexpr std::array<std::string_view, 16> names = {
        "LENGTH",
        "OCTET_LENGTH",
        "BIT_LENGTH",
        "HEX",
        "ASCII",
        "ORD",
        "MD5",
        "SHA",
        "SHA1",
        "SHA2",
        "CRC32",
        "TO_BASE64",
        "COMPRESS",
        "AES_ENCRYPT",
        "UNCOMPRESS",
        "WEIGHT_STRING"
    };
    return std::ranges::find(names, function) != names.end();
}

// Whose text comes from their arguments, with its collation.
bool passes_text(std::string_view function) {
    constexpr std::array<std::string_view, 28> names = {
        "CONCAT",    "CONCAT_WS",       "UPPER",     "UCASE",         "LOWER",    "LCASE",
        "SUBSTRING", "SUBSTR",          "MID",       "LEFT",          "RIGHT",    "TRIM",
        "LTRIM",     "RTRIM",           "REPLACE",   "REPEAT",        "LPAD",     "RPAD",
        "REVERSE",   "SUBSTRING_INDEX", "QUOTE",     "ELT",           "MAKE_SET", "EXPORT_SET",
        "SOUNDEX",   "INSERT",          "ANY_VALUE", "REGEXP_REPLACE"
    };
    return std::ranges::find(names, function) != names.end() || function == "REGEXP_SUBSTR";
}

bool is_of_the_system(std::string_view function) {
    constexpr std::array<std::string_view, 8> names = {
        "USER",
        "CURRENT_USER",
        "SESSION_USER",
        "SYSTEM_USER",
        "DATABASE",
        "SCHEMA",
        "VERSION",
        "CURRENT_ROLE"
    };
    return std::ranges::find(names, function) != names.end();
}

} // namespace

// DIFFERS: MySQL takes computed columns and variables for columns of tables, where they are told
// apart by what they were computed of. Here they give way to columns, and literals to them.
Coercibility coercibility_of(const OutputColumn& column) {
    return column.origin_name.empty() ? coercibility_of_computed : Coercibility::implicit;
}

Collation Translator::connection_collation() const {
    if (!connection_collation_) {
        const auto found = names_.variables.find("collation_connection");
        connection_collation_ = found == names_.variables.end()
                                    ? Collation::utf8mb4_0900_ai_ci
                                    : find_collation(std::string_view(found->second))
                                          .value_or(Collation::utf8mb4_0900_ai_ci);
    }
    return *connection_collation_;
}

Derivation Translator::derivation(const Typed& value) const {
    const auto& type = value.type;
    if (type.kind == TypeKind::null) return {connection_collation(), Coercibility::ignorable, true};
    if (type.is_number() || type.is_temporal())
        return {connection_collation(), Coercibility::numeric, true};
    if (type.kind == TypeKind::json) return {Collation::utf8mb4_bin, value.coercibility, false};
    if (type.is_binary()) return {Collation::binary, value.coercibility, false};
    const bool is_of_ascii = value.literal != nullptr ? is_ascii(value.literal->text)
                                                      : type.character_set() == CharacterSet::ascii;
    // What has no collation of its own has the connection's.
    const bool has_none = value.coercibility == Coercibility::coercible &&
                          type.collation == Collation::utf8mb4_0900_ai_ci;
    return {
        has_none ? connection_collation() : type.collation,
        value.coercibility,
        is_of_ascii || value.is_ascii
    };
}

// MySQL: a literal that cannot be said in the character set of the others is no partner of theirs.
Derivation Translator::together_of(
    const std::vector<const Typed*>& values,
    std::string_view operation,
    bool compares
) const {
    std::vector<Derivation> operands;
    for (const auto* value : values)
        operands.push_back(derivation(*value));
    const auto result = together(operands, operation, compares);
    for (const auto* value : values) {
        const auto* literal = value->literal;
        const bool converts = literal != nullptr && literal->kind == ExprKind::text &&
                              value->type.character_set() != set_of(result.collation);
        if (!converts) continue;
        if (!holds(set_of(result.collation), literal->text)) throw illegal_mix(operands, operation);
    }
    return result;
}

Typed Translator::collate(const Expr& expr) {
    auto value = expression(*expr.args[0]);
    const auto collation = find_collation(std::string_view(expr.text));
    if (!collation) throw unknown_collation(expr.text);
    const bool is_text = value.type.is_character() || value.type.kind == TypeKind::json;
    const auto own = value.type.is_binary() ? CharacterSet::binary
                     : is_text              ? set_of(derivation(value).collation)
                                            : set_of(connection_collation());
    const bool is_by_bytes = *collation == Collation::binary; // the operator BINARY
    if (!is_by_bytes && own != set_of(*collation)) throw collation_mismatch(*collation, own);
    const bool has_other_bytes = is_text && !is_kept_as_bytes(own);
    value.sql = is_by_bytes ? as_bytes(value) : as_text(value);
    if (is_by_bytes && has_other_bytes) value.type = binary_type(value.type.length);
    if (!value.type.is_stringish()) value.type = text_type(display_length(value.type));
    value.is_ascii = derivation(value).is_ascii;
    value.type.collation = *collation;
    value.coercibility = is_by_bytes ? Coercibility::implicit : Coercibility::explicit_one;
    value.is_plain_column = false;
    value.literal = nullptr;
    value.column = nullptr;
    return value;
}

// The text of a value, or its bytes where they are others than those of UTF-8.
std::string Translator::as_bytes(const Typed& value) const {
    const auto text = as_text(value);
    if (!value.type.is_character() || is_kept_as_bytes(value.type.character_set())) return text;
    return fmt::format("my_encoded({},{})", text, static_cast<int>(value.type.character_set()));
}

std::string Translator::as_argument(std::string_view function, const Typed& value) const {
    return sees_bytes(function) ? as_bytes(value) : as_text(value);
}

// The collation of a function that gives text.
void Translator::settle_text(
    std::string_view function,
    const std::vector<Typed>& texts,
    Typed& result
) const {
    result.type.collation = connection_collation();
    if (is_of_the_system(function)) {
        result.type.collation = Collation::utf8mb3_general_ci;
        result.coercibility = Coercibility::of_the_system;
    } else if (passes_text(function) && !texts.empty()) {
        std::vector<const Typed*> operands;
        for (const auto& text : texts)
            operands.push_back(&text);
        const auto both = together_of(operands, lower_case(function), false);
        if (both.collation == Collation::binary) {
            result.sql = fmt::format("CAST({} AS BLOB)", result.sql);
            result.type = binary_type(result.type.length);
        } else {
            result.type.collation = both.collation;
        }
        result.coercibility = std::min(both.coercibility, Coercibility::coercible);
        result.is_ascii = both.is_ascii;
    }
}

// Functions that compare what they are given, and are told by which collation.
std::string
Translator::comparing_argument(std::string_view function, const std::vector<Typed>& texts) const {
    constexpr std::array<std::string_view, 6> names =
        {"LOCATE", "POSITION", "INSTR", "FIELD", "FIND_IN_SET", "STRCMP"};
    if (std::ranges::find(names, function) == names.end() || texts.empty()) return "";
    std::vector<const Typed*> operands;
    for (const auto& text : texts)
        operands.push_back(&text);
    const auto both = together_of(operands, lower_case(function), true);
    return fmt::format(",{}", static_cast<int>(both.collation));
}

// CAST(x AS CHAR), CONVERT(x USING latin1).
std::string Translator::as_character(const Typed& value, const Type& type) const {
    const auto set = static_cast<int>(type.character_set());
    if (value.type.is_binary()) return fmt::format("my_decoded({},{})", value.sql, set);
    const auto text = as_text(value);
    const bool is_larger =
        type.character_set() == CharacterSet::utf8mb4 || !value.type.is_stringish() ||
        (value.type.is_character() && value.type.character_set() == type.character_set());
    return is_larger ? fmt::format("CAST({} AS TEXT)", text)
                     : fmt::format("my_fitted({},{})", text, set);
}

// Of a column of a UNION.
std::optional<Collation> Translator::united_collation(
    const std::vector<TranslatedSelect>& members,
    std::size_t column
) const {
    std::vector<Derivation> operands;
    for (const auto& member : members) {
        const auto& own = member.columns[column];
        Typed value{.sql = {}, .type = own.type};
        value.coercibility = coercibility_of(own);
        if (own.type.is_character()) operands.push_back(derivation(value));
    }
    if (operands.empty()) return std::nullopt;
    return together(operands, "UNION", false).collation;
}

// Members of different types meet in one; each is wrapped to yield it.
void Translator::unite_columns(
    TranslatedSelect& result,
    const std::vector<TranslatedSelect>& members
) const {
    for (std::size_t i = 0; i < result.columns.size(); ++i) {
        auto& column = result.columns[i];
        column.origin_name = column.origin_table = column.table = column.schema = "";
        column.key_flags = 0;
        for (const auto& member : members) {
            column.type = common_type(column.type, member.columns[i].type);
            column.is_nullable = column.is_nullable || member.columns[i].is_nullable;
        }
        const auto collation = united_collation(members, i);
        if (column.type.is_character() && collation) column.type.collation = *collation;
    }
}

bool tells_case(Collation collation) {
    const auto& entry = entry_of(collation);
    return entry.levels >= 3 || entry.name.ends_with("_bin") || entry.name.ends_with("_cs") ||
           collation == Collation::binary;
}

} // namespace diorama::rds::sql
