// Cookies of a live run's visitors: see world/live/cookies.hpp.
#include "emulator/world/live/cookies.hpp"

#include <doctest/doctest.h>

namespace diorama {

TEST_CASE("what an answer sets is sent back, without its attributes") {
    CHECK(
        cookies_after("", {{"Set-Cookie", "AWSALB=abc=; Expires=Mon, 30 Nov 2026; Path=/"}}) ==
        "AWSALB=abc="
    );
    CHECK(cookies_after("", {{"Content-Type", "text/html"}}).empty());
}

TEST_CASE("a cookie that is set again changes, the others stay where they are") {
    const http::Headers answer{{"set-cookie", "b=3"}, {"Set-Cookie", "c=4; Secure"}};
    CHECK(cookies_after("a=1; b=2", answer) == "a=1; b=3; c=4");
}

TEST_CASE("Max-Age of zero takes a cookie back") {
    CHECK(cookies_after("a=1; b=2", {{"Set-Cookie", "a=; max-age=0"}}) == "b=2");
    CHECK(cookies_after("b=2", {{"Set-Cookie", "a=; Max-Age=-1"}}) == "b=2");
    CHECK(cookies_after("", {{"Set-Cookie", "a=1; Max-Age=60"}}) == "a=1");
}

TEST_CASE("a header that is none changes nothing") {
    CHECK(
        cookies_after("a=1", {{"Set-Cookie", ""}, {"Set-Cookie", "=x"}, {"Set-Cookie", ";;"}}) ==
        "a=1"
    );
}

TEST_CASE("the oldest cookies are forgotten, so that a long run stays small") {
    CookieBook book(2);
    CHECK(book.note("") == 0);
    CHECK(book.note("a=1") == 1);
    CHECK(book.note("b=2") == 2);
    CHECK(book.find(1) == "a=1");
    CHECK(book.note("c=3") == 3);
    CHECK(book.find(0).empty());
    CHECK(book.find(1).empty());
    CHECK(book.find(2) == "b=2");
    CHECK(book.find(3) == "c=3");
    CHECK(book.find(4).empty());
}

} // namespace diorama
