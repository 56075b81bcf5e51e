// Comparison and sort keys of collations: what MySQL's manual says of them, and that both agree.
#include "emulator/random/random.hpp"
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/unicode_order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

using namespace diorama;
using namespace diorama::rds::sql;

namespace {

Collation named(std::string_view name) {
    const auto found = find_collation(name);
    REQUIRE(found);
    return *found;
}

bool equal(std::string_view collation, std::string_view a, std::string_view b) {
    return compare(named(collation), a, b) == 0;
}

bool less(std::string_view collation, std::string_view a, std::string_view b) {
    return compare(named(collation), a, b) < 0;
}

int sign(int number) {
    return number < 0 ? -1 : number > 0 ? 1 : 0;
}

// Short texts of few characters, so that many are equal or nearly so.
std::string random_text(Random& random) {
    static constexpr std::array<std::string_view, 44> pieces = {
        "a", "A", "b",  "c",  "h",  "H",    "l",       "z",      "Z",       " ",  "  ",
        "0", "-", "_",  "!",  "\t", "\x01", "\x7f",    "ä",      "a\u0308", "Ä",  "é",
        "e", "ß", "s",  "ø",  "o",  "ñ",    "n\u0303", "\u0301", "\u0327",  "я",  "Я",
        "й", "и", "は", "ハ", "ば", "한",   "中",      "文",     "🍣",      "🍺", "\xff",
    };
    std::string text;
    for (auto count = random.below(5); count > 0; --count)
        text += pieces[random.below(pieces.size())];
    return text;
}

} // namespace

TEST_CASE("collation: accents and case count as the name says") {
    CHECK(equal("utf8mb4_0900_ai_ci", "RÉSUMÉ", "resume"));
    CHECK(equal("utf8mb4_0900_ai_ci", "straße", "STRASSE"));
    CHECK(equal("utf8mb4_0900_ai_ci", "Ελλάδα", "ελλαδα"));
    CHECK(equal("utf8mb4_0900_ai_ci", "ёлка", "ЕЛКА"));
    CHECK(equal("utf8mb4_0900_ai_ci", "はは", "パパ"));
    CHECK(equal("utf8mb4_0900_ai_ci", "ﬁn", "fin"));
    CHECK(!equal("utf8mb4_0900_ai_ci", "🍣", "🍺"));
    CHECK(equal("utf8mb4_0900_as_ci", "É", "é"));
    CHECK(!equal("utf8mb4_0900_as_ci", "é", "e"));
    CHECK(!equal("utf8mb4_0900_as_cs", "É", "é"));
    CHECK(less("utf8mb4_0900_as_cs", "a", "A"));
    CHECK(less("utf8mb4_0900_as_cs", "Ab", "ac"));
    CHECK(less("utf8mb4_0900_as_cs", "a", "á"));
    CHECK(!equal("utf8mb4_0900_bin", "a", "a "));
    CHECK(equal("utf8mb4_bin", "a", "a "));
    CHECK(!equal("utf8mb4_0900_ai_ci", "a", "a "));
    CHECK(equal("utf8mb4_unicode_ci", "a", "a "));
}

TEST_CASE("collation: characters beyond the first plane are equal in the old collations") {
    CHECK(equal("utf8mb4_unicode_ci", "🍣", "🍺"));
    CHECK(equal("utf8mb4_general_ci", "🍣", "🍺"));
    CHECK(!equal("utf8mb4_unicode_520_ci", "🍣", "🍺"));
    CHECK(!equal("utf8mb4_bin", "🍣", "🍺"));
}

