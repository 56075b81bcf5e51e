// One request to S3 as its rooms see it: the exchange, what it asks for, and who asks.
#pragma once

#include "emulator/aws/call.hpp"
#include "emulator/http/exchange.hpp"
#include "emulator/log.hpp"
#include "services/s3/data/access_control_list.hpp"
#include "services/s3/data/addressing.hpp"
#include "services/s3/data/caller.hpp"
#include "services/s3/data/observation.hpp"
#include "services/s3/data/signature.hpp"
#include "services/s3/state.hpp"

#include <memory>
#include <optional>
#include <string>

namespace diorama::s3 {

struct Request {
    Request(std::shared_ptr<http::Exchange> its_exchange, Random its_random)
        : exchange(std::move(its_exchange))
        , random(std::move(its_random))
        , call{"000000000000", "us-east-1", {}, {}, {}, "http", {}, random, {}} {}

    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    const http::RequestHead& head() const { return exchange->request(); }

    const http::Headers& headers() const { return exchange->request().headers; }

    // The value of a header; empty when it is absent.
    std::string header(std::string_view name) const { return std::string(headers().get(name)); }

    bool is_head() const { return head().method == "HEAD"; }

    std::shared_ptr<http::Exchange> exchange;
    Random random; // this request's own
    aws::Call call;
    Query query;
    Target target;
    Caller caller;
    // Of the object that is about to be written; nothing: the bucket owner's and private.
    mutable AccessControlListRef object_list;
    mutable std::optional<ManagedKey> managed_key;
    // For whoever watches the bucket; nothing where nobody does.
    RequestFactsRef facts;
    // A form's file: how long it is shows at its end.
    bool is_form = false;
    // Of an aws-chunked body, where signatures are verified.
    std::shared_ptr<ChunkSignatures> chunk_signatures;
    std::string host_id; // x-amz-id-2
    Log* log = nullptr;  // where refusals are told
    // What rooms behind find out about the answer: headers that it has whatever it is, and the
    // status of success where it depends (0: the operation's own).
    mutable http::Headers further_headers;
    mutable int success_status = 0;
};

using RequestRef = std::shared_ptr<Request>;

} // namespace diorama::s3
