// See region.hpp.
#include "services/s3/data/region.hpp"

#include "services/s3/api.hpp"
#include "services/s3/state.hpp"

#include <mutex>
#include <string>

namespace diorama::s3 {

namespace {

// The endpoint of a region under the domain that the client used.
std::string endpoint_of(const Request& request, const std::string& region) {
    const auto& host = request.call.host;
    const auto colon = host.rfind(':');
    const auto port = colon == std::string::npos ? std::string() : host.substr(colon);
    const bool is_amazons = host.substr(0, colon).ends_with(".amazonaws.com");
    return "s3." + region + (is_amazons ? ".amazonaws.com" : ".localhost") + port;
}

bool is_region(std::string_view name) {
    return name == "us-east-1" || api::parse_bucket_location_constraint(name).has_value();
}

aws::AWSError malformed(const Request& request, const std::string& expected) {
    return aws::AWSError(
               "AuthorizationHeaderMalformed",
               400,
               fmt::format(
                   "The authorization header is malformed; the region '{}' is wrong; expecting "
                   "'{}'",
                   request.caller.region,
                   expected
               )
    )
        .with("Region", expected);
}

// AWS: of a bucket's own name the host says the region, so what is wrong is the signature's.
aws::AWSError wrong_region(const Request& request, const Bucket& bucket) {
    if (request.target.style != AddressingStyle::path || !is_region(request.caller.region))
        return malformed(request, bucket.region);
    return aws::AWSError(
               "PermanentRedirect",
               301,
               "The bucket you are attempting to access must be addressed using the specified "
               "endpoint. Please send all future requests to this endpoint."
    )
        .with("Endpoint", endpoint_of(request, bucket.region))
        .with("Bucket", bucket.name);
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
void check_region(Store& store, const Request& request, std::string_view operation) {
    // Who does not sign, or in version 2, names none; a bucket may be asked anywhere where it is.
    const auto& region = request.caller.region;
    if (region.empty() || operation == "GetBucketLocation") return;
    // "US" and "aws-global" are words of old clients, which then learn the region's name.
    if (operation == "CreateBucket" && !is_region(region)) throw malformed(request, "us-east-1");
    if (operation == "CreateBucket") return;
    const std::lock_guard lock(store.state->mutex);
    const auto* bucket = store.state->find_bucket(request.target.bucket);
    if (bucket == nullptr || bucket->region == region) return;
    request.further_headers.set("x-amz-bucket-region", bucket->region);
    throw wrong_region(request, *bucket);
}

} // namespace diorama::s3
