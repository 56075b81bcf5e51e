#include "services/cloudfront/data/byte_range.hpp"

#include <doctest/doctest.h>

using namespace diorama::cloudfront;
using Kind = ByteRange::Kind;

TEST_CASE("byte range: one well-formed range is a part, everything else the whole") {
    struct Example {
        const char* range;
        Kind kind;
        std::uint64_t offset;
        std::uint64_t length;
    };

    const Example examples[] = {
        {"bytes=0-4", Kind::part, 0, 5},
        {"bytes=5-", Kind::part, 5, 5},
        {"bytes=-3", Kind::part, 7, 3},
        {"bytes=-30", Kind::part, 0, 10},
        {"bytes=8-100", Kind::part, 8, 2},
        {"Bytes = 0-0", Kind::part, 0, 1},
        {"bytes=10-", Kind::unsatisfiable, 0, 0},
        {"bytes=99999999999999999999-", Kind::unsatisfiable, 0, 0},
        {"bytes=-0", Kind::unsatisfiable, 0, 0},
        {"bytes=4-2", Kind::whole, 0, 10},
        {"bytes=0-1,3-4", Kind::whole, 0, 10},
        {"bytes=a-b", Kind::whole, 0, 10},
        {"bytes=-", Kind::whole, 0, 10},
        {"bytes=", Kind::whole, 0, 10},
        {"lines=0-4", Kind::whole, 0, 10},
        {"", Kind::whole, 0, 10},
    };
    for (const auto& example : examples) {
        CAPTURE(example.range);
        const auto range = parse_range(example.range, 10);
        CHECK(range.kind == example.kind);
        CHECK(range.offset == example.offset);
        CHECK(range.length == example.length);
    }
}
