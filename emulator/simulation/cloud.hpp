// What the clients of a scenario see of the cloud: names that resolve and addresses that answer.
// The world implements it with the cores of the services (world/simulated/simulated_world.hpp); a
// test may bring its own.
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace diorama::simulation {

// A request as it is on the wire, made once for all the times it is sent. The cloud keeps what it
// has found out about it by its id.
struct HTTPRequest {
    std::uint32_t id = 0; // small and dense; 0 for one that is not sent again
    std::string host;
    bool is_tls = false;
    http::RequestHead head;
    std::uint64_t body_bytes = 0;
    // Signed by the client when it sends it, for that long; S3 looks at it.
    std::optional<Duration> signed_for;
    // What its placeholders were replaced with.
    std::vector<std::pair<std::string, std::string>> values;
};

using PlaceId = std::uint16_t;
using DestinationId = std::uint32_t; // an address

struct Resolution {
    std::vector<DestinationId> addresses; // empty: the name does not exist, or has none
    Duration ttl{};
};

// What a client was told to send back, in the cloud's own words; number 0: nothing.
struct Cookie {
    std::uint32_t number = 0;
    Timestamp until{};
};

// A request that a client sends; the answer comes to Clients::answered under its token.
struct Sending {
    std::uint32_t token = 0;
    DestinationId destination = 0;
    const HTTPRequest* request = nullptr;
    PlaceId from = 0;
    std::uint64_t viewer = 0;     // whose request it is
    Duration connection_set_up{}; // spent before the first byte; 0 on a kept connection
    std::uint64_t seen_write = 0; // position of the viewer's own last write; 0: none
    Duration clock_skew{};        // how far the viewer's clock is ahead
    Cookie cookie;                // that the viewer has from this host
};

struct Reply {
    enum class Kind : std::uint8_t {
        status,      // an answer, with a status
        unreachable, // no connection could be made
        lost,        // nothing comes: the client waits until it is tired of it
    };

    Kind kind = Kind::status;
    std::uint16_t status = 200;
    std::uint64_t bytes = 0;
    bool is_from_cache = false;
    bool is_stale = false; // read from a replica that did not yet have the viewer's write
    std::uint64_t write_position = 0; // of an acknowledged write; 0: none
    Cookie cookie;                    // that the viewer is to send back from now on
};

class Cloud {
public:
    virtual ~Cloud() = default;
    virtual Resolution resolve(const std::string& host, PlaceId from) = 0;
    // One way between a place and an address.
    virtual Duration distance(PlaceId from, DestinationId to) = 0;
    // Now; answered later.
    virtual void send(const Sending& sending) = 0;
    // The client has stopped waiting for the answer to that token.
    virtual void abandoned(std::uint32_t token) = 0;
};

} // namespace diorama::simulation
