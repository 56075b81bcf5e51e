// What CloudFront needs from the rest of the cloud, in its own words; the world implements it.
#pragma once

#include "emulator/http/exchange.hpp"
#include "emulator/network/address.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudfront {

// Where origins are. Called on edge threads.
class OriginAddresses {
public:
    virtual ~OriginAddresses() = default;
    // The endpoints that answer for `domain_name` (without port) on `port`; empty: no such name.
    virtual std::vector<network::Endpoint>
    endpoints_of(std::string_view domain_name, std::uint16_t port) = 0;
};

// How viewers reach an edge location. Called on the world thread.
class ViewerListeners {
public:
    virtual ~ViewerListeners() = default;
    // Answers HTTP on ports 80 and 443 of the edge location's own address with `handler`.
    virtual void listen(const std::string& edge_location, http::Handler handler) = 0;
    // `host_name` leads to the edge location; certificates are wanted for it.
    virtual void publish(const std::string& host_name, const std::string& edge_location) = 0;
    virtual void withdraw(const std::string& host_name) = 0;
};

} // namespace diorama::cloudfront
