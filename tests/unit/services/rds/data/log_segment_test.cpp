#include "services/rds/data/log_segment.hpp"

#include <doctest/doctest.h>

using namespace diorama;

TEST_CASE("log segment: entries come back as they were, and a cut segment is none") {
    rds::Change change;
    change.kind = rds::Change::Kind::definition;
    change.schema = "app";
    change.statement = "DROP TABLE t";
    std::string segment;
    rds::append_entry(segment, {7, Timestamp(std::chrono::seconds(5)), {change}});
    const auto first = segment.size();
    rds::append_entry(segment, {8, Timestamp(std::chrono::seconds(6)), {change, change}});
    const auto entries = rds::decode_segment(segment);
    REQUIRE(entries);
    REQUIRE(entries->size() == 2);
    CHECK(entries->at(1).position == 8);
    CHECK(entries->at(1).committed == Timestamp(std::chrono::seconds(6)));
    CHECK(entries->at(1).changes == std::vector{change, change});
    for (std::size_t length = 0; length < segment.size(); ++length) {
        const bool is_whole = length == rds::log_segment_head.size() || length == first;
        CAPTURE(length);
        CHECK(rds::decode_segment(segment.substr(0, length)).has_value() == is_whole);
    }
}
