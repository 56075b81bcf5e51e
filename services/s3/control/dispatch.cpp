// See dispatch.hpp.
#include "services/s3/control/dispatch.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/protocols/model_json.hpp"
#include "emulator/aws/protocols/protocol.hpp"
#include "services/s3/control/document_operation.hpp"
#include "services/s3/control/operations.hpp"
#include "services/s3/control/topic_validation.hpp"
#include "services/s3/data/answer.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/expected_body.hpp"
#include "services/s3/limits.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace diorama::s3 {

namespace {

constexpr std::array document_operations{
    DocumentOperation{"AbortMultipartUpload", &Erased<&abort_multipart_upload>::invoke},
    DocumentOperation{
        "CompleteMultipartUpload",
        &Erased<&complete_multipart_upload>::invoke,
        "CompleteMultipartUploadResult"
    },
    DocumentOperation{"CopyObject", &Erased<&copy_object>::invoke, {}, true},
    DocumentOperation{"CreateBucket", &Erased<&create_bucket>::invoke},
    DocumentOperation{
        "CreateMultipartUpload",
        &Erased<&create_multipart_upload>::invoke,
        "InitiateMultipartUploadResult"
    },
    DocumentOperation{"DeleteBucket", &Erased<&delete_bucket>::invoke},
    DocumentOperation{"DeleteBucketPolicy", &Erased<&delete_bucket_policy>::invoke},
    DocumentOperation{"DeleteBucketTagging", &Erased<&delete_bucket_tagging>::invoke},
    DocumentOperation{"DeleteBucketWebsite", &Erased<&delete_bucket_website>::invoke},
    DocumentOperation{"DeleteObjectTagging", &Erased<&delete_object_tagging>::invoke},
    DocumentOperation{"DeleteObjects", &Erased<&delete_objects>::invoke, "DeleteResult"},
    DocumentOperation{"GetBucketPolicy", &Erased<&get_bucket_policy>::invoke},
    DocumentOperation{"GetBucketTagging", &Erased<&get_bucket_tagging>::invoke, "Tagging"},
    DocumentOperation{
        "GetBucketVersioning",
        &Erased<&get_bucket_versioning>::invoke,
        "VersioningConfiguration"
    },
    DocumentOperation{
        "GetBucketWebsite",
        &Erased<&get_bucket_website>::invoke,
        "WebsiteConfiguration"
    },
    DocumentOperation{
        "GetObjectAttributes",
        &Erased<&get_object_attributes>::invoke,
        "GetObjectAttributesResponse"
    },
    DocumentOperation{"GetObjectLegalHold", &Erased<&get_object_legal_hold>::invoke},
    DocumentOperation{
        "GetObjectLockConfiguration",
        &Erased<&get_object_lock_configuration>::invoke
    },
    DocumentOperation{"GetObjectRetention", &Erased<&get_object_retention>::invoke},
    DocumentOperation{"GetObjectTagging", &Erased<&get_object_tagging>::invoke, "Tagging"},
    DocumentOperation{"HeadBucket", &Erased<&head_bucket>::invoke},
    DocumentOperation{"ListBuckets", &Erased<&list_buckets>::invoke, "ListAllMyBucketsResult"},
    DocumentOperation{
        "ListMultipartUploads",
        &Erased<&list_multipart_uploads>::invoke,
        "ListMultipartUploadsResult"
    },
    DocumentOperation{"ListObjects", &Erased<&list_objects>::invoke, "ListBucketResult"},
    DocumentOperation{"ListObjectsV2", &Erased<&list_objects_v2>::invoke, "ListBucketResult"},
    DocumentOperation{"ListParts", &Erased<&list_parts>::invoke, "ListPartsResult"},
    DocumentOperation{"PutBucketPolicy", &Erased<&put_bucket_policy>::invoke, {}, false, 204},
    DocumentOperation{"PutBucketTagging", &Erased<&put_bucket_tagging>::invoke, {}, false, 204},
    DocumentOperation{"PutBucketVersioning", &Erased<&put_bucket_versioning>::invoke},
    DocumentOperation{"PutBucketWebsite", &Erased<&put_bucket_website>::invoke},
    DocumentOperation{"PutObjectLegalHold", &Erased<&put_object_legal_hold>::invoke},
    DocumentOperation{
        "PutObjectLockConfiguration",
        &Erased<&put_object_lock_configuration>::invoke
    },
    DocumentOperation{"PutObjectRetention", &Erased<&put_object_retention>::invoke},
    DocumentOperation{"PutObjectTagging", &Erased<&put_object_tagging>::invoke},
    DocumentOperation{"RestoreObject", &Erased<&restore_object>::invoke},
    DocumentOperation{"UploadPartCopy", &Erased<&upload_part_copy>::invoke, {}, true},
};

const DocumentOperation* find_document_operation(std::string_view name) {
    for (const auto& operation : document_operations) {
        if (operation.name == name) return &operation;
    }
    for (const auto& operations : {access_operations(), configuration_operations()}) {
        for (const auto& operation : operations) {
            if (operation.name == name) return &operation;
        }
    }
    return nullptr;
}

// The request as the model has it: path style, whatever the style it came in.
http::RequestHead in_path_style(const Request& request) {
    auto head = request.head();
    head.target = "/" + http::percent_encode(request.target.bucket);
    if (!request.target.key.empty())
        head.target += "/" + http::percent_encode(request.target.key, true);
    if (const auto query = request.head().query(); !query.empty())
        head.target += "?" + std::string(query);
    return head;
}

// Values for which S3 has a sentence of its own, before the model's check refuses them.
void check_values(const Request& request) {
    if (const auto* encoding = find_parameter(request.query, "encoding-type");
        encoding != nullptr && *encoding != "url")
        throw invalid_argument(
            "Invalid Encoding Method specified in Request",
            "encoding-type",
            *encoding
        );
    for (const auto name : {"x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm"}) {
        const auto* algorithm = request.headers().find(name);
        if (algorithm != nullptr && !parse_checksum_algorithm(*algorithm))
            throw unsupported_checksum_algorithm();
    }
    if (const auto* number = find_parameter(request.query, "partNumber"))
        if (number->empty() || number->find_first_not_of("0123456789") != std::string::npos ||
            number->size() > 5)
            throw invalid_part_number(*number);
}

// A location that no region has; the model's enumeration would refuse it with other words.
void check_location(const Request& request, std::string_view body) {
    constexpr std::string_view element = "<LocationConstraint>";
    const auto at = body.find(element);
    if (at == std::string_view::npos) return;
    const auto start = at + element.size();
    const auto end = body.find('<', start);
    if (end == std::string_view::npos) return; // not XML
    const auto location = body.substr(start, end - start);
    if (api::parse_bucket_location_constraint(location)) return;
    if (request.call.region != "us-east-1" && location != "us-east-1")
        throw aws::AWSError(
            "IllegalLocationConstraintException",
            400,
            fmt::format(
                "The {} location constraint is incompatible for the region specific endpoint this "
                "request was sent to.",
                location
            )
        );
    throw aws::AWSError(
        "InvalidLocationConstraint",
        400,
        "The specified location-constraint is not valid"
    )
        .with("LocationConstraint", std::string(location));
}

// What headers announce of a document that was collected whole. On CompleteMultipartUpload the
// checksum headers speak of the object instead.
void check_document(const Request& request, std::string_view operation, std::string_view body) {
    if (const auto* header = request.headers().find("content-md5")) {
        const auto md5 = aws::base64_decode(*header);
        if (!md5 || md5->size() != 16)
            throw aws::AWSError("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
                .with("Content-MD5", *header);
        if (const auto calculated = md5_of(body); calculated != *md5)
            throw aws::AWSError(
                "BadDigest",
                400,
                "The Content-MD5 you specified did not match what we received."
            )
                .with("ExpectedDigest", aws::hex(*md5))
                .with("CalculatedDigest", aws::base64_encode(calculated));
    }
    const auto sha256 = request.headers().get("x-amz-content-sha256");
    if (sha256.size() == 64 && sha256 != aws::hex(digest_of(ChecksumAlgorithm::sha256, body)))
        throw aws::AWSError(
            "XAmzContentSHA256Mismatch",
            400,
            "The provided 'x-amz-content-sha256' header does not match what was computed."
        )
            .with("ClientComputedContentSHA256", std::string(sha256));
    if (operation == "CompleteMultipartUpload") return;
    const auto announced = read_checksum_header(request.headers());
    if (!announced.algorithm) return;
    if (!is_checksum_value(*announced.algorithm, announced.value))
        throw invalid_request(
            fmt::format("Value for {} header is invalid.", header_of(*announced.algorithm))
        );
    if (aws::base64_encode(digest_of(*announced.algorithm, body)) != announced.value)
        throw checksum_mismatch(*announced.algorithm);
}

void rename_root(std::string& xml, std::string_view from, std::string_view to) {
    if (to.empty() || xml.empty()) return;
    if (const auto end = xml.rfind(fmt::format("</{}>", from)); end != std::string::npos)
        xml.replace(end + 2, from.size(), to);
    if (const auto start = xml.find(fmt::format("<{}", from)); start != std::string::npos)
        xml.replace(start + 1, from.size(), to);
}

// AWS: a list without entries is there and empty, beside the owner.
void write_empty_list(std::string_view operation, std::string& xml) {
    const bool is_acl = operation == "GetBucketAcl" || operation == "GetObjectAcl";
    if (!is_acl && operation != "ListBuckets") return;
    const std::string_view list = is_acl ? "<AccessControlList" : "<Buckets";
    const auto owner = xml.find("</Owner>");
    if (owner == std::string::npos || xml.find(list) != std::string::npos) return;
    xml.insert(
        is_acl ? owner + std::string_view("</Owner>").size() : xml.find("<Owner>"),
        std::string(list) + "/>"
    );
}

auto parsed_input(
    const Request& request,
    const aws::Operation& description,
    std::string_view body
) {
    auto input = aws::make_value(*description.input);
    if (auto error = aws::parse_input(
            aws::Protocol::rest_xml,
            api::descriptor(),
            description,
            in_path_style(request),
            body,
            input.get()
        ))
        throw std::move(*error);
    return input;
}

http::Response invoke(
    Store& store,
    const Request& request,
    const DocumentOperation& operation,
    std::string_view body
) {
    const auto& service = api::descriptor();
    const auto* description = service.find_operation(operation.name);
    const auto input = parsed_input(request, *description, body);
    const auto output = aws::make_value(*description->output);
    operation.invoke(store, request, input.get(), output.get());
    auto response = aws::write_output(
        aws::Protocol::rest_xml,
        service,
        *description,
        output.get(),
        request.call.request_id
    );
    write_empty_list(operation.name, response.body);
    if (operation.status != 0) response.status = operation.status;
    if (request.success_status != 0) response.status = request.success_status;
    rename_root(response.body, description->output->wire_name(), operation.root);
    return response;
}

void answer(Store& store, const RequestRef& request, http::Response response) {
    const auto& method = request->head().method;
    const auto send = [request, response = std::move(response)] {
        respond(*request, response.status, response.headers, response.body);
    };
    if (method == "GET" || method == "HEAD") return send();
    when_durable(store, request, send);
}

// On a worker, because blobs are read and written.
void run_copy(Store& store, const RequestRef& request, const DocumentOperation& operation) {
    store.run_blocking([&store, request, &operation] {
        auto& thread = request->exchange->thread();
        try {
            thread.post([&store, request, response = invoke(store, *request, operation, {})] {
                answer(store, request, response);
            });
        } catch (const aws::AWSError& error) {
            thread.post([request, error] { respond_error(*request, error); });
        } catch (const std::exception& error) {
            store.log.write(LogLevel::error, "s3", "cannot copy: {}", error.what());
            thread.post([request] { respond_error(*request, internal_error()); });
        }
    });
}

void run(
    Store& store,
    const RequestRef& request,
    const DocumentOperation& operation,
    std::string_view body
) {
    check_values(*request);
    if (operation.name == "CreateBucket") check_location(*request, body);
    check_document(*request, operation.name, body);
    if (operation.name == "PutBucketNotificationConfiguration")
        return validate_topics(
            store,
            request,
            body,
            [&store, request, &operation, body = std::string(body)] {
                answering_errors(request, [&] {
                    answer(store, request, invoke(store, *request, operation, body));
                });
            }
        );
    if (operation.copies_bytes && store.blobs->blocks()) return run_copy(store, request, operation);
    answer(store, request, invoke(store, *request, operation, body));
}

} // namespace

nlohmann::json call_document_operation(
    Store& store,
    const Request& request,
    std::string_view name,
    const nlohmann::json& given
) {
    const auto* operation = find_document_operation(name);
    const auto* description = api::descriptor().find_operation(name);
    // A copy reads headers of its request, and may wait long.
    if (operation == nullptr || description == nullptr || operation->copies_bytes)
        throw aws::AWSError(
            "NotImplemented",
            501,
            fmt::format("The operation {} of s3 cannot be called from inside.", name)
        );
    const auto input = aws::make_value(*description->input);
    const auto output = aws::make_value(*description->output);
    aws::read_model_json(*description->input, given, input.get());
    operation->invoke(store, request, input.get(), output.get());
    return aws::to_model_json(*description->output, output.get());
}

bool serve_document_operation(Store& store, const RequestRef& request, std::string_view name) {
    if (name == "GetBucketLocation") {
        respond_xml(*request, 200, {}, get_bucket_location(store, request->target.bucket));
        return true;
    }
    if (name == "ListObjectVersions") {
        check_values(*request);
        const auto input = parsed_input(*request, *api::descriptor().find_operation(name), {});
        const auto& wanted = *static_cast<const api::ListObjectVersionsRequest*>(input.get());
        respond_xml(*request, 200, {}, list_object_versions(store, *request, wanted));
        return true;
    }
    const auto* operation = find_document_operation(name);
    if (operation == nullptr) return false;
    if (!request->exchange->has_body()) {
        run(store, request, *operation, {});
        return true;
    }
    request->exchange->collect_body(
        limits::document_bytes_max,
        [&store,
         request,
         operation](http::BodyState state, const std::string& body, const http::Headers&) {
            answering_errors(request, [&] {
                if (state == http::BodyState::aborted) throw incomplete_body();
                if (state == http::BodyState::too_large)
                    throw aws::AWSError(
                        "MaxMessageLengthExceeded",
                        400,
                        "Your request was too big."
                    )
                        .with("MaxMessageLengthBytes", std::to_string(limits::document_bytes_max));
                if (state != http::BodyState::complete) throw malformed_xml();
                run(store, request, *operation, body);
            });
        }
    );
    return true;
}

} // namespace diorama::s3
