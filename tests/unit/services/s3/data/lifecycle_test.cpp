#include "services/s3/data/lifecycle.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::s3;
using Kind = LifecycleAction::Kind;

namespace {

Timestamp at(std::string_view text) {
    return *parse_iso8601(text);
}

const std::map<std::string, std::string> no_tags;
const std::string key = "logs/a";

LifecycleSubject
made(std::string_view when, const std::map<std::string, std::string>& tags = no_tags) {
    return {.key = key, .tags = tags, .size = 200'000, .last_modified = at(when)};
}

std::vector<LifecycleRule> rules(const std::string& json) {
    return read_lifecycle(R"({"Rules": [)" + json + "]}");
}

} // namespace

TEST_CASE("lifecycle: days count to the midnight after") {
    CHECK(days_after(at("2026-01-15T10:30:00Z"), 3) == at("2026-01-19T00:00:00Z"));
    CHECK(days_after(at("2026-01-15T00:00:00Z"), 1) == at("2026-01-16T00:00:00Z"));
}

TEST_CASE("lifecycle: an object expires when its day has come, if the rule is about it") {
    const auto some =
        rules(R"({"ID": "r", "Status": "Enabled", "Filter": {"And": {"Prefix": "logs/",
        "Tags": [{"Key": "k", "Value": "v"}]}}, "Expiration": {"Days": 3}})");
    const std::map<std::string, std::string> tags{{"k", "v"}};
    const auto subject = made("2026-01-15T10:30:00Z", tags);
    CHECK_FALSE(due_action(some, subject, at("2026-01-18T23:59:59Z")));
    const auto action = due_action(some, subject, at("2026-01-19T00:00:00Z"));
    REQUIRE(action);
    CHECK(action->kind == Kind::expire);
    CHECK(action->rule == "r");
    CHECK_FALSE(due_action(some, made("2026-01-15T10:30:00Z"), at("2027-01-01T00:00:00Z")));
    const auto date = expiration_date(some, subject);
    REQUIRE(date);
    CHECK(
        expiration_header(*date) == "expiry-date=\"Mon, 19 Jan 2026 00:00:00 GMT\", rule-id=\"r\""
    );
    const auto off = rules(R"({"Status": "Disabled", "Prefix": "", "Expiration": {"Days": 1}})");
    CHECK_FALSE(due_action(off, subject, at("2027-01-01T00:00:00Z")));
}

TEST_CASE("lifecycle: expiration comes before transition, and the coldest due class is taken") {
    const auto some = rules(R"({"ID": "r", "Status": "Enabled", "Filter": {}, "Transitions": [
        {"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 60, "StorageClass": "GLACIER"}],
        "Expiration": {"Days": 90}})");
    auto subject = made("2026-01-01T00:00:00Z");
    CHECK_FALSE(due_action(some, subject, at("2026-01-30T00:00:00Z")));
    CHECK(due_action(some, subject, at("2026-02-01T00:00:00Z"))->storage_class == "STANDARD_IA");
    CHECK(due_action(some, subject, at("2026-03-10T00:00:00Z"))->storage_class == "GLACIER");
    CHECK(due_action(some, subject, at("2026-04-10T00:00:00Z"))->kind == Kind::expire);
    subject.storage_class = "GLACIER";
    CHECK_FALSE(due_action(some, subject, at("2026-03-10T00:00:00Z")));
    subject.storage_class = "STANDARD";
    subject.size = 1000;
    CHECK_FALSE(due_action(some, subject, at("2026-03-10T00:00:00Z")));
}

TEST_CASE("lifecycle: noncurrent versions go, but the newest of them may stay") {
    const auto some = rules(R"({"ID": "r", "Status": "Enabled", "Filter": {},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": 2}})");
    auto subject = made("2026-01-01T00:00:00Z");
    subject.is_current = false;
    subject.noncurrent_since = at("2026-02-01T00:00:00Z");
    subject.newer_noncurrent_versions = 1;
    CHECK_FALSE(due_action(some, subject, at("2026-03-01T00:00:00Z")));
    subject.newer_noncurrent_versions = 2;
    CHECK_FALSE(due_action(some, subject, at("2026-02-05T00:00:00Z")));
    CHECK(due_action(some, subject, at("2026-02-06T00:00:00Z"))->kind == Kind::remove_version);
}

TEST_CASE("lifecycle: a delete marker goes when nothing is behind it") {
    const auto some = rules(R"({"ID": "r", "Status": "Enabled", "Filter": {},
        "Expiration": {"ExpiredObjectDeleteMarker": true}})");
    auto subject = made("2026-01-01T00:00:00Z");
    subject.is_delete_marker = true;
    subject.has_other_versions = true;
    CHECK_FALSE(due_action(some, subject, at("2026-01-02T00:00:00Z")));
    subject.has_other_versions = false;
    CHECK(due_action(some, subject, at("2026-01-02T00:00:00Z"))->kind == Kind::remove_marker);
}

TEST_CASE("lifecycle: unfinished uploads are given up") {
    const auto some = rules(R"({"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "logs/"},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}})");
    const auto date = abort_date(some, key, at("2026-01-01T12:00:00Z"));
    REQUIRE(date);
    CHECK(date->when == at("2026-01-09T00:00:00Z"));
    CHECK_FALSE(abort_date(some, "other", at("2026-01-01T12:00:00Z")));
}
