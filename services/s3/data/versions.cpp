// See versions.hpp.
#include "services/s3/data/versions.hpp"

#include "services/s3/data/errors.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

namespace {

// What a client sends without having got it from here is refused like AWS refuses it.
bool has_form_of_version_id(std::string_view text) {
    return text.size() == limits::version_id_size &&
           text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "._") == std::string_view::npos;
}

void say_delete_marker(const Request& request, const Object& marker) {
    request.further_headers.set("x-amz-delete-marker", "true");
    request.further_headers.set("x-amz-version-id", shown_version_id(marker));
}

} // namespace

std::string read_version_id(const std::string& text, std::string_view argument) {
    if (text.empty())
        throw invalid_argument("Version id cannot be the empty string", argument, text);
    if (text == "null") return {};
    if (!has_form_of_version_id(text))
        throw invalid_argument("Invalid version id specified", argument, text);
    return text;
}

std::optional<std::string> read_version_id(const Request& request) {
    const auto* text = find_parameter(request.query, "versionId");
    if (text == nullptr) return std::nullopt;
    return read_version_id(*text);
}

std::string shown_version_id(const Object& object) {
    return object.version_id.empty() ? "null" : object.version_id;
}

void add_version_header(http::Headers& headers, const Bucket& bucket, const Object& object) {
    if (bucket.versioning == Versioning::never) return;
    headers.set("x-amz-version-id", shown_version_id(object));
}

ObjectRef readable_version(
    const Request& request,
    const Bucket& bucket,
    const std::string& key,
    const std::optional<std::string>& version_id
) {
    auto object = version_id ? find_version(bucket, key, *version_id) : find_newest(bucket, key);
    if (object == nullptr) {
        if (!version_id) throw no_such_key(key);
        throw no_such_version(key, version_id->empty() ? "null" : *version_id);
    }
    if (!object->is_delete_marker) return object;
    say_delete_marker(request, *object);
    // AWS: "If the specified version is a delete marker, the response returns a 405 Method Not
    // Allowed error and the Last-Modified: timestamp response header."
    if (!version_id) throw no_such_key(key);
    request.further_headers.set("Last-Modified", http_date(object->last_modified));
    request.further_headers.set("Allow", "DELETE");
    throw aws::AWSError(
        "MethodNotAllowed",
        405,
        "The specified method is not allowed against this resource."
    )
        .with("Method", request.exchange != nullptr ? request.head().method : "GET")
        .with("ResourceType", "DeleteMarker");
}

ObjectRef
add_version(State& state, Bucket& bucket, std::shared_ptr<Object> object, Random& chance) {
    object->version_id = state.next_version_id(bucket, chance);
    if (!object->lock.retention && !object->is_delete_marker)
        object->lock.retention = default_retention(bucket, object->last_modified);
    return state.put_object(bucket, std::move(object));
}

Deletion delete_current(
    State& state,
    Bucket& bucket,
    const std::string& key,
    Random& chance,
    Timestamp now
) {
    if (bucket.versioning == Versioning::never)
        return {state.remove_version(bucket, key, {}), nullptr};
    auto marker = std::make_shared<Object>();
    marker->key = key;
    marker->is_delete_marker = true;
    marker->last_modified = std::chrono::floor<std::chrono::seconds>(now);
    auto removed = add_version(state, bucket, marker, chance);
    return {std::move(removed), std::move(marker)};
}

Deletion delete_version(State& state, Bucket& bucket, const VersionRemoval& removal) {
    const auto version = find_version(bucket, removal.key, removal.version_id);
    if (version == nullptr) return {};
    check_removable(*version, removal.bypasses_governance, removal.now);
    state.remove_version(bucket, removal.key, removal.version_id);
    return {version, version->is_delete_marker ? version : nullptr};
}

} // namespace diorama::s3
