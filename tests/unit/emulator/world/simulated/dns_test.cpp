// What resolvers were told, counted by minute.
#include "emulator/world/simulated/dns.hpp"

#include <doctest/doctest.h>

namespace diorama {

using namespace std::chrono_literals;

TEST_CASE("names: answers are counted by value and by set identifier, in their window") {
    NameRecord record;
    NameAnswer blue{{network::IPAddress::v4(10, 0, 0, 1)}, 60s, {{"blue", {}}}};
    NameAnswer green{
        {network::IPAddress::v4(10, 0, 0, 2), network::IPAddress::v4(10, 0, 0, 3)},
        60s,
        {{"green", {}}}
    };
    record.note("www.example.com", blue, 10s);
    record.note("www.example.com", blue, 70s);
    record.note("www.example.com", green, 80s);
    record.note("www.example.com", {}, 130s);
    record.note("other.example.com", green, 10s);

    const auto all = record.counts("www.example.com", {}, 10min);
    CHECK(all.queries == 4);
    CHECK(all.failures == 1);
    CHECK(all.answers.at("blue") == 2);
    CHECK(all.answers.at("10.0.0.3") == 1);
    const auto second = record.counts("www.example.com", {1min, 2min}, 10min);
    CHECK(second.queries == 2);
    CHECK(second.answers.at("green") == 1);
    // A window shorter than a minute is read from the minute that it lies in.
    CHECK(record.counts("www.example.com", {75s, 76s}, 10min).queries == 2);
    CHECK(record.counts("nobody.example.com", {}, 10min).queries == 0);
}

} // namespace diorama
