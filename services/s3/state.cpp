// See state.hpp.
#include "services/s3/state.hpp"

#include "emulator/assert.hpp"
#include "services/s3/data/records.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace diorama::s3 {

namespace {

constexpr std::string_view buckets_table = "buckets";
constexpr std::string_view objects_table = "objects";
// Those with an id; null versions are in the table of objects.
constexpr std::string_view versions_table = "versions";
constexpr std::string_view uploads_table = "uploads";
constexpr std::string_view parts_table = "parts";
constexpr std::string_view account_blocks_table = "account_blocks";

std::optional<std::string> erased() {
    return std::nullopt;
}

// Splits "bucket\0rest".
std::pair<std::string, std::string> split(std::string_view record_key) {
    const auto zero = record_key.find('\0');
    if (zero == std::string_view::npos) return {};
    return {std::string(record_key.substr(0, zero)), std::string(record_key.substr(zero + 1))};
}

} // namespace

std::string_view name_of(ChecksumType type) {
    return type == ChecksumType::composite ? "COMPOSITE" : "FULL_OBJECT";
}

State::State(Persistence& persistence, storage::BlobStore& blobs)
    : persistence_(persistence) {
    if (!persistence.is_durable()) return;
    load(blobs);
    blobs.remove_orphans();
}

// Children whose parent is gone were erased together with it; they cannot appear, and if they do
// they are left alone.
void State::load(storage::BlobStore& blobs) {
    persistence_.load(buckets_table, [&](std::string_view, std::string_view bytes) {
        auto bucket = decode_bucket(bytes);
        buckets_.emplace(bucket.name, std::move(bucket));
    });
    persistence_.load(account_blocks_table, [&](std::string_view account, std::string_view bytes) {
        account_blocks_.emplace(account, decode_block(bytes));
    });
    persistence_.load(objects_table, [&](std::string_view key, std::string_view bytes) {
        auto* bucket = find_bucket(split(key).first);
        auto object = std::make_shared<Object>();
        if (bucket == nullptr || !decode_object(bytes, blobs, *object)) return;
        share_headers(*object);
        last_order_ = std::max(last_order_, object->order);
        if (object->is_delete_marker) {
            bucket->other_versions[object->key].push_back(std::move(object));
        } else {
            bucket->objects.emplace(object->key, std::move(object));
        }
    });
    load_versions(blobs);
    load_uploads(blobs);
}

// The versions with ids, among which the null versions, loaded before, find their places.
void State::load_versions(storage::BlobStore& blobs) {
    std::map<std::pair<Bucket*, std::string>, std::vector<ObjectRef>> keys;
    persistence_.load(versions_table, [&](std::string_view key, std::string_view bytes) {
        auto* bucket = find_bucket(split(key).first);
        auto object = std::make_shared<Object>();
        if (bucket == nullptr || !decode_object(bytes, blobs, *object)) return;
        share_headers(*object);
        last_order_ = std::max(last_order_, object->order);
        keys[{bucket, object->key}].push_back(std::move(object));
    });
    for (auto& [place, versions] : keys) {
        const auto& [bucket, key] = place;
        if (const auto null = find_newest(*bucket, key)) versions.push_back(null);
        std::sort(versions.begin(), versions.end(), [](const auto& first, const auto& second) {
            return first->order < second->order;
        });
        bucket->objects.erase(key);
        if (!versions.back()->is_delete_marker) {
            bucket->objects.emplace(key, versions.back());
            versions.pop_back();
        }
        if (versions.empty()) {
            bucket->other_versions.erase(key);
        } else {
            bucket->other_versions[key] = std::move(versions);
        }
    }
}

void State::load_uploads(storage::BlobStore& blobs) {
    std::map<std::pair<std::string, std::string>, MultipartUpload*> uploads;
    persistence_.load(uploads_table, [&](std::string_view key, std::string_view bytes) {
        auto* bucket = find_bucket(split(key).first);
        if (bucket == nullptr) return;
        auto upload = decode_upload(bytes);
        const UploadKey place(upload.key, upload.id);
        auto& placed = bucket->uploads.emplace(place, std::move(upload)).first->second;
        uploads.emplace(std::pair(bucket->name, placed.id), &placed);
    });
    persistence_.load(parts_table, [&](std::string_view key, std::string_view bytes) {
        const auto [bucket, rest] = split(key);
        const auto found = uploads.find({bucket, split(rest).first});
        auto part = std::make_shared<Part>();
        if (found == uploads.end() || !decode_part(bytes, blobs, *part)) return;
        found->second->parts.emplace(part->number, std::move(part));
    });
}

