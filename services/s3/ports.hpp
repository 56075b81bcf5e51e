// What S3 needs of other services, in its own words.
#pragma once

#include <functional>
#include <string>

namespace diorama::s3 {

// Topics that are told of events.
class EventTopics {
public:
    virtual ~EventTopics() = default;
    // Any thread. `done` is called later, on any thread, with what went wrong; empty when the
    // message was accepted.
    virtual void publish(
        const std::string& topic_arn,
        const std::string& subject,
        const std::string& message,
        std::function<void(std::string error)> done
    ) = 0;
};

} // namespace diorama::s3
