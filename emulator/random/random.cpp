// xoshiro256** seeded by splitmix64 (both public domain algorithms by Blackman and Vigna): fast,
// and the same on every compiler and library, which the distributions of the standard library are
// not.
#include "emulator/random/random.hpp"

#include <bit>
#include <random>

namespace diorama {

namespace {

std::uint64_t splitmix(std::uint64_t& state) {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

} // namespace

Random::Random(std::uint64_t seed)
    : seed_(seed)
    , state_{} {
    std::uint64_t stream = seed;
    for (auto& word : state_)
        word = splitmix(stream);
}

Random Random::fork(std::string_view name) const {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed_; // FNV-1a over the name
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return Random(splitmix(hash));
}

std::uint64_t Random::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
    // Rejection keeps every value equally likely.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t value = next();
    while (value >= limit)
        value = next();
    return value % bound;
}

double Random::real() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::string Random::text(std::size_t length, std::string_view alphabet) {
    std::string result(length, ' ');
    for (auto& c : result)
        c = alphabet[below(alphabet.size())];
    return result;
}

std::string Random::hex(std::size_t digits) {
    return text(digits, "0123456789abcdef");
}

std::string Random::base36_upper(std::size_t length) {
    return text(length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

std::string Random::base62(std::size_t length) {
    return text(length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
}

std::string Random::uuid() {
    std::string id = hex(36);
    for (const std::size_t dash : {8, 13, 18, 23})
        id[dash] = '-';
    id[14] = '4';
    id[19] = "89ab"[below(4)];
    return id;
}

std::string Random::resource_id(std::string_view prefix) {
    return std::string(prefix) + "-" + hex(17);
}

std::uint64_t seed_from_machine() {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) | device();
}

} // namespace diorama
