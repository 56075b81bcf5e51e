// The checking of PutMetricData: from shapes to distributions, or AWS's error.
#pragma once

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/data/metric_store.hpp"

#include <string>

namespace diorama::cloudwatch {

struct CheckedDatum {
    MetricId id;
    Timestamp when;
    Distribution values;
    StorageResolution resolution = StorageResolution::standard;
};

// `place` is the datum's place in the request as error texts name it ("MetricData.member.1").
CheckedDatum check_datum(
    const aws::Call& call,
    const std::string& metric_namespace,
    const api::MetricDatum& datum,
    const std::string& place
);

// The start of a query's range: AWS rounds it down the more the older it is.
Timestamp round_start(Timestamp start, Timestamp now, std::int64_t period_s);

// The oldest moment of which datapoints of that period are still kept.
Timestamp oldest_readable(Timestamp now, std::int64_t period_s);

} // namespace diorama::cloudwatch
