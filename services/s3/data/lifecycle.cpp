// See lifecycle.hpp.
#include "services/s3/data/lifecycle.hpp"

#include "emulator/http/message.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

LifecycleTime time_of(const JSON& given, const char* days) {
    LifecycleTime time;
    if (given.contains(days)) time.days = given.at(days).get<int>();
    if (given.contains("Date"))
        time.date = parse_iso8601(given.at("Date").get_ref<const std::string&>());
    return time;
}

LifecycleTransition transition_of(const JSON& given, const char* days) {
    LifecycleTransition transition;
    transition.time = time_of(given, days);
    transition.storage_class = given.value("StorageClass", "");
    transition.newer_noncurrent_versions = given.value("NewerNoncurrentVersions", 0);
    return transition;
}

void read_filter(const JSON& given, LifecycleRule& rule) {
    if (given.contains("Prefix")) rule.prefix = given.at("Prefix").get<std::string>();
    const auto add_tag = [&](const JSON& tag) {
        rule.tags.emplace(tag.value("Key", ""), tag.value("Value", ""));
    };
    if (given.contains("Tag")) add_tag(given.at("Tag"));
    for (const auto& tag : given.value("Tags", JSON::array()))
        add_tag(tag);
    if (given.contains("ObjectSizeGreaterThan"))
        rule.larger_than = given.at("ObjectSizeGreaterThan").get<std::int64_t>();
    if (given.contains("ObjectSizeLessThan"))
        rule.smaller_than = given.at("ObjectSizeLessThan").get<std::int64_t>();
}

LifecycleRule rule_of(const JSON& given) {
    LifecycleRule rule;
    rule.id = given.value("ID", "");
    rule.is_enabled = given.value("Status", "") == "Enabled";
    read_filter(given, rule);
    if (given.contains("Filter")) {
        const auto& filter = given.at("Filter");
        read_filter(filter, rule);
        if (filter.contains("And")) read_filter(filter.at("And"), rule);
    }
    if (given.contains("Expiration")) {
        const auto& expiration = given.at("Expiration");
        rule.removes_lone_markers = expiration.value("ExpiredObjectDeleteMarker", false);
        if (expiration.contains("Days") || expiration.contains("Date"))
            rule.expiration = time_of(expiration, "Days");
    }
    for (const auto& transition : given.value("Transitions", JSON::array()))
        rule.transitions.push_back(transition_of(transition, "Days"));
    if (given.contains("NoncurrentVersionExpiration"))
        rule.noncurrent_expiration =
            transition_of(given.at("NoncurrentVersionExpiration"), "NoncurrentDays");
    for (const auto& transition : given.value("NoncurrentVersionTransitions", JSON::array()))
        rule.noncurrent_transitions.push_back(transition_of(transition, "NoncurrentDays"));
    if (given.contains("AbortIncompleteMultipartUpload"))
        rule.abort_days =
            given.at("AbortIncompleteMultipartUpload").value("DaysAfterInitiation", 0);
    return rule;
}

bool applies(const LifecycleRule& rule, const LifecycleSubject& subject) {
    if (!rule.is_enabled || !subject.key.starts_with(rule.prefix)) return false;
    const auto size = static_cast<std::int64_t>(subject.size);
    if (rule.larger_than && size <= *rule.larger_than) return false;
    if (rule.smaller_than && size >= *rule.smaller_than) return false;
    return std::all_of(rule.tags.begin(), rule.tags.end(), [&](const auto& tag) {
        const auto found = subject.tags.find(tag.first);
        return found != subject.tags.end() && found->second == tag.second;
    });
}

Timestamp moment_of(const LifecycleTime& time, Timestamp since) {
    return time.date ? *time.date : days_after(since, time.days.value_or(0));
}

// From warm to cold: an object only goes on. AWS's "waterfall model".
int coldness(std::string_view storage_class) {
    constexpr std::string_view classes[] = {
        "STANDARD",
        "STANDARD_IA",
        "INTELLIGENT_TIERING",
        "ONEZONE_IA",
        "GLACIER_IR",
        "GLACIER",
        "DEEP_ARCHIVE",
    };
    const auto* const found = std::find(std::begin(classes), std::end(classes), storage_class);
    return found == std::end(classes) ? 0 : static_cast<int>(found - std::begin(classes));
}