TEST_CASE("collation: older versions of the algorithm tell more letters apart") {
    for (const auto* letter : {"øo", "łl", "đd", "ħh", "ðd"}) {
        const std::string_view pair(letter);
        CAPTURE(pair);
        CHECK(equal("utf8mb4_0900_ai_ci", pair.substr(0, 2), pair.substr(2)));
        CHECK(equal("utf8mb4_unicode_520_ci", pair.substr(0, 2), pair.substr(2)));
        CHECK(less("utf8mb4_unicode_ci", pair.substr(2), pair.substr(0, 2)));
        CHECK(!equal("utf8mb4_czech_ci", pair.substr(0, 2), pair.substr(2)));
    }
    CHECK(equal("utf8mb4_0900_ai_ci", "ї", "і"));
    CHECK(!equal("utf8mb4_unicode_ci", "ї", "і"));
    CHECK(!equal("utf8mb4_unicode_520_ci", "ї", "і"));
    CHECK(equal("utf8mb4_unicode_ci", "Ї", "ї"));
    CHECK(equal("utf8mb4_unicode_ci", "ё", "е"));
    CHECK(less("utf8mb4_unicode_ci", "^", "_"));
    CHECK(less("utf8mb4_0900_ai_ci", "_", "^"));
}

TEST_CASE("collation: general_ci gives each character one weight") {
    CHECK(equal("utf8mb4_general_ci", "ß", "s"));
    CHECK(!equal("utf8mb4_general_ci", "ß", "ss"));
    CHECK(equal("utf8mb4_general_ci", "Ä", "a"));
    CHECK(equal("utf8mb3_general_ci", "Ω", "ω"));
    CHECK(!equal("utf8mb4_general_ci", "は", "ば"));
    CHECK(!equal("utf8mb4_general_ci", "æ", "ae"));
    CHECK(less("utf8mb4_general_ci", "Z", "_"));
}

TEST_CASE("collation: languages order by their own alphabets") {
    CHECK(less("utf8mb4_sv_0900_ai_ci", "z", "ö"));
    CHECK(less("utf8mb4_0900_ai_ci", "ö", "z"));
    CHECK(equal("utf8mb4_de_pb_0900_ai_ci", "Müller", "Mueller"));
    CHECK(!equal("utf8mb4_0900_ai_ci", "Müller", "Mueller"));
    CHECK(less("utf8mb4_es_0900_ai_ci", "nz", "ñ"));
    CHECK(less("utf8mb4_es_trad_0900_ai_ci", "cz", "ch"));
    CHECK(less("utf8mb4_cs_0900_ai_ci", "hz", "ch"));
    CHECK(equal("utf8mb4_ja_0900_as_cs", "あ", "ア"));
    CHECK(!equal("utf8mb4_ja_0900_as_cs_ks", "あ", "ア"));
    CHECK(!equal("utf8mb4_tr_0900_ai_ci", "I", "i"));
    CHECK(less("utf8mb4_da_0900_ai_ci", "z", "å"));
    CHECK(less("utf8mb4_swedish_ci", "z", "å"));
}

TEST_CASE("collation: those of latin1 have tables of their own") {
    CHECK(equal("latin1_swedish_ci", "É", "e"));
    CHECK(equal("latin1_swedish_ci", "ü", "y"));
    CHECK(less("latin1_swedish_ci", "z", "å"));
    CHECK(less("latin1_swedish_ci", "å", "ä"));
    CHECK(equal("latin1_german1_ci", "ß", "s"));
    CHECK(equal("latin1_german2_ci", "ß", "ss"));
    CHECK(equal("latin1_german2_ci", "ä", "AE"));
    CHECK(!equal("latin1_general_ci", "é", "e"));
    CHECK(equal("latin1_general_ci", "é", "É"));
    CHECK(!equal("latin1_general_cs", "é", "É"));
    CHECK(less("latin1_bin", "€", "é")); // 0x80 and 0xe9
    CHECK(equal("ascii_general_ci", "a", "A"));
}

TEST_CASE("collation: sort keys are equal for equal texts, and in the same order") {
    Random random(7);
    for (std::size_t i = 0; i < all_collations().size(); ++i) {
        const auto collation = static_cast<Collation>(i);
        CAPTURE(collation_name(collation));
        for (int round = 0; round < 400; ++round) {
            const auto a = random_text(random);
            const auto b = random_text(random);
            CAPTURE(a);
            CAPTURE(b);
            const auto order = sign(compare(collation, a, b));
            CHECK(order == sign(sort_key(collation, a).compare(sort_key(collation, b))));
            CHECK(order == -sign(compare(collation, b, a)));
        }
    }
}

