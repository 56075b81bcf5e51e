// The cookies of a live run's visitors: what they are told by answers and send back, kept under
// small numbers, which is how simulation/clients.hpp knows a cookie. Stands beside world/live/
// traffic.hpp, which asks it.
#pragma once

#include "emulator/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace diorama {

// The Cookie header of somebody who has sent `known` ("a=1; b=2" or nothing) and is answered with
// these headers. DIFFERS from RFC 6265: Path, Domain and Secure are not looked at, and a cookie
// lives until the end of the visit unless Max-Age takes it back at once.
std::string cookies_after(std::string_view known, const http::Headers& answer);

class CookieBook {
public:
    // At most so many are remembered; the oldest are forgotten.
    explicit CookieBook(std::size_t capacity = 65'536)
        : capacity_(capacity) {}

    // 1 and up; 0 for nothing.
    std::uint32_t note(std::string cookies);
    // Nothing for a number that was never given, or is forgotten.
    std::string_view find(std::uint32_t number) const;

private:
    std::size_t capacity_;
    std::uint32_t forgotten_ = 0;
    std::deque<std::string> kept_; // number forgotten_ + 1 and up
};

} // namespace diorama
