// See s3_control.hpp. Six operations with documents of three elements: written by hand.
#include "services/s3/control/s3_control.hpp"

#include "services/s3/data/answer.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/object_headers.hpp"
#include "services/s3/limits.hpp"

#include <pugixml.hpp>

#include <utility>

namespace diorama::s3 {

namespace {

constexpr std::string_view root_path = "/v20180820/";
constexpr std::string_view tags_path = "/v20180820/tags/";
constexpr std::string_view block_path = "/v20180820/configuration/publicAccessBlock";
constexpr std::string_view xmlns = "http://awss3control.amazonaws.com/doc/2018-08-20/";

std::string document(std::string_view root, const std::string& content) {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0} xmlns=\"{1}\">{2}</{0}>",
        root,
        xmlns,
        content
    );
}

pugi::xml_node parse(pugi::xml_document& xml, const std::string& body, const char* root) {
    if (!xml.load_buffer(body.data(), body.size())) throw malformed_xml();
    const auto node = xml.child(root);
    if (!node) throw malformed_xml();
    return node;
}

// AWS: without a configuration there is none to be found, under the account's name.
aws::AWSError no_such_block(const std::string& account) {
    return aws::AWSError(
               "NoSuchPublicAccessBlockConfiguration",
               404,
               "The public access block configuration was not found"
    )
        .with("AccountId", account);
}

std::optional<bool> truth_of(const pugi::xml_node& node, const char* name) {
    const auto child = node.child(name);
    if (!child) return std::nullopt;
    const std::string_view text = child.text().get();
    if (text != "true" && text != "false" && text != "TRUE" && text != "FALSE")
        throw malformed_xml();
    return text == "true" || text == "TRUE";
}

PublicAccessBlock block_in(const std::string& body) {
    pugi::xml_document xml;
    const auto node = parse(xml, body, "PublicAccessBlockConfiguration");
    const auto acls = truth_of(node, "BlockPublicAcls");
    const auto ignored = truth_of(node, "IgnorePublicAcls");
    const auto policy = truth_of(node, "BlockPublicPolicy");
    const auto restricted = truth_of(node, "RestrictPublicBuckets");
    if (!acls && !ignored && !policy && !restricted)
        throw invalid_request("Must specify at least one configuration.");
    return {
        acls.value_or(false),
        ignored.value_or(false),
        policy.value_or(false),
        restricted.value_or(false)
    };
}

std::string written(const PublicAccessBlock& block) {
    const auto element = [](std::string_view name, bool value) {
        return fmt::format("<{0}>{1}</{0}>", name, value);
    };
    return element("BlockPublicAcls", block.block_public_acls) +
           element("IgnorePublicAcls", block.ignore_public_acls) +
           element("BlockPublicPolicy", block.block_public_policy) +
           element("RestrictPublicBuckets", block.restrict_public_buckets);
}

void answer_when_durable(Store& store, const RequestRef& request, int status) {
    when_durable(store, request, [request, status] { respond(*request, status, {}); });
}

void serve_block(Store& store, const RequestRef& request, const std::string& body) {
    const auto& account = request->call.account;
    const auto& method = request->head().method;
    if (method == "GET") {
        std::optional<PublicAccessBlock> block;
        {
            const std::lock_guard lock(store.state->mutex);
            block = store.state->account_block(account);
        }
        if (!block) throw no_such_block(account);
        const auto xml = document("PublicAccessBlockConfiguration", written(*block));
        return respond_xml(*request, 200, {}, xml);
    }
    const bool is_put = method == "PUT";
    std::optional<PublicAccessBlock> block;
    if (is_put) block = block_in(body);
    {
        const std::lock_guard lock(store.state->mutex);
        store.state->set_account_block(account, block);
    }
    answer_when_durable(store, request, is_put ? 201 : 204);
}