TEST_CASE("collation: the order is one order") {
    Random random(8);
    for (const auto* name :
         {"utf8mb4_0900_ai_ci",
          "utf8mb4_0900_as_cs",
          "utf8mb4_unicode_ci",
          "utf8mb4_general_ci",
          "latin1_german2_ci",
          "utf8mb4_cs_0900_as_cs",
          "utf8mb4_ja_0900_as_cs_ks"}) {
        CAPTURE(name);
        const auto collation = named(name);
        std::vector<std::string> texts;
        for (int i = 0; i < 200; ++i)
            texts.push_back(random_text(random));
        std::ranges::sort(texts, [&](const auto& a, const auto& b) {
            return compare(collation, a, b) < 0;
        });
        for (std::size_t a = 0; a < texts.size(); ++a)
            for (auto b = a + 1; b < texts.size(); b += 7)
                CHECK(compare(collation, texts[a], texts[b]) <= 0);
    }
}

TEST_CASE("collation: the way for ASCII decides as ICU does") {
    Random random(9);
    for (const auto* name :
         {"utf8mb4_0900_ai_ci",
          "utf8mb4_0900_as_ci",
          "utf8mb4_0900_as_cs",
          "utf8mb4_unicode_520_ci",
          "utf8mb4_unicode_ci"}) {
        const auto collation = named(name);
        for (int round = 0; round < 20'000; ++round) {
            std::string a;
            std::string b;
            for (auto* text : {&a, &b})
                for (auto count = random.below(4); count > 0; --count)
                    text->push_back(static_cast<char>(random.below(128)));
            for (auto* text : {&a, &b})
                text->erase(text->find_last_not_of(' ') + 1); // which PAD SPACE does not see
            CAPTURE(a);
            CAPTURE(b);
            CHECK(sign(compare(collation, a, b)) == sign(compare_by_unicode(collation, a, b)));
        }
    }
}

TEST_CASE("collation: LIKE goes character by character") {
    const auto likes = [](std::string_view collation, std::string_view text, std::string_view p) {
        return like(named(collation), text, p, '\\');
    };
    CHECK(likes("utf8mb4_0900_ai_ci", "Ångström", "angstr_m"));
    CHECK(likes("utf8mb4_0900_ai_ci", "ЁЛКА", "елк%"));
    CHECK(likes("utf8mb4_0900_ai_ci", "は", "パ"));
    CHECK(!likes("utf8mb4_0900_ai_ci", "ß", "ss"));
    CHECK(!likes("utf8mb4_0900_as_ci", "é", "e"));
    CHECK(likes("utf8mb4_0900_as_ci", "é", "É"));
    CHECK(!likes("utf8mb4_0900_as_cs", "é", "É"));
    CHECK(!likes("utf8mb4_0900_ai_ci", "a ", "a"));
    CHECK(likes("latin1_swedish_ci", "ü", "Y"));
    CHECK(!likes("utf8mb4_bin", "a", "A"));
    CHECK(likes("utf8mb4_tr_0900_ai_ci", "ı", "I"));
}

TEST_CASE("collation: threads share what is opened on first use") {
    std::vector<std::thread> threads;
    std::atomic<int> equal_ones = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 500; ++round)
                for (const auto* name : {"utf8mb4_pl_0900_ai_ci", "utf8mb4_lt_0900_as_cs"})
                    equal_ones += compare(*find_collation(std::string_view(name)), "é", "é!") < 0;
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(equal_ones == 4 * 500 * 2);
}

TEST_CASE("collation: upper and lower case are one character for one") {
    CHECK(upper_case_unicode("straße éàœ яλ ǆ") == "STRAßE ÉÀŒ ЯΛ Ǆ");
    CHECK(lower_case_unicode("ÀÉÎ ЯΛΣ Ⅷ") == "àéî яλσ ⅷ");
}
