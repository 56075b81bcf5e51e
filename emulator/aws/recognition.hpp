// Which service, protocol and operation a request means. Pure functions over the descriptors.
#pragma once

#include "emulator/aws/protocols/form_input.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/aws/sigv4.hpp"
#include "emulator/http/message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::aws {

// A service as requests name it; without a descriptor when it answers for itself.
struct KnownService {
    std::string name;
    const ServiceDescriptor* descriptor = nullptr;

    std::string_view signing_name() const { return descriptor ? descriptor->signing_name : name; }

    std::string_view endpoint_prefix() const {
        return descriptor ? descriptor->endpoint_prefix : name;
    }
};

// The services that a request may mean: one, or several that share a name (elb and elbv2), or none.
// By the credential scope, X-Amz-Target, Smithy-Protocol, Host, path, in this order.
std::vector<const KnownService*> candidates(
    std::span<const KnownService> services,
    const http::RequestHead& request,
    const sigv4::Authorization& authorization
);

// Of several (or of all, when `among` is empty) the one that a form names by Version and Action.
const KnownService* service_of_form(
    std::span<const KnownService> services,
    std::span<const KnownService* const> among,
    const FormParameters& form
);

struct RecognisedCall {
    Protocol protocol = Protocol::query;
    const Operation* operation = nullptr; // nullptr: not emulated
    std::string operation_name;           // what the request calls it
};

RecognisedCall recognise_call(
    const ServiceDescriptor& service,
    const http::RequestHead& request,
    std::string_view body
);

bool is_form(const http::RequestHead& request);

// The account of a call: the access key where it is a 12-digit number, else 000000000000.
std::string account_of(std::string_view access_key);

} // namespace diorama::aws
