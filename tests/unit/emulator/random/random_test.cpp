// Chance that repeats.
#include "emulator/random/random.hpp"

#include <doctest/doctest.h>

using namespace diorama;

TEST_CASE("random: the same seed and name give the same stream, another name another one") {
    Random a = Random(7).fork("ec2");
    Random b = Random(7).fork("ec2");
    Random c = Random(7).fork("s3");
    const auto first = a.next();
    CHECK(first == b.next());
    CHECK(first != c.next());
}

TEST_CASE("random: a draw from one stream does not shift its forks") {
    Random parent(7);
    const auto before = parent.fork("ec2").next();
    parent.next();
    CHECK(parent.fork("ec2").next() == before);
}

TEST_CASE("random: identifiers have AWS's shapes") {
    Random random(1);
    const auto id = random.resource_id("i");
    CHECK(id.size() == 19);
    CHECK(id.starts_with("i-"));
    const auto uuid = random.uuid();
    CHECK(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    for (int i = 0; i < 1000; ++i)
        CHECK(random.below(7) < 7);
}
