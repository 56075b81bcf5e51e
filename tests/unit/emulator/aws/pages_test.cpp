#include "emulator/aws/pages.hpp"

#include <doctest/doctest.h>

using diorama::aws::keep_page;
using Items = std::vector<int>;

TEST_CASE("pages: each token leads to the items after the last page, until there are none") {
    std::optional<std::string> next;
    Items items{1, 2, 3, 4, 5};
    REQUIRE(keep_page(items, 2, std::nullopt, next));
    CHECK(items == Items{1, 2});
    auto token = next;
    items = {1, 2, 3, 4, 5};
    REQUIRE(keep_page(items, 2, token, next));
    CHECK(items == Items{3, 4});
    token = next;
    next.reset();
    items = {1, 2, 3, 4, 5};
    REQUIRE(keep_page(items, 2, token, next));
    CHECK(items == Items{5});
    CHECK_FALSE(next);
}

TEST_CASE("pages: a page as long as the list has no successor") {
    std::optional<std::string> next;
    Items items{1, 2};
    REQUIRE(keep_page(items, 2, std::nullopt, next));
    CHECK(items == Items{1, 2});
    CHECK_FALSE(next);
}

TEST_CASE("pages: a token past the end gives nothing, one that is no number is refused") {
    std::optional<std::string> next;
    Items items{1, 2};
    REQUIRE(keep_page(items, 2, "7", next));
    CHECK(items.empty());
    for (const auto* token : {"", "x", "1x", "-1", "99999999999999999999999"})
        CHECK_FALSE(keep_page(items, 2, std::string(token), next));
}
