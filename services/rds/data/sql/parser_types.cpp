// Column types and their attributes.
// https://dev.mysql.com/doc/refman/8.0/en/data-types.html
#include "services/rds/data/sql/parser.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace diorama::rds::sql {

namespace {

struct NumberWord {
    std::string_view word;
    TypeKind kind;
};

constexpr std::array integer_words = {
    NumberWord{"TINYINT", TypeKind::tiny_integer},
    NumberWord{"SMALLINT", TypeKind::small_integer},
    NumberWord{"MEDIUMINT", TypeKind::medium_integer},
    NumberWord{"INT", TypeKind::integer},
    NumberWord{"INTEGER", TypeKind::integer},
    NumberWord{"BIGINT", TypeKind::big_integer},
    NumberWord{"INT1", TypeKind::tiny_integer},
    NumberWord{"INT2", TypeKind::small_integer},
    NumberWord{"INT3", TypeKind::medium_integer},
    NumberWord{"INT4", TypeKind::integer},
    NumberWord{"INT8", TypeKind::big_integer},
};

struct LengthWord {
    std::string_view word;
    TypeKind kind;
    std::uint32_t length;
};

constexpr std::array large_words = {
    LengthWord{"TINYTEXT", TypeKind::text, 255},
    LengthWord{"TEXT", TypeKind::text, 65535},
    LengthWord{"MEDIUMTEXT", TypeKind::text, 16777215},
    LengthWord{"LONGTEXT", TypeKind::text, 0xffffffff},
    LengthWord{"TINYBLOB", TypeKind::blob, 255},
    LengthWord{"BLOB", TypeKind::blob, 65535},
    LengthWord{"MEDIUMBLOB", TypeKind::blob, 16777215},
    LengthWord{"LONGBLOB", TypeKind::blob, 0xffffffff},
};

} // namespace

std::vector<std::string> Parser::member_list() {
    std::vector<std::string> members;
    expect("(");
    do
        members.push_back(text_literal());
    while (accept(","));
    expect(")");
    return members;
}

// Without UNSIGNED, CHARACTER SET and the like.
Type Parser::named_type() {
    Type type;
    const auto optional_length = [this](std::uint32_t otherwise) {
        if (!accept("(")) return otherwise;
        const auto length = integer_literal();
        expect(")");
        return static_cast<std::uint32_t>(length);
    };
    if (at("NATIONAL") && (at("CHAR", 1) || at("CHARACTER", 1) || at("VARCHAR", 1))) {
        ++at_;
        is_national_ = true;
    }
    if (accept("BOOL") || accept("BOOLEAN")) {
        type.kind = TypeKind::tiny_integer;
        type.length = 1;
        return type;
    }
    for (const auto& [word, kind] : integer_words) {
        if (!accept(word)) continue;
        type.kind = kind;
        type.length = optional_length(0);
        return type;
    }
    for (const auto& [word, kind, length] : large_words) {
        if (!accept(word)) continue;
        optional_length(0);
        type.kind = kind;
        type.length = length;
        if (kind == TypeKind::blob) type.collation = Collation::binary;
        return type;
    }
    if (accept("DECIMAL") || accept("NUMERIC") || accept("DEC") || accept("FIXED"))
        return fixed_point_type();
    if (at_any({"FLOAT", "DOUBLE", "REAL"})) return floating_point_type();
    if (at_any({"DATETIME", "TIMESTAMP", "TIME"})) {
        type.kind = at("DATETIME")    ? TypeKind::datetime
                    : at("TIMESTAMP") ? TypeKind::timestamp
                                      : TypeKind::time;
        ++at_;
        type.scale = static_cast<std::uint8_t>(std::min<std::uint32_t>(optional_length(0), 6));
        return type;
    }
    if (accept("DATE"))
        type.kind = TypeKind::date;
    else if (accept("YEAR")) {
        if (optional_length(4) != 4)
            throw SQLError{1818, "HY000", "Supports only YEAR or YEAR(4) column."};
        type.kind = TypeKind::year;
        type.length = 4;
    } else if (accept("BIT")) {
        type.kind = TypeKind::bit;
        type.length = optional_length(1);
        type.is_unsigned = true;
    } else if (accept("JSON"))
        type.kind = TypeKind::json;
    else if (const auto shape = find_geometry_kind(peek().raw)) {
        ++at_;
        return geometry_type(*shape);
    } else
        return character_type(upper_case(peek().raw));
    return type;
}

