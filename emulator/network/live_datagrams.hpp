// UDP: datagrams are read and answered in batches, on every edge thread.
#pragma once

#include "emulator/network/live_thread.hpp"

namespace diorama::network {

std::unique_ptr<Listener> listen_for_datagrams(
    const std::vector<LiveThread*>& threads,
    const Endpoint& endpoint,
    Datagram datagram
);

} // namespace diorama::network
