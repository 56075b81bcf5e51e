// See cross_origin.hpp.
#include "services/s3/data/cross_origin.hpp"

#include "services/s3/data/answer.hpp"
#include "services/s3/data/cors.hpp"

namespace diorama::s3 {

namespace {

// The rules of the bucket asked for; nothing without configuration.
std::optional<std::vector<CORSRule>> rules_of(Store& store, const Request& request) {
    const std::lock_guard lock(store.state->mutex);
    const auto* bucket = store.state->find_bucket(request.target.bucket);
    const auto* document = bucket == nullptr ? nullptr : bucket->settings.document("cors");
    if (document == nullptr) return std::nullopt;
    return read_cors(*document);
}

bool has_bucket(Store& store, const Request& request) {
    const std::lock_guard lock(store.state->mutex);
    return store.state->find_bucket(request.target.bucket) != nullptr;
}

aws::AWSError bad_request(std::string sentence) {
    return aws::AWSError("BadRequest", 400, std::move(sentence));
}

aws::AWSError forbidden(const Request& request, std::string_view why, const std::string& method) {
    return aws::AWSError("AccessForbidden", 403, fmt::format("CORSResponse: {}", why))
        .with("Method", method)
        .with("ResourceType", request.target.key.empty() ? "BUCKET" : "OBJECT");
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
void answer_preflight(Store& store, const RequestRef& request) {
    CrossOriginRequest asked;
    asked.origin = request->header("origin");
    if (asked.origin.empty())
        throw bad_request("Insufficient information. Origin request header needed.");
    asked.method = request->header("access-control-request-method");
    constexpr std::string_view methods = " GET PUT HEAD POST DELETE ";
    if (asked.method.empty() || methods.find(" " + asked.method + " ") == methods.npos)
        throw bad_request(fmt::format(
            "Invalid Access-Control-Request-Method: {}",
            asked.method.empty() ? "null" : asked.method
        ));
    asked.headers = header_names(request->headers().joined("access-control-request-headers"));
    if (!has_bucket(store, *request)) throw forbidden(*request, "Bucket not found", "OPTIONS");
    const auto rules = rules_of(store, *request);
    if (!rules) throw forbidden(*request, "CORS is not enabled for this bucket.", asked.method);
    const auto* rule = find_rule(*rules, asked);
    if (rule == nullptr)
        throw forbidden(
            *request,
            "This CORS request is not allowed. This is usually because the evalution of Origin, "
            "request method / Access-Control-Request-Method or Access-Control-Request-Headers are "
            "not whitelisted by the resource's CORS spec.",
            asked.method
        );
    respond(*request, 200, cors_headers(*rule, asked, true));
}

void add_cors_headers(Store& store, const Request& request) {
    CrossOriginRequest asked{request.header("origin"), request.head().method, {}};
    if (asked.origin.empty() || request.head().method == "OPTIONS") return;
    // A page that asks again with the same preflight headers is held to them.
    if (const auto* method = request.headers().find("access-control-request-method"))
        asked.method = *method;
    const auto rules = rules_of(store, request);
    const auto* rule = rules ? find_rule(*rules, asked) : nullptr;
    if (rule == nullptr) return;
    for (const auto& [name, value] : cors_headers(*rule, asked, false))
        request.further_headers.set(name, value);
}

} // namespace diorama::s3
