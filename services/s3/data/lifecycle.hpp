// Lifecycle rules: what becomes of an object, a version or an unfinished upload as it grows old.
// Pure; background/lifecycle.cpp carries it out once a day.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
#pragma once

#include "emulator/time/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::s3 {

// So many days after an object was made (or became noncurrent), or at a date.
struct LifecycleTime {
    std::optional<int> days;
    std::optional<Timestamp> date;
};

struct LifecycleTransition {
    LifecycleTime time;
    std::string storage_class;
    int newer_noncurrent_versions = 0; // that stay
};

struct LifecycleRule {
    std::string id;
    bool is_enabled = false;
    std::string prefix;
    std::map<std::string, std::string> tags;
    std::optional<std::int64_t> larger_than;
    std::optional<std::int64_t> smaller_than;

    std::optional<LifecycleTime> expiration;
    bool removes_lone_markers = false; // ExpiredObjectDeleteMarker
    std::vector<LifecycleTransition> transitions;
    std::optional<LifecycleTransition> noncurrent_expiration; // without storage class
    std::vector<LifecycleTransition> noncurrent_transitions;
    std::optional<int> abort_days;
};

// The configuration as it is kept: JSON with the model's names.
std::vector<LifecycleRule> read_lifecycle(std::string_view json);

// What a rule may ask of a version.
struct LifecycleSubject {
    const std::string& key;
    const std::map<std::string, std::string>& tags;
    std::uint64_t size = 0;
    Timestamp last_modified;
    std::string_view storage_class = "STANDARD";
    bool is_current = true;
    bool is_delete_marker = false;
    bool has_other_versions = false;
    Timestamp noncurrent_since;        // unless is_current
    int newer_noncurrent_versions = 0; // unless is_current
};

struct LifecycleAction {
    enum class Kind { expire, remove_version, remove_marker, transition } kind = Kind::expire;
    std::string storage_class; // of a transition
    std::string rule;
};

// What is due; nothing if nothing is. AWS: expiration comes before transition.
std::optional<LifecycleAction>
due_action(const std::vector<LifecycleRule>& rules, const LifecycleSubject& subject, Timestamp now);

// The rule by which an unfinished upload ends, and when; nothing: it stays.
struct LifecycleDate {
    Timestamp when;
    std::string rule;
};

std::optional<LifecycleDate>
abort_date(const std::vector<LifecycleRule>& rules, const std::string& key, Timestamp initiated);

// When the current version expires: what x-amz-expiration tells. AWS: the earliest, if several
// rules apply.
std::optional<LifecycleDate>
expiration_date(const std::vector<LifecycleRule>& rules, const LifecycleSubject& subject);

// expiry-date="Fri, 23 Dec 2012 00:00:00 GMT", rule-id="…"
std::string expiration_header(const LifecycleDate& date);

// AWS: Amazon S3 calculates the time by adding the number of days specified in the rule to the
// object creation time and rounding up the resulting time to the next day at midnight UTC.
Timestamp days_after(Timestamp when, int days);

} // namespace diorama::s3
