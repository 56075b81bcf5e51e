// See object_lock.hpp.
#include "services/s3/data/object_lock.hpp"

#include "services/s3/data/errors.hpp"

namespace diorama::s3 {

namespace {

constexpr std::string_view mode_header = "x-amz-object-lock-mode";
constexpr std::string_view until_header = "x-amz-object-lock-retain-until-date";
constexpr std::string_view hold_header = "x-amz-object-lock-legal-hold";

aws::AWSError protected_by_lock() {
    return aws::AWSError(
        "AccessDenied",
        403,
        "Access Denied because object protected by object lock."
    );
}

bool is_in_force(const std::optional<Retention>& retention, Timestamp now) {
    return retention && retention->until > now;
}

std::optional<Retention> read_retention(const Request& request) {
    const auto mode = request.header(mode_header);
    const auto until = request.header(until_header);
    if (mode.empty() && until.empty()) return std::nullopt;
    if (mode.empty() || until.empty())
        throw invalid_argument(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            mode.empty() ? until_header : mode_header,
            mode.empty() ? until : mode
        );
    if (mode != "GOVERNANCE" && mode != "COMPLIANCE")
        throw invalid_argument("Unknown wormMode directive.", mode_header, mode);
    const auto moment = parse_iso8601(until);
    if (!moment)
        throw invalid_argument(
            "The retain until date must be provided in ISO 8601 format",
            until_header,
            until
        );
    check_future(*moment, request.call.now, until_header);
    return Retention{
        mode == "COMPLIANCE" ? RetentionMode::compliance : RetentionMode::governance,
        *moment
    };
}

} // namespace

void check_future(Timestamp until, Timestamp now, std::string_view argument) {
    if (until > now) return;
    throw invalid_argument(
        "The retain until date must be in the future!",
        argument,
        iso8601(until)
    );
}

ObjectLock read_object_lock(const Request& request) {
    ObjectLock lock;
    lock.retention = read_retention(request);
    if (const auto hold = request.header(hold_header); !hold.empty()) {
        if (hold != "ON" && hold != "OFF")
            throw invalid_argument("Legal Hold must be either of 'ON' or 'OFF'", hold_header, hold);
        lock.legal_hold = hold == "ON";
    }
    return lock;
}

void require_object_lock(const Bucket& bucket) {
    if (!bucket.object_lock) throw invalid_request("Bucket is missing Object Lock Configuration");
}

void check_lock_possible(const Bucket& bucket, const ObjectLock& lock) {
    if (lock != ObjectLock{}) require_object_lock(bucket);
}

std::optional<Retention> default_retention(const Bucket& bucket, Timestamp created) {
    if (!bucket.object_lock || !bucket.object_lock->default_retention) return std::nullopt;
    const auto& retention = *bucket.object_lock->default_retention;
    // AWS: a year of retention is 365 days.
    const auto days = std::chrono::days(retention.days + 365 * retention.years);
    return Retention{retention.mode, created + days};
}

bool bypasses_governance(const Request& request) {
    return http::lower_case(request.header("x-amz-bypass-governance-retention")) == "true";
}

void check_bypass_possible(const Request& request, const Bucket& bucket) {
    constexpr std::string_view name = "x-amz-bypass-governance-retention";
    if (!request.headers().contains(name) || bucket.object_lock) return;
    throw aws::AWSError(
        "InvalidArgument",
        400,
        "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets."
    )
        .with("ArgumentName", std::string(name));
}

void check_removable(const Object& version, bool bypasses, Timestamp now) {
    if (version.lock.legal_hold.value_or(false)) throw protected_by_lock();
    if (!is_in_force(version.lock.retention, now)) return;
    // AWS: "In compliance mode, a protected object version can't be overwritten or deleted by any
    // user". Everybody here may bypass the other mode, by asking for it.
    if (version.lock.retention->mode == RetentionMode::compliance || !bypasses)
        throw protected_by_lock();
}

void check_retention_change(
    const Object& version,
    const std::optional<Retention>& wanted,
    bool bypasses,
    Timestamp now
) {
    const auto& current = version.lock.retention;
    if (!is_in_force(current, now)) return;
    const bool is_longer =
        wanted && wanted->mode == current->mode && wanted->until >= current->until;
    if (is_longer) return;
    if (current->mode == RetentionMode::compliance || !bypasses) throw protected_by_lock();
}

void add_lock_headers(http::Headers& headers, const ObjectLock& lock) {
    if (lock.retention) {
        headers.add(
            std::string(mode_header),
            lock.retention->mode == RetentionMode::compliance ? "COMPLIANCE" : "GOVERNANCE"
        );
        headers.add(std::string(until_header), iso8601_ms(lock.retention->until));
    }
    if (lock.legal_hold) headers.add(std::string(hold_header), *lock.legal_hold ? "ON" : "OFF");
}

} // namespace diorama::s3
