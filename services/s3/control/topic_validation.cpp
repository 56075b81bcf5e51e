// See topic_validation.hpp.
#include "services/s3/control/topic_validation.hpp"

#include "services/s3/background/observers.hpp"
#include "services/s3/data/answer.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/notifications.hpp"

#include <pugixml.hpp>

#include <memory>
#include <vector>

namespace diorama::s3 {

namespace {

std::vector<std::string> topics_in(std::string_view body) {
    std::vector<std::string> topics;
    pugi::xml_document xml;
    // What is no XML is refused by who parses it for good.
    if (!xml.load_buffer(body.data(), body.size())) return topics;
    for (const auto topic : xml.document_element().children("TopicConfiguration"))
        topics.emplace_back(topic.child_value("Topic"));
    return topics;
}

// One topic after another.
struct Validation : std::enable_shared_from_this<Validation> {
    EventTopics& topics;
    RequestRef request;
    std::vector<std::string> left;
    std::string message;
    std::function<void()> valid;

    Validation(EventTopics& its_topics, RequestRef its_request)
        : topics(its_topics)
        , request(std::move(its_request)) {}

    void go_on() {
        if (left.empty()) return valid();
        auto arn = std::move(left.back());
        left.pop_back();
        auto self = shared_from_this();
        topics.publish(
            arn,
            std::string(notification_subject),
            message,
            [self = std::move(self), arn](const std::string& error) mutable {
                // Exchanges live and die on their own thread.
                auto& thread = self->request->exchange->thread();
                thread.post([self = std::move(self), arn, error] { self->answered(arn, error); });
            }
        );
    }

    void answered(const std::string& arn, const std::string& error) {
        if (error.empty()) return go_on();
        respond_error(
            *request,
            invalid_argument(
                "Unable to validate the following destination configurations",
                arn,
                "The destination topic does not exist or does not take messages: " + error
            )
        );
    }
};

} // namespace

void validate_topics(
    Store& store,
    const RequestRef& request,
    std::string_view body,
    std::function<void()> valid
) {
    auto* topics = store.observers == nullptr ? nullptr : store.observers->topics();
    auto arns = topics_in(body);
    if (topics == nullptr || arns.empty() ||
        request->headers().get("x-amz-skip-destination-validation") == "true")
        return valid();
    const auto validation = std::make_shared<Validation>(*topics, request);
    validation->left = std::move(arns);
    validation->valid = std::move(valid);
    EventSource source;
    source.bucket = request->target.bucket;
    source.request_id = request->call.request_id;
    source.host_id = request->host_id;
    source.when = request->call.now;
    validation->message = test_message(source);
    validation->go_on();
}

} // namespace diorama::s3
