// See rules.hpp.
#include "services/elbv2/data/rules.hpp"

#include "emulator/aws/wildcard.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::elbv2 {

namespace {

// AWS: path patterns are case-sensitive, the other conditions are not.
constexpr aws::WildcardOptions with_case{.ignores_case = false, .has_escapes = true};
constexpr aws::WildcardOptions without_case{.ignores_case = true, .has_escapes = true};

bool any_matches(
    const std::vector<std::string>& patterns,
    std::string_view text,
    aws::WildcardOptions options
) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return aws::matches_wildcard(pattern, text, options);
    });
}

// AWS: "The load balancer ... compares" whole parameters; nothing says that they are decoded first.
// UNKNOWN: they are compared as they were sent.
bool matches_query(const QueryStringCondition& condition, std::string_view query) {
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto parameter = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const auto equals = std::min(parameter.find('='), parameter.size());
        const auto key = parameter.substr(0, equals);
        const auto value = parameter.substr(std::min(equals + 1, parameter.size()));
        for (const auto& pair : condition.values) {
            if (pair.key && !aws::matches_wildcard(*pair.key, key, without_case)) continue;
            if (aws::matches_wildcard(pair.value, value, without_case)) return true;
        }
    }
    return false;
}

struct Matcher {
    const RuleSubject& subject;

    bool operator()(const HostHeaderCondition& condition) const {
        return any_matches(condition.values, subject.head.host(), without_case);
    }

    bool operator()(const PathPatternCondition& condition) const {
        return any_matches(condition.values, subject.head.path(), with_case);
    }

    bool operator()(const HTTPHeaderCondition& condition) const {
        return std::any_of(
            subject.head.headers.begin(),
            subject.head.headers.end(),
            [&](const http::Header& header) {
                return http::equal_ignoring_case(header.name, condition.header_name) &&
                       any_matches(condition.values, header.value, without_case);
            }
        );
    }

    bool operator()(const QueryStringCondition& condition) const {
        return matches_query(condition, subject.head.query());
    }

    bool operator()(const HTTPRequestMethodCondition& condition) const {
        return std::find(condition.values.begin(), condition.values.end(), subject.head.method) !=
               condition.values.end();
    }

    bool operator()(const SourceIPCondition& condition) const {
        return std::any_of(
            condition.values.begin(),
            condition.values.end(),
            [&](const CIDR& block) { return block.contains(subject.source); }
        );
    }
};

} // namespace

std::optional<CIDR> CIDR::parse(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = network::IPAddress::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    int prefix_length = -1;
    const auto digits = text.substr(slash + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), prefix_length);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (prefix_length < 0 || prefix_length > (address->is_v4() ? 32 : 128)) return std::nullopt;
    return CIDR{*address, prefix_length};
}

bool CIDR::contains(const network::IPAddress& other) const {
    if (address.is_v4() != other.is_v4()) return false;
    int bits = prefix_length;
    for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
        const auto mask = static_cast<std::uint8_t>(bits >= 8 ? 0xFF : 0xFF << (8 - bits));
        if ((address.bytes()[i] & mask) != (other.bytes()[i] & mask)) return false;
    }
    return true;
}

bool matches(const Condition& condition, const RuleSubject& subject) {
    return std::visit(Matcher{subject}, condition);
}

bool matches(const std::vector<Condition>& conditions, const RuleSubject& subject) {
    return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
        return matches(condition, subject);
    });
}

} // namespace diorama::elbv2