// AWS: objects smaller than 128 KB are not transitioned to any storage class by default, unless a
// rule's filter speaks of sizes.
bool is_too_small(const LifecycleRule& rule, const LifecycleSubject& subject) {
    return subject.size < 128 * 1024 && !rule.larger_than && !rule.smaller_than;
}

void consider(
    const LifecycleRule& rule,
    const std::vector<LifecycleTransition>& transitions,
    const LifecycleSubject& subject,
    Timestamp now,
    std::optional<LifecycleAction>& action
) {
    if (subject.is_delete_marker || is_too_small(rule, subject)) return;
    const auto since = subject.is_current ? subject.last_modified : subject.noncurrent_since;
    for (const auto& transition : transitions) {
        if (moment_of(transition.time, since) > now) continue;
        if (subject.newer_noncurrent_versions < transition.newer_noncurrent_versions) continue;
        const auto reached = action && action->kind == LifecycleAction::Kind::transition
                                 ? std::string_view(action->storage_class)
                                 : subject.storage_class;
        if (coldness(transition.storage_class) <= coldness(reached)) continue;
        action = {LifecycleAction::Kind::transition, transition.storage_class, rule.id};
    }
}

std::optional<LifecycleAction>
due_removal(const LifecycleRule& rule, const LifecycleSubject& subject, Timestamp now) {
    using Kind = LifecycleAction::Kind;
    if (!subject.is_current) {
        const auto& expiration = rule.noncurrent_expiration;
        const bool is_due =
            expiration && moment_of(expiration->time, subject.noncurrent_since) <= now &&
            subject.newer_noncurrent_versions >= expiration->newer_noncurrent_versions;
        return is_due ? std::optional(LifecycleAction{Kind::remove_version, {}, rule.id})
                      : std::nullopt;
    }
    if (subject.is_delete_marker) {
        // AWS: "a delete marker with zero noncurrent versions"; Days and Date clean it up too.
        const bool is_due =
            rule.removes_lone_markers ||
            (rule.expiration && moment_of(*rule.expiration, subject.last_modified) <= now);
        if (subject.has_other_versions || !is_due) return std::nullopt;
        return LifecycleAction{Kind::remove_marker, {}, rule.id};
    }
    if (!rule.expiration || moment_of(*rule.expiration, subject.last_modified) > now)
        return std::nullopt;
    return LifecycleAction{Kind::expire, {}, rule.id};
}

} // namespace

std::vector<LifecycleRule> read_lifecycle(std::string_view json) {
    std::vector<LifecycleRule> rules;
    const auto document = JSON::parse(json);
    for (const auto& given : document.value("Rules", JSON::array()))
        rules.push_back(rule_of(given));
    return rules;
}

Timestamp days_after(Timestamp when, int days) {
    using Days = std::chrono::days;
    const auto later = when + Days(days);
    return std::chrono::ceil<Days>(later);
}

std::optional<LifecycleAction> due_action(
    const std::vector<LifecycleRule>& rules,
    const LifecycleSubject& subject,
    Timestamp now
) {
    std::optional<LifecycleAction> action;
    for (const auto& rule : rules) {
        if (!applies(rule, subject)) continue;
        if (auto removal = due_removal(rule, subject, now)) return removal;
        consider(
            rule,
            subject.is_current ? rule.transitions : rule.noncurrent_transitions,
            subject,
            now,
            action
        );
    }
    return action;
}

std::optional<LifecycleDate>
abort_date(const std::vector<LifecycleRule>& rules, const std::string& key, Timestamp initiated) {
    std::optional<LifecycleDate> earliest;
    for (const auto& rule : rules) {
        if (!rule.is_enabled || !rule.abort_days || !key.starts_with(rule.prefix)) continue;
        const auto when = days_after(initiated, *rule.abort_days);
        if (!earliest || when < earliest->when) earliest = {when, rule.id};
    }
    return earliest;
}

std::optional<LifecycleDate>
expiration_date(const std::vector<LifecycleRule>& rules, const LifecycleSubject& subject) {
    std::optional<LifecycleDate> earliest;
    for (const auto& rule : rules) {
        if (!rule.expiration || !applies(rule, subject)) continue;
        const auto when = moment_of(*rule.expiration, subject.last_modified);
        if (!earliest || when < earliest->when) earliest = {when, rule.id};
    }
    return earliest;
}

std::string expiration_header(const LifecycleDate& date) {
    return fmt::format(
        "expiry-date=\"{}\", rule-id=\"{}\"",
        http_date(date.when),
        http::percent_encode(date.rule)
    );
}

} // namespace diorama::s3
