// What a distribution remembers.
#include "emulator/metrics/distribution.hpp"

#include <doctest/doctest.h>

using diorama::Distribution;

TEST_CASE("distribution: sums are exact and percentiles within one per cent") {
    Distribution d;
    for (int i = 1; i <= 1000; ++i)
        d.add(i);
    CHECK(d.count() == 1000);
    CHECK(d.sum() == 500500);
    CHECK(d.minimum() == 1);
    CHECK(d.maximum() == 1000);
    CHECK(d.percentile(50) == doctest::Approx(500).epsilon(0.01));
    CHECK(d.percentile(99) == doctest::Approx(990).epsilon(0.01));
    CHECK(d.percentile(0) == 1);
    CHECK(d.percentile(100) == 1000);
}

TEST_CASE("distribution: merging is the same as having added everything to one") {
    Distribution all;
    Distribution a;
    Distribution b;
    for (int i = -50; i < 50; ++i) {
        all.add(i * 0.5);
        (i % 2 == 0 ? a : b).add(i * 0.5);
    }
    a.merge(b);
    CHECK(a.sum() == doctest::Approx(all.sum()));
    CHECK(a.minimum() == all.minimum());
    CHECK(a.percentile(90) == all.percentile(90));
}

TEST_CASE("distribution: a statistic set hides its values unless they can be deduced") {
    Distribution known;
    known.add_statistics(3, 6, 2, 2);
    CHECK(known.has_values());
    CHECK(known.percentile(50) == 2);
    Distribution unknown;
    unknown.add_statistics(3, 6, 1, 3);
    CHECK_FALSE(unknown.has_values());
    CHECK(unknown.average() == 2);
}
