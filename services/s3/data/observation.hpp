// What is known of a request once it is answered: for server access logs, request metrics and event
// notifications. Kept only for buckets that have one of them.
#pragma once

#include "emulator/http/exchange.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace diorama::s3 {

// Something that happened to an object and that somebody may want to hear of.
struct ObjectEvent {
    std::string name; // "ObjectCreated:Put"
    std::string key;
    std::uint64_t size = 0;
    std::string e_tag;
    std::string version_id;
};

struct RequestFacts {
    std::string operation; // "GetObject"
    std::string bucket;
    std::string bucket_account;
    std::string bucket_region;
    std::string key;
    std::string version_id;
    std::map<std::string, std::string> tags; // of the object that was there
    std::string requester;                   // an ARN; empty: nobody known
    std::string requester_account;
    std::string remote_address;
    std::string request_id;
    std::string host_id;
    std::string method;
    std::string target;
    int http_version = 11;
    std::string referer;
    std::string user_agent;
    std::string signature_version; // "SigV4", "SigV2" or empty
    std::string auth_type;         // "AuthHeader", "QueryString" or empty
    std::string host;
    std::string tls_version;
    std::string tls_cipher;
    bool is_website = false;
    std::uint64_t bytes_received = 0;
    Timestamp received;        // emulated time
    Timestamp received_steady; // by the clock's steady_now()

    // Filled in as it is answered.
    int status = 0;
    std::string error_code;
    std::uint64_t bytes_sent = 0;
    std::uint64_t object_size = 0;
    Duration until_first_byte{};
    Duration until_last_byte{};
    std::vector<ObjectEvent> events; // that took place if the status is a success
};

using RequestFactsRef = std::shared_ptr<RequestFacts>;

// The same exchange, which fills in the facts and calls `answered` once, when the response is
// complete or the client has gone.
std::shared_ptr<http::Exchange> observe(
    std::shared_ptr<http::Exchange> exchange,
    RequestFactsRef facts,
    std::function<void(const RequestFacts& facts)> answered
);

} // namespace diorama::s3
