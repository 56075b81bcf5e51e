// API calls from inside the process, without HTTP: what a stack or a scenario does by the API, it
// does through here. The same shapes, the same checks and the same handlers as behind the gateway,
// on the world thread, at once.
//
// Nothing is committed here: several calls may belong to one turn of the world, so whoever makes
// them ends the turn with journal.commit(), as all background work does. A call made while an API
// call is being answered is committed by the gateway.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace diorama::aws {

class InternalCalls {
public:
    struct Caller {
        std::string account = "000000000000";
        std::string region = "us-east-1";
        // Somebody who only looks on: nothing interferes.
        bool is_observer = false;
    };

    // `host` is what clients call us ("localhost:4566"): services put it into links they hand out.
    InternalCalls(Environment& environment, std::string host);
    ~InternalCalls();

    // A service of the gateway's: add(api::descriptor(), x). Called by the name of its folder.
    void add(const ServiceDescriptor& descriptor, ServiceApi& service);

    // A service that answers for itself. Throws AWSError as handlers do.
    using RawService = std::function<
        nlohmann::json(const Caller& caller, std::string_view operation, const nlohmann::json&)>;
    void add_raw(std::string service, RawService answer);

    // Asked before every call but an observer's; throws what the call fails with instead.
    using Interference = std::function<void(std::string_view service, std::string_view operation)>;

    void interfere(Interference interference) { interference_ = std::move(interference); }

    // The output of an operation; input and output are JSON with the model's member names (see
    // protocols/model_json.hpp). Throws AWSError as handlers do; NotImplemented (501) for a service
    // or an operation that is not emulated. Ignored parameters are logged.
    nlohmann::json call(
        const Caller& caller,
        std::string_view service,
        std::string_view operation,
        const nlohmann::json& input
    );

private:
    struct Service;

    Environment& environment_;
    std::string host_;
    Random random_;
    Interference interference_;
    std::map<std::string, std::unique_ptr<Service>, std::less<>> services_;
};

} // namespace diorama::aws