Bucket* State::find_bucket(const std::string& name) {
    const auto found = buckets_.find(name);
    return found == buckets_.end() ? nullptr : &found->second;
}

std::optional<PublicAccessBlock> State::account_block(const std::string& account) const {
    const auto found = account_blocks_.find(account);
    return found == account_blocks_.end() ? std::nullopt : std::optional(found->second);
}

void State::set_account_block(const std::string& account, std::optional<PublicAccessBlock> block) {
    if (block)
        account_blocks_[account] = *block;
    else
        account_blocks_.erase(account);
    persistence_.record(
        account_blocks_table,
        account,
        [block] { return block ? std::optional(encode_block(*block)) : std::nullopt; },
        nullptr
    );
}

Bucket& State::add_bucket(Bucket bucket) {
    const auto [place, is_new] = buckets_.emplace(bucket.name, std::move(bucket));
    ASSERT(is_new);
    bucket_changed(place->second);
    return place->second;
}

void State::bucket_changed(const Bucket& bucket) {
    if (!persistence_.is_durable()) return;
    persistence_.record(
        buckets_table,
        bucket.name,
        [bytes = encode_bucket(bucket)] { return std::optional(bytes); },
        nullptr
    );
}

void State::remove_bucket(const std::string& name) {
    const auto found = buckets_.find(name);
    ASSERT(found != buckets_.end() && found->second.objects.empty());
    ASSERT(found->second.other_versions.empty());
    while (!found->second.uploads.empty()) {
        const auto key = found->second.uploads.begin()->first;
        remove_upload(found->second, key);
    }
    buckets_.erase(found);
    persistence_.record(buckets_table, name, erased, nullptr);
}

// The first digits are the order, so that a listing can go on behind a version that has been
// deleted since.
std::string State::next_version_id(const Bucket& bucket, Random& chance) {
    if (bucket.versioning != Versioning::enabled) return {};
    return fmt::format("{:012x}", last_order_ + 1) + chance.base62(20);
}

void State::record(const Bucket& bucket, ObjectRef object, ObjectRef replaced) {
    const bool is_null = object->version_id.empty();
    persistence_.record(
        is_null ? objects_table : versions_table,
        is_null ? object_record_key(bucket.name, object->key)
                : version_record_key(bucket.name, object->version_id),
        [object] { return std::optional(encode_object(*object)); },
        std::move(replaced)
    );
}

// Uploads of this key under way will not find it as they did.
void State::key_changed(Bucket& bucket, const std::string& key) {
    if (bucket.uploads.empty()) return;
    auto upload = bucket.uploads.lower_bound({key, ""});
    for (; upload != bucket.uploads.end() && upload->first.first == key; ++upload) {
        if (std::exchange(upload->second.has_key_changed, true)) continue;
        record(bucket, upload->second);
    }
}

namespace {

// Takes the null version out of the versions that are not current objects.
ObjectRef take_null(Versions& versions, const std::string& key) {
    const auto found = versions.find(key);
    if (found == versions.end()) return nullptr;
    auto& list = found->second;
    const auto null = std::find_if(list.begin(), list.end(), [](const auto& version) {
        return version->version_id.empty();
    });
    if (null == list.end()) return nullptr;
    auto taken = *null;
    list.erase(null);
    if (list.empty()) versions.erase(found);
    return taken;
}

// Whatever is newest now is what a GET finds.
void promote_newest(Bucket& bucket, const std::string& key) {
    const auto found = bucket.other_versions.find(key);
    if (found == bucket.other_versions.end() || bucket.objects.contains(key)) return;
    auto& versions = found->second;
    if (versions.back()->is_delete_marker) return;
    bucket.objects.emplace(key, versions.back());
    versions.pop_back();
    if (versions.empty()) bucket.other_versions.erase(found);
}

} // namespace

void State::share_headers(Object& object) {
    object.headers.join(last_headers_);
    last_headers_ = object.headers;
}

