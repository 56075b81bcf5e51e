// The document of a traffic policy, and the record sets that an instance of it stands for: one rule
// is a group of record sets with one routing policy, and a rule that leads to another rule is an
// alias of that rule's name. Pure.
// https://docs.aws.amazon.com/Route53/latest/APIReference/api-policies-traffic-policy-document-format.html
#pragma once

#include "services/route53/state.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace diorama::route53 {

// Where an instance stands.
struct PolicyInstancePlace {
    std::string instance_id;
    std::string hosted_zone_id;
    DNSName name; // lower case
    std::uint32_t ttl = 0;
};

// The record sets, the one of the name itself first, all others under names that nobody lists; or a
// sentence that says what is wrong with the document.
std::variant<std::vector<StoredRecordSet>, std::string>
compile_policy(std::string_view document, const PolicyInstancePlace& place);

// The type of the records that the document is for; or what is wrong with it.
std::variant<RecordType, std::string> check_policy(std::string_view document);

} // namespace diorama::route53
