#include "services/route53/data/place.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::route53;

TEST_CASE("place: the project's own table can be read, and knows its towns") {
    const auto& own = PlaceTable::own();
    const auto* frankfurt = own.find(*CidrBlock::parse("198.18.31.7/32"));
    REQUIRE(frankfurt != nullptr);
    CHECK(frankfurt->country == "DE");
    CHECK(frankfurt->subdivision.empty());
    CHECK(own.find(*CidrBlock::parse("2001:db8:3::/64"))->country == "JP");
    CHECK(own.find(*CidrBlock::parse("127.0.0.1/32")) == nullptr);
    // Less than is needed to know.
    CHECK(own.find(*CidrBlock::parse("198.18.0.0/16")) == nullptr);
}

TEST_CASE("place: a table says which line is wrong") {
    const auto wrong = [](const char* text) {
        const auto parsed = PlaceTable::parse(text);
        const auto* sentence = std::get_if<std::string>(&parsed);
        return sentence == nullptr ? std::string() : *sentence;
    };
    CHECK(wrong("# nothing\n\n192.0.2.0/24 EU DE - 50 8 # here\n").empty());
    CHECK(wrong("\n192.0.2.0 EU DE - 50 8").starts_with("line 2: 192.0.2.0 is not a block"));
    CHECK(wrong("192.0.2.0/24 XX DE - 50 8").starts_with("line 1: XX is none of"));
    CHECK(wrong("192.0.2.0/24 EU DE - 95 8") == "line 1: latitude and longitude are degrees");
    CHECK(wrong("192.0.2.0/24 EU DE").starts_with("line 1: a place is"));
}

TEST_CASE("place: distances are those along the surface") {
    const auto from = *coordinates_of_region("us-east-1");
    CHECK(
        kilometres_between(from, *coordinates_of_region("eu-west-1")) ==
        doctest::Approx(5460).epsilon(0.02)
    );
    CHECK(kilometres_between(from, from) == doctest::Approx(0));
    CHECK_FALSE(coordinates_of_region("xx-north-9"));
    CHECK(coordinates_of_local_zone_group("us-west-2-lax-1"));
}

TEST_CASE("cidr: a block has no bits beyond its prefix") {
    for (const char* good :
         {"0.0.0.0/0", "192.0.2.0/24", "192.0.2.1/32", "2001:db8::/32", "::/0"}) {
        CAPTURE(good);
        REQUIRE(CidrBlock::parse(good));
        CHECK(CidrBlock::parse(good)->to_string() == good);
    }
    for (const char* bad :
         {"192.0.2.1/24", "192.0.2.0/33", "192.0.2.0", "x/8", "192.0.2.0/ 8", "/8"})
        CHECK_FALSE(CidrBlock::parse(bad));
    CHECK(CidrBlock::parse("10.0.0.0/8")->overlaps(*CidrBlock::parse("10.1.0.0/16")));
    CHECK_FALSE(CidrBlock::parse("10.0.0.0/8")->overlaps(*CidrBlock::parse("11.0.0.0/8")));
}
