// Request metrics: what CloudWatch is told of a request to a bucket with a metrics configuration.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html#s3-request-cloudwatch-metrics
#pragma once

#include "emulator/metrics/metrics.hpp"
#include "services/s3/data/observation.hpp"

#include <map>
#include <string>
#include <vector>

namespace diorama::s3 {

// The ids of the bucket's metrics configurations whose filter is about this key and these tags.
std::vector<std::string> matching_filters(
    const std::map<std::string, std::string, std::less<>>& documents,
    const std::string& key,
    const std::map<std::string, std::string>& tags
);

void add_request_metrics(Metrics& metrics, const RequestFacts& facts, const std::string& filter);

} // namespace diorama::s3
