// RDS for MySQL, as the rest of the emulator sees it. World thread only.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/network/names.hpp"
#include "emulator/network/network.hpp"
#include "services/rds/data/databases.hpp"
#include "services/rds/data/local_database.hpp"
#include "services/rds/ports.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace diorama::rds {

struct Settings {
    // Where the databases' files lie; empty: in a temporary folder that goes away with the process.
    std::filesystem::path folder;
    // Databases speak TLS when clients ask for it; without a context they do not offer it.
    std::shared_ptr<network::TLSContext> tls;
};

// One instance, for summaries and the health endpoint.
struct InstanceView {
    std::string account;
    std::string region;
    std::string identifier;
    std::string status;
    std::string zone;
    bool is_multi_az = false;
    std::string source; // identifier of the source of a read replica
    std::string address;
    std::uint16_t port = 0;
    std::uint64_t statements = 0; // since it was started
    std::uint64_t connections = 0;
};

class RDS {
public:
    // The network must not call back any more (Network::stop) when this is destroyed; the ports
    // must outlive this.
    RDS(Environment& environment,
        network::Network& network,
        network::Names& names,
        Settings settings,
        BackupStore& backups,
        Subnets& subnets);
    // On the given databases, which must outlive this.
    RDS(Environment& environment, Databases& databases, Subnets& subnets);
    ~RDS();

    const aws::ServiceDescriptor& descriptor() const;
    aws::ServiceApi& api();
    // Brings up again what an earlier process left running.
    void resume();

    std::vector<InstanceView> instances() const;
    // Events of all instances since then, oldest first: "2026-01-01T00:00:00Z shop: message".
    std::vector<std::string> events_since(Timestamp when) const;
    std::size_t snapshots() const; // available ones

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace diorama::rds
