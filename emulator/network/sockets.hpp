// Listening sockets, opened by hand: the options that make several threads share a port and that
// tell a busy port from a forbidden one.
#pragma once

#include "emulator/network/address.hpp"

#include <vector>

namespace diorama::network {

enum class SocketKind { stream, datagram };

struct OpenSockets {
    Endpoint endpoint; // with the port the kernel chose, if it was asked to
    std::vector<int> descriptors;
};

// `count` non-blocking sockets bound to the same endpoint, listening if they are streams. Throws
// AddressInUse (also when another process shares its port generously) or NotPermitted.
OpenSockets open_sockets(SocketKind kind, const Endpoint& endpoint, std::size_t count);

} // namespace diorama::network
