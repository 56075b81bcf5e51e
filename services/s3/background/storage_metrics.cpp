// See storage_metrics.hpp.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
#include "services/s3/background/storage_metrics.hpp"

#include "services/s3/limits.hpp"
#include "services/s3/metrics.hpp"

namespace diorama::s3 {

StorageMetrics::StorageMetrics(Environment& environment, const State& state)
    : environment_(environment)
    , state_(state)
    , ticker_(environment.scheduler, limits::storage_metrics_interval, [this] { publish(); }) {}

void StorageMetrics::publish() {
    const std::lock_guard lock(state_.mutex);
    for (const auto& [name, bucket] : state_.buckets())
        publish(bucket);
}

void StorageMetrics::publish(const Bucket& bucket) {
    double bytes = 0;
    double count = static_cast<double>(bucket.objects.size());
    for (const auto& [key, object] : bucket.objects)
        bytes += static_cast<double>(object->size);
    for (const auto& [key, versions] : bucket.other_versions) {
        count += static_cast<double>(versions.size());
        for (const auto& version : versions)
            bytes += static_cast<double>(version->size);
    }
    // AWS: NumberOfObjects is "the total number of objects stored in a bucket for all storage
    // classes", including "all parts for all incomplete multipart uploads".
    for (const auto& [key, upload] : bucket.uploads) {
        count += static_cast<double>(upload.parts.size());
        for (const auto& [number, part] : upload.parts)
            bytes += static_cast<double>(part->size);
    }
    const auto add = [&](const char* name, const char* storage_type, const char* unit, double value
                     ) {
        environment_.metrics.add(
            environment_.metrics.series(
                {bucket.account,
                 bucket.region,
                 metrics::name_space,
                 name,
                 {{"BucketName", bucket.name}, {"StorageType", storage_type}},
                 unit}
            ),
            value
        );
    };
    add(metrics::bucket_size_bytes, "StandardStorage", "Bytes", bytes);
    add(metrics::number_of_objects, "AllStorageTypes", "Count", count);
}

} // namespace diorama::s3
