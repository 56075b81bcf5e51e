// Which collation holds where texts meet: the manual's rules.
#include "services/rds/data/sql/coercion.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace diorama::rds::sql;

namespace {

Derivation column(std::string_view collation) {
    return {*find_collation(collation), Coercibility::implicit, false};
}

Derivation literal(std::string_view collation, bool is_ascii = true) {
    return {*find_collation(collation), Coercibility::coercible, is_ascii};
}

Derivation named(std::string_view collation) {
    return {*find_collation(collation), Coercibility::explicit_one, false};
}

std::string chosen(const std::vector<Derivation>& operands) {
    try {
        return std::string(collation_name(together(operands, "=", true).collation));
    } catch (const SQLError& error) {
        return fmt::format("{} {}", error.code, error.message);
    }
}

} // namespace

TEST_CASE("coercion: a column wins over a literal, COLLATE over both") {
    CHECK(
        chosen({column("utf8mb4_general_ci"), literal("utf8mb4_0900_ai_ci")}) ==
        "utf8mb4_general_ci"
    );
    CHECK(
        chosen({column("utf8mb4_general_ci"), named("utf8mb4_0900_as_cs")}) == "utf8mb4_0900_as_cs"
    );
    CHECK(
        chosen({column("latin1_swedish_ci"), literal("utf8mb4_0900_ai_ci")}) == "latin1_swedish_ci"
    );
}

TEST_CASE("coercion: Unicode wins over what is not, four bytes over three") {
    CHECK(
        chosen({column("latin1_swedish_ci"), column("utf8mb4_general_ci")}) == "utf8mb4_general_ci"
    );
    CHECK(
        chosen({column("utf8mb3_general_ci"), column("utf8mb4_unicode_ci")}) == "utf8mb4_unicode_ci"
    );
}

TEST_CASE("coercion: a collation by bytes wins over others of its character set") {
    CHECK(chosen({column("utf8mb4_general_ci"), column("utf8mb4_bin")}) == "utf8mb4_bin");
    CHECK(chosen({column("latin1_bin"), column("latin1_swedish_ci")}) == "latin1_bin");
}

TEST_CASE("coercion: others of the same strength cannot be mixed") {
    CHECK(
        chosen({column("utf8mb4_general_ci"), column("utf8mb4_unicode_ci")}) ==
        "1267 Illegal mix of collations (utf8mb4_general_ci,IMPLICIT) and "
        "(utf8mb4_unicode_ci,IMPLICIT) for operation '='"
    );
    CHECK(
        chosen({named("utf8mb4_general_ci"), named("utf8mb4_bin")}) ==
        "1267 Illegal mix of collations (utf8mb4_general_ci,EXPLICIT) and (utf8mb4_bin,EXPLICIT) "
        "for operation '='"
    );
    CHECK(
        chosen(
            {column("utf8mb4_general_ci"),
             column("utf8mb4_unicode_ci"),
             column("utf8mb4_0900_ai_ci")}
        ) == "1270 Illegal mix of collations (utf8mb4_general_ci,IMPLICIT), "
             "(utf8mb4_unicode_ci,IMPLICIT), (utf8mb4_0900_ai_ci,IMPLICIT) for operation '='"
    );
    CHECK(
        chosen(
            {column("utf8mb4_general_ci"), column("utf8mb4_unicode_ci"), named("utf8mb4_0900_ai_ci")
            }
        ) == "utf8mb4_0900_ai_ci"
    );
}
