// Where the emulator's own resources can be reached: which loopback address stands for which
// resource, under which names, and on which real port when the proper one may not be bound. DNS
// answers from it, proxies and CDN origins connect through it, the health endpoint prints it. Any
// thread may read and write.
#pragma once

#include "emulator/network/address.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::network {

class Names {
public:
    // `slice` (0 to 15) of each block is this process's own; see take_address_slice().
    explicit Names(std::uint32_t slice = 0)
        : slice_(slice) {}

    // The address blocks of 127.0.0.0/8, one for each kind of resource.
    enum class Kind : std::uint8_t {
        load_balancer = 10,
        edge_location = 20,
        instance = 30,
        database = 40
    };

    // A loopback address of its own for `resource` (an ARN or id): the same one as long as it is
    // not released.
    IPAddress claim(Kind kind, const std::string& resource);
    void release(const std::string& resource);

    // `name` (lower case, no trailing dot) stands for these addresses. Replaces; empty withdraws.
    void publish(const std::string& name, std::vector<IPAddress> addresses);
    // Case-insensitive; a trailing dot is ignored.
    std::vector<IPAddress> find(std::string_view name) const;

    // Another number than before whenever find() may answer something else than before.
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

    // Connections meant for `proper` really go to `actual`.
    void redirect(const Endpoint& proper, const Endpoint& actual);
    void forget_redirect(const Endpoint& proper);
    // The endpoint to connect to: redirected, or as given.
    Endpoint translate(const Endpoint& proper) const;
    std::map<Endpoint, Endpoint> redirects() const;

private:
    std::atomic<std::uint64_t> version_{1};
    mutable std::shared_mutex mutex_;
    std::map<std::string, IPAddress> claimed_;
    std::map<IPAddress, std::string> owners_;
    std::map<std::string, std::vector<IPAddress>, std::less<>> addresses_;
    std::map<Endpoint, Endpoint> redirects_;
    std::map<Kind, std::uint32_t> next_;
    std::uint32_t slice_;
};

} // namespace diorama::network
