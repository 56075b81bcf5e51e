// Bytes in, bytes out: a DNS request and the response to it, as the wire wants them. Between the
// codec (dns_message.hpp) and the decision (answer.hpp) on one side and the sockets
// (name_server.hpp) on the other; pure, and fuzzed.
#pragma once

#include "services/route53/data/answer.hpp"

#include <string>
#include <string_view>

namespace diorama::route53 {

enum class Transport { udp, tcp };

struct Response {
    std::string bytes;          // empty: no answer at all
    const Zone* zone = nullptr; // whose query this was; lives as long as the snapshot
    std::string_view complaint; // what is wrong with the request, when it could not be read
};

Response respond(
    std::string_view request,
    Transport transport,
    const network::Endpoint& client,
    const Authority& authority,
    Random& random
);

} // namespace diorama::route53
