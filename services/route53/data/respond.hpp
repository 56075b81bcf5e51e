// Bytes in, bytes out: a DNS request and the response to it, as the wire wants them. Between the
// codec (dns_message.hpp) and the decision (answer.hpp) on one side and the sockets
// (name_server.hpp) on the other; pure, and fuzzed.
#pragma once

#include "services/route53/data/answer.hpp"
#include "services/route53/data/cookies.hpp"

#include <string>
#include <string_view>

namespace diorama::route53 {

enum class Transport { udp, tcp };

struct Response {
    std::string bytes;             // empty: no answer at all
    const Zone* zone = nullptr;    // whose query this was; lives as long as the snapshot
    std::string_view complaint{};  // what is wrong with the request, when it could not be read
    bool has_valid_cookie = false; // so that the client is where it says
    bool is_elsewhere = false;     // refused: the name is in no zone of ours
    bool is_for_everybody = false; // whole, and the same until a zone changes
};

// Who asked, as the socket knows it.
struct Peer {
    network::Endpoint endpoint;
    Transport transport = Transport::udp;
    std::string_view vpc = {};             // that it is in; empty: none
    const CookieSecret* cookies = nullptr; // none: cookies are ignored
    Timestamp now{};
};

Response
respond(std::string_view request, const Peer& peer, const Authority& authority, Random& random);

// How long a response may be; the payload size is that of OPT, none: 0.
std::size_t most_bytes(Transport transport, std::uint16_t payload_size);

// In place of an answer that may not be given: "ask again over TCP"; and "something went wrong". Of
// well-formed messages, request or response; else a format error.
std::string truncated(std::string_view message);
std::string server_failure(std::string_view message);

} // namespace diorama::route53
