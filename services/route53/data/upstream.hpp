// Questions about names that are not ours, asked of another server (`--dns-upstream`), so that a
// machine can have this name server as its only one: over UDP what came over UDP, over TCP what
// came over TCP. An answer too long for UDP comes back cut short, and the client asks again over
// TCP.
#pragma once

#include "emulator/network/network.hpp"
#include "emulator/random/random.hpp"
#include "services/route53/data/respond.hpp"

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

class Upstream {
public:
    Upstream(network::Network& network, const network::Endpoint& server, const Random& random);
    ~Upstream();

    // The response, or SERVFAIL in its place when there is none in time. `done` is called once, on
    // `thread`, which is the current one; never inside this call.
    using Done = std::function<void(std::string response)>;
    void ask(network::EdgeThread& thread, std::string_view request, Transport transport, Done done);

private:
    class Letter; // a question under way over UDP

    struct Desk {
        Random random;
        std::size_t under_way = 0;
        std::list<Letter> letters;
    };

    void ask_by_datagram(network::EdgeThread& thread, std::string_view request, Done done);
    void ask_by_stream(network::EdgeThread& thread, std::string_view request, Done done);

    network::Network& network_;
    network::Endpoint server_;
    std::vector<Desk> desks_; // by thread
};

} // namespace diorama::route53
