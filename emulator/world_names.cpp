// See world_names.hpp.
#include "emulator/world_names.hpp"

#include "emulator/http/message.hpp"

namespace diorama {

bool is_aws_endpoint(std::string_view name) {
    return name.ends_with(".amazonaws.com") || name == "s3.localhost" || name.ends_with(".s3.localhost") ||
        name.ends_with(".s3-website.localhost");
}

std::vector<network::IPAddress> WorldNames::addresses_of(std::string_view name) const {
    auto found = names_.find(name);
    // AWS: the console puts "dualstack." before a load balancer's name.
    constexpr std::string_view dualstack = "dualstack.";
    if (found.empty() && name.starts_with(dualstack)) found = names_.find(name.substr(dualstack.size()));
    if (found.empty() && is_aws_endpoint(name)) found.push_back(front_door_);
    return found;
}

std::vector<network::IPAddress> WorldNames::addresses_of(std::string_view name, std::string_view) const {
    return addresses_of(name);
}

std::vector<network::IPAddress> WorldNames::resolve(std::string_view given) const {
    const std::string name = http::lower_case(given.ends_with('.') ? given.substr(0, given.size() - 1) : given);
    if (const auto address = network::IPAddress::parse(name)) return {*address};
    if (route53_) {
        if (auto found = route53_(name); !found.empty()) return found;
    }
    if (auto found = addresses_of(name); !found.empty()) return found;
    // RFC 6761 6.3: localhost and everything below it is loopback.
    if (name == "localhost" || name.ends_with(".localhost")) return {network::IPAddress::v4(127, 0, 0, 1)};
    return {};
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
