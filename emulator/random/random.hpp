// Chance, seeded: every random choice and every generated identifier comes from a Random, and every
// Random is forked by name from one seed, so that a new draw in one place never shifts the draws of
// another.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace diorama {

class Random {
public:
    explicit Random(std::uint64_t seed);

    // An independent stream: the same seed and the same name give the same stream.
    Random fork(std::string_view name) const;

    std::uint64_t next();
    // 0 <= result < bound; bound must not be 0.
    std::uint64_t below(std::uint64_t bound);
    // 0 <= result < 1.
    double real();

    std::string hex(std::size_t digits); // lower case
    std::string text(std::size_t length, std::string_view alphabet);
    std::string base36_upper(std::size_t length); // A-Z 0-9
    std::string base62(std::size_t length);       // A-Z a-z 0-9
    std::string uuid();                           // RFC 9562 version 4
    // "i-0123456789abcdef0", "vpc-…", "subnet-…": prefix, dash, 17 hex digits.
    std::string resource_id(std::string_view prefix);

    std::uint64_t seed() const { return seed_; }

private:
    std::uint64_t seed_;
    std::array<std::uint64_t, 4> state_;
};

// A seed from the machine's own source of chance, for runs that need not repeat.
std::uint64_t seed_from_machine();

} // namespace diorama
