// What a distribution remembers.
#include "emulator/metrics/distribution.hpp"
#include "emulator/random/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using diorama::Distribution;
using diorama::Random;

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

TEST_CASE("distribution: a value's bucket is the nearest power of 1.01") {
    constexpr double greatest = 1e40;
    Random random(5);
    for (int i = 0; i < 100'000; ++i) {
        // From nanoseconds to years, and every tenth as near to an edge between two buckets as can
        // be.
        const double exponent = random.real() * 8000 - 4000;
        const double value = std::pow(
            1.01,
            i % 10 == 0 ? std::floor(exponent) + 0.5 + random.real() * 1e-9 : exponent
        );
        Distribution d;
        d.add(value);
        d.add(-greatest);
        d.add(greatest);
        const double bucket = std::round(std::log(value) / std::log(1.01));
        REQUIRE(d.values()[1].first == std::exp(bucket * std::log(1.01)));
    }
}

TEST_CASE("distribution: buckets stay in order whatever the order of the values") {
    Distribution d;
    Random random(6);
    for (int i = 0; i < 1000; ++i)
        d.add(static_cast<double>(random.below(400)) - 200);
    const auto values = d.values();
    CHECK(std::ranges::is_sorted(values));
    double count = 0;
    for (const auto& value : values)
        count += value.second;
    CHECK(count == 1000);
}
