// A distribution as edge locations know it: the settings that decide about requests, in one
// immutable value. The control plane makes one for every deployed configuration and publishes it;
// nothing here refers back.
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/metrics/metrics.hpp"
#include "services/cloudfront/limits.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudfront {

// Which of the viewer's headers, cookies or query strings are meant.
struct ItemSelection {
    enum class Behavior { none, whitelist, all_except, all };
    Behavior behavior = Behavior::none;
    std::vector<std::string> names; // header names in lower case; may contain wildcards (cookies)

    bool includes(std::string_view name) const;

    bool is_none() const {
        return behavior == Behavior::none || (behavior == Behavior::whitelist && names.empty());
    }
};

struct CachePolicy {
    Duration min_ttl{};
    Duration default_ttl = limits::default_ttl;
    Duration max_ttl = limits::max_ttl;
    bool accepts_gzip = false;
    bool accepts_brotli = false;
    ItemSelection headers;
    ItemSelection cookies;
    ItemSelection query_strings;

    // AWS: CachingDisabled has all three TTLs zero.
    bool caches() const { return max_ttl > Duration::zero(); }
};

// What goes to the origin besides the cache key.
struct OriginRequestPolicy {
    ItemSelection headers;
    ItemSelection cookies;
    ItemSelection query_strings;
    // Legacy cache settings forward headers that the documentation does not list unchanged.
    bool forwards_unlisted_headers = false;
};

enum class ViewerProtocolPolicy { allow_all, https_only, redirect_to_https };
enum class OriginProtocolPolicy { http_only, https_only, match_viewer };

struct Origin {
    std::string id;
    std::string domain_name; // sent as Host; may carry a port in the emulator's own names
    std::string path;        // "/production" or empty
    std::uint16_t http_port = 80;
    std::uint16_t https_port = 443;
    OriginProtocolPolicy protocol_policy = OriginProtocolPolicy::http_only;
    Duration connection_timeout = std::chrono::seconds(limits::connection_timeout);
    int connection_attempts = limits::connection_attempts;
    Duration response_timeout = std::chrono::seconds(limits::origin_read_timeout);
    Duration keep_alive = std::chrono::seconds(limits::origin_keepalive_timeout);
    std::vector<http::Header> custom_headers;
    // An origin access control is attached: requests are recognisable as this distribution's.
    bool has_access_control = false;
};

struct Behavior {
    std::string path_pattern = "*";
    std::size_t origin = 0; // in Distribution::origins
    ViewerProtocolPolicy viewer_protocol_policy = ViewerProtocolPolicy::allow_all;
    std::vector<std::string> allowed_methods = {"GET", "HEAD"};
    std::vector<std::string> cached_methods = {"GET", "HEAD"};
    CachePolicy cache_policy;
    OriginRequestPolicy origin_request_policy;

    bool allows(std::string_view method) const;
    bool caches(std::string_view method) const;
};

// AWS: a custom error response.
struct ErrorResponse {
    int error_code = 0;
    std::string response_page_path; // empty: only the caching time is customised
    int response_code = 0;
    Duration caching_min_ttl = limits::error_caching_min_ttl;
};

// The series of services/cloudfront/metrics.hpp for one distribution.
struct MetricSeries {
    SeriesId requests = 0;
    SeriesId bytes_downloaded = 0;
    SeriesId bytes_uploaded = 0;
    SeriesId error_rate_4xx = 0;
    SeriesId error_rate_5xx = 0;
    SeriesId total_error_rate = 0;
    SeriesId cache_hit_rate = 0;
    SeriesId origin_latency = 0;
};

struct Distribution {
    std::string id;
    std::string arn;
    std::string domain_name;
    std::vector<std::string> host_names; // lower case: domain name, local names, aliases
    bool enabled = true;
    std::string default_root_object;
    std::vector<Origin> origins;
    std::vector<Behavior> behaviors; // in order; the default behavior ("*") is the last
    std::vector<ErrorResponse> error_responses;
    MetricSeries series;

    const Behavior& behavior_for(std::string_view path) const;
    const ErrorResponse* find_error_response(int status) const;
};

using DistributionPtr = std::shared_ptr<const Distribution>;

// All deployed distributions by host name. Written by the control plane, read by edge threads.
class PublishedDistributions {
public:
    // Replaces what was published under the distribution's id.
    void publish(DistributionPtr distribution);
    void withdraw(const std::string& id);

    // `host` in lower case, without port. A wildcard alias covers one label.
    DistributionPtr find(std::string_view host) const;
    DistributionPtr find_by_id(const std::string& id) const;
    std::vector<std::string> host_names() const;

    // Another number than before whenever find() may answer something else than before.
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

private:
    using ByHost = std::map<std::string, DistributionPtr, std::less<>>;
    std::shared_ptr<const ByHost> snapshot() const;
    void rebuild();

    std::atomic<std::uint64_t> version_{1};
    mutable std::mutex mutex_;
    std::map<std::string, DistributionPtr> by_id_;
    std::shared_ptr<const ByHost> by_host_ = std::make_shared<const ByHost>();
};

} // namespace diorama::cloudfront
