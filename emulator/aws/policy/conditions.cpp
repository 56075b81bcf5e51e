// The conditions of policy statements. See evaluation.hpp.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
#include "emulator/aws/policy/evaluation.hpp"
#include "emulator/aws/wildcard.hpp"
#include "emulator/http/message.hpp"
#include "emulator/network/address.hpp"
#include "emulator/time/time.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::aws::policy {

namespace {

std::optional<double> number_of(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// AWS: dates are W3C's forms of ISO 8601 or seconds since 1970.
std::optional<double> moment_of(const std::string& text) {
    if (const auto when = parse_iso8601(text))
        return std::chrono::duration<double>(*when - epoch).count();
    if (text.size() == 10 && text[4] == '-') return moment_of(text + "T00:00:00Z");
    return number_of(text);
}

// "Equals", "LessThan", … of two numbers or moments.
bool compare(std::string_view relation, double held, double wanted) {
    if (relation == "LessThan") return held < wanted;
    if (relation == "LessThanEquals") return held <= wanted;
    if (relation == "GreaterThan") return held > wanted;
    if (relation == "GreaterThanEquals") return held >= wanted;
    return held == wanted;
}

// "203.0.113.0/24", "2001:db8::/32", or one address.
bool is_in_range(const std::string& held, const std::string& range) {
    const auto slash = range.find('/');
    const auto base = network::IPAddress::parse(std::string_view(range).substr(0, slash));
    const auto address = network::IPAddress::parse(held);
    if (!base || !address || base->is_v4() != address->is_v4()) return false;
    const unsigned width = base->is_v4() ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string::npos) {
        const auto length = number_of(range.substr(slash + 1));
        if (!length || *length < 0 || *length > width) return false;
        bits = static_cast<unsigned>(*length);
    }
    for (unsigned bit = 0; bit < bits; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
        if ((base->bytes()[bit / 8] & mask) != (address->bytes()[bit / 8] & mask)) return false;
    }
    return true;
}

// AWS: "Each of the six colon-delimited components of the ARN is checked separately".
bool matches_arn(std::string_view pattern, std::string_view held) {
    if (pattern == "*") return true;
    for (int component = 0; component < 5; ++component) {
        const auto pattern_end = pattern.find(':');
        const auto held_end = held.find(':');
        if (pattern_end == std::string_view::npos || held_end == std::string_view::npos)
            return false;
        if (!matches_wildcard(
                pattern.substr(0, pattern_end),
                held.substr(0, held_end),
                {.has_escapes = true}
            ))
            return false;
        pattern.remove_prefix(pattern_end + 1);
        held.remove_prefix(held_end + 1);
    }
    return matches_wildcard(pattern, held, {.has_escapes = true});
}

// A test without its negation: StringNotLike is a StringLike that must not hold.
struct Test {
    std::string name;
    bool is_negated = false;
};

Test test_of(const std::string& name) {
    const auto at = name.find("Not");
    if (at == std::string::npos) return {name, false};
    return {name.substr(0, at) + name.substr(at + 3), true};
}

bool matches_value(std::string_view test, const std::string& held, const std::string& wanted) {
    if (test == "StringEquals" || test == "BinaryEquals") return held == wanted;
    if (test == "StringEqualsIgnoreCase" || test == "Bool")
        return http::equal_ignoring_case(held, wanted);
    if (test == "StringLike") return matches_wildcard(wanted, held, {.has_escapes = true});
    if (test == "IpAddress") return is_in_range(held, wanted);
    if (test == "ArnEquals" || test == "ArnLike") return matches_arn(wanted, held);
    const bool is_date = test.starts_with("Date");
    const auto left = is_date ? moment_of(held) : number_of(held);
    const auto right = is_date ? moment_of(wanted) : number_of(wanted);
    return left && right && compare(test.substr(is_date ? 4 : 7), *left, *right);
}

bool has_wildcards(std::string_view test) {
    return test == "StringLike" || test.starts_with("Arn");
}

// What the policy's values are for this request, their variables filled in. A value whose variable
// has none matches nothing.
std::vector<std::string>
wanted_values(const Condition& condition, std::string_view test, const Context& context) {
    std::vector<std::string> wanted;
    for (const auto& value : condition.values) {
        if (value.find("${") == std::string::npos) {
            wanted.push_back(value);
            continue;
        }
        auto filled = substitute(value, context);
        if (!filled) continue;
        if (!has_wildcards(test)) std::erase(*filled, '\\');
        wanted.push_back(std::move(*filled));
    }
    return wanted;
}

} // namespace

bool holds(const Condition& condition, const Context& context, bool has_variables) {
    const auto found = context.find(http::lower_case(condition.key));
    const bool is_present = found != context.end() && !found->second.empty();
    if (condition.test == "Null")
        return std::any_of(
            condition.values.begin(),
            condition.values.end(),
            [&](const std::string& value) { return (value == "true") == !is_present; }
        );
    const auto [test, is_negated] = test_of(condition.test);
    if (!is_present) {
        // AWS: "If the key […] is not present in the request", negated tests and ForAllValues hold.
        return condition.if_exists || condition.quantifier == Quantifier::for_all_values ||
               (is_negated && condition.quantifier == Quantifier::none);
    }
    const auto wanted = has_variables ? wanted_values(condition, test, context) : condition.values;
    const auto is_met = [&](const std::string& held) {
        const bool is_one = std::any_of(wanted.begin(), wanted.end(), [&](const auto& value) {
            return matches_value(test, held, value);
        });
        return is_one != is_negated;
    };
    const auto& values = found->second;
    // Of a key of several values without quantifier a negated test wants all to differ.
    if (condition.quantifier == Quantifier::for_all_values ||
        (condition.quantifier == Quantifier::none && is_negated))
        return std::all_of(values.begin(), values.end(), is_met);
    return std::any_of(values.begin(), values.end(), is_met);
}

} // namespace diorama::aws::policy
