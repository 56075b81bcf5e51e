// The application's connections to its database over the MySQL protocol: a small pool per edge
// thread, statements queued when all are busy.
#pragma once

#include "emulator/network/names.hpp"
#include "services/ec2/data/database.hpp"
#include "services/ec2/data/user_data.hpp"

#include <functional>
#include <memory>

namespace diorama::ec2 {

// `resolve` finds the addresses of a name; any thread.
std::unique_ptr<Database> make_wire_database(
    network::Network& network,
    network::Names& names,
    std::function<std::vector<network::IPAddress>(std::string_view name)> resolve,
    const ApplicationSettings& settings
);

} // namespace diorama::ec2
