// See cookies.hpp.
#include "services/route53/data/cookies.hpp"

#include "services/route53/data/record_text.hpp"

#include <bit>

namespace diorama::route53 {

namespace {

constexpr char version = 1; // RFC 9018 4.1
// RFC 9018 4.3: "no older than 1 hour", and "5 minutes in the future" for servers that share.
constexpr std::int64_t oldest_seconds = 3600;
constexpr std::int64_t newest_seconds = 300;

std::uint32_t seconds_of(Timestamp now) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count()
    );
}

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }

    void take(std::uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        word |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    }
    return word;
}

} // namespace

std::uint64_t siphash_2_4(const std::array<std::uint64_t, 2>& key, std::string_view bytes) {
    SipState state{
        key[0] ^ 0x736f6d6570736575,
        key[1] ^ 0x646f72616e646f6d,
        key[0] ^ 0x6c7967656e657261,
        key[1] ^ 0x7465646279746573
    };
    const auto length = bytes.size();
    while (bytes.size() >= 8) {
        state.take(little_endian(bytes.substr(0, 8)));
        bytes.remove_prefix(8);
    }
    state.take(little_endian(bytes) | static_cast<std::uint64_t>(length) << 56);
    state.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) {
        state.round();
    }
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

bool is_cookie_length(std::size_t bytes) {
    return bytes == client_cookie_bytes ||
           (bytes >= client_cookie_bytes + 8 && bytes <= client_cookie_bytes + 32);
}

// RFC 9018 4: version, three reserved bytes, the time, and a hash over all that, the client's
// cookie and its address.
std::string CookieSecret::server_cookie(
    std::string_view client_cookie,
    const network::IPAddress& client,
    std::uint32_t seconds
) const {
    std::string cookie{version, 0, 0, 0};
    append_u32(cookie, seconds);
    std::string hashed(client_cookie);
    hashed += cookie;
    const auto& bytes = client.bytes();
    hashed.append(bytes.begin(), bytes.begin() + (client.is_v4() ? 4 : 16));
    const auto hash = siphash_2_4(key_, hashed);
    for (int i = 0; i < 8; ++i) {
        cookie += static_cast<char>(hash >> (8 * i));
    }
    return cookie;
}

std::string
CookieSecret::answer(std::string_view option, const network::IPAddress& client, Timestamp now)
    const {
    const auto client_cookie = option.substr(0, client_cookie_bytes);
    return std::string(client_cookie) + server_cookie(client_cookie, client, seconds_of(now));
}

bool CookieSecret::is_valid(
    std::string_view option,
    const network::IPAddress& client,
    Timestamp now
) const {
    if (option.size() != client_cookie_bytes + server_cookie_bytes) return false;
    const auto made = number_at(option, client_cookie_bytes + 4, 4);
    const auto age = static_cast<std::int32_t>(seconds_of(now) - made); // RFC 1982
    if (age > oldest_seconds || age < -newest_seconds) return false;
    return option.substr(client_cookie_bytes) ==
           server_cookie(option.substr(0, client_cookie_bytes), client, made);
}

} // namespace diorama::route53
