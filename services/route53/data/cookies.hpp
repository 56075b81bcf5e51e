// DNS cookies: a client that shows the cookie which it was given before really is at its address,
// and is no victim of someone who writes that address on questions of his own. RFC 7873, made as
// RFC 9018 says. Pure.
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/time/time.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace diorama::route53 {

// RFC 7873 4: a client cookie has 8 bytes, a server cookie 8 to 32.
inline constexpr std::size_t client_cookie_bytes = 8;
inline constexpr std::size_t server_cookie_bytes = 16; // ours, RFC 9018 4

// Whether a COOKIE option may have that many bytes.
bool is_cookie_length(std::size_t bytes);

class CookieSecret {
public:
    CookieSecret(std::uint64_t first, std::uint64_t second)
        : key_{first, second} {}

    // What the response carries: the client's cookie and ours.
    std::string
    answer(std::string_view option, const network::IPAddress& client, Timestamp now) const;

    // Whether the option carries a cookie of ours for that client, not older than an hour.
    bool is_valid(std::string_view option, const network::IPAddress& client, Timestamp now) const;

private:
    std::string server_cookie(
        std::string_view client_cookie,
        const network::IPAddress& client,
        std::uint32_t seconds
    ) const;

    std::array<std::uint64_t, 2> key_;
};

// SipHash-2-4 (Aumasson, Bernstein 2012), as RFC 9018 wants it.
std::uint64_t siphash_2_4(const std::array<std::uint64_t, 2>& key, std::string_view bytes);

} // namespace diorama::route53
