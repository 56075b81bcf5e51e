// Draws have the means and shapes of their laws, and the same seed draws the same.
#include "emulator/simulation/random_variable.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

namespace diorama::simulation {

namespace {

double mean_of_draws(const RandomVariable& variable) {
    Random random(7);
    double sum = 0;
    constexpr int draws = 200'000;
    for (int i = 0; i < draws; ++i)
        sum += variable.draw(random);
    return sum / draws;
}

} // namespace

TEST_CASE("draws have the mean of their law") {
    for (const auto& variable : {
             RandomVariable::constant(5),
             RandomVariable::uniform(2, 10),
             RandomVariable::exponential(3),
             RandomVariable::lognormal(6, 0.5),
             RandomVariable::normal(40, 4),
             RandomVariable::empirical({{1, 1}, {5, 2}, {100, 1}}),
         })
        CHECK(mean_of_draws(variable) == doctest::Approx(variable.mean()).epsilon(0.01));
}

TEST_CASE("an empirical law draws only its values, by their weights") {
    const auto variable = RandomVariable::empirical({{1, 1}, {2, 3}});
    Random random(1);
    std::map<double, int> counts;
    for (int i = 0; i < 40'000; ++i)
        ++counts[variable.draw(random)];
    CHECK(counts.size() == 2);
    CHECK(counts[2] == doctest::Approx(30'000).epsilon(0.02));
}

TEST_CASE("Zipf's ranks come in proportion to their inverse power") {
    for (const double exponent : {0.8, 1.0, 1.3}) {
        const Zipf zipf(100, exponent);
        Random random(3);
        std::map<std::uint64_t, double> counts;
        for (int i = 0; i < 400'000; ++i)
            ++counts[zipf.draw(random)];
        CHECK(counts.begin()->first == 1);
        CHECK(counts.rbegin()->first <= 100);
        CHECK(counts[1] / counts[4] == doctest::Approx(std::pow(4, exponent)).epsilon(0.05));
        CHECK(counts[2] / counts[20] == doctest::Approx(std::pow(10, exponent)).epsilon(0.1));
    }
}

TEST_CASE("a Zipf law over one value draws that value") {
    Random random(3);
    CHECK(Zipf(1, 1.1).draw(random) == 1);
}

} // namespace diorama::simulation
