// See world/live/resolver.hpp.
#include "emulator/world/live/resolver.hpp"

#include "emulator/simulation/places.hpp"
#include "services/route53/route53.hpp"

#include <algorithm>

namespace diorama {

namespace {

using Block = std::pair<std::string_view, std::uint8_t>;

// Where Route 53's own table of places has them: 198.18.x.0/24 (services/route53/README.md).
constexpr Block blocks[] = {
    {"us-east", 0},     {"us-central", 1},    {"us-west", 2},     {"ca-central", 10},
    {"mx-central", 11}, {"sa-east", 20},      {"eu-west", 30},    {"eu-central", 31},
    {"eu-south", 33},   {"eu-north", 34},     {"me-south", 50},   {"me-central", 51},
    {"il-central", 52}, {"af-south", 40},     {"ap-south", 53},   {"ap-southeast", 54},
    {"ap-east", 55},    {"ap-northeast", 56}, {"ap-oceania", 60},
};

network::IPAddress address_in(simulation::PlaceId place) {
    const auto* found = std::ranges::find(blocks, simulation::places()[place].name, &Block::first);
    return network::IPAddress::v4(198, 18, found == std::end(blocks) ? 0 : found->second, 1);
}

} // namespace

LiveResolver::Answer LiveResolver::resolve(const std::string& host, simulation::PlaceId from) {
    if (const auto address = network::IPAddress::parse(host))
        return {{*address}, std::chrono::hours(1)};
    const std::uint16_t id = ++last_id_;
    const auto question = route53::address_question(host, id, address_in(from));
    if (!question) return {};
    Answer found;
    server_.ask(
        *question,
        [&found, id](std::string_view bytes) {
            const auto answer = route53::read_address_answer(bytes, id);
            if (answer) found = {answer->addresses, answer->ttl};
            return answer.has_value();
        },
        {}
    );
    return found;
}

} // namespace diorama
