// DS (RFC 4034), SSHFP (RFC 4255), TLSA (RFC 6698): numbers, then a digest in hexadecimal digits;
// and NAPTR (RFC 3403). Text to wire and back, pure.
#pragma once

#include "services/route53/data/dns_message.hpp"
#include "services/route53/data/record_text.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace diorama::route53 {

std::variant<std::string, ValueProblem> parse_digest(RecordType type, std::string_view text);
std::string digest_text(RecordType type, std::string_view bytes);

std::variant<std::string, ValueProblem> parse_naptr(std::string_view text);
std::string naptr_text(std::string_view bytes);

} // namespace diorama::route53
