// Texts as the bytes of other character sets.
#include "services/rds/data/sql/character_set.hpp"

#include <doctest/doctest.h>

using namespace diorama::rds::sql;

TEST_CASE("character sets: latin1 is cp1252, and every byte of it comes back") {
    CHECK(encoded(CharacterSet::latin1, "é€Ÿ") == "\xe9\x80\x9f");
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte)
        bytes.push_back(static_cast<char>(byte));
    const auto text = decoded(CharacterSet::latin1, bytes);
    REQUIRE(text);
    CHECK(is_utf8(*text));
    CHECK(encoded(CharacterSet::latin1, *text) == bytes);
}

TEST_CASE("character sets: what a set lacks is a question mark") {
    CHECK(encoded(CharacterSet::latin1, "aя🍣") == "a??");
    CHECK(fitted(CharacterSet::ascii, "aé") == "a?");
    CHECK(fitted(CharacterSet::utf8mb3, "é🍣") == "é?");
    CHECK(fitted(CharacterSet::utf8mb4, "é🍣") == "é🍣");
    CHECK(holds(CharacterSet::latin1, "naïve €"));
    CHECK(!holds(CharacterSet::latin1, "Ω"));
    CHECK(!holds(CharacterSet::utf8mb3, "🍣"));
}

TEST_CASE("character sets: bytes that are no characters are none") {
    CHECK(!decoded(CharacterSet::utf8mb4, "\xe9"));
    CHECK(!decoded(CharacterSet::utf8mb3, "🍣"));
    CHECK(!decoded(CharacterSet::ascii, "é"));
    CHECK(decoded(CharacterSet::binary, "\xff") == "\xff");
    CHECK(!is_utf8("\xc0\x80"));
    CHECK(!is_utf8("\xed\xa0\x80"));
    CHECK(is_ascii("0123456789abcdef"));
    CHECK(!is_ascii("0123456789abcdeé"));
}

TEST_CASE("character sets: their collations are found by name and by number") {
    CHECK(find_collation(std::uint16_t{255}) == Collation::utf8mb4_0900_ai_ci);
    CHECK(find_collation("UTF8_general_ci") == Collation::utf8mb3_general_ci);
    CHECK(default_collation_of("utf8") == Collation::utf8mb3_general_ci);
    CHECK(binary_collation_of(CharacterSet::latin1) == find_collation("latin1_bin"));
    CHECK(!find_collation("koi8r_general_ci"));
    for (std::size_t i = 0; i < all_collations().size(); ++i) {
        const auto& entry = all_collations()[i];
        CAPTURE(entry.name);
        CHECK(find_collation(entry.name) == static_cast<Collation>(i));
        CHECK(find_collation(entry.id) == static_cast<Collation>(i));
    }
}
