#include "emulator/aws/wildcard.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama::aws;

TEST_CASE("wildcard: * is any characters, ? is one") {
    const struct {
        const char* pattern;
        const char* text;
        bool matches;
    } rows[] = {
        {"", "", true},
        {"*", "", true},
        {"?", "", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"a*c", "abbc", true},
        {"a*c", "abcd", false},
        {"*.example.com", "test.example.com", true},
        {"*.example.com", "example.com", false},
        {"a*b*c", "axxbyyc", true},
        {"a*b*c", "axxbyy", false},
        {"*b*b*", "abab", true},
        {"**a", "bca", true},
        {"\\*", "*", false}, // a backslash is one
        {"\\*", "\\x", true},
        {"ABC", "abc", false},
    };

    for (const auto& row : rows) {
        CAPTURE(row.pattern);
        CAPTURE(row.text);
        CHECK(matches_wildcard(row.pattern, row.text) == row.matches);
    }
}

TEST_CASE("wildcard: escapes and the folding of case are options") {
    constexpr WildcardOptions escapes{.ignores_case = false, .has_escapes = true};
    CHECK(matches_wildcard("what\\?", "what?", escapes));
    CHECK_FALSE(matches_wildcard("what\\?", "whatx", escapes));
    CHECK(matches_wildcard("\\*", "*", escapes));
    CHECK_FALSE(matches_wildcard("\\*", "x", escapes));
    CHECK(matches_wildcard("\\", "\\", escapes));
    CHECK(matches_wildcard("A*C", "abc", {.ignores_case = true}));
}

TEST_CASE("wildcard: a pattern of many stars takes no exponential time") {
    CHECK_FALSE(matches_wildcard("*a*a*a*a*a*a*a*a*a*a*b", std::string(20'000, 'a')));
}
