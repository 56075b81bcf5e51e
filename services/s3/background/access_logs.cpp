// See access_logs.hpp.
#include "services/s3/background/access_logs.hpp"

#include "emulator/aws/checksum.hpp"
#include "emulator/log.hpp"
#include "services/s3/data/access_log.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/limits.hpp"

#include <fmt/core.h>

#include <utility>

namespace diorama::s3 {

namespace {

// AWS: who delivers, and needs s3:PutObject in the target bucket.
constexpr auto service = "logging.s3.amazonaws.com";

} // namespace

AccessLogs::AccessLogs(
    Environment& environment,
    const State& state,
    RunBlocking run_blocking,
    Put put
)
    : environment_(environment)
    , state_(state)
    , run_blocking_(std::move(run_blocking))
    , put_(std::move(put))
    , random_(environment.random.fork("s3 access logs"))
    , ticker_(environment.scheduler, limits::log_delivery_interval, [this] { deliver(); }) {}

// AWS: delivery is "best effort"; what comes when too much waits is left out.
void AccessLogs::add(const std::string& bucket, std::string line) {
    const std::lock_guard lock(mutex_);
    auto& lines = lines_[bucket];
    if (lines.size() < limits::log_bytes_max) lines += line;
}

std::vector<AccessLogs::Delivery> AccessLogs::take() {
    std::map<std::string, std::string> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(lines_);
    }
    std::vector<Delivery> deliveries;
    const std::lock_guard lock(state_.mutex);
    for (auto& [name, lines] : taken) {
        const auto source = state_.buckets().find(name);
        if (source == state_.buckets().end()) continue;
        const auto& bucket = source->second;
        const auto* document = bucket.settings.document("logging");
        const auto destination = document == nullptr ? LogDestination() : read_logging(*document);
        const auto target = state_.buckets().find(destination.bucket);
        if (target == state_.buckets().end()) continue;
        auto key = log_key(
            destination,
            {bucket.name, bucket.account, bucket.region},
            environment_.clock.now(),
            fmt::format("{:016X}", random_.next())
        );
        if (may_write(state_, target->second, key, service, bucket))
            deliveries.push_back({destination.bucket, std::move(key), std::move(lines)});
        else
            environment_.log.write(
                LogLevel::note,
                "s3",
                "{} does not let {} write the access log of {}",
                destination.bucket,
                service,
                name
            );
    }
    return deliveries;
}

void AccessLogs::deliver() {
    auto deliveries = take();
    if (deliveries.empty()) return;
    auto work = [this, deliveries = std::move(deliveries)] {
        for (const auto& [bucket, key, lines] : deliveries) {
            if (!put_(bucket, key, lines))
                environment_.log.write(
                    LogLevel::warning,
                    "s3",
                    "cannot keep the access log {}/{}",
                    bucket,
                    key
                );
        }
    };
    if (run_blocking_)
        run_blocking_(std::move(work));
    else
        work();
}

} // namespace diorama::s3
