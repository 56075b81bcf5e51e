// See post_policy.hpp.
#include "services/s3/data/post_policy.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/http/message.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <set>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

aws::AWSError invalid_policy(std::string_view why) {
    return aws::AWSError("InvalidPolicyDocument", 400, fmt::format("Invalid Policy: {}", why));
}

aws::AWSError denied(std::string_view why) {
    return aws::AWSError("AccessDenied", 403, fmt::format("Invalid according to Policy: {}", why));
}

// AWS: Each form field must appear in the list of conditions, but for these.
bool needs_no_condition(const std::string& name) {
    constexpr std::array<std::string_view, 7> free{
        "awsaccesskeyid",
        "bucket",
        "file",
        "policy",
        "signature",
        "x-amz-signature",
        "x-amz-security-token",
    };
    if (name.starts_with("x-ignore-")) return true;
    for (const auto known : free)
        if (known == name) return true;
    return false;
}

std::string text_of(const JSON& value) {
    if (!value.is_string())
        throw invalid_policy("Invalid Simple-Condition: value must be a string.");
    return value.get<std::string>();
}

std::uint64_t number_of(const JSON& value) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (value.is_string()) {
        const auto number = JSON::parse(value.get_ref<const std::string&>(), nullptr, false);
        if (number.is_number_unsigned()) return number.get<std::uint64_t>();
    }
    throw invalid_policy("Invalid content-length-range condition.");
}

struct Checked {
    std::set<std::string> names; // of fields that a condition is about
    std::optional<SizeRange> size;
};

void check_equal(
    const std::string& field,
    const std::string& wanted,
    const JSON& condition,
    const FormFields& fields,
    Checked& checked
) {
    const auto name = http::lower_case(field);
    checked.names.insert(name);
    const auto found = fields.find(name);
    if (found == fields.end() || found->second != wanted)
        throw denied("Policy Condition failed: " + condition.dump());
}

void check_list(const JSON& condition, const FormFields& fields, Checked& checked) {
    if (condition.size() != 3) throw invalid_policy("Invalid JSON.");
    const auto kind = http::lower_case(text_of(condition.at(0)));
    if (kind == "content-length-range") {
        checked.size = SizeRange{number_of(condition.at(1)), number_of(condition.at(2))};
        return;
    }
    auto name = text_of(condition.at(1));
    const auto wanted = text_of(condition.at(2));
    if (!name.starts_with('$'))
        throw invalid_policy("Invalid Condition: the field must begin with $.");
    name.erase(0, 1);
    // The dump shows the condition as AWS's own sentence does: ["eq", "$key", "x"].
    if (kind == "eq") return check_equal(name, wanted, condition, fields, checked);
    if (kind != "starts-with") throw invalid_policy("Invalid Condition: unknown operation.");
    const auto lower = http::lower_case(name);
    checked.names.insert(lower);
    const auto found = fields.find(lower);
    if (!wanted.empty() && (found == fields.end() || !found->second.starts_with(wanted)))
        throw denied("Policy Condition failed: " + condition.dump());
}

} // namespace

std::optional<SizeRange>
check_post_policy(std::string_view policy, const FormFields& fields, Timestamp now) {
    const auto text = aws::base64_decode(policy);
    const auto document =
        text ? JSON::parse(*text, nullptr, false) : JSON(JSON::value_t::discarded);
    if (!document.is_object()) throw invalid_policy("Invalid JSON.");
    if (!document.contains("expiration")) throw invalid_policy("Policy missing expiration.");
    if (!document.contains("conditions")) throw invalid_policy("Policy missing conditions.");
    // AWS: the expiration is a date and time in ISO 8601 and GMT; Python's str() of a date
    // has a space in it.
    const auto expiration = text_of(document.at("expiration"));
    const auto expires = parse_iso8601(expiration);
    if (!expires || expiration.find('T') == expiration.npos)
        throw invalid_policy("Invalid 'expiration' value.");
    if (now > *expires) throw denied("Policy expired.");
    const auto& conditions = document.at("conditions");
    if (!conditions.is_array()) throw invalid_policy("Invalid 'conditions' value: must be a List.");
    Checked checked;
    for (const auto& condition : conditions) {
        if (condition.is_array()) {
            check_list(condition, fields, checked);
        } else if (condition.is_object()) {
            if (condition.size() != 1)
                throw invalid_policy("Invalid Simple-Condition: Simple-Conditions must have "
                                     "exactly one property specified.");
            for (const auto& [name, value] : condition.items())
                check_equal(name, text_of(value), condition, fields, checked);
        } else {
            throw invalid_policy("Invalid JSON.");
        }
    }
    for (const auto& [name, value] : fields) {
        if (!needs_no_condition(name) && !checked.names.contains(name))
            throw denied("Extra input fields: " + name);
    }
    return checked.size;
}

} // namespace diorama::s3
