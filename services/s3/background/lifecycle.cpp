// See lifecycle.hpp.
#include "services/s3/background/lifecycle.hpp"

#include "emulator/log.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

#include <algorithm>
#include <utility>

namespace diorama::s3 {

namespace {

using Days = std::chrono::days;

// Where a walk through a bucket's keys goes on.
struct Page {
    std::vector<std::string> keys;
    bool is_last = true;
};

template <class Map>
void add_keys(const Map& map, const std::string& after, std::vector<std::string>& keys) {
    std::size_t count = 0;
    for (auto at = map.upper_bound(after);
         at != map.end() && count < limits::lifecycle_keys_at_once;
         ++at, ++count)
        keys.push_back(at->first);
}

// The next keys, those with only old versions among them.
Page keys_after(const Bucket& bucket, const std::string& after) {
    Page page;
    add_keys(bucket.objects, after, page.keys);
    add_keys(bucket.other_versions, after, page.keys);
    std::sort(page.keys.begin(), page.keys.end());
    page.keys.erase(std::unique(page.keys.begin(), page.keys.end()), page.keys.end());
    page.is_last = page.keys.size() < limits::lifecycle_keys_at_once;
    if (page.keys.size() > limits::lifecycle_keys_at_once)
        page.keys.resize(limits::lifecycle_keys_at_once);
    return page;
}

// All versions of a key, the newest first.
std::vector<ObjectRef> versions_of(const Bucket& bucket, const std::string& key) {
    std::vector<ObjectRef> versions;
    if (const auto current = bucket.objects.find(key); current != bucket.objects.end())
        versions.push_back(current->second);
    if (const auto others = bucket.other_versions.find(key); others != bucket.other_versions.end())
        versions.insert(versions.end(), others->second.rbegin(), others->second.rend());
    return versions;
}

LifecycleSubject subject_of(const std::vector<ObjectRef>& versions, std::size_t index) {
    const auto& object = *versions[index];
    LifecycleSubject subject{.key = object.key, .tags = object.headers->tags};
    subject.size = object.size;
    subject.last_modified = object.last_modified;
    subject.storage_class = object.headers->storage_class;
    subject.is_current = index == 0;
    subject.is_delete_marker = object.is_delete_marker;
    subject.has_other_versions = versions.size() > 1;
    if (index == 0) return subject;
    // AWS: a version becomes noncurrent when its successor is made.
    subject.noncurrent_since = versions[index - 1]->last_modified;
    subject.newer_noncurrent_versions = static_cast<int>(index) - 1;
    return subject;
}

} // namespace

Lifecycle::Lifecycle(Environment& environment, Store& store, Observers& observers)
    : environment_(environment)
    , store_(store)
    , observers_(observers)
    , random_(environment.random.fork("s3 lifecycle"))
    , timer_(environment.scheduler) {
    arm();
}

// AWS: rules are carried out once a day; days end at midnight UTC.
void Lifecycle::arm() {
    const auto now = environment_.clock.now();
    const auto midnight = std::chrono::floor<Days>(now) + Days(1);
    timer_.start_after(midnight - now, [this] {
        arm();
        run();
    });
}

void Lifecycle::run() {
    std::vector<std::string> names;
    {
        const std::lock_guard lock(store_.state->mutex);
        for (const auto& [name, bucket] : store_.state->buckets()) {
            if (bucket.settings.document("lifecycle") != nullptr) names.push_back(name);
        }
    }
    for (const auto& name : names)
        run(name);
    if (!names.empty()) store_.persistence->when_durable([](bool) {});
}

void Lifecycle::run(const std::string& name) {
    std::string after;
    for (bool is_last = false; !is_last;) {
        std::vector<ObjectRef> removed; // their bytes go after the lock
        const std::lock_guard lock(store_.state->mutex);
        auto* bucket = store_.state->find_bucket(name);
        const auto* document = bucket == nullptr ? nullptr : bucket->settings.document("lifecycle");
        if (document == nullptr) return;
        const auto rules = read_lifecycle(*document);
        const auto page = keys_after(*bucket, after);
        for (const auto& key : page.keys)
            treat(*bucket, rules, key, removed);
        is_last = page.is_last;
        if (is_last)
            abort_uploads(*bucket, rules);
        else
            after = page.keys.back();
    }
}

void Lifecycle::treat(
    Bucket& bucket,
    const std::vector<LifecycleRule>& rules,
    const std::string& key,
    std::vector<ObjectRef>& removed
) {
    const auto now = environment_.clock.now();
    const auto versions = versions_of(bucket, key);
    for (std::size_t index = 0; index < versions.size(); ++index) {
        const auto subject = subject_of(versions, index);
        if (const auto action = due_action(rules, subject, now))
            carry_out(bucket, *action, versions[index], removed);
    }
}

void Lifecycle::carry_out(
    Bucket& bucket,
    const LifecycleAction& action,
    const ObjectRef& object,
    std::vector<ObjectRef>& removed
) {
    using Kind = LifecycleAction::Kind;
    auto& state = *store_.state;
    const auto now = environment_.clock.now();
    ObjectEvent event{.name = {}, .key = object->key, .size = object->size, .e_tag = object->e_tag};
    event.version_id = object->version_id;
    try {
        if (action.kind == Kind::transition) {
            auto changed = std::make_shared<Object>(*object);
            changed->headers.edit().storage_class = action.storage_class;
            state.change_version(bucket, std::move(changed));
            event.name = "LifecycleTransition";
        } else if (action.kind == Kind::expire) {
            const auto deletion = delete_current(state, bucket, object->key, random_, now);
            event.name = deletion.marker != nullptr ? "LifecycleExpiration:DeleteMarkerCreated"
                                                    : "LifecycleExpiration:Delete";
            removed.push_back(deletion.removed);
        } else {
            removed.push_back(
                delete_version(state, bucket, {object->key, object->version_id, false, now}).removed
            );
            event.name = "LifecycleExpiration:Delete";
        }
    } catch (const aws::AWSError&) {
        return; // AWS: what is locked stays, whatever the rule says.
    }
    observers_.tell(bucket, event);
}

void Lifecycle::abort_uploads(Bucket& bucket, const std::vector<LifecycleRule>& rules) {
    std::vector<UploadKey> due;
    for (const auto& [place, upload] : bucket.uploads) {
        const auto date = abort_date(rules, upload.key, upload.initiated);
        if (date && date->when <= environment_.clock.now()) due.push_back(place);
    }
    for (const auto& place : due)
        store_.state->remove_upload(bucket, place);
}

} // namespace diorama::s3
