// The forward proxy: with http_proxy=http://localhost:4566 any HTTP client uses the real names. The
// name is resolved as a client inside the cloud would, the request goes to what it leads to, and
// the answer comes back as it is; CONNECT makes a tunnel. Also serves requests whose Host is a name
// of a hosted zone.
#pragma once

#include "emulator/http/client.hpp"
#include "emulator/http/exchange.hpp"
#include "emulator/log.hpp"
#include "emulator/world/names.hpp"

#include <memory>
#include <string>

namespace diorama {

class WorldProxy {
public:
    WorldProxy(network::Network& network, http::Client& client, const WorldNames& names, Log& log)
        : network_(network)
        , client_(client)
        , names_(names)
        , log_(log) {}

    // Who answers where a name of a hosted zone stands for one of AWS's endpoints.
    void join(http::Handler aws) { aws_ = std::move(aws); }

    // Sends the exchange's request on to `host` and the answer back.
    void forward(
        const std::shared_ptr<http::Exchange>& exchange,
        const std::string& host,
        std::uint16_t port
    );
    // CONNECT host:port.
    void tunnel(const std::shared_ptr<http::Exchange>& exchange);

private:
    network::Network& network_;
    http::Client& client_;
    const WorldNames& names_;
    Log& log_;
    http::Handler aws_;
};

// "example.com:8080" apart; the port is `otherwise` where none is given and 0 where it is no port.
std::pair<std::string, std::uint16_t>
split_authority(const std::string& authority, std::uint16_t otherwise);

} // namespace diorama
