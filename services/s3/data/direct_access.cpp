// S3 without HTTP, for other parts of this cloud. See s3.hpp.
#include "emulator/aws/base64.hpp"
#include "services/s3/data/addressing.hpp"
#include "services/s3/data/authorize.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/store.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"
#include "services/s3/s3.hpp"

#include <algorithm>
#include <fstream>

namespace diorama::s3 {

S3::Outcome S3::create_bucket_if_absent(
    const std::string& account,
    const std::string& region,
    const std::string& name
) {
    if (!is_valid_bucket_name(name)) return Outcome::failed;
    {
        const std::lock_guard lock(store_->state->mutex);
        if (const auto* bucket = store_->state->find_bucket(name))
            return bucket->account == account ? Outcome::done : Outcome::failed;
        Bucket bucket;
        bucket.name = name;
        bucket.account = account;
        bucket.region = region;
        bucket.created = std::chrono::floor<std::chrono::seconds>(environment_.clock.now());
        store_->state->add_bucket(std::move(bucket));
    }
    return store_->persistence->commit_now() ? Outcome::done : Outcome::failed;
}

S3::Outcome S3::put_from(
    const std::string& bucket_name,
    const std::string& key,
    const std::string& content_type,
    const Source& next
) {
    if (!is_bucket(bucket_name)) return Outcome::no_such_bucket;
    const auto object = std::make_shared<Object>();
    Part part;
    part.number = 1;
    part.last_modified = std::chrono::floor<std::chrono::seconds>(environment_.clock.now());
    const auto md5 = make_md5();
    const auto crc = make_digest(ChecksumAlgorithm::crc64nvme);
    try {
        const auto writer = store_->blobs->begin(0);
        for (auto bytes = next(); !bytes.empty(); bytes = next()) {
            md5->update(bytes);
            crc->update(bytes);
            writer->append(bytes);
        }
        part.blob = writer->finish();
    } catch (const storage::BlobError& error) {
        store_->log.write(LogLevel::error, "s3", "cannot keep {}: {}", key, error.what());
        return Outcome::failed;
    }
    part.e_tag = aws::hex(md5->finish());
    part.size = part.blob->size();
    part.checksum = Checksum{
        ChecksumAlgorithm::crc64nvme,
        ChecksumType::full_object,
        aws::base64_encode(crc->finish())
    };
    object->key = key;
    object->e_tag = part.e_tag;
    object->size = part.size;
    object->last_modified = part.last_modified;
    object->headers.edit().content_type = content_type;
    object->checksum = part.checksum;
    object->parts.push_back(std::move(part));
    ObjectRef replaced; // its bytes go after the lock
    {
        const std::lock_guard lock(store_->state->mutex);
        auto* bucket = store_->state->find_bucket(bucket_name);
        if (bucket == nullptr) return Outcome::no_such_bucket;
        const std::lock_guard random_lock(random_mutex_);
        replaced = add_version(*store_->state, *bucket, object, random_);
    }
    return store_->persistence->commit_now() ? Outcome::done : Outcome::failed;
}

S3::Outcome S3::put_modelled_object(
    const std::string& bucket_name,
    const std::string& key,
    std::uint64_t size,
    const std::string& cache_control,
    std::string_view beginning
) {
    const auto object = std::make_shared<Object>();
    const auto md5 = make_md5();
    md5->update(bucket_name + "/" + key);
    object->key = key;
    object->e_tag = aws::hex(md5->finish());
    object->size = size;
    object->last_modified = std::chrono::floor<std::chrono::seconds>(environment_.clock.now());
    auto& headers = object->headers.edit();
    headers.content_type = "binary/octet-stream";
    headers.cache_control = cache_control;
    if (!beginning.empty()) {
        const auto writer = store_->blobs->begin(beginning.size());
        writer->append(beginning);
        Part part;
        part.number = 1;
        part.blob = writer->finish();
        part.size = part.blob->size();
        object->parts.push_back(std::move(part));
    }
    ObjectRef replaced; // its bytes go after the lock
    const std::lock_guard lock(store_->state->mutex);
    auto* bucket = store_->state->find_bucket(bucket_name);
    if (bucket == nullptr) return Outcome::no_such_bucket;
    const std::lock_guard random_lock(random_mutex_);
    replaced = add_version(*store_->state, *bucket, object, random_);
    return Outcome::done;
}

std::optional<S3::ObjectView>
S3::find_object(const std::string& bucket_name, const std::string& key) const {
    const std::lock_guard lock(store_->state->mutex);
    const auto* bucket = store_->state->find_bucket(bucket_name);
    if (bucket == nullptr) return std::nullopt;
    const auto object = s3::find_object(*bucket, key);
    if (object == nullptr) return std::nullopt;
    return ObjectView{
        object->size,
        '"' + object->e_tag + '"',
        object->headers->content_type,
        object->headers->cache_control,
        object->last_modified,
    };
}

bool S3::may_get(
    const std::string& bucket_name,
    const std::string& key,
    const std::string& distribution
) const {
    Request request(nullptr, Random(0));
    request.call.now = environment_.clock.now();
    if (!distribution.empty()) {
        request.caller.service = "cloudfront.amazonaws.com";
        request.caller.source_arn = distribution;
    }
    const std::lock_guard lock(store_->state->mutex);
    const auto* bucket = store_->state->find_bucket(bucket_name);
    return bucket == nullptr || !find_denial(*store_->state, *bucket, request, "GetObject", key);
}

S3::Outcome S3::put_object(
    const std::string& bucket,
    const std::string& key,
    std::string_view bytes,
    const std::string& content_type
) {
    return put_from(bucket, key, content_type, [&bytes] { return std::exchange(bytes, {}); });
}

S3::Outcome S3::put_file(
    const std::string& bucket,
    const std::string& key,
    const std::string& path,
    const std::string& content_type
) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Outcome::failed;
    std::string buffer(limits::read_bytes, '\0');
    const auto outcome = put_from(bucket, key, content_type, [&]() -> std::string_view {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        return {buffer.data(), static_cast<std::size_t>(file.gcount())};
    });
    return file.bad() ? Outcome::failed : outcome;
}

