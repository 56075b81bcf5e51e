// What RDS needs of other services, in its own words; joined by the world.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace diorama::rds {

// Where backups are kept: one object, of an account and region.
struct BackupObject {
    std::string account;
    std::string region;
    std::string bucket;
    std::string key;

    bool operator==(const BackupObject&) const = default;
};

// Called on workers (Network::run_blocking), several at a time; each call blocks until it is done
// and gives the reason when it failed.
class BackupStore {
public:
    using Failure = std::optional<std::string>;

    virtual ~BackupStore() = default;
    // Makes the bucket when there is none.
    virtual Failure put_file(const BackupObject& object, const std::string& path) = 0;
    virtual Failure get_file(const BackupObject& object, const std::string& path) = 0;
    // An object that is not there is removed.
    virtual Failure remove(const BackupObject& object) = 0;
};

// World thread only.
class Subnets {
public:
    struct Subnet {
        std::string id;
        std::string vpc_id;
        std::string zone;
    };

    virtual ~Subnets() = default;
    virtual std::optional<Subnet>
    find(const std::string& account, const std::string& region, const std::string& id) = 0;
    // Those of the default VPC: the DB subnet group "default".
    virtual std::vector<Subnet>
    default_subnets(const std::string& account, const std::string& region) = 0;
};

} // namespace diorama::rds
