// Response rate limiting: a server that answers whoever asks over UDP can be made to shoot at a
// third party. So a network that gets very many answers gets some of them short (a real client
// comes back over TCP, or with a cookie) and the rest not at all. Bounded memory, no clock; one for
// each thread.
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <vector>

namespace diorama::route53 {

class ResponseLimiter {
public:
    ResponseLimiter();

    enum class Verdict { send, truncate, drop };

    // About an answer to that client.
    Verdict ask(const network::IPAddress& client, Timestamp now);

private:
    // What a network may still get: a bucket that fills as time passes.
    struct Bucket {
        std::uint64_t network = 0;
        Timestamp filled{};
        double answers = 0;
        std::uint32_t refused = 0;
    };

    std::vector<Bucket> buckets_;
};

} // namespace diorama::route53
