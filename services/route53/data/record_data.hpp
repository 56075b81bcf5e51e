// Record data between the text of the API ("10 mail.example.com") and the bytes of the wire, with
// Route 53's complaints about text that is none. Pure.
#pragma once

#include "services/route53/data/dns_message.hpp"
#include "services/route53/data/record_text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace diorama::route53 {

std::variant<std::string, ValueProblem> parse_record_data(RecordType type, std::string_view text);

// The text of well-formed bytes; RFC 3597's "\# 4 7f000001" for types without a text of their own.
std::string record_data_text(RecordType type, std::string_view bytes);

// The name that the record points at (NS, CNAME, PTR, MX, SRV, SVCB, HTTPS).
std::optional<DNSName> target_name(RecordType type, std::string_view bytes);

struct StartOfAuthority {
    DNSName primary;
    DNSName mailbox;
    std::uint32_t serial = 1;
    std::uint32_t refresh_seconds = 0;
    std::uint32_t retry_seconds = 0;
    std::uint32_t expire_seconds = 0;
    std::uint32_t minimum_seconds = 0;
};

std::optional<StartOfAuthority> parse_start_of_authority(std::string_view bytes);

} // namespace diorama::route53
