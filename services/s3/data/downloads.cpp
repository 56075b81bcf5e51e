// GetObject, HeadObject and the website endpoint. See objects.hpp.
#include "services/s3/data/answer.hpp"
#include "services/s3/data/archive.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/customer_key.hpp"
#include "services/s3/data/delivery.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/managed_key.hpp"
#include "services/s3/data/object_events.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/data/objects.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/data/website.hpp"

#include <utility>

namespace diorama::s3 {

namespace {

struct Selection {
    ByteRange range;
    int status = 200;
    std::optional<Checksum> checksum; // of the selected bytes
    std::size_t parts_count = 0;      // not 0: say so
    std::string customer_key = {};    // raw; empty: not encrypted with one
};

Preconditions read_preconditions(const http::Headers& headers) {
    Preconditions conditions;
    if (const auto* value = headers.find("if-match")) conditions.if_match = *value;
    if (const auto* value = headers.find("if-none-match")) conditions.if_none_match = *value;
    if (const auto* value = headers.find("if-modified-since"))
        conditions.if_modified_since = parse_http_date(*value);
    if (const auto* value = headers.find("if-unmodified-since"))
        conditions.if_unmodified_since = parse_http_date(*value);
    return conditions;
}

// True: the response is 304.
bool is_not_modified(const http::Headers& headers, const Object& object) {
    switch (evaluate(read_preconditions(headers), object.e_tag, object.last_modified)) {
    case PreconditionVerdict::holds:
        return false;
    case PreconditionVerdict::match_failed:
        throw precondition_failed("If-Match");
    case PreconditionVerdict::unmodified_failed:
        throw precondition_failed("If-Unmodified-Since");
    case PreconditionVerdict::none_match_failed:
    case PreconditionVerdict::modified_failed:
        return true;
    }
    return false;
}

// AWS: "partNumber: […] Effectively performs a 'ranged' GET request for the part specified."
Selection select_part(const Object& object, const std::string& text) {
    const int number = read_part_number(text);
    const auto count = object.is_multipart ? object.parts.size() : 1;
    if (static_cast<std::size_t>(number) > count)
        throw aws::AWSError("InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
            .with("PartNumberRequested", text)
            .with("ActualPartCount", std::to_string(count));
    Selection selection{.range = {}, .status = 206, .checksum = {}};
    const auto index = static_cast<std::size_t>(number) - 1;
    for (std::size_t before = 0; before < index; ++before)
        selection.range.offset += object.parts[before].size;
    selection.range.length = object.parts[index].size;
    selection.checksum = object.is_multipart ? object.parts[index].checksum : object.checksum;
    if (object.is_multipart) selection.parts_count = count;
    return selection;
}

Selection select(const Request& request, const Object& object) {
    const auto* range = request.headers().find("range");
    const auto* part_number = find_parameter(request.query, "partNumber");
    if (range != nullptr && part_number != nullptr)
        throw invalid_request("Cannot specify both Range header and partNumber query parameter");
    if (part_number != nullptr) return select_part(object, *part_number);
    Selection whole{.range = {0, object.size}, .checksum = object.checksum};
    if (range == nullptr) return whole;
    // RFC 9110 13.1.5: If-Range.
    if (const auto* tag = request.headers().find("if-range");
        tag != nullptr && unquoted(*tag) != object.e_tag)
        return whole;
    const auto result = resolve_range(*range, object.size);
    if (result.verdict == RangeVerdict::not_satisfiable) throw invalid_range(*range, object.size);
    if (result.verdict == RangeVerdict::whole) return whole;
    return {.range = result.range, .status = 206, .checksum = {}};
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
    return fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.length - 1, size);
}

void send_selection(
    const Request& request,
    http::Headers headers,
    ObjectRef object,
    const Selection& selection
) {
    headers.add("Content-Length", std::to_string(selection.range.length));
    if (selection.status == 206 && object->size != 0)
        headers.add("Content-Range", content_range(selection.range, object->size));
    if (selection.parts_count != 0)
        headers.add("x-amz-mp-parts-count", std::to_string(selection.parts_count));
    add_common_headers(request, headers);
    const int status = object->size == 0 ? 200 : selection.status;
    send_object(
        request.exchange,
        {status, {}, std::move(headers)},
        std::move(object),
        selection.range,
        selection.customer_key
    );
}

// The endpoint understands GET and HEAD only.
void check_website_method(const Request& request) {
    const auto& method = request.head().method;
    if (method != "GET" && method != "HEAD")
        throw aws::AWSError(
            "MethodNotAllowed",
            405,
            "The specified method is not allowed against this resource."
        )
            .with("Method", method)
            .with("ResourceType", "OBJECT");
}

void respond_without_document(const Request& request, const NoDocument& missing) {
    using Facts = std::vector<std::pair<std::string, std::string>>;
    const bool is_absent = missing.status == 404;
    const std::string code = is_absent ? "NoSuchKey" : "AccessDenied";
    const std::string message = is_absent ? "The specified key does not exist." : "Access Denied";
    const auto facts_of = [&](const std::string& key) {
        Facts facts{{"Code", code}, {"Message", message}};
        if (is_absent) facts.emplace_back("Key", key);
        return facts;
    };
    Facts error_document;
    if (!missing.error_document.empty()) error_document = facts_of(missing.error_document);
    http::Headers headers{
        {"Content-Type", "text/html; charset=utf-8"},
        {"x-amz-error-code", code},
        {"x-amz-error-message", message},
    };
    if (is_absent) headers.add("x-amz-error-detail-Key", missing.key);
    auto facts = facts_of(missing.key);
    facts.emplace_back("RequestId", request.call.request_id);
    facts.emplace_back("HostId", request.host_id);
    auto page =
        error_page(missing.status, http::reason_phrase(missing.status), facts, error_document);
    respond(request, missing.status, std::move(headers), std::move(page));
}

void serve_document(const Request& request, const ServeDocument& document) {
    check_customer_key(*document.object, std::nullopt);
    check_readable(*document.object, request.call.now);
    auto headers = write_object_headers(*document.object, {});
    if (document.status != 200)
        return send_selection(
            request,
            std::move(headers),
            document.object,
            {.range = {0, document.object->size}, .status = document.status, .checksum = {}}
        );
    if (is_not_modified(request.headers(), *document.object))
        return respond(request, 304, std::move(headers));
    send_selection(request, std::move(headers), document.object, select(request, *document.object));
}

} // namespace

void get_object(Store& store, const RequestRef& request) {
    check_unsupported_headers(*request);
    const auto version_id = read_version_id(*request);
    const auto customer_key = read_customer_key(*request);
    ObjectRef object;
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, request->target.bucket);
        object = readable_version(*request, bucket, request->target.key, version_id);
        add_version_header(request->further_headers, bucket, *object);
        add_expiration(*request, bucket, *object);
    }
    check_reading(*request, *object);
    check_customer_key(*object, customer_key);
    if (!request->is_head()) check_readable(*object, request->call.now);
    if (is_not_modified(request->headers(), *object)) {
        http::Headers headers{
            {"Last-Modified", http_date(object->last_modified)},
            {"ETag", "\"" + object->e_tag + "\""}
        };
        return respond(*request, 304, std::move(headers));
    }
    auto selection = select(*request, *object);
    // AWS: "To retrieve the checksum, this mode must be enabled."
    if (request->headers().get("x-amz-checksum-mode") != "ENABLED") selection.checksum.reset();
    auto headers = write_object_headers(*object, selection.checksum);
    add_restore_header(headers, *object, request->call.now);
    if (customer_key) {
        add_customer_key(headers, *customer_key);
        selection.customer_key = customer_key->key;
    }
    apply_overrides(*request, headers);
    send_selection(*request, std::move(headers), std::move(object), selection);
}

void serve_website(Store& store, const RequestRef& request) {
    check_website_method(*request);
    WebsiteAnswer answer;
    {
        const std::lock_guard lock(store.state->mutex);
        const auto& bucket = bucket_of(*store.state, request->target.bucket);
        if (!bucket.website)
            throw aws::AWSError(
                "NoSuchWebsiteConfiguration",
                404,
                "The specified bucket does not have a website configuration"
            )
                .with("BucketName", bucket.name);
        const auto may = [&](std::string_view operation, const std::string& key) {
            return !find_denial(*store.state, bucket, *request, operation, key);
        };
        const WebsiteAccess access{
            [&](const std::string& key) { return may("GetObject", key); },
            may("ListObjects", {})
        };
        answer = resolve_website(
            bucket,
            request->target.key,
            request->call.scheme,
            request->call.host,
            access
        );
    }
    if (const auto* document = std::get_if<ServeDocument>(&answer))
        return serve_document(*request, *document);
    if (const auto* redirect = std::get_if<RedirectTo>(&answer))
        return respond(*request, redirect->status, {{"Location", redirect->location}});
    respond_without_document(*request, std::get<NoDocument>(answer));
}

} // namespace diorama::s3
