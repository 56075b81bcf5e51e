// See access_log.hpp.
#include "services/s3/data/access_log.hpp"

#include "emulator/http/message.hpp"
#include "services/s3/data/access_control_list.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <array>

namespace diorama::s3 {

namespace {

struct Resource {
    std::string_view operation;
    std::string_view name; // "PUT.OBJECT"
};

// Operations whose resource is not simply what the name of the operation says.
constexpr std::array resources{
    Resource{"GetObject", "GET.OBJECT"},
    Resource{"HeadObject", "HEAD.OBJECT"},
    Resource{"PutObject", "PUT.OBJECT"},
    Resource{"PostObject", "POST.OBJECT"},
    Resource{"DeleteObject", "DELETE.OBJECT"},
    Resource{"CopyObject", "COPY.OBJECT"},
    Resource{"UploadPart", "PUT.PART"},
    Resource{"UploadPartCopy", "COPY.PART"},
    Resource{"CreateMultipartUpload", "POST.UPLOADS"},
    Resource{"CompleteMultipartUpload", "POST.UPLOAD"},
    Resource{"AbortMultipartUpload", "DELETE.UPLOAD"},
    Resource{"ListParts", "GET.UPLOAD"},
    Resource{"ListMultipartUploads", "GET.UPLOADS"},
    Resource{"DeleteObjects", "POST.MULTI_OBJECT_DELETE"},
    Resource{"ListObjects", "GET.BUCKET"},
    Resource{"ListObjectsV2", "GET.BUCKET"},
    Resource{"ListObjectVersions", "GET.BUCKETVERSIONS"},
    Resource{"HeadBucket", "HEAD.BUCKET"},
    Resource{"CreateBucket", "PUT.BUCKET"},
    Resource{"DeleteBucket", "DELETE.BUCKET"},
    Resource{"RestoreObject", "POST.RESTORE"},
    Resource{"Preflight", "OPTIONS.PREFLIGHT"},
    Resource{"GetBucketLogging", "GET.LOGGING_STATUS"},
    Resource{"PutBucketLogging", "PUT.LOGGING_STATUS"},
    Resource{"GetObjectTagging", "GET.OBJECT_TAGGING"},
    Resource{"PutObjectTagging", "PUT.OBJECT_TAGGING"},
    Resource{"DeleteObjectTagging", "DELETE.OBJECT_TAGGING"},
    Resource{"GetBucketPolicyStatus", "GET.POLICY_STATUS"},
};

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

// AWS: whatever a client sent is quoted, and what would end the quote is encoded.
std::string in_quotes(std::string_view text) {
    if (text.empty()) return "\"-\"";
    std::string result = "\"";
    for (const auto c : text) {
        const bool is_plain = static_cast<unsigned char>(c) >= 0x20 && c != '"';
        result += is_plain ? std::string(1, c) : http::percent_encode(std::string_view(&c, 1));
    }
    return result + "\"";
}

// AWS: keys are URL encoded twice where they have blanks and the like.
std::string logged_key(const std::string& key) {
    if (key.empty()) return "-";
    return http::percent_encode(http::percent_encode(key, true), true);
}

std::int64_t milliseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string number_or_dash(std::uint64_t number) {
    return number == 0 ? "-" : std::to_string(number);
}

std::tm calendar(Timestamp when) {
    return fmt::gmtime(static_cast<std::time_t>(
        std::chrono::duration_cast<std::chrono::seconds>(when - epoch).count()
    ));
}

} // namespace

std::string log_operation(const RequestFacts& facts) {
    const std::string api = facts.is_website ? "WEBSITE." : "REST.";
    if (facts.is_website) return api + facts.method + ".OBJECT";
    for (const auto& [operation, name] : resources) {
        if (operation == facts.operation) return api + std::string(name);
    }
    // "GetBucketCors" is "GET.CORS", "PutBucketPolicy" "PUT.BUCKETPOLICY".
    std::string_view noun = facts.operation;
    for (const std::string_view prefix : {"Get", "Put", "Delete", "List"})
        if (noun.starts_with(prefix)) noun.remove_prefix(prefix.size());
    if (noun == "BucketPolicy") return api + facts.method + ".BUCKETPOLICY";
    for (const std::string_view prefix : {"Bucket", "Object"})
        if (noun.starts_with(prefix)) noun.remove_prefix(prefix.size());
    for (const std::string_view suffix : {"Configurations", "Configuration"})
        if (noun.ends_with(suffix)) noun.remove_suffix(suffix.size());
    std::string name;
    for (const auto c : noun)
        name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return api + facts.method + "." + (name.empty() ? "UNKNOWN" : name);
}

std::string access_log_line(const RequestFacts& facts) {
    const auto is_object = facts.operation == "GetObject" || facts.operation == "HeadObject";
    const auto size = is_object ? facts.object_size : facts.bytes_received;
    const auto request = fmt::format(
        "{} {} HTTP/{}.{}",
        facts.method,
        facts.target,
        facts.http_version / 10,
        facts.http_version % 10
    );
    auto line = fmt::format(
        "{} {} [{:%d/%b/%Y:%H:%M:%S +0000}] {} {} {} {} {} {} {} {} {} {} {} {} ",
        canonical_user_id(facts.bucket_account),
        facts.bucket,
        calendar(facts.received),
        or_dash(facts.remote_address),
        or_dash(facts.requester),
        facts.request_id,
        log_operation(facts),
        logged_key(facts.key),
        in_quotes(request),
        facts.status,
        or_dash(facts.error_code),
        number_or_dash(facts.bytes_sent),
        number_or_dash(size),
        milliseconds(facts.until_last_byte),
        milliseconds(facts.until_first_byte)
    );
    line += fmt::format(
        "{} {} {} {} {} {} {} {} {} - -\n",
        in_quotes(facts.referer),
        in_quotes(facts.user_agent),
        or_dash(facts.version_id),
        or_dash(facts.host_id),
        or_dash(facts.signature_version),
        or_dash(facts.tls_cipher),
        or_dash(facts.auth_type),
        or_dash(facts.host),
        or_dash(facts.tls_version)
    );
    return line;
}

LogDestination read_logging(std::string_view json) {
    const auto document = nlohmann::json::parse(json);
    if (!document.contains("LoggingEnabled")) return {};
    const auto& logging = document.at("LoggingEnabled");
    LogDestination destination;
    destination.bucket = logging.value("TargetBucket", "");
    destination.prefix = logging.value("TargetPrefix", "");
    const auto format = logging.value("TargetObjectKeyFormat", nlohmann::json::object());
    if (format.contains("PartitionedPrefix")) {
        destination.is_partitioned = true;
        destination.is_by_event_time =
            format.at("PartitionedPrefix").value("PartitionDateSource", "") == "EventTime";
    }
    return destination;
}

std::string log_key(
    const LogDestination& destination,
    const LogSource& source,
    Timestamp when,
    std::string_view unique
) {
    const auto time = calendar(when);
    auto key = destination.prefix;
    if (destination.is_partitioned)
        key += fmt::format(
            "{}/{}/{}/{:%Y/%m/%d}/",
            source.account,
            source.region,
            source.bucket,
            time
        );
    // AWS: partitioned by event time, hours, minutes and seconds are 00.
    if (destination.is_by_event_time)
        return key + fmt::format("{:%Y-%m-%d}-00-00-00-{}", time, unique);
    return key + fmt::format("{:%Y-%m-%d-%H-%M-%S}-{}", time, unique);
}

} // namespace diorama::s3
