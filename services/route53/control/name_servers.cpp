// See name_servers.hpp.
#include "services/route53/control/name_servers.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

// Observed: one name server in each of four domains, whose number says which block of servers.
struct NameServerBlock {
    unsigned first;
    std::string_view suffix;
};

constexpr NameServerBlock name_server_blocks[] =
    {{0, "com"}, {512, "net"}, {1024, "org"}, {1536, "co.uk"}};
constexpr unsigned name_servers_per_block = 512;
constexpr int attempts_max = 64;

std::string name_server(const NameServerBlock& block, unsigned offset) {
    return fmt::format("ns-{}.awsdns-{:02}.{}", block.first + offset, offset / 8, block.suffix);
}

bool share_a_server(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    return std::any_of(left.begin(), left.end(), [&](const std::string& server) {
        return std::find(right.begin(), right.end(), server) != right.end();
    });
}

} // namespace

bool have_conflict(
    const State& state,
    const DNSName& apex,
    const std::vector<std::string>& name_servers
) {
    for (const auto& [key, zone] : state.hosted_zones) {
        if (zone.is_private) continue;
        const auto other = zone.apex();
        const bool is_related = apex.is_within(other) || other.is_within(apex);
        if (is_related && share_a_server(name_servers, zone.name_servers)) return true;
    }
    return false;
}

std::vector<std::string>
choose_name_servers(const State& state, const std::optional<DNSName>& apex, Random& random) {
    std::vector<std::string> servers;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        servers.clear();
        for (const auto& block : name_server_blocks) {
            const auto offset = static_cast<unsigned>(random.below(name_servers_per_block));
            servers.push_back(name_server(block, offset));
        }
        if (!apex || !have_conflict(state, *apex, servers)) break;
    }
    for (std::size_t left = servers.size(); left > 1; --left) {
        std::swap(servers[left - 1], servers[random.below(left)]);
    }
    return servers;
}

std::vector<std::string> name_servers_of_private_zones() {
    std::vector<std::string> servers;
    for (const auto& block : name_server_blocks) {
        servers.push_back(name_server(block, 0));
    }
    return servers;
}

} // namespace diorama::route53
