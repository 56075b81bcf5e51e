// See records.hpp.
#include "services/s3/data/records.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

std::int64_t number_of(Timestamp when) {
    return when.time_since_epoch().count();
}

Timestamp moment_of(const JSON& value) {
    return Timestamp(Duration(value.get<std::int64_t>()));
}

// Keys and header values are bytes; those that are not UTF-8 would not survive JSON.
std::string text_of(const std::string& bytes) {
    return aws::hex(bytes);
}

std::string bytes_of(const JSON& value) {
    auto bytes = bytes_of_hex(value.get_ref<const std::string&>());
    if (!bytes) throw std::invalid_argument("a record with broken text");
    return std::move(*bytes);
}

JSON json_of(const std::map<std::string, std::string>& entries) {
    JSON list = JSON::array();
    for (const auto& [name, value] : entries)
        list.push_back({text_of(name), text_of(value)});
    return list;
}

std::map<std::string, std::string> entries_of(const JSON& list) {
    std::map<std::string, std::string> entries;
    for (const auto& entry : list)
        entries.emplace(bytes_of(entry.at(0)), bytes_of(entry.at(1)));
    return entries;
}

JSON json_of(const std::optional<Checksum>& checksum) {
    if (!checksum) return nullptr;
    return {
        static_cast<int>(checksum->algorithm),
        static_cast<int>(checksum->type),
        checksum->value
    };
}

std::optional<Checksum> checksum_of(const JSON& value) {
    if (value.is_null()) return std::nullopt;
    return Checksum{
        static_cast<ChecksumAlgorithm>(value.at(0).get<int>()),
        static_cast<ChecksumType>(value.at(1).get<int>()),
        value.at(2).get<std::string>(),
    };
}

JSON json_of(const std::optional<ManagedKey>& key) {
    if (!key) return nullptr;
    return {key->algorithm, text_of(key->arn), key->has_bucket_key};
}

std::optional<ManagedKey> managed_key_of(const JSON& value) {
    if (value.is_null()) return std::nullopt;
    return ManagedKey{
        value.at(0).get<std::string>(),
        bytes_of(value.at(1)),
        value.at(2).get<bool>(),
    };
}

JSON json_of(const ObjectHeaders& headers) {
    return {
        text_of(headers.content_type),
        text_of(headers.cache_control),
        text_of(headers.content_disposition),
        text_of(headers.content_encoding),
        text_of(headers.content_language),
        text_of(headers.expires),
        text_of(headers.website_redirect_location),
        headers.storage_class,
        json_of(headers.metadata),
        json_of(headers.tags),
        headers.acl == nullptr ? JSON() : JSON(encode_list(*headers.acl)),
        json_of(headers.managed_key),
    };
}

ObjectHeaders headers_of(const JSON& value) {
    return {
        .content_type = bytes_of(value.at(0)),
        .cache_control = bytes_of(value.at(1)),
        .content_disposition = bytes_of(value.at(2)),
        .content_encoding = bytes_of(value.at(3)),
        .content_language = bytes_of(value.at(4)),
        .expires = bytes_of(value.at(5)),
        .website_redirect_location = bytes_of(value.at(6)),
        .storage_class = value.at(7).get<std::string>(),
        .metadata = entries_of(value.at(8)),
        .tags = entries_of(value.at(9)),
        .acl = value.size() > 10 && !value.at(10).is_null()
                   ? decode_list(value.at(10).get_ref<const std::string&>())
                   : nullptr,
        // Older records end before it.
        .managed_key = value.size() > 11 ? managed_key_of(value.at(11)) : std::nullopt,
    };
}

JSON json_of(const Part& part) {
    JSON value{
        {"number", part.number},
        {"e_tag", part.e_tag},
        {"last_modified", number_of(part.last_modified)},
        {"checksum", json_of(part.checksum)},
        {"blob", part.blob->id()},
        {"size", part.size},
    };
    if (!part.nonce.empty()) value["nonce"] = text_of(part.nonce);
    // Small bodies have no file.
    if (const auto bytes = part.blob->bytes()) value["bytes"] = text_of(*bytes);
    return value;
}

std::shared_ptr<const storage::Blob> small_blob(std::string_view bytes) {
    const auto writer = storage::make_memory_blobs()->begin(bytes.size());
    writer->append(bytes);
    return writer->finish();
}

bool read_part(const JSON& value, storage::BlobStore& blobs, Part& part) {
    part.number = value.at("number").get<int>();
    part.e_tag = value.at("e_tag").get<std::string>();
    part.last_modified = moment_of(value.at("last_modified"));
    part.checksum = checksum_of(value.at("checksum"));
    if (value.contains("nonce")) part.nonce = bytes_of(value.at("nonce"));
    part.blob = value.contains("bytes") ? small_blob(bytes_of(value.at("bytes")))
                                        : blobs.open(value.at("blob").get<std::string>());
    if (part.blob == nullptr) return false;
    part.size = part.blob->size();
    // With relaxed durability a loss of power may leave the record of bytes that are not there.
    return value.value("size", part.size) == part.size;
}

