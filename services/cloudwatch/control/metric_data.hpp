// Metrics in and out: PutMetricData, GetMetricData, GetMetricStatistics, ListMetrics.
#pragma once

#include "services/cloudwatch/api.hpp"
#include "services/cloudwatch/data/metric_store.hpp"

namespace diorama::cloudwatch {

class MetricData {
public:
    explicit MetricData(MetricStore& store)
        : store_(store) {}

    api::PutMetricDataOutput
    put_metric_data(const aws::Call& call, const api::PutMetricDataInput& input);
    api::GetMetricDataOutput
    get_metric_data(const aws::Call& call, const api::GetMetricDataInput& input) const;
    api::GetMetricStatisticsOutput
    get_metric_statistics(const aws::Call& call, const api::GetMetricStatisticsInput& input) const;
    api::ListMetricsOutput
    list_metrics(const aws::Call& call, const api::ListMetricsInput& input) const;

private:
    MetricStore& store_;
};

} // namespace diorama::cloudwatch
