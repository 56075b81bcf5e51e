// What a viewer's request adds to the metrics of its distribution (metrics.hpp says what each one
// means): counted the same by the live driver and by simulations.
#pragma once

#include "emulator/metrics/metrics.hpp"
#include "services/cloudfront/data/distribution.hpp"
#include "services/cloudfront/data/entry.hpp"

#include <string_view>

namespace diorama::cloudfront {

void count_viewer_response(
    Metrics& metrics,
    const MetricSeries& series,
    std::string_view method,
    int status,
    CacheResult result
);

void count_download(
    Metrics& metrics,
    const MetricSeries& series,
    std::string_view method,
    double bytes
);

} // namespace diorama::cloudfront
