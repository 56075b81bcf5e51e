// S3's errors with AWS's own sentences, one function each, so that a sentence stands in one place.
#pragma once

#include "emulator/aws/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace diorama::s3 {

inline aws::AWSError no_such_bucket(std::string_view bucket) {
    return aws::AWSError("NoSuchBucket", 404, "The specified bucket does not exist")
        .with("BucketName", std::string(bucket));
}

inline aws::AWSError no_such_key(std::string_view key) {
    return aws::AWSError("NoSuchKey", 404, "The specified key does not exist.")
        .with("Key", std::string(key));
}

inline aws::AWSError no_such_version(std::string_view key, std::string_view version_id) {
    return aws::AWSError("NoSuchVersion", 404, "The specified version does not exist.")
        .with("Key", std::string(key))
        .with("VersionId", std::string(version_id));
}

inline aws::AWSError no_such_upload(std::string_view upload_id) {
    return aws::AWSError(
               "NoSuchUpload",
               404,
               "The specified upload does not exist. The upload ID may be invalid, or the upload "
               "may have been aborted or completed."
    )
        .with("UploadId", std::string(upload_id));
}

inline aws::AWSError
invalid_argument(std::string message, std::string_view name, std::string_view value) {
    return aws::AWSError("InvalidArgument", 400, std::move(message))
        .with("ArgumentName", std::string(name))
        .with("ArgumentValue", std::string(value));
}

inline aws::AWSError invalid_request(std::string message) {
    return aws::AWSError("InvalidRequest", 400, std::move(message));
}

inline aws::AWSError invalid_uri(std::string_view uri) {
    return aws::AWSError("InvalidURI", 400, "Couldn't parse the specified URI.")
        .with("URI", std::string(uri));
}

inline aws::AWSError incomplete_body() {
    return aws::AWSError(
        "IncompleteBody",
        400,
        "You did not provide the number of bytes specified by the Content-Length HTTP header"
    );
}

inline aws::AWSError invalid_range(std::string_view range, std::uint64_t size) {
    return aws::AWSError("InvalidRange", 416, "The requested range is not satisfiable")
        .with("RangeRequested", std::string(range))
        .with("ActualObjectSize", std::to_string(size));
}

inline aws::AWSError precondition_failed(std::string_view condition) {
    return aws::AWSError(
               "PreconditionFailed",
               412,
               "At least one of the pre-conditions you specified did not hold"
    )
        .with("Condition", std::string(condition));
}

inline aws::AWSError malformed_xml() {
    return aws::AWSError(
        "MalformedXML",
        400,
        "The XML you provided was not well-formed or did not validate against our published schema"
    );
}

inline aws::AWSError internal_error() {
    return aws::AWSError(
        "InternalError",
        500,
        "We encountered an internal error. Please try again.",
        aws::Fault::receiver
    );
}

inline aws::AWSError header_not_implemented(std::string_view header) {
    return aws::AWSError(
               "NotImplemented",
               501,
               "A header you provided implies functionality that is not implemented"
    )
        .with("Header", std::string(header));
}

inline aws::AWSError entity_too_large(std::uint64_t proposed, std::uint64_t most) {
    return aws::AWSError(
               "EntityTooLarge",
               400,
               "Your proposed upload exceeds the maximum allowed size"
    )
        .with("ProposedSize", std::to_string(proposed))
        .with("MaxSizeAllowed", std::to_string(most));
}

inline aws::AWSError invalid_part_number(std::string_view value) {
    return invalid_argument(
        "Part number must be an integer between 1 and 10000, inclusive",
        "partNumber",
        value
    );
}

} // namespace diorama::s3
