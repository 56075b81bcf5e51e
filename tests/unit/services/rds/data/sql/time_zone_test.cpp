// Time zones: offsets, files of the tz database and the rule after their last transition.
#include "services/rds/data/sql/time_zone.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace diorama::rds::sql;

namespace {

void put(std::string& bytes, std::int64_t number, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>(number >> shift));
}

// RFC 8536: a file of version 2 with one type, one transition and a footer.
std::string zone_file(std::int64_t transition, std::int64_t offset, const std::string& footer) {
    const auto header = [](std::string& bytes, int times) {
        bytes += "TZif2";
        bytes.append(15, '\0');
        for (const int count : {0, 0, 0, times, 1, 4})
            put(bytes, count, 4);
    };
    const auto types = [&](std::string& bytes) {
        put(bytes, offset, 4);
        bytes += std::string("\0\0", 2) + std::string("ABC\0", 4);
    };
    std::string bytes;
    header(bytes, 0);
    types(bytes);
    header(bytes, 1);
    put(bytes, transition, 8);
    bytes.push_back('\0');
    types(bytes);
    return bytes + "\n" + footer + "\n";
}

} // namespace

TEST_CASE("offsets are read as MySQL reads them") {
    CHECK(parse_offset("+05:30") == 19800);
    CHECK(parse_offset("-13:59") == -50340);
    CHECK(parse_offset("+14:00") == 50400);
    CHECK(parse_offset("+9:00") == 32400);
    for (const auto* wrong : {"+14:01", "-14:00", "05:30", "+05:60", "+5", "", "+05:30x"})
        CHECK_FALSE(parse_offset(wrong));
}

TEST_CASE("after its last transition a zone follows the rule in the footer") {
    const auto zone = TimeZone::parse(zone_file(0, 3600, "CET-1CEST,M3.5.0,M10.5.0/3"));
    REQUIRE(zone);
    constexpr std::int64_t spring = 1774746000; // 2026-03-29 01:00:00 UTC
    CHECK(zone->local(spring - 1) == spring - 1 + 3600);
    CHECK(zone->local(spring) == spring + 7200);
    constexpr std::int64_t autumn = 1792890000; // 2026-10-25 01:00:00 UTC
    CHECK(zone->local(autumn - 1) == autumn - 1 + 7200);
    CHECK(zone->local(autumn) == autumn + 3600);
    // 02:30 was never shown: the hour begins when summer time does.
    CHECK(zone->skips(spring + 3600 + 1800));
    CHECK(zone->utc(spring + 3600 + 1800) == spring);
    // 02:30 came twice: the earlier one.
    CHECK(zone->utc(autumn + 3600 + 1800) == autumn - 1800);
}

TEST_CASE("south of the equator summer goes over the new year") {
    const auto zone = TimeZone::parse(zone_file(0, 36000, "AEST-10AEDT,M10.1.0,M4.1.0/3"));
    REQUIRE(zone);
    CHECK(zone->local(1767225600) == 1767225600 + 39600); // January 2026
    CHECK(zone->local(1782864000) == 1782864000 + 36000); // July 2026
}

TEST_CASE("bytes that are no zone are refused") {
    const auto good = zone_file(0, 3600, "CET-1");
    for (std::size_t size = 0; size + 8 < good.size(); size += 7)
        CHECK_FALSE(TimeZone::parse(good.substr(0, size)));
    CHECK_FALSE(TimeZone::parse(std::string(200, '\xff')));
    CHECK(TimeZone::parse(zone_file(0, 3600, "<+03>-3"))->local(1) == 10801);
}

TEST_CASE("names are found whatever their case, and never outside the database") {
    TimeZones zones;
    CHECK(zones.find("SYSTEM")->is_utc());
    CHECK(zones.find("utc")->is_utc());
    CHECK_FALSE(zones.find("../../etc/hostname"));
    CHECK_FALSE(zones.find("/etc/hostname"));
    CHECK_FALSE(zones.find("Nowhere/City"));
}