Type Parser::fixed_point_type() {
    auto type = decimal_type(10, 0);
    if (accept("(")) {
        type.length = static_cast<std::uint32_t>(std::min<std::int64_t>(integer_literal(), 1000));
        if (accept(",")) type.scale = static_cast<std::uint8_t>(integer_literal());
        expect(")");
    }
    if (type.length == 0) type.length = 10; // MySQL: DECIMAL(0) is DECIMAL(10)
    return type;
}

Type Parser::floating_point_type() {
    Type type;
    const bool is_float = at("FLOAT") || (at("REAL") && modes_.real_as_float);
    type.kind = is_float ? TypeKind::float_number : TypeKind::double_number;
    ++at_;
    accept("PRECISION");
    if (accept("(")) {
        const auto digits = integer_literal();
        if (accept(",")) {
            type.length = static_cast<std::uint32_t>(std::min<std::int64_t>(digits, 1000));
            type.scale = static_cast<std::uint8_t>(std::min<std::int64_t>(integer_literal(), 255));
        } else if (digits > 24) {
            type.kind = TypeKind::double_number;
        }
        expect(")");
    }
    return type;
}

Type Parser::character_type(std::string_view word) {
    Type type;
    const bool is_enumeration = word == "ENUM";
    if (is_enumeration || word == "SET") {
        ++at_;
        type.kind = is_enumeration ? TypeKind::enumeration : TypeKind::set;
        type.members = std::make_shared<const std::vector<std::string>>(member_list());
        return type;
    }
    const bool is_varying = word.starts_with("VAR") || at("VARYING", 1);
    const bool is_bytes = word == "BINARY" || word == "VARBINARY";
    if (!is_bytes && word != "CHAR" && word != "CHARACTER" && word != "VARCHAR" &&
        word != "NCHAR" && word != "NVARCHAR" && word != "VARCHARACTER")
        fail();
    ++at_;
    accept("VARYING");
    if (word.starts_with('N')) is_national_ = true;
    type.length = 1;
    if (accept("(")) {
        type.length = static_cast<std::uint32_t>(integer_literal());
        expect(")");
    } else if (is_varying) {
        fail();
    }
    if (is_bytes) {
        type.kind = is_varying ? TypeKind::varying_binary : TypeKind::binary;
        type.collation = Collation::binary;
    } else {
        type.kind =
            is_varying || word == "NVARCHAR" ? TypeKind::varying_character : TypeKind::character;
    }
    if (type.kind == TypeKind::character && type.length > 255)
        throw SQLError{
            1074,
            "42000",
            "Column length too big for column (max = 255); use BLOB or TEXT instead"
        };
    return type;
}

void Parser::numeric_attributes(Type& type) {
    while (type.is_number()) {
        if (accept("UNSIGNED"))
            type.is_unsigned = true;
        else if (accept("ZEROFILL"))
            type.is_unsigned = type.is_zerofill = true;
        else if (!accept("SIGNED"))
            return;
    }
}

