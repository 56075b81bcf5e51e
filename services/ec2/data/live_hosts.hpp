// Hosts on real sockets: the built-in application on the instance's own loopback address, or the
// user data's command as a child process.
#pragma once

#include "emulator/log.hpp"
#include "emulator/network/names.hpp"
#include "emulator/network/network.hpp"
#include "services/ec2/data/instance_host.hpp"
#include "services/ec2/ec2.hpp"

namespace diorama::ec2 {

class LiveHosts final : public InstanceHosts {
public:
    LiveHosts(network::Network& network, network::Names& names, Log& log, Options options)
        : network_(network)
        , names_(names)
        , log_(log)
        , options_(std::move(options)) {}

    std::unique_ptr<InstanceHost> start(const InstanceIdentity& identity) override;

private:
    network::Network& network_;
    network::Names& names_;
    Log& log_;
    Options options_;
};

} // namespace diorama::ec2
