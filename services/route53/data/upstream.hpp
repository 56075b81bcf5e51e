// Questions about names that are not ours, asked of another server (`--dns-upstream`): over TCP,
// one connection for each, so that a machine can have this name server as its only one.
#pragma once

#include "emulator/network/network.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

class Upstream {
public:
    Upstream(network::Network& network, const network::Endpoint& server);

    // The response, or SERVFAIL in its place when there is none in time. `done` is called once, on
    // `thread`, which is the current one; never inside this call.
    void
    ask(network::EdgeThread& thread,
        std::string_view request,
        std::function<void(std::string response)> done);

private:
    network::Network& network_;
    network::Endpoint server_;
    std::vector<std::size_t> under_way_; // by thread
};

} // namespace diorama::route53