// The result says whether a character set or a collation was named. A collation named alone brings
// its character set.
bool Parser::character_attributes(Type& type) {
    std::optional<CharacterSet> set;
    std::optional<Collation> collation;
    bool is_by_bytes = false;
    while (true) {
        if (accept_all({"CHARACTER", "SET"}) || accept("CHARSET") ||
            (type.is_character() && at("CHAR") && at("SET", 1) && accept_all({"CHAR", "SET"}))) {
            accept("="); // as table and database options may write it
            const auto name = name_or_text();
            set = find_character_set(name);
            if (!set) throw unknown_character_set(name);
        } else if (accept("COLLATE")) {
            accept("=");
            const auto name = name_or_text();
            collation = find_collation(name);
            if (!collation) throw unknown_collation(name);
        } else if (type.is_character() && accept("BINARY"))
            is_by_bytes = true;
        else if (accept("ASCII")) // MySQL: "shorthand for CHARACTER SET latin1"
            set = CharacterSet::latin1;
        else if (accept("UNICODE"))
            throw unknown_character_set("ucs2");
        else
            break;
    }
    if (collation && set && set_of(*collation) != *set) throw collation_mismatch(*collation, *set);
    if (!set && !collation && !is_by_bytes) return false;
    const auto chosen = set.value_or(set_of(collation.value_or(type.collation)));
    type.collation = collation     ? *collation
                     : is_by_bytes ? binary_collation_of(chosen)
                                   : entry_of(chosen).default_collation;
    return true;
}

namespace {

void check_digits(const Type& type, std::string_view name) {
    constexpr unsigned most_scale = 30;
    constexpr unsigned most_real_digits = 255;
    const auto widest = type.kind == TypeKind::bit ? 64 : most_real_digits;
    const bool has_width = type.is_integer() || type.is_real();
    if (has_width && type.length > widest)
        throw SQLError{
            1439,
            "42000",
            fmt::format("Display width out of range for column '{}' (max = {})", name, widest)
        };
    constexpr unsigned most_of_seconds = 6;
    const bool has_seconds = type.is_temporal() && type.kind != TypeKind::date;
    if (has_seconds && type.scale > most_of_seconds)
        throw SQLError{
            1426,
            "42000",
            fmt::format("Too-big precision {} specified for '{}'. Maximum is 6.", type.scale, name)
        };
    if (!type.is_decimal() && !type.is_real()) return;
    if (type.scale > most_scale)
        throw SQLError{
            1425,
            "42000",
            fmt::format(
                "Too big scale {} specified for column '{}'. Maximum is 30.",
                type.scale,
                name
            )
        };
    if (type.is_decimal() && type.length > limits::max_decimal_digits)
        throw SQLError{
            1426,
            "42000",
            fmt::format(
                "Too-big precision {} specified for '{}'. Maximum is {}.",
                type.length,
                name,
                limits::max_decimal_digits
            )
        };
    if (type.scale > type.length)
        throw SQLError{
            1427,
            "42000",
            fmt::format(
                "For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column '{}').",
                name
            )
        };
}

} // namespace

Type Parser::column_type(bool& has_collation, std::string_view column) {
    auto type = named_type();
    check_digits(type, column);
    numeric_attributes(type);
    has_collation = type.is_character() && character_attributes(type);
    if (std::exchange(is_national_, false) && !has_collation) { // MySQL: utf8mb3
        type.collation = Collation::utf8mb3_general_ci;
        has_collation = true;
    }
    if (has_collation) make_binary(type);
    if (type.is_integer() && type.length == 0 && type.kind != TypeKind::bit) {
        // AWS and MySQL 8.0.19 print no width, but metadata has one.
        static constexpr std::array<std::uint32_t, 5> widths = {4, 6, 9, 11, 20};
        const auto index =
            static_cast<std::size_t>(type.kind) - static_cast<std::size_t>(TypeKind::tiny_integer);
        const bool is_narrower = type.is_unsigned && type.kind != TypeKind::big_integer &&
                                 type.kind != TypeKind::medium_integer;
        type.length = widths[index] - (is_narrower ? 1 : 0);
        if (type.is_unsigned && type.kind == TypeKind::medium_integer) type.length = 8;
    }
    return type;
}

} // namespace diorama::rds::sql