// What may protect an object or an upload; absent where nothing does.
void add_protection(JSON& value, const ObjectLock& lock, const Rare<CustomerKey>& customer_key) {
    if (lock.retention)
        value["retention"] = {
            static_cast<int>(lock.retention->mode),
            number_of(lock.retention->until)
        };
    if (lock.legal_hold) value["legal_hold"] = *lock.legal_hold;
    if (customer_key)
        value["customer_key"] = {text_of(customer_key->salt), text_of(customer_key->hash)};
}

void read_protection(const JSON& value, ObjectLock& lock, Rare<CustomerKey>& customer_key) {
    if (value.contains("retention")) {
        const auto& retention = value.at("retention");
        lock.retention = {
            static_cast<RetentionMode>(retention.at(0).get<int>()),
            moment_of(retention.at(1))
        };
    }
    if (value.contains("legal_hold")) lock.legal_hold = value.at("legal_hold").get<bool>();
    if (value.contains("customer_key")) {
        const auto& key = value.at("customer_key");
        customer_key = CustomerKey{bytes_of(key.at(0)), bytes_of(key.at(1))};
    }
}

JSON json_of(const BucketLock& lock) {
    if (!lock.default_retention) return JSON::array();
    const auto& retention = *lock.default_retention;
    return {static_cast<int>(retention.mode), retention.days, retention.years};
}

BucketLock bucket_lock_of(const JSON& value) {
    BucketLock lock;
    if (!value.empty())
        lock.default_retention = DefaultRetention{
            static_cast<RetentionMode>(value.at(0).get<int>()),
            value.at(1).get<int>(),
            value.at(2).get<int>()
        };
    return lock;
}

JSON json_of(const WebsiteConfiguration& website) {
    JSON rules = JSON::array();
    for (const auto& rule : website.routing_rules) {
        rules.push_back({
            text_of(rule.key_prefix_equals),
            rule.http_error_code_equals,
            text_of(rule.host_name),
            rule.protocol,
            rule.http_redirect_code,
            rule.replace_key_prefix_with ? JSON(text_of(*rule.replace_key_prefix_with)) : JSON(),
            rule.replace_key_with ? JSON(text_of(*rule.replace_key_with)) : JSON(),
        });
    }
    JSON value = {
        {"index", text_of(website.index_document)},
        {"error", text_of(website.error_document)},
        {"rules", std::move(rules)},
    };
    if (website.redirect_all)
        value["redirect_all"] = {
            text_of(website.redirect_all->host_name),
            website.redirect_all->protocol
        };
    return value;
}

WebsiteConfiguration website_of(const JSON& value) {
    WebsiteConfiguration website;
    website.index_document = bytes_of(value.at("index"));
    website.error_document = bytes_of(value.at("error"));
    if (value.contains("redirect_all")) {
        const auto& all = value.at("redirect_all");
        website.redirect_all = RedirectAll{bytes_of(all.at(0)), all.at(1).get<std::string>()};
    }
    for (const auto& entry : value.at("rules")) {
        auto& rule = website.routing_rules.emplace_back();
        rule.key_prefix_equals = bytes_of(entry.at(0));
        rule.http_error_code_equals = entry.at(1).get<std::string>();
        rule.host_name = bytes_of(entry.at(2));
        rule.protocol = entry.at(3).get<std::string>();
        rule.http_redirect_code = entry.at(4).get<std::string>();
        if (!entry.at(5).is_null()) rule.replace_key_prefix_with = bytes_of(entry.at(5));
        if (!entry.at(6).is_null()) rule.replace_key_with = bytes_of(entry.at(6));
    }
    return website;
}

} // namespace

std::string encode_bucket(const Bucket& bucket) {
    JSON value = {
        {"name", bucket.name},
        {"account", bucket.account},
        {"region", bucket.region},
        {"created", number_of(bucket.created)},
        {"tags", json_of(bucket.tags)},
        {"settings", encode_settings(bucket.settings)},
    };
    if (!bucket.policy.empty()) value["policy"] = text_of(bucket.policy);
    if (bucket.website) value["website"] = json_of(*bucket.website);
    if (bucket.versioning != Versioning::never)
        value["versioning"] = static_cast<int>(bucket.versioning);
    if (bucket.object_lock) value["object_lock"] = json_of(*bucket.object_lock);
    return value.dump();
}

Bucket decode_bucket(std::string_view bytes) {
    const auto value = JSON::parse(bytes);
    Bucket bucket;
    bucket.name = value.at("name").get<std::string>();
    bucket.account = value.at("account").get<std::string>();
    bucket.region = value.at("region").get<std::string>();
    bucket.created = moment_of(value.at("created"));
    bucket.tags = entries_of(value.at("tags"));
    if (value.contains("settings"))
        bucket.settings = decode_settings(value.at("settings").get_ref<const std::string&>());
    if (value.contains("policy")) {
        bucket.policy = bytes_of(value.at("policy"));
        bucket.settings.policy = std::make_shared<const aws::policy::Document>(
            aws::policy::parse_document(bucket.policy, true).document
        );
    }
    if (value.contains("website")) bucket.website = website_of(value.at("website"));
    if (value.contains("versioning"))
        bucket.versioning = static_cast<Versioning>(value.at("versioning").get<int>());
    if (value.contains("object_lock")) bucket.object_lock = bucket_lock_of(value.at("object_lock"));
    return bucket;
}

