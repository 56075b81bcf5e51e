// A quantity that varies: a law with its parameters, in base units (nanoseconds, bytes, counts),
// and how to draw from it. Pure; chance comes from the caller.
#pragma once

#include "emulator/random/random.hpp"

#include <utility>
#include <vector>

namespace diorama::simulation {

class RandomVariable {
public:
    enum class Law { constant, uniform, exponential, normal, lognormal, empirical };

    RandomVariable() = default; // always 0

    static RandomVariable constant(double value);
    static RandomVariable uniform(double least, double greatest);
    static RandomVariable exponential(double mean);
    // Never below 0.
    static RandomVariable normal(double mean, double deviation);
    // By its median and the deviation of its logarithm.
    static RandomVariable lognormal(double median, double sigma);
    // Values with their weights; weights need not sum to 1.
    static RandomVariable empirical(std::vector<std::pair<double, double>> weighted);

    double draw(Random& random) const;
    double mean() const;

    Law law() const { return law_; }

private:
    Law law_ = Law::constant;
    double first_ = 0;
    double second_ = 0;
    std::vector<std::pair<double, double>> cumulative_; // value, share up to and including it
};

// A draw from the standard normal distribution.
double standard_normal(Random& random);

// Draws 1..count with probability proportional to rank^-exponent, in constant time and memory
// (rejection inversion, Hörmann and Derflinger 1996).
class Zipf {
public:
    Zipf(std::uint64_t count, double exponent);
    std::uint64_t draw(Random& random) const;

private:
    // The rank that a chance of 0 <= chance < 1 stands for; 0: none, draw again.
    std::uint64_t rank_of(double chance) const;
    void fill_guide();
    double integral(double x) const;
    double inverse_integral(double x) const;

    double count_;
    double exponent_;
    double integral_at_one_;
    double integral_at_count_;
    double shortcut_;
    // What rank_of() says of so many equally long stretches of chance; 0 where it says more than
    // one thing, or the rank is too large to be kept.
    std::vector<std::uint16_t> guide_;
};

} // namespace diorama::simulation
