// The front door of SNS: topics, subscriptions, and messages that really arrive: over HTTP at an
// endpoint, or in the local mailbox that stands for email. World thread only.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/http/message.hpp"
#include "emulator/network/address.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace diorama::http {
class Client;
}

namespace diorama::network {
class Network;
}

namespace diorama::sns {

// One POST to a subscription's endpoint. With a text to sign, the signature stands in the body
// between the two halves.
struct EndpointRequest {
    std::string url;
    http::Headers headers;
    std::string body;
    std::string text_to_sign;
    std::string body_after_signature;
    int signature_version = 1; // 1: SHA-1, 2: SHA-256
};

// Carries messages to http and https endpoints.
class HTTPEndpoints {
public:
    virtual ~HTTPEndpoints() = default;
    // The status that the endpoint answered, or 0 if it could not be reached or did not answer in
    // time. `answered` is called later, on the world thread.
    virtual void post(EndpointRequest request, std::function<void(int status)> answered) = 0;
    // The certificate that signatures are checked with, as PEM.
    virtual std::string signing_certificate() = 0;
};

// The address that a host name of an endpoint stands for; nothing if it is not known. Called on an
// edge thread; must not block.
using FindAddress = std::function<std::optional<network::IPAddress>(const std::string& host)>;
// Where to really connect for an endpoint (network::Names::translate).
using Translate = std::function<network::Endpoint(const network::Endpoint&)>;

// Real deliveries over the network. Addresses and "localhost" need no `find_address`.
std::unique_ptr<HTTPEndpoints> make_http_endpoints(
    network::Network& network,
    http::Client& client,
    Scheduler& world,
    FindAddress find_address,
    Translate translate
);

class SNS {
public:
    // Where the certificate is served, below the address under which clients reach the API.
    static constexpr std::string_view certificate_path =
        "/_diorama/sns/SimpleNotificationService.pem";

    // Both must outlive this.
    SNS(Environment& environment, HTTPEndpoints& endpoints);
    ~SNS();

    // For the gateway. ConfirmSubscription and Unsubscribe also come as unsigned GET requests.
    static const aws::ServiceDescriptor& descriptor();
    aws::ServiceApi& api();

    // Another service publishes. Returns what went wrong; empty when the message was accepted.
    std::string
    publish(const std::string& topic_arn, const std::string& subject, const std::string& message);

    // GET /_diorama/mailbox: every letter, newest first, as a JSON document.
    std::string mailbox() const;
    // What to serve at certificate_path.
    std::string signing_certificate() const;

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

} // namespace diorama::sns
