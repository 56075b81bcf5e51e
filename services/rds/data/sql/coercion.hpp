// Which collation holds where two texts meet.
// https://dev.mysql.com/doc/refman/8.0/en/charset-collation-coercibility.html
#pragma once

#include "services/rds/data/sql/collation_list.hpp"
#include "services/rds/data/sql/error.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

enum class Coercibility : std::uint8_t {
    explicit_one, // COLLATE
    none,         // of what has been put together from several collations
    implicit,     // a column, a variable of a stored program
    of_the_system,
    coercible, // a literal
    numeric,
    ignorable, // NULL
};

struct Derivation {
    Collation collation = Collation::utf8mb4_0900_ai_ci;
    Coercibility coercibility = Coercibility::coercible;
    bool is_ascii = false; // whatever it yields, no other characters are in it
};

// Of both together; its coercibility is `none` if neither gives way. Nothing: two explicit ones.
std::optional<Derivation> together(const Derivation& a, const Derivation& b);

// 1267, 1270 or 1271, as many as there are.
SQLError illegal_mix(const std::vector<Derivation>& operands, std::string_view operation);

// Of all of them. What compares them needs one collation and fails without.
Derivation
together(const std::vector<Derivation>& operands, std::string_view operation, bool compares);

} // namespace diorama::rds::sql
