// An SNS in virtual time with endpoints that answer what a test wants, and the call of an API
// client.
#pragma once

#include "services/sns/api.hpp"
#include "services/sns/sns.hpp"
#include "tests/support/test_environment.hpp"

#include <deque>
#include <string>
#include <vector>

namespace diorama::sns {

// Answers every request at once, with the next status of a list or 200.
struct ScriptedEndpoints final : HTTPEndpoints {
    explicit ScriptedEndpoints(Scheduler& scheduler_given, Clock& clock_given)
        : scheduler(scheduler_given)
        , clock(clock_given) {}

    void post(EndpointRequest request, std::function<void(int status)> answered) override {
        requests.push_back(std::move(request));
        times.push_back(clock.now());
        int status = 200;
        if (!statuses.empty()) {
            status = statuses.front();
            statuses.pop_front();
        }
        scheduler.post([answered = std::move(answered), status] { answered(status); });
    }

    std::string signing_certificate() override { return "a certificate"; }

    Scheduler& scheduler;
    Clock& clock;
    std::deque<int> statuses;
    std::vector<EndpointRequest> requests;
    std::vector<Timestamp> times;
};

// Counts what is added, by metric name.
struct CountedMetrics final : Metrics {
    std::vector<std::string> names;
    std::map<std::string, double> sums;

    SeriesId series(const MetricId& id) override {
        names.push_back(id.name);
        return static_cast<SeriesId>(names.size() - 1);
    }

    void add(SeriesId series, double value, double count) override {
        sums[names[series]] += value * count;
    }
};

struct TestSNS {
    TestEnvironment test;
    CountedMetrics metrics;
    Environment environment{test.time, test.time, Random(1), metrics, test.journal, test.log};
    ScriptedEndpoints endpoints{test.time, test.time};
    SNS sns{environment, endpoints};
    api::SNSApi& api = static_cast<api::SNSApi&>(sns.api());
    Random random{7};
    std::string topic = "arn:aws:sns:us-east-1:000000000000:news";

    TestSNS() { api.create_topic(call(), {"news", {}, {}, {}}); }

    aws::Call call() {
        return {
            .account = "000000000000",
            .region = "us-east-1",
            .request_id = {},
            .access_key = "test",
            .host = "localhost:4566",
            .scheme = "http",
            .now = test.time.now(),
            .random = random,
            .ignored_parameters = {},
        };
    }

    // Subscribes and, unless told otherwise, confirms; the ARN.
    std::string subscribe(
        const std::string& protocol,
        const std::string& endpoint,
        const std::map<std::string, std::string>& attributes = {},
        bool confirm = true
    ) {
        const auto arn =
            *api.subscribe(call(), {topic, protocol, endpoint, attributes, true}).subscription_arn;
        if (confirm && protocol.starts_with("http")) {
            const auto& body = endpoints.requests.back().body;
            const auto at = body.find("\"Token\" : \"") + 11;
            api.confirm_subscription(call(), {topic, body.substr(at, body.find('"', at) - at), {}});
            test.time.run_for(std::chrono::seconds(1));
            endpoints.requests.clear();
            endpoints.times.clear();
        }
        return arn;
    }

    api::PublishInput message(const std::string& text) {
        api::PublishInput input;
        input.topic_arn = topic;
        input.message = text;
        return input;
    }
};

// Runs a call that has to fail; the error's code and message as "Code: message".
template <class Function>
std::string error_of(Function function) {
    try {
        function();
    } catch (const aws::AWSError& error) {
        return error.code() + ": " + error.message();
    }
    return "no error";
}

} // namespace diorama::sns
