// The messages of a resolver: the question for the addresses of a name, and what an answer to it
// says. Pure; see route53.hpp.
#include "services/route53/data/dns_message.hpp"
#include "services/route53/route53.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace diorama::route53 {

namespace {

// Of what fits into a packet without fragments (DNS flag day 2020).
constexpr std::uint16_t payload_size = 1232;
constexpr std::uint8_t told_prefix = 24; // RFC 7871 11.1: no more of a client's address is told
constexpr int longest_chain = 16;        // of CNAMEs within an answer

} // namespace

std::optional<std::string>
address_question(std::string_view name, std::uint16_t id, const network::IPAddress& client) {
    const auto asked = DNSName::parse(name);
    if (!asked || !client.is_v4()) return std::nullopt;
    DNSMessage message;
    message.id = id;
    message.recursion_desired = true;
    message.questions.push_back({*asked, RecordType::a});
    ClientSubnet subnet;
    subnet.source_prefix = told_prefix;
    subnet.address.assign(client.bytes().begin(), client.bytes().begin() + told_prefix / 8);
    message.edns.emplace();
    message.edns->udp_payload_size = payload_size;
    message.edns->client_subnet = std::move(subnet);
    return serialize(message);
}

std::optional<AddressAnswer> read_address_answer(std::string_view bytes, std::uint16_t id) {
    const auto message = parse_message(bytes);
    if (!message || !message->is_response || message->id != id || message->questions.size() != 1)
        return std::nullopt;
    AddressAnswer answer;
    auto name = message->questions[0].name.lower();
    auto ttl = std::numeric_limits<std::uint32_t>::max();
    for (int i = 0; i < longest_chain; ++i) {
        const Record* alias = nullptr;
        for (const auto& record : message->answers) {
            if (record.name.lower() != name) continue;
            if (record.type == RecordType::cname) alias = &record;
            if (record.type != RecordType::a || record.record_data.size() != 4) continue;
            std::array<std::uint8_t, 4> address{};
            std::ranges::copy(record.record_data, address.begin());
            answer.addresses.push_back(
                network::IPAddress::v4(address[0], address[1], address[2], address[3])
            );
            ttl = std::min(ttl, record.ttl);
        }
        if (alias == nullptr) break;
        ttl = std::min(ttl, alias->ttl);
        name = DNSName::from_wire(alias->record_data).lower();
    }
    if (!answer.addresses.empty()) answer.ttl = std::chrono::seconds(ttl);
    return answer;
}

} // namespace diorama::route53
