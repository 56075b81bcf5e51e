// What resolvers were told about names, in virtual time: by minute, for expectations of dns(host).
#pragma once

#include "emulator/network/address.hpp"
#include "emulator/simulation/measurements.hpp"
#include "services/route53/route53.hpp"

#include <map>
#include <string>
#include <vector>

namespace diorama {

// An answer to a resolver.
struct NameAnswer {
    std::vector<network::IPAddress> addresses;
    Duration ttl{};
    std::vector<route53::Route53::Choice> choices;
};

class NameRecord {
public:
    using NameCounts = simulation::Measurements::NameCounts;

    void note(const std::string& host, const NameAnswer& answer, Duration since_start);
    // Of the minutes whose middle lies in the window; of one that is shorter, those it touches.
    NameCounts
    counts(const std::string& host, const simulation::Window& window, Duration duration) const;

private:
    std::map<std::string, std::map<std::int64_t, NameCounts>> by_minute_;
};

} // namespace diorama
