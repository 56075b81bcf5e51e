// UDP: datagrams are read and answered in batches, on every edge thread; and sockets of the
// thread's own that ask others.
#pragma once

#include "emulator/network/live_thread.hpp"

namespace diorama::network {

std::unique_ptr<DatagramListener> listen_for_datagrams(
    const std::vector<LiveThread*>& threads,
    const Endpoint& endpoint,
    Datagram datagram
);

// See Network::exchange_datagrams().
std::unique_ptr<DatagramExchange> open_exchange(
    LiveThread& thread,
    const Endpoint& target,
    std::uint16_t local_port,
    DatagramBack back
);

} // namespace diorama::network
