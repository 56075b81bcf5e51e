#include "services/route53/data/cookies.hpp"
#include "services/route53/data/record_text.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::route53;
using namespace std::chrono_literals;

namespace {

std::string hex(std::string_view digits) {
    return from_hex(digits).value_or("");
}

} // namespace

TEST_CASE("cookies: SipHash-2-4 gives what its authors say") {
    std::string input;
    for (char c = 0; c < 15; ++c)
        input += c;
    CHECK(siphash_2_4({0x0706050403020100, 0x0f0e0d0c0b0a0908}, input) == 0xa129ca6149be45e5);
}

// RFC 9018 A.1: "Learning a New Server Cookie".
TEST_CASE("cookies: the server's part is that of RFC 9018's example") {
    const CookieSecret secret(0x3fa4b2a6e573e9e5, 0xcfbf379e84dce748);
    const auto client = *network::IPAddress::parse("198.51.100.100");
    const Timestamp then{1559731985s};
    const auto option = secret.answer(hex("2464c4abcf10c957"), client, then);
    CHECK(to_hex(option) == "2464C4ABCF10C957010000005CF79F111F8130C3EEE29480");
    CHECK(secret.is_valid(option, client, then));
    CHECK(secret.is_valid(option, client, then + 59min));
    CHECK_FALSE(secret.is_valid(option, client, then + 61min));
    CHECK_FALSE(secret.is_valid(option, *network::IPAddress::parse("198.51.100.101"), then));
    CHECK_FALSE(CookieSecret(1, 2).is_valid(option, client, then));
    auto forged = option;
    forged.back() = static_cast<char>(forged.back() ^ 1);
    CHECK_FALSE(secret.is_valid(forged, client, then));
    CHECK_FALSE(secret.is_valid(option.substr(0, 8), client, then));
}

TEST_CASE("cookies: 8 bytes, or 16 to 40") {
    for (const std::size_t good : {8, 16, 24, 40})
        CHECK(is_cookie_length(good));
    for (const std::size_t bad : {0, 7, 9, 15, 41})
        CHECK_FALSE(is_cookie_length(bad));
}
