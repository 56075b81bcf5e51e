// See recognition.hpp.
#include "emulator/aws/recognition.hpp"

#include "emulator/aws/protocols/http_bindings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::aws {
namespace {

using Candidates = std::vector<const KnownService*>;

template <class Predicate>
Candidates select(std::span<const KnownService> services, Predicate matches) {
    Candidates selected;
    for (const auto& service : services)
        if (matches(service)) selected.push_back(&service);
    return selected;
}

// "/service/GraniteServiceVersion20100801/operation/PutMetricData"
struct SmithyPath {
    std::string_view service;
    std::string_view operation;
};

std::optional<SmithyPath> smithy_path(std::string_view path) {
    constexpr std::string_view before = "/service/";
    constexpr std::string_view between = "/operation/";
    const auto start = path.find(before);
    if (start == std::string_view::npos) return std::nullopt;
    path.remove_prefix(start + before.size());
    const auto middle = path.find(between);
    if (middle == std::string_view::npos) return std::nullopt;
    return SmithyPath{path.substr(0, middle), path.substr(middle + between.size())};
}

// "sns.us-east-1.amazonaws.com", "sns.localhost", "monitoring.localhost.localstack.cloud": the
// first label that is not a name of a bucket or the like stands for the service.
bool host_names(std::string_view host, std::string_view prefix) {
    if (prefix.empty() || !host.starts_with(prefix)) return false;
    const auto rest = host.substr(prefix.size());
    return rest.starts_with('.') &&
           (rest.ends_with(".amazonaws.com") || rest.ends_with(".api.aws") ||
            rest.ends_with(".localhost") || rest.ends_with(".localstack.cloud"));
}

bool is_rest(const ServiceDescriptor& service) {
    return service.speaks(Protocol::rest_xml) || service.speaks(Protocol::rest_json);
}

// REST services whose paths begin with their API version: Route 53, CloudFront.
bool path_names(std::string_view path, const ServiceDescriptor& service) {
    return is_rest(service) && path.size() > service.api_version.size() &&
           path.substr(1).starts_with(service.api_version);
}

} // namespace

bool is_form(const http::RequestHead& request) {
    return request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded");
}

std::string account_of(std::string_view access_key) {
    const bool is_account =
        access_key.size() == 12 &&
        std::ranges::all_of(access_key, [](char digit) { return digit >= '0' && digit <= '9'; });
    return is_account ? std::string(access_key) : "000000000000";
}

Candidates candidates(
    std::span<const KnownService> services,
    const http::RequestHead& request,
    const sigv4::Authorization& authorization
) {
    const auto& scoped = authorization.scope.service;
    if (!scoped.empty())
        return select(services, [&](const KnownService& service) {
            return service.signing_name() == scoped || service.name == scoped;
        });
    if (const auto* target = request.headers.find("X-Amz-Target")) {
        const auto prefix = std::string_view(*target).substr(0, target->rfind('.'));
        return select(services, [&](const KnownService& service) {
            return service.descriptor && service.descriptor->target_prefix == prefix;
        });
    }
    if (const auto smithy = smithy_path(request.path());
        smithy && request.headers.contains("Smithy-Protocol"))
        return select(services, [&](const KnownService& service) {
            return service.descriptor && service.descriptor->target_prefix == smithy->service;
        });
    const auto host = request.host();
    auto by_host = select(services, [&](const KnownService& service) {
        return host_names(host, service.endpoint_prefix());
    });
    if (!by_host.empty()) return by_host;
    return select(services, [&](const KnownService& service) {
        return service.descriptor && path_names(request.path(), *service.descriptor);
    });
}

const KnownService* service_of_form(
    std::span<const KnownService> services,
    std::span<const KnownService* const> among,
    const FormParameters& form
) {
    const auto version = form.find("Version");
    const auto action = form.find("Action");
    if (action == form.end()) return nullptr;
    Candidates candidates(among.begin(), among.end());
    if (candidates.empty()) candidates = select(services, [](const KnownService&) { return true; });
    const KnownService* by_version = nullptr;
    const KnownService* by_action = nullptr;
    for (const auto* service : candidates) {
        const auto* descriptor = service->descriptor;
        if (!descriptor ||
            !(descriptor->speaks(Protocol::query) || descriptor->speaks(Protocol::ec2)))
            continue;
        const bool same_version =
            version != form.end() && version->second == descriptor->api_version;
        const bool has_action = descriptor->find_operation(action->second) != nullptr;
        if (same_version && has_action) return service;
        if (same_version && by_version == nullptr) by_version = service;
        if (has_action && by_action == nullptr) by_action = service;
    }
    return by_version != nullptr ? by_version : by_action;
}

RecognisedCall recognise_call(
    const ServiceDescriptor& service,
    const http::RequestHead& request,
    std::string_view body
) {
    const auto named = [&](Protocol protocol, std::string_view name) {
        return RecognisedCall{protocol, service.find_operation(name), std::string(name)};
    };
    if (service.speaks(Protocol::rpc_v2_cbor))
        if (const auto smithy = smithy_path(request.path()))
            return named(Protocol::rpc_v2_cbor, smithy->operation);
    if (service.speaks(Protocol::json))
        if (const auto* target = request.headers.find("X-Amz-Target"))
            return named(Protocol::json, std::string_view(*target).substr(target->rfind('.') + 1));
    if (service.speaks(Protocol::query) || service.speaks(Protocol::ec2)) {
        const auto form = form_parameters(request, is_form(request) ? body : std::string_view());
        const auto action = form.find("Action");
        const auto protocol = service.speaks(Protocol::ec2) ? Protocol::ec2 : Protocol::query;
        return named(protocol, action == form.end() ? "" : action->second);
    }
    if (!is_rest(service)) return named(service.protocols.front(), "");
    RecognisedCall call;
    call.protocol = service.speaks(Protocol::rest_xml) ? Protocol::rest_xml : Protocol::rest_json;
    const auto* found = find_rest_operation(service, request);
    call.operation = found != nullptr && found->input != nullptr ? found : nullptr;
    call.operation_name = found != nullptr ? std::string(found->name)
                                           : fmt::format("{} {}", request.method, request.path());
    return call;
}

} // namespace diorama::aws
