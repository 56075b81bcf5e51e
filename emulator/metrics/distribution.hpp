// What is kept of a set of values: how many, their sum, least and greatest, and a histogram with
// buckets one per cent wide, from which percentiles and trimmed statistics are read. Two
// distributions merge exactly.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace diorama {

class Distribution {
public:
    void add(double value, double count = 1);
    // A StatisticSet of which the single values are not known: adds to the four sums only, and to
    // the histogram when the values can be deduced (minimum equals maximum).
    void add_statistics(double count, double sum, double minimum, double maximum);
    void merge(const Distribution& other);

    bool empty() const { return count_ == 0; }

    double count() const { return count_; }

    double sum() const { return sum_; }

    double minimum() const { return minimum_; }

    double maximum() const { return maximum_; }

    double average() const { return count_ == 0 ? 0 : sum_ / count_; }

    // Whether every value is in the histogram, so that percentiles can be told.
    bool has_values() const { return has_values_; }

    // The p-th percentile, 0 <= p <= 100; exact at both ends, within one per cent between.
    double percentile(double p) const;
    // Values with their counts, ascending; each value stands for its bucket.
    std::vector<std::pair<double, double>> values() const;

private:
    double count_ = 0;
    double sum_ = 0;
    double minimum_ = 0;
    double maximum_ = 0;
    bool has_values_ = true;
    std::vector<std::pair<std::int32_t, double>> buckets_; // sorted by bucket
};

} // namespace diorama
