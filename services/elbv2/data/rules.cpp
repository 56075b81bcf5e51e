// See rules.hpp.
#include "services/elbv2/data/rules.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::elbv2 {

namespace {

char folded(char c, LetterCase letter_case) {
    return letter_case == LetterCase::ignored && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32)
                                                                      : c;
}

bool any_matches(
    const std::vector<std::string>& patterns,
    std::string_view text,
    LetterCase letter_case
) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return matches_wildcard(pattern, text, letter_case);
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
            if (pair.key && !matches_wildcard(*pair.key, key, LetterCase::ignored)) continue;
            if (matches_wildcard(pair.value, value, LetterCase::ignored)) return true;
        }
    }
    return false;
}

struct Matcher {
    const RuleSubject& subject;

    bool operator()(const HostHeaderCondition& condition) const {
        return any_matches(condition.values, subject.head.host(), LetterCase::ignored);
    }

    bool operator()(const PathPatternCondition& condition) const {
        return any_matches(condition.values, subject.head.path(), LetterCase::significant);
    }

    bool operator()(const HTTPHeaderCondition& condition) const {
        return std::any_of(
            subject.head.headers.begin(),
            subject.head.headers.end(),
            [&](const http::Header& header) {
                return http::equal_ignoring_case(header.name, condition.header_name) &&
                       any_matches(condition.values, header.value, LetterCase::ignored);
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

bool matches_wildcard(std::string_view pattern, std::string_view text, LetterCase letter_case) {
    // Greedy with one point of return: the last '*' and the text it had taken so far.
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t taken = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = t;
            continue;
        }
        const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
        const auto wanted = p + (escaped ? 1 : 0);
        const bool fits = p < pattern.size() &&
                          ((pattern[p] == '?' && !escaped) ||
                           folded(pattern[wanted], letter_case) == folded(text[t], letter_case));
        if (fits) {
            p = wanted + 1;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
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
