// Which bucket and key a request means: virtual-hosted style (the bucket in the host name), path
// style (the bucket first in the path), or a bucket's website endpoint.
#pragma once

#include <string>
#include <string_view>

namespace diorama::s3 {

enum class AddressingStyle { path, virtual_hosted, website };

// What a host name says by itself.
struct HostMeaning {
    bool is_ours = false; // the name is one of S3's
    AddressingStyle style = AddressingStyle::path;
    std::string bucket; // empty for path style
    std::string region; // empty when the name has none
};

// `host` in lower case without port. Names under amazonaws.com, localhost and
// localhost.localstack.cloud.
HostMeaning read_host(std::string_view host);

// "<label>.localhost" in which the label may be a bucket, if there is one of that name; empty
// otherwise.
std::string possible_bucket(std::string_view host);

struct Target {
    AddressingStyle style = AddressingStyle::path;
    std::string bucket; // empty: the service itself
    std::string key;    // decoded; empty: the bucket
};

// `path` as it came on the wire, without query.
Target read_target(const HostMeaning& host, std::string_view path);

// AWS: "Bucket names must be between 3 (min) and 63 (max) characters long. […]"
bool is_valid_bucket_name(std::string_view name);

} // namespace diorama::s3