S3::Outcome
S3::get_into(const std::string& bucket_name, const std::string& key, const Sink& sink) const {
    ObjectRef object;
    {
        const std::lock_guard lock(store_->state->mutex);
        const auto* bucket = store_->state->find_bucket(bucket_name);
        if (bucket == nullptr) return Outcome::no_such_bucket;
        object = s3::find_object(*bucket, key);
    }
    if (object == nullptr) return Outcome::no_such_key;
    if (object->customer_key) return Outcome::failed; // nobody here has the key
    try {
        std::string bytes;
        for (const auto& part : object->parts) {
            for (std::uint64_t offset = 0; offset < part.size; offset += bytes.size()) {
                bytes.clear();
                part.blob->read(offset, limits::read_bytes, bytes);
                if (!sink(bytes)) return Outcome::failed;
            }
        }
    } catch (const storage::BlobError& error) {
        store_->log.write(LogLevel::error, "s3", "cannot read {}: {}", key, error.what());
        return Outcome::failed;
    }
    return Outcome::done;
}

S3::Outcome S3::get_object(
    const std::string& bucket,
    const std::string& key,
    std::string& bytes,
    std::size_t at_most
) const {
    bytes.clear();
    const auto outcome = get_into(bucket, key, [&](std::string_view piece) {
        bytes += piece.substr(0, at_most - bytes.size());
        return bytes.size() < at_most;
    });
    return bytes.size() == at_most ? Outcome::done : outcome;
}

S3::Outcome
S3::get_file(const std::string& bucket, const std::string& key, const std::string& path) const {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    const auto outcome = get_into(bucket, key, [&file](std::string_view piece) {
        file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return file.good();
    });
    file.close();
    return file ? outcome : Outcome::failed;
}

S3::Outcome S3::delete_object(const std::string& bucket_name, const std::string& key) {
    Deletion deletion; // its bytes go after the lock
    {
        const std::lock_guard lock(store_->state->mutex);
        auto* bucket = store_->state->find_bucket(bucket_name);
        if (bucket == nullptr) return Outcome::no_such_bucket;
        if (s3::find_object(*bucket, key) == nullptr) return Outcome::no_such_key;
        const std::lock_guard random_lock(random_mutex_);
        deletion = delete_current(*store_->state, *bucket, key, random_, environment_.clock.now());
    }
    return store_->persistence->commit_now() ? Outcome::done : Outcome::failed;
}

bool S3::has_website(const std::string& name) const {
    const std::lock_guard lock(store_->state->mutex);
    const auto* bucket = store_->state->find_bucket(name);
    return bucket != nullptr && bucket->website.has_value();
}

} // namespace diorama::s3
