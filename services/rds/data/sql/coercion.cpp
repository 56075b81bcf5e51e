// The rules of MySQL's manual in their order: a stronger coercibility wins, Unicode wins over what
// is not, and a collation by bytes over others of its character set.
#include "services/rds/data/sql/coercion.hpp"

#include <fmt/core.h>

#include <array>

namespace diorama::rds::sql {

namespace {

bool is_unicode(CharacterSet set) {
    return set == CharacterSet::utf8mb4 || set == CharacterSet::utf8mb3;
}

// Whether the other side's characters can all be said in this one's character set.
bool includes(const Derivation& side, const Derivation& other) {
    const auto own = set_of(side.collation);
    const auto others = set_of(other.collation);
    const bool is_stronger = side.coercibility < other.coercibility;
    const bool is_as_strong = side.coercibility == other.coercibility;
    if (is_unicode(own)) {
        const bool is_larger = !is_unicode(others) ||
                               (own == CharacterSet::utf8mb4 && others == CharacterSet::utf8mb3);
        if (is_stronger || (is_as_strong && is_larger)) return true;
    }
    return other.is_ascii && (is_stronger || (is_as_strong && !side.is_ascii));
}

std::optional<Derivation> of_one_set(const Derivation& a, const Derivation& b) {
    if (a.coercibility != b.coercibility) return a.coercibility < b.coercibility ? a : b;
    if (a.collation == b.collation) return a;
    if (a.coercibility == Coercibility::explicit_one) return std::nullopt;
    const auto by_bytes = binary_collation_of(set_of(a.collation));
    if (a.collation == by_bytes) return a;
    if (b.collation == by_bytes) return b;
    return Derivation{by_bytes, Coercibility::none, a.is_ascii && b.is_ascii};
}

std::string_view word(Coercibility coercibility) {
    constexpr std::array<std::string_view, 7> words =
        {"EXPLICIT", "NONE", "IMPLICIT", "SYSCONST", "COERCIBLE", "NUMERIC", "IGNORABLE"};
    return words[static_cast<std::size_t>(coercibility)];
}

std::string described(const Derivation& operand) {
    return fmt::format("({},{})", collation_name(operand.collation), word(operand.coercibility));
}

} // namespace

std::optional<Derivation> together(const Derivation& a, const Derivation& b) {
    auto result = a;
    const auto one = set_of(a.collation);
    const auto other = set_of(b.collation);
    if (one == other) {
        const auto decided = of_one_set(a, b);
        if (!decided) return std::nullopt;
        result = *decided;
    } else if (one == CharacterSet::binary || other == CharacterSet::binary) {
        const auto& bytes = one == CharacterSet::binary ? a : b;
        const auto& text = one == CharacterSet::binary ? b : a;
        result = bytes.coercibility <= text.coercibility ? bytes : text;
    } else if (includes(a, b)) {
        result = a;
    } else if (includes(b, a)) {
        result = b;
    } else if (a.coercibility < b.coercibility && b.coercibility >= Coercibility::of_the_system) {
        result = a;
    } else if (b.coercibility < a.coercibility && a.coercibility >= Coercibility::of_the_system) {
        result = b;
    } else {
        return std::nullopt;
    }
    result.is_ascii = a.is_ascii && b.is_ascii;
    return result;
}

SQLError illegal_mix(const std::vector<Derivation>& operands, std::string_view operation) {
    if (operands.size() == 2)
        return {
            1267,
            "HY000",
            fmt::format(
                "Illegal mix of collations {} and {} for operation '{}'",
                described(operands[0]),
                described(operands[1]),
                operation
            )
        };
    if (operands.size() == 3)
        return {
            1270,
            "HY000",
            fmt::format(
                "Illegal mix of collations {}, {}, {} for operation '{}'",
                described(operands[0]),
                described(operands[1]),
                described(operands[2]),
                operation
            )
        };
    return {1271, "HY000", fmt::format("Illegal mix of collations for operation '{}'", operation)};
}

// MySQL: an explicit collation settles what those before it could not.
Derivation
together(const std::vector<Derivation>& operands, std::string_view operation, bool compares) {
    auto result = operands.at(0);
    bool is_undecided = false;
    for (std::size_t i = 1; i < operands.size(); ++i) {
        const auto both = together(result, operands[i]);
        if (!both) {
            const bool are_explicit = result.coercibility == Coercibility::explicit_one &&
                                      operands[i].coercibility == Coercibility::explicit_one;
            if (are_explicit) throw illegal_mix(operands, operation);
            is_undecided = true;
            continue;
        }
        result = *both;
    }
    const bool is_explicit = result.coercibility == Coercibility::explicit_one;
    if (is_undecided && !is_explicit) throw illegal_mix(operands, operation);
    if (compares && result.coercibility == Coercibility::none)
        throw illegal_mix(operands, operation);
    return result;
}

} // namespace diorama::rds::sql
