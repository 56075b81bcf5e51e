// Every metric CloudFront emits, all in namespace AWS/CloudFront, region us-east-1, with dimensions
// DistributionId and Region=Global.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
#pragma once

#include "services/cloudfront/data/distribution.hpp"

#include <string>

namespace diorama::cloudfront::metrics {

struct Metric {
    const char* name;
    const char* unit;
    SeriesId MetricSeries::* series;
};

inline constexpr Metric all[] = {
    // One per viewer request, of every method.
    {"Requests", "None", &MetricSeries::requests},
    // Body bytes sent to viewers for GET, HEAD and OPTIONS.
    {"BytesDownloaded", "None", &MetricSeries::bytes_downloaded},
    // Body bytes that viewers sent to the origin by POST and PUT.
    {"BytesUploaded", "None", &MetricSeries::bytes_uploaded},
    // 100 or 0 per request, so that Average is the percentage.
    {"4xxErrorRate", "Percent", &MetricSeries::error_rate_4xx},
    {"5xxErrorRate", "Percent", &MetricSeries::error_rate_5xx},
    {"TotalErrorRate", "Percent", &MetricSeries::total_error_rate},
    // 100 for a Hit or RefreshHit, 0 for a Miss; only cacheable requests that are no errors.
    {"CacheHitRate", "Percent", &MetricSeries::cache_hit_rate},
    // From the viewer's request to the start of a response that came from the origin.
    {"OriginLatency", "Milliseconds", &MetricSeries::origin_latency},
};

inline MetricSeries
register_series(Metrics& metrics, const std::string& account, const std::string& distribution_id) {
    MetricSeries series;
    for (const auto& metric : all) {
        series.*metric.series = metrics.series({
            account,
            "us-east-1",
            "AWS/CloudFront",
            metric.name,
            {{"DistributionId", distribution_id}, {"Region", "Global"}},
            metric.unit,
        });
    }
    return series;
}

} // namespace diorama::cloudfront::metrics
