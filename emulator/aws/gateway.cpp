// See gateway.hpp. The steps stand in the order in which a request takes them.
#include "emulator/aws/gateway.hpp"

#include "emulator/aws/call.hpp"
#include "emulator/aws/content_coding.hpp"
#include "emulator/aws/protocols/protocol.hpp"
#include "emulator/aws/signature_check.hpp"

#include <fmt/format.h>

namespace diorama::aws {
namespace {

// The largest body of a call that is not S3's; CloudFormation and PutMetricData stay below 1 MiB.
constexpr std::size_t largest_body = 16 * 1024 * 1024;

AWSError unknown_service(std::string_view service) {
    return AWSError(
        "NotImplemented",
        501,
        service.empty() ? "The request names no service that is emulated"
                        : fmt::format("The service {} is not emulated", service),
        Fault::receiver
    );
}

AWSError unknown_operation(std::string_view operation, std::string_view service) {
    return AWSError(
        "NotImplemented",
        501,
        fmt::format("The operation {} of {} is not emulated", operation, service),
        Fault::receiver
    );
}

AWSError internal_failure() {
    return AWSError(
        "InternalFailure",
        500,
        "The request processing has failed because of an unknown error, exception or failure.",
        Fault::receiver
    );
}

// Errors of requests whose service is not known are written as most services would.
constexpr Protocol fallback_protocols[] = {Protocol::query};
constexpr ServiceDescriptor nobody{
    .name = "unknown",
    .service_id = "unknown",
    .signing_name = "",
    .endpoint_prefix = "",
    .api_version = "",
    .target_prefix = "unknown",
    .json_version = "1.0",
    .protocols = fallback_protocols
};

Protocol error_protocol(const http::RequestHead& request) {
    if (request.headers.contains("Smithy-Protocol")) return Protocol::rpc_v2_cbor;
    if (request.headers.contains("X-Amz-Target")) return Protocol::json;
    return Protocol::query;
}

} // namespace

// How a service is called: on the world thread, or raw.
struct Gateway::Implementation {
    const ServiceDescriptor* descriptor = nullptr;
    ServiceApi* service = nullptr;
    Random random;
    http::Handler raw;
};

struct Gateway::PendingCall {
    std::shared_ptr<http::Exchange> exchange; // edge thread only
    http::RequestHead request;
    std::string body;
    sigv4::Authorization authorization;
    std::vector<const KnownService*> candidates;
    const ServiceDescriptor* descriptor = &nobody;
    Implementation* implementation = nullptr;
    RecognisedCall recognised;
    AnyValue input{nullptr, nullptr};
    std::string request_id;
    std::string host;
    std::string scheme;
    std::vector<std::string> ignored;
};

Gateway::Gateway(Environment& environment)
    : environment_(environment)
    , random_(environment.random.fork("gateway")) {}

Gateway::~Gateway() = default;

void Gateway::add(const ServiceDescriptor& descriptor, ServiceApi& service) {
    services_.push_back({std::string(descriptor.name), &descriptor});
    implementations_.push_back(std::make_unique<Implementation>(
        &descriptor,
        &service,
        environment_.random.fork(descriptor.name),
        http::Handler()
    ));
}

void Gateway::add_raw(std::string name, http::Handler handler) {
    services_.push_back({std::move(name), nullptr});
    implementations_.push_back(std::make_unique<Implementation>(
        nullptr,
        nullptr,
        environment_.random.fork("raw"),
        std::move(handler)
    ));
}

http::Handler Gateway::handler() {
    return [this](std::shared_ptr<http::Exchange> exchange) { receive(std::move(exchange)); };
}

http::ServerOptions Gateway::server_options() {
    http::ServerOptions options;
    options.log = &environment_.log;
    // Nobody has asked yet whose request it is, so it carries the ids of either kind of service.
    options.error_response = [this](int status, std::string_view) {
        http::Response response;
        response.status = status;
        const auto id = new_request_id();
        response.headers.add("x-amzn-RequestId", id);
        response.headers.add("x-amz-request-id", id);
        response.headers.add("Content-Type", "text/plain");
        response.body = fmt::format("{} {}\n", status, http::reason_phrase(status));
        return response;
    };
    return options;
}

std::string Gateway::new_request_id() {
    const std::lock_guard lock(random_mutex_);
    return random_.uuid();
}

void Gateway::receive(std::shared_ptr<http::Exchange> exchange) {
    if (is_taken_elsewhere(exchange)) return; // 1. See gateway_routes.cpp.
    receive_api_call(std::move(exchange));
}

// 2. Who signed it, and which service it is for.
void Gateway::receive_api_call(std::shared_ptr<http::Exchange> exchange) {
    auto call = std::make_shared<PendingCall>();
    call->request = exchange->request();
    const auto& request = call->request;
    auto parsed = sigv4::parse_authorization(request);
    call->authorization = std::move(parsed.authorization);
    call->candidates = candidates(services_, request, call->authorization);
    const bool is_anonymous = call->authorization.scope.service.empty() &&
                              !request.headers.contains("X-Amz-Target") &&
                              !request.headers.contains("Smithy-Protocol");
    const bool may_be_form =
        is_form(request) || request.query().find("Action=") != std::string::npos;
    if (call->candidates.empty() && is_anonymous && !may_be_form) {
        for (const auto& service : services_) {
            if (service.descriptor != nullptr) continue;
            call->candidates.push_back(&service);
            break;
        }
    }
    if (call->candidates.size() == 1 && call->candidates.front()->descriptor == nullptr) {
        implementation_of(*call->candidates.front())->raw(std::move(exchange));
        return;
    }
    call->host = request.authority();
    call->scheme = exchange->peer().is_tls ? "https" : "http";
    call->request_id = new_request_id();
    call->exchange = exchange;
    call->recognised.protocol = error_protocol(request);
    if (call->candidates.size() == 1) {
        call->descriptor = call->candidates.front()->descriptor;
        call->recognised.protocol = recognise_call(*call->descriptor, request, "").protocol;
    }
    if (parsed.error) return refuse(*call, *parsed.error);
    exchange->collect_body(
        largest_body,
        [this, call](http::BodyState state, std::string body, const http::Headers&) {
            body_collected(call, state, std::move(body));
        }
    );
}

// 3. The body, decoded.
void Gateway::body_collected(
    std::shared_ptr<PendingCall> call,
    http::BodyState state,
    std::string body
) {
    switch (state) {
    case http::BodyState::aborted:
        // A client that only stopped sending still reads the answer.
        return refuse(
            *call,
            AWSError("MalformedHttpRequestException", 400, "The request body ended early")
        );
    case http::BodyState::too_large:
        return refuse(
            *call,
            AWSError("RequestEntityTooLarge", 413, "The request body is too large")
        );
    case http::BodyState::malformed:
        call->exchange->close_after();
        return refuse(
            *call,
            AWSError("MalformedHttpRequestException", 400, "The request body is malformed")
        );
    case http::BodyState::more:
    case http::BodyState::complete:
        break;
    }
    call->body = std::move(body);
    if (const auto error = check_signature(*call)) return refuse(*call, *error);
    if (call->request.headers.get("Content-Encoding") == "gzip") {
        auto text = gunzip(call->body, largest_body);
        if (!text)
            return refuse(
                *call,
                AWSError("MalformedHttpRequestException", 400, "The request body is not gzip")
            );
        call->body = std::move(*text);
    }
    start(std::move(call));
}

std::optional<AWSError> Gateway::check_signature(const PendingCall& call) const {
    return aws::check_signature(
        {call.request, call.body, call.authorization},
        environment_.clock,
        secrets_
    );
}

// 4. The operation and its input.
void Gateway::start(std::shared_ptr<PendingCall> call) {
    const auto& request = call->request;
    const KnownService* service = nullptr;
    if (call->candidates.size() == 1) {
        service = call->candidates.front();
    } else if (is_form(request) || !request.query().empty()) {
        const auto form = form_parameters(request, is_form(request) ? call->body : "");
        const bool is_named = !call->authorization.scope.service.empty();
        if (!is_named || !call->candidates.empty())
            service = service_of_form(services_, call->candidates, form);
    }
    if (service == nullptr || service->descriptor == nullptr)
        return refuse(*call, unknown_service(call->authorization.scope.service));
    call->descriptor = service->descriptor;
    call->implementation = implementation_of(*service);
    call->recognised = recognise_call(*service->descriptor, request, call->body);
    const auto& [protocol, operation, name] = call->recognised;
    if (name.empty())
        return refuse(
            *call,
            AWSError(
                "MissingAction",
                400,
                "The request is missing an action or a required parameter."
            )
        );
    if (operation == nullptr) return refuse(*call, unknown_operation(name, service->name));
    call->input = make_value(*operation->input);
    if (const auto error = parse_input(
            protocol,
            *service->descriptor,
            *operation,
            request,
            call->body,
            call->input.get()
        ))
        return refuse(*call, *error);
    post_to_world(std::move(call));
}

// 5. To the world thread and back.
void Gateway::post_to_world(std::shared_ptr<PendingCall> call) {
    environment_.scheduler.post([this, call = std::move(call)] { invoke(*call); });
}

void Gateway::invoke(PendingCall& pending) {
    const auto& operation = *pending.recognised.operation;
    const auto& scope = pending.authorization.scope;
    const Call call{
        .account = account_of(scope.access_key),
        .region = scope.region.empty() ? "us-east-1" : scope.region,
        .request_id = pending.request_id,
        .access_key = scope.access_key,
        .host = pending.host,
        .scheme = pending.scheme,
        .now = environment_.clock.now(),
        .random = pending.implementation->random,
        .ignored_parameters = {}
    };
    auto output = make_value(*operation.output);
    std::optional<AWSError> error;
    try {
        operation.invoke(*pending.implementation->service, call, pending.input.get(), output.get());
    } catch (const AWSError& thrown) {
        error = thrown;
    } catch (const std::exception& thrown) {
        environment_.log.write(
            LogLevel::error,
            pending.descriptor->name,
            "{} broke: {}",
            operation.name,
            thrown.what()
        );
        error = internal_failure();
    }
    // Acknowledged means durable; what a refused call changed before it failed is kept as well, so
    // that memory and journal agree. When the disk refuses, the call has happened in memory (data
    // planes may have acted on it already) but is not acknowledged: its client cannot know, as
    // after any 500 of AWS, and the journal keeps the change for the next commit that succeeds.
    if (!environment_.journal.commit() && !error) error = internal_failure();
    pending.ignored = call.ignored_parameters;
    if (error)
        refuse(pending, *error);
    else
        answer(
            pending,
            write_output(
                pending.recognised.protocol,
                *pending.descriptor,
                operation,
                output.get(),
                pending.request_id
            )
        );
}

// 6. The answer. These two may be called on either thread.
void Gateway::refuse(PendingCall& call, const AWSError& error) {
    environment_.log.write(
        LogLevel::note,
        call.descriptor->name,
        "{} {} -> {} {}: {}",
        call.recognised.operation_name.empty() ? call.request.method
                                               : call.recognised.operation_name,
        call.request_id,
        error.http_status(),
        error.code(),
        error.message()
    );
    answer(call, write_error(call.recognised.protocol, *call.descriptor, error, call.request_id));
}

void Gateway::answer(PendingCall& call, http::Response response) {
    response.headers.set("x-amzn-RequestId", call.request_id);
    if (!call.ignored.empty()) {
        const auto parameters = fmt::format("{}", fmt::join(call.ignored, ", "));
        response.headers.set("x-diorama-ignored", parameters);
        environment_.log.write(
            LogLevel::note,
            call.descriptor->name,
            "{} ignored {}",
            call.recognised.operation_name,
            parameters
        );
    }
    // The exchange must live and die on its own thread.
    auto& thread = call.exchange->thread();
    auto respond = [exchange = std::move(call.exchange), response = std::move(response)]() mutable {
        exchange->respond(std::move(response));
    };
    if (thread.is_current())
        respond();
    else
        thread.post(std::move(respond));
}

Gateway::Implementation* Gateway::implementation_of(const KnownService& service) const {
    return implementations_[static_cast<std::size_t>(&service - services_.data())].get();
}

} // namespace diorama::aws
