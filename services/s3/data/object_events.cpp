// See object_events.hpp.
#include "services/s3/data/object_events.hpp"

#include "services/s3/data/lifecycle.hpp"

namespace diorama::s3 {

namespace {

void tell(const Request& request, std::string name, const Object& object, bool has_bytes) {
    if (request.facts == nullptr) return;
    ObjectEvent event;
    event.name = std::move(name);
    event.key = object.key;
    event.version_id = object.version_id;
    // AWS: what was removed has neither size nor entity tag.
    if (has_bytes) {
        event.size = object.size;
        event.e_tag = object.e_tag;
    }
    request.facts->events.push_back(std::move(event));
}

} // namespace

void tell_created(
    const Request& request,
    const Bucket& bucket,
    const Object& object,
    std::string_view how
) {
    const auto name = request.is_form ? "Post" : how;
    tell(request, "ObjectCreated:" + std::string(name), object, true);
    add_expiration(request, bucket, object);
}

void tell_removed(const Request& request, const Deletion& deletion, bool is_version) {
    if (!is_version && deletion.marker != nullptr)
        return tell(request, "ObjectRemoved:DeleteMarkerCreated", *deletion.marker, false);
    if (deletion.removed != nullptr)
        tell(request, "ObjectRemoved:Delete", *deletion.removed, false);
}

void tell_changed(const Request& request, const Object& object, std::string_view event) {
    tell(request, std::string(event), object, true);
}

void add_expiration(const Request& request, const Bucket& bucket, const Object& object) {
    const auto* document = bucket.settings.document("lifecycle");
    if (document == nullptr) return;
    const auto current = bucket.objects.find(object.key);
    if (current == bucket.objects.end() || current->second.get() != &object) return;
    LifecycleSubject subject{.key = object.key, .tags = object.headers->tags};
    subject.size = object.size;
    subject.last_modified = object.last_modified;
    if (const auto date = expiration_date(read_lifecycle(*document), subject))
        request.further_headers.set("x-amz-expiration", expiration_header(*date));
}

} // namespace diorama::s3
