// Who watches a bucket: its server access log, its request metrics and the topics that hear of its
// events. Requests to other buckets are not looked at.
#pragma once

#include "emulator/environment.hpp"
#include "services/s3/background/access_logs.hpp"
#include "services/s3/data/notifications.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/ports.hpp"
#include "services/s3/state.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::s3 {

class Observers {
public:
    Observers(Environment& environment, const State& state, AccessLogs& logs);

    // Where events are published; they are lost without.
    void join(EventTopics& topics) { topics_ = &topics; }

    EventTopics* topics() const { return topics_; }

    // Before a request is answered: has its exchange watched if the bucket is.
    void watch(Request& request, std::string_view operation);

    // What happened to an object without a request (lifecycle).
    void tell(const Bucket& bucket, const ObjectEvent& event);

private:
    struct Watched;

    bool may_be_watched(const Request& request) const;
    std::shared_ptr<const Watched> find_watched(const Request& request, RequestFacts& facts) const;
    void answered(const RequestFacts& facts, const Watched& watched);
    void publish(
        const std::vector<TopicRule>& topics,
        const EventSource& source,
        const ObjectEvent& event
    );

    Environment& environment_;
    const State& state_;
    AccessLogs& logs_;
    EventTopics* topics_ = nullptr;
    std::atomic<std::uint64_t> sequence_;
};

} // namespace diorama::s3
