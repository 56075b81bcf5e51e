// The network of a live process: edge threads with real sockets.
#pragma once

#include "emulator/log.hpp"
#include "emulator/network/network.hpp"
#include "emulator/time/real_clock.hpp"

#include <memory>

namespace diorama::network {

// Threads run from here until the result is destroyed; `clock` and `log` must live longer. What a
// protocol, a timer or a task throws is logged and ends nothing but its own connection.
std::unique_ptr<Network> make_live_network(const RealClock& clock, std::size_t threads, Log& log);

// Each process on a machine takes a slice of the loopback addresses of its own (0 to 15; 0 for the
// first one), so that several of them do not answer for each other's resources. Held until the
// process ends.
std::uint32_t take_address_slice();

} // namespace diorama::network
