// See viewer_metrics.hpp.
#include "services/cloudfront/data/viewer_metrics.hpp"

#include <array>

namespace diorama::cloudfront {

namespace {

bool is_read(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

} // namespace

void count_viewer_response(
    Metrics& metrics,
    const MetricSeries& series,
    std::string_view method,
    int status,
    CacheResult result
) {
    const bool is_4xx = status >= 400 && status < 500;
    const bool is_5xx = status >= 500;
    const std::array<Metrics::Value, 5> values{{
        {series.requests, 1},
        {series.error_rate_4xx, is_4xx ? 100.0 : 0},
        {series.error_rate_5xx, is_5xx ? 100.0 : 0},
        {series.total_error_rate, is_4xx || is_5xx ? 100.0 : 0},
        {series.cache_hit_rate, result == CacheResult::miss ? 0 : 100.0},
    }};
    // AWS: "HTTP POST and PUT requests, and errors, are not considered cacheable requests."
    const bool is_cacheable =
        is_read(method) && result != CacheResult::error && result != CacheResult::redirect;
    metrics.add_each(std::span(values).first(is_cacheable ? 5 : 4));
}

// AWS: "The total number of bytes downloaded by viewers for GET, HEAD, and OPTIONS requests."
void count_download(
    Metrics& metrics,
    const MetricSeries& series,
    std::string_view method,
    double bytes
) {
    if (is_read(method)) metrics.add(series.bytes_downloaded, bytes);
}

} // namespace diorama::cloudfront
