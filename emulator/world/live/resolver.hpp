// The resolver of clients in a live run: asks the emulated name servers over UDP, as a resolver
// near its clients would, and says with the Client Subnet of RFC 7871 where they are. It keeps
// nothing: caches belong to the populations (simulation/clients.hpp).
#pragma once

#include "emulator/network/datagram_client.hpp"
#include "emulator/simulation/cloud.hpp"

#include <string>
#include <vector>

namespace diorama {

class LiveResolver {
public:
    explicit LiveResolver(const network::Endpoint& server)
        : server_(server) {}

    struct Answer {
        std::vector<network::IPAddress> addresses; // empty: none, or no answer
        Duration ttl{};
    };

    // Waits for the answer.
    Answer resolve(const std::string& host, simulation::PlaceId from);

private:
    network::DatagramClient server_;
    std::uint16_t last_id_ = 0;
};

} // namespace diorama
