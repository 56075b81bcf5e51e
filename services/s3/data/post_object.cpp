// See post_object.hpp. The form's fields become the headers of a PUT, which takes the file from
// here piece by piece as if it were its body.
#include "services/s3/data/post_object.hpp"

#include "services/s3/data/answer.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/form_exchange.hpp"
#include "services/s3/data/form_parser.hpp"
#include "services/s3/data/objects.hpp"
#include "services/s3/data/post_policy.hpp"
#include "services/s3/data/signature.hpp"

#include <pugixml.hpp>

#include <array>
#include <utility>

namespace diorama::s3 {

namespace {

aws::AWSError missing_field(std::string_view name) {
    return invalid_argument(
        fmt::format(
            "Bucket POST must contain a field named '{}'.  If it is specified, please check the "
            "order of the fields.",
            name
        ),
        name,
        ""
    );
}

const std::string& field(const FormFields& fields, const std::string& name) {
    static const std::string none;
    const auto found = fields.find(name);
    return found == fields.end() ? none : found->second;
}

// Of a form's policy with version 4.
aws::sigv4::CredentialScope scope_of(const std::string& credential) {
    http::RequestHead head{"POST", "/", 11, {}};
    head.target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-SignedHeaders=host"
                  "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=1&X-Amz-Credential=" +
                  http::percent_encode(credential);
    const auto parsed = aws::sigv4::parse_authorization(head);
    if (parsed.error)
        throw invalid_argument(
            "the Credential is mal-formed; expecting "
            "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
            "X-Amz-Credential",
            credential
        );
    return parsed.authorization.scope;
}

std::optional<std::string> secret_of(const Store& store, const std::string& access_key) {
    if (!store.secrets) return std::nullopt;
    auto secret = store.secrets(access_key);
    if (!secret)
        throw aws::AWSError(
            "InvalidAccessKeyId",
            403,
            "The AWS Access Key Id you provided does not exist in our records."
        )
            .with("AWSAccessKeyId", access_key);
    return secret;
}

// Who signed a form's policy; a form without one is nobody's.
Caller caller_of(const Store& store, const FormFields& fields) {
    Caller caller;
    const auto& policy = field(fields, "policy");
    if (policy.empty()) return caller;
    if (fields.contains("awsaccesskeyid") || fields.contains("signature")) {
        for (const auto* name : {"AWSAccessKeyId", "Signature"})
            if (!fields.contains(http::lower_case(name))) throw missing_field(name);
        caller = caller_with_key(field(fields, "awsaccesskeyid"));
        const auto secret = secret_of(store, caller.access_key);
        if (secret && signature_version_2(*secret, policy) != field(fields, "signature"))
            throw signature_mismatch(caller.access_key);
        return caller;
    }
    for (const auto* name :
         {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"})
        if (!fields.contains(http::lower_case(name))) throw missing_field(name);
    const auto scope = scope_of(field(fields, "x-amz-credential"));
    caller = caller_with_key(scope.access_key);
    caller.region = scope.region;
    const auto secret = secret_of(store, caller.access_key);
    if (secret && policy_signature(scope, *secret, policy) != field(fields, "x-amz-signature"))
        throw signature_mismatch(caller.access_key);
    return caller;
}

// "<Tagging><TagSet><Tag>…" as the header has it.
std::string tagging_header(const std::string& xml) {
    pugi::xml_document document;
    if (!document.load_string(xml.c_str())) throw malformed_xml();
    std::string header;
    for (const auto tag : document.child("Tagging").child("TagSet").children("Tag")) {
        header += header.empty() ? "" : "&";
        header += http::percent_encode(tag.child_value("Key")) + "=" +
                  http::percent_encode(tag.child_value("Value"));
    }
    return header;
}

// The head of the PUT that a form stands for.
http::RequestHead head_of(const Request& request, const FormFields& fields) {
    http::RequestHead head{"PUT", request.head().target, request.head().version, {}};
    for (const auto* name : {"Host", "Origin", "User-Agent", "Referer", "Content-Length"}) {
        if (const auto* value = request.headers().find(name)) head.headers.add(name, *value);
    }
    constexpr std::array<std::string_view, 6> plain{
        "cache-control",
        "content-type",
        "content-disposition",
        "content-encoding",
        "content-language",
        "expires",
    };
    for (const auto name : plain) {
        if (const auto& value = field(fields, std::string(name)); !value.empty())
            head.headers.add(std::string(name), value);
    }
    if (const auto& acl = field(fields, "acl"); !acl.empty()) head.headers.add("x-amz-acl", acl);
    if (const auto& tagging = field(fields, "tagging"); !tagging.empty())
        head.headers.add("x-amz-tagging", tagging_header(tagging));
    for (const auto& [name, value] : fields) {
        const bool is_signature = name == "x-amz-algorithm" || name == "x-amz-credential" ||
                                  name == "x-amz-date" || name == "x-amz-signature" ||
                                  name == "x-amz-security-token";
        if (name.starts_with("x-amz-") && !is_signature) head.headers.add(name, value);
    }
    return head;
}

int success_status(const std::string& text) {
    // AWS: If the value is set to an invalid value, Amazon S3 returns 204.
    if (text == "200") return 200;
    return text == "201" ? 201 : 204;
}

// One form on its way in.
class FormPost : public std::enable_shared_from_this<FormPost> {
public:
    FormPost(Store& store, RequestRef request, const std::string& boundary)
        : store_(store)
        , request_(std::move(request))
        , parser_(
              boundary,
              {[this](std::string name, std::string value) {
                   fields_[http::lower_case(name)] = std::move(value);
               },
               [this](const std::string& name, const std::string& type) { begin(name, type); },
               [this](std::string_view bytes) { take(bytes); },
               [this] { end(); }}
          ) {}

    void start() {
        request_->exchange->stream_body([self = shared_from_this()](const http::BodyPiece& piece) {
            self->received(piece);
        });
    }

private:
    void received(const http::BodyPiece& piece) {
        if (is_refused_) return;
        using State = FormParser::State;
        const auto state = parser_.add(piece.bytes);
        if (is_refused_ || has_ended_) return;
        if (state == State::too_large)
            return refuse(aws::AWSError(
                "MaxPostPreDataLengthExceeded",
                400,
                "Your POST request fields preceding the upload file were too large."
            ));
        if (state == State::malformed) return refuse(malformed_form());
        if (state == State::complete) return refuse(no_file());
        if (piece.state == http::BodyState::more) return;
        refuse(file_ != nullptr ? incomplete_body() : malformed_form());
    }

    static aws::AWSError malformed_form() {
        return aws::AWSError(
            "MalformedPOSTRequest",
            400,
            "The body of your POST request is not well-formed multipart/form-data."
        );
    }

    static aws::AWSError no_file() {
        return invalid_argument("POST requires exactly one file upload per request.", "file", "0");
    }

    void refuse(const aws::AWSError& error) {
        is_refused_ = true;
        if (file_ != nullptr) file_->forget_body();
        respond_error(*request_, error);
    }

    // The file begins: all that is known of the object has come.
    void begin(const std::string& file_name, const std::string& content_type) {
        try {
            prepare(file_name, content_type);
        } catch (const aws::AWSError& error) {
            refuse(error);
        }
    }

    void prepare(const std::string& file_name, const std::string& content_type) {
        auto& request = *request_;
        fields_["bucket"] = request.target.bucket;
        if (field(fields_, "key").empty()) throw missing_field("key");
        request.caller = caller_of(store_, fields_);
        request.call.account = request.caller.account;
        request.call.access_key = request.caller.access_key;
        // AWS: Variables within the form are expanded before the POST policy is validated.
        fill_file_name(file_name);
        if (const auto& policy = field(fields_, "policy"); !policy.empty())
            size_ = check_post_policy(policy, fields_, request.call.now);
        if (!fields_.contains("content-type") && !content_type.empty())
            fields_["content-type"] = content_type;
        request.target.key = fields_.at("key");
        file_ = std::make_shared<FormExchange>(
            request.exchange,
            head_of(request, fields_),
            answer_for(request)
        );
        request.exchange = file_;
        request.is_form = true;
        authorize(store_, request, "PostObject");
        put_object(store_, request_);
    }

    // AWS: "${filename}" is replaced with the file name provided by the user, without its
    // folders.
    void fill_file_name(std::string_view name) {
        constexpr std::string_view variable = "${filename}";
        if (const auto slash = name.find_last_of("/\\"); slash != name.npos)
            name.remove_prefix(slash + 1);
        auto& key = fields_.at("key");
        if (const auto at = key.find(variable); at != std::string::npos)
            key.replace(at, variable.size(), name);
    }

    FormAnswer answer_for(const Request& request) const {
        FormAnswer answer;
        answer.redirect = field(fields_, "success_action_redirect");
        if (answer.redirect.empty()) answer.redirect = field(fields_, "redirect");
        answer.status = success_status(field(fields_, "success_action_status"));
        answer.bucket = request.target.bucket;
        answer.key = request.target.key;
        const bool is_path = request.target.style == AddressingStyle::path;
        answer.location = fmt::format(
            "{}://{}/{}{}",
            request.call.scheme,
            request.call.host,
            is_path ? answer.bucket + "/" : "",
            http::percent_encode(answer.key, true)
        );
        return answer;
    }

    void take(std::string_view bytes) {
        if (is_refused_) return;
        received_ += bytes.size();
        if (size_ && received_ > size_->most)
            return refuse(aws::AWSError(
                              "EntityTooLarge",
                              400,
                              "Your proposed upload exceeds the maximum allowed size"
            )
                              .with("ProposedSize", std::to_string(received_))
                              .with("MaxSizeAllowed", std::to_string(size_->most)));
        file_->deliver(http::BodyState::more, bytes);
    }

    void end() {
        if (is_refused_) return;
        if (size_ && received_ < size_->least)
            return refuse(aws::AWSError(
                              "EntityTooSmall",
                              400,
                              "Your proposed upload is smaller than the minimum allowed size"
            )
                              .with("ProposedSize", std::to_string(received_))
                              .with("MinSizeAllowed", std::to_string(size_->least)));
        has_ended_ = true;
        file_->deliver(http::BodyState::complete, {});
    }

    Store& store_;
    RequestRef request_;
    FormParser parser_;
    FormFields fields_;
    std::optional<SizeRange> size_;
    std::shared_ptr<FormExchange> file_; // once the file has begun
    std::uint64_t received_ = 0;
    bool is_refused_ = false;
    bool has_ended_ = false;
};

} // namespace

void post_object(Store& store, const RequestRef& request) {
    {
        const std::lock_guard lock(store.state->mutex);
        if (store.state->find_bucket(request->target.bucket) == nullptr)
            throw no_such_bucket(request->target.bucket);
    }
    const auto boundary = form_boundary(request->headers().get("content-type"));
    if (boundary.empty())
        throw precondition_failed("Bucket POST must be of the enclosure-type multipart/form-data");
    std::make_shared<FormPost>(store, request, boundary)->start();
}

} // namespace diorama::s3
