#include "services/s3/data/range.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama::s3;

TEST_CASE("range: what is satisfiable, what is ignored, what is refused") {
    struct Case {
        std::string header;
        std::uint64_t size;
        RangeVerdict verdict;
        ByteRange range = {};
    };
    using enum RangeVerdict;
    for (const auto& example : std::initializer_list<Case>{
             {"bytes=0-0", 10, partial, {0, 1}},
             {"bytes=0-", 10, partial, {0, 10}},
             {"bytes=5-100", 10, partial, {5, 5}},
             {"bytes=-100", 10, partial, {0, 10}},
             {"bytes=-1", 10, partial, {9, 1}},
             {"bytes=9-18446744073709551616", 10, partial, {9, 1}},
             {"bytes=10-", 10, not_satisfiable},
             {"bytes=-0", 10, not_satisfiable},
             {"bytes=0-0", 0, not_satisfiable},
             {"bytes=-1", 0, not_satisfiable},
             {"bytes=4-2", 10, whole},
             {"bytes=a-2", 10, whole},
             {"bytes=", 10, whole},
             {"bytes=-", 10, whole},
             {"items=0-1", 10, whole},
             {"bytes=0-1,2-3", 10, whole},
             {"", 10, whole},
         }) {
        CAPTURE(example.header);
        const auto result = resolve_range(example.header, example.size);
        CHECK(static_cast<int>(result.verdict) == static_cast<int>(example.verdict));
        CHECK(result.range == example.range);
    }
}

TEST_CASE("range: a copy range needs both ends") {
    CHECK(parse_copy_range("bytes=0-8")->last == 8);
    for (const auto text : {"0-8", "bytes=0-", "bytes=-8", "bytes=8-0", "bytes=0-8,9-10", ""})
        CHECK_FALSE(parse_copy_range(text).has_value());
}