std::string encode_object(const Object& object) {
    JSON parts = JSON::array();
    for (const auto& part : object.parts)
        parts.push_back(json_of(part));
    JSON value{
        {"key", text_of(object.key)},
        {"order", object.order},
        {"e_tag", object.e_tag},
        {"last_modified", number_of(object.last_modified)},
        {"headers", json_of(*object.headers)},
        {"checksum", json_of(object.checksum)},
        {"is_multipart", object.is_multipart},
        {"parts", std::move(parts)},
    };
    if (!object.version_id.empty()) value["version_id"] = object.version_id;
    if (object.is_delete_marker) value["is_delete_marker"] = true;
    if (!object.upload_id.empty()) value["upload_id"] = object.upload_id;
    if (object.restoration)
        value["restoration"] = {
            number_of(object.restoration->available),
            number_of(object.restoration->expires)
        };
    add_protection(value, object.lock, object.customer_key);
    return value.dump();
}

bool decode_object(std::string_view bytes, storage::BlobStore& blobs, Object& object) {
    const auto value = JSON::parse(bytes);
    object.key = bytes_of(value.at("key"));
    object.e_tag = value.at("e_tag").get<std::string>();
    object.last_modified = moment_of(value.at("last_modified"));
    object.headers = headers_of(value.at("headers"));
    object.checksum = checksum_of(value.at("checksum"));
    object.is_multipart = value.at("is_multipart").get<bool>();
    object.order = value.value("order", std::uint64_t{0});
    object.version_id = value.value("version_id", "");
    object.is_delete_marker = value.value("is_delete_marker", false);
    object.upload_id = value.value("upload_id", "");
    if (value.contains("restoration")) {
        const auto& restoration = value.at("restoration");
        object.restoration =
            Restoration{moment_of(restoration.at(0)), moment_of(restoration.at(1))};
    }
    read_protection(value, object.lock, object.customer_key);
    for (const auto& part : value.at("parts")) {
        if (!read_part(part, blobs, object.parts.emplace_back())) return false;
        object.size += object.parts.back().size;
    }
    return true;
}

std::string encode_upload(const MultipartUpload& upload) {
    JSON value = {
        {"id", upload.id},
        {"key", text_of(upload.key)},
        {"initiator", upload.initiator},
        {"initiated", number_of(upload.initiated)},
        {"headers", json_of(upload.headers)},
        {"checksum_type", static_cast<int>(upload.checksum_type)},
        {"chose_checksum_type", upload.chose_checksum_type},
    };
    if (upload.checksum_algorithm)
        value["checksum_algorithm"] = static_cast<int>(*upload.checksum_algorithm);
    if (upload.has_key_changed) value["has_key_changed"] = true;
    add_protection(value, upload.lock, upload.customer_key);
    return value.dump();
}

MultipartUpload decode_upload(std::string_view bytes) {
    const auto value = JSON::parse(bytes);
    MultipartUpload upload;
    upload.id = value.at("id").get<std::string>();
    upload.key = bytes_of(value.at("key"));
    upload.initiator = value.value("initiator", "");
    upload.initiated = moment_of(value.at("initiated"));
    upload.headers = headers_of(value.at("headers"));
    upload.checksum_type = static_cast<ChecksumType>(value.at("checksum_type").get<int>());
    upload.chose_checksum_type = value.at("chose_checksum_type").get<bool>();
    if (value.contains("checksum_algorithm"))
        upload.checksum_algorithm =
            static_cast<ChecksumAlgorithm>(value.at("checksum_algorithm").get<int>());
    upload.has_key_changed = value.value("has_key_changed", false);
    read_protection(value, upload.lock, upload.customer_key);
    return upload;
}

std::string encode_part(const Part& part) {
    return json_of(part).dump();
}

bool decode_part(std::string_view bytes, storage::BlobStore& blobs, Part& part) {
    return read_part(JSON::parse(bytes), blobs, part);
}

std::string object_record_key(const std::string& bucket, const std::string& key) {
    return bucket + '\0' + key;
}

std::string version_record_key(const std::string& bucket, const std::string& version_id) {
    return bucket + '\0' + version_id;
}

std::string upload_record_key(const std::string& bucket, const std::string& upload_id) {
    return bucket + '\0' + upload_id;
}

std::string part_record_key(const std::string& bucket, const std::string& upload_id, int number) {
    return bucket + '\0' + upload_id + '\0' + fmt::format("{:05}", number);
}

} // namespace diorama::s3
