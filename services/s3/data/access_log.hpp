// The lines of server access logs, and the names of the objects they are delivered in. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
#pragma once

#include "services/s3/data/observation.hpp"

#include <string>
#include <string_view>

namespace diorama::s3 {

// With the line feed at its end.
std::string access_log_line(const RequestFacts& facts);

// "REST.GET.OBJECT", "WEBSITE.GET.OBJECT", "REST.PUT.BUCKETPOLICY".
std::string log_operation(const RequestFacts& facts);

// Where a bucket's logs go.
struct LogDestination {
    std::string bucket;
    std::string prefix;
    bool is_partitioned = false; // by source account, region, bucket and date
    bool is_by_event_time = false;
};

// The configuration as it is kept: JSON with the model's names. An empty bucket: logging is off.
LogDestination read_logging(std::string_view json);

struct LogSource {
    const std::string& bucket;
    const std::string& account;
    const std::string& region;
};

// `unique`: 16 hex digits, upper case.
std::string log_key(
    const LogDestination& destination,
    const LogSource& source,
    Timestamp when,
    std::string_view unique
);

} // namespace diorama::s3