// The bucket of an ARN in the path, with the state's lock held.
Bucket& bucket_named(Store& store, const Request& request) {
    constexpr std::string_view arn = "arn:aws:s3:::";
    const auto resource = http::percent_decode(request.head().path().substr(tags_path.size()));
    auto* bucket =
        resource.starts_with(arn) ? store.state->find_bucket(resource.substr(arn.size())) : nullptr;
    if (bucket == nullptr)
        throw aws::AWSError("NoSuchResource", 404, "The specified resource doesn't exist.");
    if (bucket->account != request.call.account) throw access_denied();
    return *bucket;
}

Tags tags_in(const std::string& body) {
    pugi::xml_document xml;
    const auto node = parse(xml, body, "TagResourceRequest");
    Tags tags;
    for (const auto tag : node.child("Tags").children("Tag")) {
        const std::string key = tag.child_value("Key");
        const std::string value = tag.child_value("Value");
        if (key.starts_with("aws:"))
            throw aws::AWSError(
                "InvalidTag",
                400,
                "User-defined tag keys can't start with \"aws:\". This prefix is reserved for "
                "system tags. Remove \"aws:\" from your tag keys and try again."
            );
        check_tag(key, value);
        if (!tags.emplace(key, value).second)
            throw aws::AWSError(
                "InvalidTag",
                400,
                "There are duplicate tag keys in your request. Remove the duplicate tag keys and "
                "try again."
            );
    }
    return tags;
}

std::string written(const Tags& tags) {
    std::string xml;
    for (const auto& [key, value] : tags)
        xml += fmt::format(
            "<Tag><Key>{}</Key><Value>{}</Value></Tag>",
            xml_escaped(key),
            xml_escaped(value)
        );
    return "<Tags>" + xml + "</Tags>";
}

void serve_tags(Store& store, const RequestRef& request, const std::string& body) {
    const auto& method = request->head().method;
    if (method == "GET") {
        std::string xml;
        {
            const std::lock_guard lock(store.state->mutex);
            xml = written(bucket_named(store, *request).tags);
        }
        return respond_xml(*request, 200, {}, document("ListTagsForResourceResult", xml));
    }
    const auto added = method == "POST" ? tags_in(body) : Tags();
    {
        const std::lock_guard lock(store.state->mutex);
        auto& bucket = bucket_named(store, *request);
        auto tags = bucket.tags;
        for (const auto& [key, value] : added)
            tags[key] = value;
        for (const auto& [name, value] : request->query)
            if (method == "DELETE" && name == "tagKeys") tags.erase(value);
        if (tags.size() > limits::bucket_tags_max)
            throw aws::AWSError("BadRequest", 400, "Bucket tag count cannot be greater than 50");
        bucket.tags = std::move(tags);
        store.state->bucket_changed(bucket);
    }
    answer_when_durable(store, request, 204);
}

void serve(Store& store, const RequestRef& request, const std::string& body) {
    const auto path = request->head().path();
    if (request->headers().get("x-amz-account-id") != request->call.account ||
        request->caller.access_key.empty())
        throw access_denied();
    const auto& method = request->head().method;
    const bool is_block = path == block_path;
    if (is_block && (method == "GET" || method == "PUT" || method == "DELETE"))
        return serve_block(store, request, body);
    if (path.starts_with(tags_path) && (method == "GET" || method == "POST" || method == "DELETE"))
        return serve_tags(store, request, body);
    throw aws::AWSError(
        "NotImplemented",
        501,
        fmt::format("The operation {} {} of s3control is not emulated.", method, path)
    );
}

} // namespace

bool is_s3_control(const Request& request) {
    return request.head().path().starts_with(root_path) &&
           request.headers().contains("x-amz-account-id");
}

void serve_s3_control(Store& store, const RequestRef& request) {
    if (!request->exchange->has_body()) return serve(store, request, {});
    request->exchange->collect_body(
        limits::document_bytes_max,
        [&store, request](http::BodyState state, const std::string& body, const http::Headers&) {
            answering_errors(request, [&] {
                if (state != http::BodyState::complete) throw incomplete_body();
                serve(store, request, body);
            });
        }
    );
}

} // namespace diorama::s3
