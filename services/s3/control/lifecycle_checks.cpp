// What AWS refuses in a lifecycle configuration. See configuration_checks.hpp.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
#include "services/s3/control/configuration_checks.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/limits.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

JSON child(const JSON& object, const char* name) {
    return object.value(name, JSON::object());
}

// AWS: exactly one of Prefix, Tag, ObjectSizeGreaterThan, ObjectSizeLessThan and And, or nothing.
void check_filter(const JSON& rule) {
    const bool has_filter = rule.contains("Filter");
    if (has_filter == rule.contains("Prefix")) throw malformed_xml();
    if (!has_filter) return;
    const auto& filter = rule.at("Filter");
    if (filter.size() > 1) throw malformed_xml();
    if (!filter.contains("And")) return;
    const auto& both = filter.at("And");
    std::set<std::string> keys;
    std::size_t conditions = both.size();
    if (both.contains("Tags")) {
        conditions += both.at("Tags").size() - 1;
        for (const auto& tag : both.at("Tags")) {
            if (!keys.insert(tag.value("Key", "")).second)
                throw invalid_request("Duplicate Tag Keys are not allowed.");
        }
    }
    if (conditions < 2) throw malformed_xml();
    if (both.contains("ObjectSizeGreaterThan") && both.contains("ObjectSizeLessThan") &&
        both.at("ObjectSizeGreaterThan") >= both.at("ObjectSizeLessThan"))
        throw invalid_request(
            "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'."
        );
}

bool has_tags(const JSON& rule) {
    const auto filter = child(rule, "Filter");
    return filter.contains("Tag") || child(filter, "And").contains("Tags");
}

void check_positive(const JSON& object, const char* name, std::string_view action) {
    if (object.contains(name) && object.at(name).get<int>() <= 0)
        throw invalid_argument(
            fmt::format("'{}' for {} action must be a positive integer", name, action),
            name,
            object.at(name).dump()
        );
}

void check_date(const JSON& object) {
    if (!object.contains("Date")) return;
    const auto& text = object.at("Date").get_ref<const std::string&>();
    const auto date = parse_iso8601(text);
    if (!date || std::chrono::floor<std::chrono::days>(*date) != *date)
        throw invalid_argument("'Date' must be at midnight GMT", "Date", text);
}

void check_expiration(const JSON& rule) {
    if (!rule.contains("Expiration")) return;
    const auto& expiration = rule.at("Expiration");
    if (expiration.size() != 1) throw malformed_xml();
    check_positive(expiration, "Days", "Expiration");
    check_date(expiration);
    if (expiration.contains("ExpiredObjectDeleteMarker") && has_tags(rule))
        throw invalid_request("ExpiredObjectDeleteMarker cannot be specified with Tags.");
}

// AWS: STANDARD_IA and ONEZONE_IA are for objects that are 30 days old.
void check_transition_days(const JSON& transition, const char* name) {
    if (!transition.contains(name)) return;
    const auto days = transition.at(name).get<int>();
    const auto storage_class = transition.value("StorageClass", "");
    if (days < 0)
        throw invalid_argument(
            fmt::format("'{}' in Transition action must be nonnegative", name),
            name,
            std::to_string(days)
        );
    if ((storage_class == "STANDARD_IA" || storage_class == "ONEZONE_IA") && days < 30)
        throw invalid_argument(
            fmt::format(
                "'{}' in {} action must be greater than or equal to 30 for storageClass '{}'",
                name,
                std::string_view(name) == "Days" ? "Transition" : "NoncurrentVersionTransition",
                storage_class
            ),
            name,
            std::to_string(days)
        );
}

void check_transitions(const JSON& rule) {
    const auto expiration = child(rule, "Expiration");
    const auto prefix = rule.value("Prefix", child(rule, "Filter").value("Prefix", std::string()));
    for (const auto& transition : rule.value("Transitions", JSON::array())) {
        if (transition.contains("Days") == transition.contains("Date") ||
            !transition.contains("StorageClass"))
            throw malformed_xml();
        check_date(transition);
        check_transition_days(transition, "Days");
        if ((expiration.contains("Days") && transition.contains("Date")) ||
            (expiration.contains("Date") && transition.contains("Days")))
            throw invalid_request(fmt::format(
                "Found mixed 'Date' and 'Days' based Expiration and Transition actions in "
                "lifecycle rule for filter '(prefix={})'",
                prefix
            ));
        if (expiration.contains("Days") && expiration.at("Days") <= transition.at("Days"))
            throw invalid_argument(
                fmt::format(
                    "'Days' in the Expiration action for filter '(prefix={})' must be greater than "
                    "'Days' in the Transition action",
                    prefix
                ),
                "Days",
                expiration.at("Days").dump()
            );
    }
    for (const auto& transition : rule.value("NoncurrentVersionTransitions", JSON::array())) {
        if (!transition.contains("NoncurrentDays") || !transition.contains("StorageClass"))
            throw malformed_xml();
        check_transition_days(transition, "NoncurrentDays");
    }
}

void check_noncurrent(const JSON& rule) {
    if (!rule.contains("NoncurrentVersionExpiration")) return;
    const auto& expiration = rule.at("NoncurrentVersionExpiration");
    if (!expiration.contains("NoncurrentDays")) throw malformed_xml();
    check_positive(expiration, "NoncurrentDays", "NoncurrentVersionExpiration");
}

void check_abort(const JSON& rule) {
    if (!rule.contains("AbortIncompleteMultipartUpload")) return;
    const auto& abort = rule.at("AbortIncompleteMultipartUpload");
    if (!abort.contains("DaysAfterInitiation")) throw malformed_xml();
    check_positive(abort, "DaysAfterInitiation", "AbortIncompleteMultipartUpload");
    if (has_tags(rule))
        throw invalid_request("AbortIncompleteMultipartUpload cannot be specified with Tags.");
}

void check_rule(const JSON& rule) {
    check_filter(rule);
    bool has_action = false;
    for (const auto action : {
             "Expiration",
             "Transitions",
             "NoncurrentVersionExpiration",
             "NoncurrentVersionTransitions",
             "AbortIncompleteMultipartUpload",
         })
        has_action = has_action || !child(rule, action).empty();
    if (!has_action) throw invalid_request("At least one action needs to be specified in a rule");
    check_expiration(rule);
    check_transitions(rule);
    check_noncurrent(rule);
    check_abort(rule);
}

} // namespace

void check_lifecycle(const GivenConfiguration& given) {
    constexpr auto smallest = "TransitionDefaultMinimumObjectSize";
    auto& rules = given.document["Rules"];
    if (!rules.is_array() || rules.empty() || rules.size() > limits::lifecycle_rules_max)
        throw malformed_xml();
    std::set<std::string> ids;
    for (auto& rule : rules) {
        if (rule.value("ID", "").empty()) rule["ID"] = given.request.call.random.base62(48);
        const auto& id = rule.at("ID").get_ref<const std::string&>();
        if (id.size() > 255)
            throw invalid_argument("ID length should not exceed allowed limit of 255", "ID", id);
        if (!ids.insert(id).second)
            throw invalid_argument(
                "Rule ID must be unique. Found same ID for more than one rule",
                "ID",
                id
            );
        check_rule(rule);
    }
    given.document[smallest] = given.input.value(smallest, "all_storage_classes_128K");
}

} // namespace diorama::s3
