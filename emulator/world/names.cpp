// See world/names.hpp.
#include "emulator/world/names.hpp"

#include "emulator/http/message.hpp"

#include <algorithm>

namespace diorama {

namespace {

constexpr std::string_view instance_domains[] = {
    ".compute-1.amazonaws.com",
    ".compute.amazonaws.com",
};

// AWS: "ec2-203-0-113-25.compute-1.amazonaws.com", elsewhere than in us-east-1
// "ec2-203-0-113-25.eu-west-1.compute.amazonaws.com": the address is in the name.
std::optional<network::IPAddress> address_of_instance_name(std::string_view name) {
    constexpr std::string_view prefix = "ec2-";
    if (!name.starts_with(prefix)) return std::nullopt;
    if (std::none_of(std::begin(instance_domains), std::end(instance_domains), [&](auto domain) {
            return name.ends_with(domain);
        }))
        return std::nullopt;
    std::string address(name.substr(prefix.size(), name.find('.') - prefix.size()));
    std::replace(address.begin(), address.end(), '-', '.');
    return network::IPAddress::parse(address);
}

} // namespace

bool is_aws_endpoint(std::string_view name) {
    for (const auto domain : instance_domains)
        if (name.ends_with(domain)) return false;
    if (name.ends_with(".elb.amazonaws.com") || name.ends_with(".rds.amazonaws.com")) return false;
    return name.ends_with(".amazonaws.com") || name == "s3.localhost" ||
           name.ends_with(".s3.localhost") || name.ends_with(".s3-website.localhost");
}

std::vector<network::IPAddress> WorldNames::addresses_of(std::string_view name) const {
    auto found = names_.find(name);
    // AWS: the console puts "dualstack." before a load balancer's name.
    constexpr std::string_view dualstack = "dualstack.";
    if (found.empty() && name.starts_with(dualstack))
        found = names_.find(name.substr(dualstack.size()));
    if (const auto address = address_of_instance_name(name)) found.push_back(*address);
    if (found.empty() && is_aws_endpoint(name)) found.push_back(front_door_);
    return found;
}

std::vector<network::IPAddress>
WorldNames::addresses_of(std::string_view name, std::string_view) const {
    return addresses_of(name);
}

std::vector<network::IPAddress> WorldNames::resolve(std::string_view given) const {
    const std::string name =
        http::lower_case(given.ends_with('.') ? given.substr(0, given.size() - 1) : given);
    if (const auto address = network::IPAddress::parse(name)) return {*address};
    if (route53_) {
        if (auto found = route53_(name); !found.empty()) return found;
    }
    if (auto found = addresses_of(name); !found.empty()) return found;
    // RFC 6761 6.3: localhost and everything below it is loopback.
    if (name == "localhost" || name.ends_with(".localhost"))
        return {network::IPAddress::v4(127, 0, 0, 1)};
    return {};
}

bool WorldNames::is_front_door(const network::Endpoint& endpoint) const {
    if (is_aws(endpoint.address)) return true;
    return endpoint.port == shared_port_ &&
           (endpoint.address == network::IPAddress::v4(127, 0, 0, 1) ||
            endpoint.address == network::IPAddress::parse("::1"));
}

std::vector<network::Endpoint> WorldNames::dial(std::string_view name, std::uint16_t port) const {
    std::vector<network::Endpoint> endpoints;
    for (const auto& address : resolve(name)) {
        // Nothing in here ever talks to another machine.
        if (address.is_loopback()) endpoints.push_back(names_.translate({address, port}));
    }
    return endpoints;
}

} // namespace diorama
