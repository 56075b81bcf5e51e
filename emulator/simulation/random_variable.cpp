// See random_variable.hpp.
#include "emulator/simulation/random_variable.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace diorama::simulation {

namespace {

// A power of two, so that a chance's stretch is found exactly.
constexpr std::size_t stretches = 16'384;

} // namespace

RandomVariable RandomVariable::constant(double value) {
    RandomVariable made;
    made.first_ = value;
    return made;
}

RandomVariable RandomVariable::uniform(double least, double greatest) {
    RandomVariable made;
    made.law_ = Law::uniform;
    made.first_ = least;
    made.second_ = greatest;
    return made;
}

RandomVariable RandomVariable::exponential(double mean) {
    RandomVariable made;
    made.law_ = Law::exponential;
    made.first_ = mean;
    return made;
}

RandomVariable RandomVariable::normal(double mean, double deviation) {
    RandomVariable made;
    made.law_ = Law::normal;
    made.first_ = mean;
    made.second_ = deviation;
    return made;
}

RandomVariable RandomVariable::lognormal(double median, double sigma) {
    RandomVariable made;
    made.law_ = Law::lognormal;
    made.first_ = median;
    made.second_ = sigma;
    return made;
}

RandomVariable RandomVariable::empirical(std::vector<std::pair<double, double>> weighted) {
    RandomVariable made;
    made.law_ = Law::empirical;
    double sum = 0;
    for (const auto& [value, weight] : weighted)
        sum += weight;
    double share = 0;
    for (auto& [value, weight] : weighted) {
        made.first_ += value * weight / sum; // the mean
        share += weight / sum;
        weight = share;
    }
    made.cumulative_ = std::move(weighted);
    return made;
}

double RandomVariable::draw(Random& random) const {
    switch (law_) {
    case Law::constant:
        return first_;
    case Law::uniform:
        return first_ + (second_ - first_) * random.real();
    case Law::exponential:
        return -first_ * std::log1p(-random.real());
    case Law::normal:
        return std::max(0.0, first_ + second_ * standard_normal(random));
    case Law::lognormal:
        return first_ * std::exp(second_ * standard_normal(random));
    case Law::empirical:
        break;
    }
    const auto found =
        std::ranges::upper_bound(cumulative_, random.real(), {}, [](const auto& entry) {
            return entry.second;
        });
    return found == cumulative_.end() ? cumulative_.back().first : found->first;
}

double RandomVariable::mean() const {
    switch (law_) {
    case Law::uniform:
        return (first_ + second_) / 2;
    case Law::lognormal:
        return first_ * std::exp(second_ * second_ / 2);
    default:
        return first_;
    }
}

double standard_normal(Random& random) {
    // Box and Muller's transform; its second value is thrown away so that a draw has no memory.
    const double radius = std::sqrt(-2 * std::log1p(-random.real()));
    return radius * std::cos(2 * std::numbers::pi * random.real());
}

Zipf::Zipf(std::uint64_t count, double exponent)
    : count_(static_cast<double>(count))
    , exponent_(exponent)
    , integral_at_one_(integral(1.5) - 1)
    , integral_at_count_(integral(count_ + 0.5))
    , shortcut_(2 - inverse_integral(integral(2.5) - std::pow(2.0, -exponent))) {
    fill_guide();
}

double Zipf::integral(double x) const {
    const double logarithm = std::log(x);
    const double power = (1 - exponent_) * logarithm;
    // (x^(1-s) - 1) / (1 - s), which is log x where s is 1.
    return std::abs(power) < 1e-12 ? logarithm : std::expm1(power) / (1 - exponent_);
}

double Zipf::inverse_integral(double x) const {
    const double power = std::max(-1.0, x * (1 - exponent_));
    if (std::abs(power) < 1e-12) return std::exp(x);
    return std::exp(std::log1p(power) / (1 - exponent_));
}

std::uint64_t Zipf::rank_of(double chance) const {
    const double u = integral_at_count_ + chance * (integral_at_one_ - integral_at_count_);
    const double x = inverse_integral(u);
    const double rank = std::clamp(std::floor(x + 0.5), 1.0, count_);
    const bool is_taken =
        rank - x <= shortcut_ || u >= integral(rank + 0.5) - std::pow(rank, -exponent_);
    return is_taken ? static_cast<std::uint64_t>(rank) : 0;
}

// A rank's chances lie together, and so do those of them that are drawn again: where both ends of a
// stretch, and a little beyond them, say the same rank, all of it does.
void Zipf::fill_guide() {
    constexpr double length = 1.0 / stretches;
    constexpr double beyond = 1e-9;
    guide_.resize(stretches);
    for (std::size_t i = 0; i < stretches; ++i) {
        const double begin = static_cast<double>(i) * length;
        const auto first = rank_of(std::max(0.0, begin - beyond));
        const auto last = rank_of(std::min(1.0, begin + length + beyond));
        if (first == last && first <= UINT16_MAX) guide_[i] = static_cast<std::uint16_t>(first);
    }
}

std::uint64_t Zipf::draw(Random& random) const {
    for (;;) {
        const double chance = random.real();
        const auto known = guide_[static_cast<std::size_t>(chance * stretches)];
        if (known != 0) return known;
        if (const auto rank = rank_of(chance); rank != 0) return rank;
    }
}

} // namespace diorama::simulation
