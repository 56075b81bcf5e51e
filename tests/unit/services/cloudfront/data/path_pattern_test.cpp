#include "services/cloudfront/data/path_pattern.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama::cloudfront;

TEST_CASE("path pattern: * stands for any characters, ? for one, and case counts") {
    struct Example {
        const char* pattern;
        const char* path;
        bool matches;
    };

    const Example examples[] = {
        {"*", "/", true},
        {"*", "/a/b", true},
        {"/images/*", "/images/a.png", true},
        {"images/*", "/images/a.png", true},
        {"/images/*", "/images/", true},
        {"/images/*", "/Images/a.png", false},
        {"*.jpg", "/a/b/c.jpg", true},
        {"*.jpg", "/a/b/c.jpeg", false},
        {"/a?.gif", "/ab.gif", true},
        {"/a?.gif", "/a.gif", false},
        {"/a*b*c", "/aXbYbZc", true},
        {"/a*b*c", "/aXbYbZ", false},
        {"/api", "/api", true},
        {"/api", "/api/", false},
        {"/**", "/", true},
        {"", "/", true},
        {"", "/x", false},
    };
    for (const auto& example : examples) {
        CAPTURE(example.pattern);
        CAPTURE(example.path);
        CHECK(path_matches(example.pattern, example.path) == example.matches);
    }
}

TEST_CASE("invalidation path: * counts at the end only, and a query must be written") {
    CHECK(invalidation_matches("/*", "/"));
    CHECK(invalidation_matches("/*", "/a/b?c=d"));
    CHECK(invalidation_matches("/a*", "/ab"));
    CHECK(invalidation_matches("/a", "/a"));
    CHECK_FALSE(invalidation_matches("/a", "/a?x=1"));
    CHECK(invalidation_matches("/a?x=1", "/a?x=1"));
    CHECK_FALSE(invalidation_matches("/A", "/a"));
    CHECK_FALSE(invalidation_matches("/a/*", "/a"));
}