ObjectRef State::put_object(Bucket& bucket, std::shared_ptr<Object> object) {
    share_headers(*object);
    object->order = ++last_order_;
    key_changed(bucket, object->key);
    ObjectRef replaced;
    const bool is_null = object->version_id.empty();
    const auto [current, is_new] = bucket.objects.try_emplace(object->key);
    if (!is_new && is_null && current->second->version_id.empty()) {
        replaced = std::move(current->second);
    } else {
        if (!is_new) bucket.other_versions[object->key].push_back(std::move(current->second));
        if (is_null) replaced = take_null(bucket.other_versions, object->key);
    }
    if (object->is_delete_marker) {
        bucket.objects.erase(current);
        bucket.other_versions[object->key].push_back(object);
    } else {
        current->second = object;
    }
    record(bucket, std::move(object), replaced);
    return replaced;
}

void State::change_version(Bucket& bucket, ObjectRef changed) {
    ObjectRef replaced;
    if (const auto current = bucket.objects.find(changed->key);
        current != bucket.objects.end() && current->second->version_id == changed->version_id) {
        replaced = std::exchange(current->second, changed);
    } else if (const auto found = bucket.other_versions.find(changed->key);
               found != bucket.other_versions.end()) {
        for (auto& version : found->second) {
            if (version->version_id == changed->version_id)
                replaced = std::exchange(version, changed);
        }
    }
    ASSERT(replaced != nullptr);
    record(bucket, std::move(changed), std::move(replaced));
}

ObjectRef
State::remove_version(Bucket& bucket, const std::string& key, const std::string& version_id) {
    ObjectRef removed;
    if (const auto current = bucket.objects.find(key);
        current != bucket.objects.end() && current->second->version_id == version_id) {
        removed = std::move(current->second);
        bucket.objects.erase(current);
    } else if (const auto found = bucket.other_versions.find(key);
               found != bucket.other_versions.end()) {
        auto& versions = found->second;
        const auto version =
            std::find_if(versions.begin(), versions.end(), [&](const auto& candidate) {
                return candidate->version_id == version_id;
            });
        if (version == versions.end()) return nullptr;
        removed = std::move(*version);
        versions.erase(version);
        if (versions.empty()) bucket.other_versions.erase(found);
    }
    if (removed == nullptr) return nullptr;
    promote_newest(bucket, key);
    key_changed(bucket, key);
    persistence_.record(
        version_id.empty() ? objects_table : versions_table,
        version_id.empty() ? object_record_key(bucket.name, key)
                           : version_record_key(bucket.name, version_id),
        erased,
        removed
    );
    return removed;
}

ObjectRef
find_version(const Bucket& bucket, const std::string& key, const std::string& version_id) {
    if (const auto current = bucket.objects.find(key);
        current != bucket.objects.end() && current->second->version_id == version_id)
        return current->second;
    const auto found = bucket.other_versions.find(key);
    if (found == bucket.other_versions.end()) return nullptr;
    for (const auto& version : found->second) {
        if (version->version_id == version_id) return version;
    }
    return nullptr;
}

ObjectRef find_newest(const Bucket& bucket, const std::string& key) {
    if (const auto current = bucket.objects.find(key); current != bucket.objects.end())
        return current->second;
    const auto found = bucket.other_versions.find(key);
    return found == bucket.other_versions.end() ? nullptr : found->second.back();
}

MultipartUpload& State::add_upload(Bucket& bucket, MultipartUpload upload) {
    const UploadKey place(upload.key, upload.id);
    auto& added = bucket.uploads.emplace(place, std::move(upload)).first->second;
    record(bucket, added);
    return added;
}

void State::record(const Bucket& bucket, const MultipartUpload& upload) {
    if (!persistence_.is_durable()) return;
    persistence_.record(
        uploads_table,
        upload_record_key(bucket.name, upload.id),
        [bytes = encode_upload(upload)] { return std::optional(bytes); },
        nullptr
    );
}

void State::put_part(Bucket& bucket, MultipartUpload& upload, std::shared_ptr<const Part> part) {
    const auto replaced = std::exchange(upload.parts[part->number], part);
    persistence_.record(
        parts_table,
        part_record_key(bucket.name, upload.id, part->number),
        [part] { return std::optional(encode_part(*part)); },
        replaced
    );
}

void State::remove_upload(Bucket& bucket, const UploadKey& key) {
    const auto found = bucket.uploads.find(key);
    ASSERT(found != bucket.uploads.end());
    const auto& upload = found->second;
    for (const auto& [number, part] : upload.parts)
        persistence_
            .record(parts_table, part_record_key(bucket.name, upload.id, number), erased, part);
    persistence_.record(uploads_table, upload_record_key(bucket.name, upload.id), erased, nullptr);
    bucket.uploads.erase(found);
}

} // namespace diorama::s3
