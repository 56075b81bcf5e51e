// See request_ids.hpp.
#include "services/s3/data/request_ids.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace diorama::s3 {

std::string new_request_id(Random& random) {
    constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::size_t size = 16;
    constexpr std::size_t per_number = 8; // 36^8 < 2^42: the rest hardly favours any
    std::string id(size, ' ');
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (i % per_number == 0) number = random.next();
        id[i] = alphabet[number % alphabet.size()];
        number /= alphabet.size();
    }
    return id;
}

std::string new_host_id(Random& random) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::size_t size = 76;
    constexpr unsigned bits = 6;
    constexpr std::size_t per_number = 64 / bits;
    std::string id(size, ' ');
    for (std::size_t begin = 0; begin < size; begin += per_number) {
        const auto end = std::min(begin + per_number, size);
        auto number = random.next();
        for (auto i = begin; i < end; ++i, number >>= bits)
            id[i] = alphabet[number & (alphabet.size() - 1)];
    }
    return id;
}

} // namespace diorama::s3
