// See request_metrics.hpp.
#include "services/s3/background/request_metrics.hpp"

#include "services/s3/metrics.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

bool matches(
    const JSON& filter,
    const std::string& key,
    const std::map<std::string, std::string>& tags
) {
    if (filter.contains("And")) return matches(filter.at("And"), key, tags);
    if (!key.starts_with(filter.value("Prefix", ""))) return false;
    auto wanted = filter.value("Tags", JSON::array());
    if (filter.contains("Tag")) wanted.push_back(filter.at("Tag"));
    return std::all_of(wanted.begin(), wanted.end(), [&](const JSON& tag) {
        const auto found = tags.find(tag.value("Key", ""));
        return found != tags.end() && found->second == tag.value("Value", "");
    });
}

const char* kind_of(const RequestFacts& facts) {
    if (facts.operation.starts_with("List")) return metrics::list_requests;
    if (facts.operation == "SelectObjectContent") return metrics::select_requests;
    if (facts.method == "GET") return metrics::get_requests;
    if (facts.method == "HEAD") return metrics::head_requests;
    if (facts.method == "PUT") return metrics::put_requests;
    if (facts.method == "DELETE") return metrics::delete_requests;
    return facts.method == "POST" ? metrics::post_requests : nullptr;
}

double milliseconds(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

} // namespace

std::vector<std::string> matching_filters(
    const std::map<std::string, std::string, std::less<>>& documents,
    const std::string& key,
    const std::map<std::string, std::string>& tags
) {
    constexpr std::string_view prefix = "metrics/";
    std::vector<std::string> ids;
    for (auto at = documents.lower_bound(prefix);
         at != documents.end() && at->first.starts_with(prefix);
         ++at) {
        const auto configuration = JSON::parse(at->second);
        if (matches(configuration.value("Filter", JSON::object()), key, tags))
            ids.push_back(at->first.substr(prefix.size()));
    }
    return ids;
}

void add_request_metrics(Metrics& sink, const RequestFacts& facts, const std::string& filter) {
    const auto add = [&](const char* name, const char* unit, double value) {
        sink.add(
            sink.series(
                {facts.bucket_account,
                 facts.bucket_region,
                 metrics::name_space,
                 name,
                 {{"BucketName", facts.bucket}, {"FilterId", filter}},
                 unit}
            ),
            value
        );
    };
    add(metrics::all_requests, "Count", 1);
    if (const auto* kind = kind_of(facts)) add(kind, "Count", 1);
    if (facts.bytes_sent != 0)
        add(metrics::bytes_downloaded, "Bytes", static_cast<double>(facts.bytes_sent));
    if (facts.bytes_received != 0)
        add(metrics::bytes_uploaded, "Bytes", static_cast<double>(facts.bytes_received));
    add(metrics::client_errors, "Count", facts.status >= 400 && facts.status < 500 ? 1 : 0);
    add(metrics::server_errors, "Count", facts.status >= 500 ? 1 : 0);
    add(metrics::first_byte_latency, "Milliseconds", milliseconds(facts.until_first_byte));
    add(metrics::total_request_latency, "Milliseconds", milliseconds(facts.until_last_byte));
}

} // namespace diorama::s3
