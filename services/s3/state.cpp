// See state.hpp.
#include "services/s3/state.hpp"

#include "emulator/assert.hpp"
#include "services/s3/data/records.hpp"

#include <utility>

namespace diorama::s3 {

namespace {

constexpr std::string_view buckets_table = "buckets";
constexpr std::string_view objects_table = "objects";
constexpr std::string_view uploads_table = "uploads";
constexpr std::string_view parts_table = "parts";

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
    persistence_.load(objects_table, [&](std::string_view key, std::string_view bytes) {
        auto* bucket = find_bucket(split(key).first);
        auto object = std::make_shared<Object>();
        if (bucket == nullptr || !decode_object(bytes, blobs, *object)) return;
        bucket->objects.emplace(object->key, std::move(object));
    });
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
    while (!found->second.uploads.empty()) {
        const auto key = found->second.uploads.begin()->first;
        remove_upload(found->second, key);
    }
    buckets_.erase(found);
    persistence_.record(buckets_table, name, erased, nullptr);
}

void State::put_object(Bucket& bucket, ObjectRef object) {
    auto& place = bucket.objects[object->key];
    const auto replaced = std::exchange(place, object);
    persistence_.record(
        objects_table,
        object_record_key(bucket.name, object->key),
        [object] { return std::optional(encode_object(*object)); },
        replaced
    );
}

bool State::remove_object(Bucket& bucket, const std::string& key) {
    const auto found = bucket.objects.find(key);
    if (found == bucket.objects.end()) return false;
    persistence_.record(objects_table, object_record_key(bucket.name, key), erased, found->second);
    bucket.objects.erase(found);
    return true;
}

MultipartUpload& State::add_upload(Bucket& bucket, MultipartUpload upload) {
    const UploadKey place(upload.key, upload.id);
    auto& added = bucket.uploads.emplace(place, std::move(upload)).first->second;
    if (persistence_.is_durable()) {
        persistence_.record(
            uploads_table,
            upload_record_key(bucket.name, added.id),
            [bytes = encode_upload(added)] { return std::optional(bytes); },
            nullptr
        );
    }
    return added;
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
