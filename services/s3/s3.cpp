// See s3.hpp. What other parts of the cloud call stands in data/direct_access.cpp.
#include "services/s3/s3.hpp"

#include "emulator/aws/utf8.hpp"
#include "services/s3/background/lifecycle.hpp"
#include "services/s3/background/observers.hpp"
#include "services/s3/background/storage_metrics.hpp"
#include "services/s3/control/dispatch.hpp"
#include "services/s3/control/s3_control.hpp"
#include "services/s3/data/answer.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/cross_origin.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/objects.hpp"
#include "services/s3/data/post_object.hpp"
#include "services/s3/data/region.hpp"
#include "services/s3/data/request_ids.hpp"
#include "services/s3/data/routing.hpp"
#include "services/s3/data/store.hpp"
#include "services/s3/limits.hpp"

#include <nlohmann/json.hpp>

namespace diorama::s3 {

namespace {

constexpr std::string_view default_region = "us-east-1";

// AWS: x-amz-expected-bucket-owner is the account ID of the expected bucket owner.
void check_expected_owner(Store& store, const Request& request) {
    for (const auto name : {"x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"}) {
        const auto* owner = request.headers().find(name);
        if (owner == nullptr) continue;
        if (owner->size() != 12 || owner->find_first_not_of("0123456789") != std::string::npos)
            throw aws::AWSError(
                "InvalidBucketOwnerAWSAccountID",
                400,
                fmt::format(
                    "The value of the expected bucket owner parameter must be an AWS Account ID... "
                    "[{}]",
                    *owner
                )
            );
        const std::lock_guard lock(store.state->mutex);
        const auto* bucket = store.state->find_bucket(request.target.bucket);
        if (bucket != nullptr && bucket->account != *owner)
            throw aws::AWSError("AccessDenied", 403, "Access Denied");
    }
}

using Serve = void (*)(Store&, const RequestRef&);

Serve find_data_operation(std::string_view operation) {
    if (operation == "GetObject" || operation == "HeadObject") return &get_object;
    if (operation == "PutObject") return &put_object;
    if (operation == "UploadPart") return &upload_part;
    if (operation == "DeleteObject") return &delete_object;
    return nullptr;
}

void serve_request(Store& store, const RequestRef& request) {
    if (is_s3_control(*request)) return serve_s3_control(store, request);
    if (request->head().method == "OPTIONS") {
        store.observers->watch(*request, "Preflight");
        return answer_preflight(store, request);
    }
    const bool is_website = request->target.style == AddressingStyle::website;
    const auto operation = is_website ? std::string("GetObject") : operation_of(*request);
    store.observers->watch(*request, operation);
    if (is_website) return serve_website(store, request);
    check_expected_owner(store, *request);
    check_region(store, *request, operation);
    if (operation.empty())
        throw aws::AWSError(
            "MethodNotAllowed",
            405,
            "The specified method is not allowed against this resource."
        )
            .with("Method", request->head().method)
            .with("ResourceType", request->target.key.empty() ? "BUCKET" : "OBJECT");
    if (operation == "PostObject") return post_object(store, request);
    authorize(store, *request, operation);
    if (const auto serve = find_data_operation(operation)) return serve(store, request);
    if (serve_document_operation(store, request, operation)) return;
    throw aws::AWSError(
        "NotImplemented",
        501,
        fmt::format("The operation {} of s3 is not emulated.", operation)
    );
}

} // namespace

S3::S3(Environment& environment, Settings settings)
    : environment_(environment)
    , random_(environment.random.fork("s3"))
    , store_(std::make_unique<Store>(
          settings.folder,
          std::move(settings.run_blocking),
          environment.log,
          settings.durability
      ))
    , storage_metrics_(std::make_unique<StorageMetrics>(environment, *store_->state))
    , access_logs_(std::make_unique<AccessLogs>(
          environment,
          *store_->state,
          store_->run_blocking,
          [this](const std::string& bucket, const std::string& key, const std::string& bytes) {
              return put_object(bucket, key, bytes, "text/plain") == Outcome::done;
          }
      ))
    , observers_(std::make_unique<Observers>(environment, *store_->state, *access_logs_))
    , lifecycle_(std::make_unique<Lifecycle>(environment, *store_, *observers_)) {
    store_->secrets = std::move(settings.secrets);
    store_->observers = observers_.get();
}

void S3::publish_to(EventTopics& topics) {
    observers_->join(topics);
}

S3::~S3() = default;

bool S3::is_bucket(const std::string& name) const {
    const std::lock_guard lock(store_->state->mutex);
    return store_->state->find_bucket(name) != nullptr;
}

bool S3::claims_host(std::string_view host) const {
    if (read_host(host).is_ours) return true;
    const auto bucket = possible_bucket(host);
    return !bucket.empty() && is_bucket(bucket);
}

void S3::serve(std::shared_ptr<http::Exchange> exchange) {
    const auto host = exchange->request().host();
    auto meaning = read_host(host);
    if (!meaning.is_ours) {
        const auto bucket = possible_bucket(host);
        if (!bucket.empty() && is_bucket(bucket))
            meaning = {true, AddressingStyle::virtual_hosted, bucket, {}};
    }
    answer(std::move(exchange), meaning);
}

nlohmann::json S3::call(
    const std::string& account,
    const std::string& region,
    std::string_view operation,
    const nlohmann::json& input
) {
    const auto new_random = [this] {
        const std::lock_guard lock(random_mutex_);
        return Random(random_.next());
    };
    Request request(nullptr, new_random());
    request.call.account = account;
    request.call.region = region;
    request.call.access_key = account;
    request.caller.account = account;
    request.caller.access_key = account;
    request.call.now = environment_.clock.now();
    auto output = call_document_operation(*store_, request, operation, input);
    if (!store_->persistence->commit_now())
        throw aws::AWSError("InternalError", 500, "What was changed could not be kept");
    for (const auto& parameter : request.call.ignored_parameters)
        environment_.log.write(LogLevel::note, "s3", "{} ignored {}", operation, parameter);
    return output;
}

// AWS: The bucket name must be the same as the CNAME, and so for websites. Which of the two the
// client's name leads to cannot be seen here, so a bucket with a website answers as one.
void S3::serve_by_name(std::shared_ptr<http::Exchange> exchange) {
    const std::string bucket(exchange->request().host());
    const bool is_plain = is_bucket(bucket) && !has_website(bucket);
    const auto style = is_plain ? AddressingStyle::virtual_hosted : AddressingStyle::website;
    answer(std::move(exchange), {true, style, bucket, {}});
}

namespace {

// Everything behind may write the parts of the URI as XML and JSON.
void check_uri(const Request& request) {
    const auto& uri = request.head().target;
    const auto decoded = http::percent_decode(uri);
    // What a client that got it wrong sent is quoted only as far as it can be read.
    if (!aws::is_utf8(decoded)) throw invalid_uri(aws::well_formed(uri));
}

// AWS: the header section of a request, query parameters included, has at most so many bytes.
void check_header_size(const http::RequestHead& head) {
    constexpr std::size_t colon_and_ends = 4;
    auto size = head.query().size();
    for (const auto& [name, value] : head.headers)
        size += name.size() + value.size() + colon_and_ends;
    if (size > limits::header_bytes_max)
        throw aws::AWSError(
            "RequestHeaderSectionTooLarge",
            400,
            "Your request header section exceeds the maximum allowed size."
        )
            .with("MaxSizeAllowed", std::to_string(limits::header_bytes_max));
}

} // namespace

void S3::answer(std::shared_ptr<http::Exchange> exchange, const HostMeaning& meaning) {
    const auto new_random = [this] {
        const std::lock_guard lock(random_mutex_);
        return Random(random_.next());
    };
    const auto request = std::make_shared<Request>(std::move(exchange), new_random());
    const auto& head = request->head();
    const auto& clock = request->exchange->thread().clock();
    auto& call = request->call;
    call.request_id = new_request_id(request->random);
    request->log = &environment_.log;
    request->host_id = new_host_id(request->random);
    call.host = head.authority();
    call.scheme = request->exchange->peer().is_tls ? "https" : "http";
    call.now = clock.now();

    request->query = http::parse_query(head.query());
    request->target = read_target(meaning, head.path());
    answering_errors(request, [&] {
        check_uri(*request);
        check_header_size(head);
        add_cors_headers(*store_, *request);
        // A browser asks before it sends what was signed: nobody signs the question.
        if (head.method != "OPTIONS")
            request->caller = identify_caller(head.headers, request->query, environment_.clock);
        if (store_->secrets && !request->caller.access_key.empty())
            request->chunk_signatures = verify_signature(
                head,
                meaning.style == AddressingStyle::path ? std::string() : meaning.bucket,
                store_->secrets,
                environment_.clock
            );
        call.account = request->caller.account;
        call.access_key = request->caller.access_key;
        call.region = !request->caller.region.empty() ? request->caller.region
                      : !meaning.region.empty()       ? meaning.region
                                                      : std::string(default_region);
        serve_request(*store_, request);
    });
}

} // namespace diorama::s3
