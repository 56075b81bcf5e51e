// Any bytes may come in on port 53. What parses must survive being written and read again, and
// every request must get a response that a client can read, or none.
#include "services/route53/data/prepared_answers.hpp"
#include "services/route53/data/respond.hpp"

#include <cstdlib>

namespace {

using namespace diorama;

struct NoNames final : route53::AliasTargets, route53::OwnNames {
    std::vector<network::IPAddress>
    addresses_of(std::string_view, std::string_view) const override {
        return {};
    }

    std::vector<network::IPAddress> addresses_of(std::string_view) const override { return {}; }
};

route53::Zones some_zones() {
    const auto apex = *route53::DNSName::parse("example.com");
    auto zone = std::make_shared<route53::Zone>("Z1", apex);
    const auto target = *route53::DNSName::parse("www.example.com");
    route53::RecordSet a;
    a.ttl = 60;
    a.record_data = {"\x7f\x01\x02\x03"};
    route53::RecordSet ns;
    ns.type = route53::RecordType::ns;
    ns.record_data = {target.wire()};
    route53::RecordSet cname;
    cname.type = route53::RecordType::cname;
    cname.record_data = {target.wire()};
    const auto node = [](const route53::RecordSet& set) {
        return std::make_shared<const route53::Node>(std::vector{set});
    };
    zone->add(apex, node(ns));
    zone->add(target, node(a));
    zone->add(*apex.child("*"), node(cname));
    zone->add(*apex.child("sub"), node(ns));
    return route53::Zones({zone});
}

void require(bool condition) {
    if (!condition) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    if (const auto message = route53::parse_message(input)) {
        // Once in our own spelling, nothing changes any more. (A message can grow beyond what a
        // message may hold: no such promise then.)
        const auto again = route53::serialize(*message);
        if (again.size() <= route53::message_bytes_max) {
            const auto reread = route53::parse_message(again);
            require(reread.has_value() && route53::serialize(*reread) == again);
        }
    }
    static const NoNames no_names;
    static const auto zones = some_zones();
    static Random random(1);
    const route53::Authority authority{zones, no_names, no_names};
    for (const auto transport : {route53::Transport::udp, route53::Transport::tcp}) {
        const auto response = route53::respond(input, {{}, transport}, authority, random);
        if (response.bytes.empty()) continue;
        require(transport == route53::Transport::tcp || response.bytes.size() <= 4096);
        const auto parsed = route53::parse_message(response.bytes);
        require(parsed.has_value() && parsed->is_response);
        // What is kept of an answer makes the same bytes again.
        static route53::PreparedAnswers prepared;
        prepared.keep(input, response);
        std::string kept;
        if (prepared.respond(input, transport, kept) != nullptr) require(kept == response.bytes);
    }
    return 0;
}
