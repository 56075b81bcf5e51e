// DNS messages as bytes and as values (RFC 1035 section 4, EDNS(0) of RFC 6891, client subnet of
// RFC 7871). Pure: no sockets, no zones. Record data is kept as the uncompressed bytes of the wire;
// what it means stands in record_data.hpp.
#pragma once

#include "services/route53/data/dns_name.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

// Types that are spoken of by name; any other 16-bit value is fine too (RFC 3597).
enum class RecordType : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    soa = 6,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
    srv = 33,
    naptr = 35,
    opt = 41,
    ds = 43,
    sshfp = 44,
    tlsa = 52,
    svcb = 64,
    https = 65,
    spf = 99,
    ixfr = 251,
    axfr = 252,
    any = 255,
    caa = 257,
};

inline constexpr std::uint16_t class_in = 1;

enum class Rcode : std::uint16_t {
    no_error = 0,
    format_error = 1,
    server_failure = 2,
    nx_domain = 3,
    not_implemented = 4,
    refused = 5,
    bad_version = 16, // RFC 6891: needs the upper bits in OPT
};

// "NOERROR", "NXDOMAIN", …
std::string_view to_string(Rcode rcode);
// "A", "AAAA", …; "TYPE4711" for what has no name.
std::string to_string(RecordType type);
std::optional<RecordType> parse_record_type(std::string_view text);

struct Question {
    DNSName name; // as the client spelled it
    RecordType type = RecordType::a;
    std::uint16_t record_class = class_in;
    bool operator==(const Question&) const = default;
};

struct Record {
    DNSName name;
    RecordType type = RecordType::a;
    std::uint32_t ttl = 0;
    std::string record_data;
    std::uint16_t record_class = class_in;
    bool operator==(const Record&) const = default;
};

// RFC 7871 section 6: where the client of the asking resolver is.
struct ClientSubnet {
    std::uint16_t family = 1; // 1 IPv4, 2 IPv6
    std::uint8_t source_prefix = 0;
    std::uint8_t scope_prefix = 0;
    std::string address; // only the bytes that the prefix needs
    bool operator==(const ClientSubnet&) const = default;
};

inline constexpr std::uint16_t option_client_subnet = 8; // RFC 7871
inline constexpr std::uint16_t option_cookie = 10;       // RFC 7873

struct EDNS {
    std::uint16_t udp_payload_size = 512;
    std::uint8_t version = 0;
    bool dnssec_ok = false;
    std::optional<ClientSubnet> client_subnet;
    std::optional<std::string> cookie; // RFC 7873: the client's, and perhaps ours after it
    bool operator==(const EDNS&) const = default;
};

struct DNSMessage {
    std::uint16_t id = 0;
    bool is_response = false;
    std::uint8_t opcode = 0;
    bool is_authoritative = false;
    bool is_truncated = false;
    bool recursion_desired = false;
    bool recursion_available = false;
    bool authentic_data = false;
    bool checking_disabled = false;
    Rcode rcode = Rcode::no_error;
    std::vector<Question> questions;
    std::vector<Record> answers;
    std::vector<Record> authority;
    std::vector<Record> additional; // without OPT
    std::optional<EDNS> edns;
    bool operator==(const DNSMessage&) const = default;
};

inline constexpr std::size_t header_bytes = 12;
inline constexpr std::size_t message_bytes_max = 65535;

// Nothing when the bytes are not exactly one well-formed message.
std::optional<DNSMessage> parse_message(std::string_view bytes);

// Owner names and the names in record data of RFC 1035's types are compressed. The result is longer
// than any limit if the message is: fitting it is the caller's decision (respond.hpp).
std::string serialize(const DNSMessage& message);

} // namespace diorama::route53
