// The conditions of listener rules and whether a request satisfies them. Pure.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/network/address.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace diorama::elbv2 {

struct CIDR {
    network::IPAddress address;
    int prefix_length = 32;

    static std::optional<CIDR> parse(std::string_view text);
    bool contains(const network::IPAddress& other) const;
};

struct HostHeaderCondition {
    std::vector<std::string> values; // wildcards, without case
};

struct PathPatternCondition {
    std::vector<std::string> values; // wildcards, with case
};

struct HTTPHeaderCondition {
    std::string header_name;
    std::vector<std::string> values; // wildcards, without case
};

struct QueryStringCondition {
    struct Pair {
        std::optional<std::string> key; // nothing: any key
        std::string value;
    };

    std::vector<Pair> values; // wildcards, without case
};

struct HTTPRequestMethodCondition {
    std::vector<std::string> values; // exact
};

struct SourceIPCondition {
    std::vector<CIDR> values;
};

using Condition = std::variant<
    HostHeaderCondition,
    PathPatternCondition,
    HTTPHeaderCondition,
    QueryStringCondition,
    HTTPRequestMethodCondition,
    SourceIPCondition>;

// What conditions look at. The source is the address of the connection, never X-Forwarded-For.
struct RuleSubject {
    const http::RequestHead& head;
    network::IPAddress source;
};

// One value of the condition is enough.
bool matches(const Condition& condition, const RuleSubject& subject);
// All conditions must hold; none always holds.
bool matches(const std::vector<Condition>& conditions, const RuleSubject& subject);

} // namespace diorama::elbv2
