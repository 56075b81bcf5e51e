// See internal_calls.hpp.
#include "emulator/aws/internal_calls.hpp"

#include "emulator/aws/call.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/protocols/model_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace diorama::aws {

struct InternalCalls::Service {
    const ServiceDescriptor* descriptor = nullptr;
    ServiceApi* api = nullptr;
    Random random;
    RawService raw;
};

InternalCalls::InternalCalls(Environment& environment, std::string host)
    : environment_(environment)
    , host_(std::move(host))
    , random_(environment.random.fork("internal calls")) {}

InternalCalls::~InternalCalls() = default;

void InternalCalls::add(const ServiceDescriptor& descriptor, ServiceApi& service) {
    services_[std::string(descriptor.name)] = std::make_unique<Service>(
        &descriptor,
        &service,
        random_.fork(descriptor.name),
        RawService()
    );
}

void InternalCalls::add_raw(std::string service, RawService answer) {
    auto random = random_.fork(service);
    services_[std::move(service)] =
        std::make_unique<Service>(nullptr, nullptr, std::move(random), std::move(answer));
}

nlohmann::json InternalCalls::call(
    const Caller& caller,
    std::string_view service,
    std::string_view operation,
    const nlohmann::json& input
) {
    const auto found = services_.find(service);
    if (found == services_.end())
        throw AWSError(
            "NotImplemented",
            501,
            fmt::format("The service {} is not emulated", service),
            Fault::receiver
        );
    if (interference_ && !caller.is_observer) interference_(service, operation);
    auto& called = *found->second;
    if (called.raw) return called.raw(caller, operation, input);
    const auto* known = called.descriptor->find_operation(operation);
    if (known == nullptr)
        throw AWSError(
            "NotImplemented",
            501,
            fmt::format("The operation {} of {} is not emulated", operation, service),
            Fault::receiver
        );
    const auto value = make_value(*known->input);
    const auto output = make_value(*known->output);
    read_model_json(*known->input, input, value.get());
    const Call call{
        .account = caller.account,
        .region = caller.region,
        .request_id = random_.uuid(),
        .access_key = caller.account, // signed, by somebody of that account
        .host = host_,
        .scheme = "http",
        .now = environment_.clock.now(),
        .random = called.random,
        .ignored_parameters = {}
    };
    known->invoke(*called.api, call, value.get(), output.get());
    if (!call.ignored_parameters.empty())
        environment_.log.write(
            LogLevel::note,
            service,
            "{} ignored {}",
            operation,
            fmt::join(call.ignored_parameters, ", ")
        );
    return to_model_json(*known->output, output.get());
}

} // namespace diorama::aws
