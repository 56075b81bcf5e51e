// The rules around the answer: malformed requests, EDNS, sizes; see respond.hpp.
#include "services/route53/data/respond.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

constexpr std::uint8_t opcode_query = 0;

// RFC 1035 4.1.1: what can be said about a request that cannot be read: its id and opcode.
std::string format_error(std::string_view request) {
    DNSMessage response;
    response.id = static_cast<std::uint16_t>(
        static_cast<std::uint8_t>(request[0]) << 8 | static_cast<std::uint8_t>(request[1])
    );
    response.is_response = true;
    response.opcode = static_cast<std::uint8_t>(static_cast<std::uint8_t>(request[2]) >> 3 & 0xF);
    response.recursion_desired = (request[2] & 1) != 0;
    // Messages of other opcodes (UPDATE) need not look like queries.
    const bool is_query = response.opcode == opcode_query;
    response.rcode = is_query ? Rcode::format_error : Rcode::not_implemented;
    return serialize(response);
}

// Nothing when the question may be answered.
std::optional<Rcode> objection_to(const DNSMessage& request) {
    // RFC 6891 6.1.3: an unknown version is answered BADVERS.
    if (request.edns && request.edns->version != 0) return Rcode::bad_version;
    if (request.opcode != opcode_query) return Rcode::not_implemented;
    if (request.questions.size() != 1) return Rcode::format_error;
    const auto& question = request.questions[0];
    if (question.record_class != class_in) return Rcode::refused;
    // AWS: Route 53 does not support zone transfers.
    if (question.type == RecordType::axfr || question.type == RecordType::ixfr) {
        return Rcode::refused;
    }
    if (question.type == RecordType::opt) return Rcode::format_error;
    return std::nullopt;
}

// RFC 2181 9: TC says that something needed is missing; what is merely helpful is left out
// silently.
std::string shortened_to(std::size_t limit, DNSMessage& response, Answer::Outcome outcome) {
    std::string bytes;
    if (outcome != Answer::Outcome::referral) {
        response.additional.clear();
        bytes = serialize(response);
        if (bytes.size() <= limit) return bytes;
        if (outcome == Answer::Outcome::records) {
            response.authority.clear();
            bytes = serialize(response);
            if (bytes.size() <= limit) return bytes;
        }
    }
    response.answers.clear();
    response.authority.clear();
    response.additional.clear();
    response.is_truncated = true;
    return serialize(response);
}

} // namespace

Response respond(
    std::string_view request_bytes,
    const Peer& peer,
    const Authority& authority,
    Random& random
) {
    if (request_bytes.size() < header_bytes) return {.complaint = "is shorter than a header"};
    // Never answer an answer: two servers would talk for ever.
    if ((static_cast<std::uint8_t>(request_bytes[2]) & 0x80) != 0)
        return {.complaint = "is a response, not a question"};
    const auto request = parse_message(request_bytes);
    if (!request) return {.bytes = format_error(request_bytes), .complaint = "is malformed"};

    DNSMessage response;
    response.id = request->id;
    response.is_response = true;
    response.opcode = request->opcode;
    response.recursion_desired = request->recursion_desired;
    response.checking_disabled = request->checking_disabled;
    if (request->questions.size() == 1) response.questions = request->questions;
    Client asker{peer.endpoint.address, std::nullopt, nullptr, peer.vpc};
    if (request->edns) {
        response.edns.emplace();
        response.edns->udp_payload_size = limits::udp_bytes_with_edns;
        response.edns->dnssec_ok = request->edns->dnssec_ok; // RFC 3225 3
        response.edns->client_subnet = request->edns->client_subnet;
        // RFC 7871 7.2.1: scope 0 when the answer does not depend on the subnet.
        if (response.edns->client_subnet) response.edns->client_subnet->scope_prefix = 0;
        // AWS: in private zones the subnet plays no part.
        if (peer.vpc.empty()) asker.subnet = request->edns->client_subnet;
    }
    bool has_valid_cookie = false;
    if (request->edns && request->edns->cookie && peer.cookies != nullptr) {
        const auto& cookie = *request->edns->cookie;
        const auto& address = peer.endpoint.address;
        has_valid_cookie = peer.cookies->is_valid(cookie, address, peer.now);
        response.edns->cookie = peer.cookies->answer(cookie, address, peer.now);
    }
    if (const auto objection = objection_to(*request)) {
        response.rcode = *objection;
        return {.bytes = serialize(response), .has_valid_cookie = has_valid_cookie};
    }
    auto found = answer(authority, request->questions[0], asker, random);
    // RFC 7871 7.2.1: the scope says for which clients the answer holds.
    if (found.depends_on_place && response.edns && response.edns->client_subnet) {
        auto& subnet = *response.edns->client_subnet;
        subnet.scope_prefix = subnet.source_prefix;
    }
    response.rcode = found.rcode();
    response.is_authoritative = found.is_authoritative();
    response.answers = std::move(found.answers);
    response.authority = std::move(found.authority);
    response.additional = std::move(found.additional);
    const auto limit =
        most_bytes(peer.transport, request->edns ? request->edns->udp_payload_size : 0);
    auto bytes = serialize(response);
    const bool is_whole = bytes.size() <= limit;
    if (!is_whole) bytes = shortened_to(limit, response, found.outcome);
    return {
        .bytes = std::move(bytes),
        .zone = found.zone,
        .has_valid_cookie = has_valid_cookie,
        .is_elsewhere = found.outcome == Answer::Outcome::refused,
        .is_for_everybody = is_whole && found.is_for_everybody()
    };
}

std::size_t most_bytes(Transport transport, std::uint16_t payload_size) {
    if (transport == Transport::tcp) return message_bytes_max;
    // RFC 6891 6.2.3: "Values lower than 512 MUST be treated as equal to 512."
    return std::clamp<std::size_t>(payload_size, limits::udp_bytes, limits::udp_bytes_with_edns);
}

std::string truncated(std::string_view message) {
    auto parsed = parse_message(message);
    if (!parsed) return message.size() < header_bytes ? std::string() : format_error(message);
    parsed->is_response = true;
    parsed->is_truncated = true;
    parsed->rcode = Rcode::no_error;
    parsed->answers.clear();
    parsed->authority.clear();
    parsed->additional.clear();
    return serialize(*parsed);
}

std::string server_failure(std::string_view message) {
    auto parsed = parse_message(message);
    if (!parsed) return message.size() < header_bytes ? std::string() : format_error(message);
    parsed->is_response = true;
    parsed->rcode = Rcode::server_failure;
    parsed->answers.clear();
    parsed->authority.clear();
    parsed->additional.clear();
    return serialize(*parsed);
}

} // namespace diorama::route53
