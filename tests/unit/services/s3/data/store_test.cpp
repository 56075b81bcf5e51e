#include "services/s3/data/store.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

using namespace diorama;

TEST_CASE("store: relaxed durability keeps objects over a restart like the full one") {
    diorama::test::ScratchFolder folder;
    SilentLog log;
    const auto run = [](const std::function<void()>& work) { work(); };
    for (const auto expected : {0, 1}) {
        s3::Store store(folder.file("s3"), run, log, storage::Durability::relaxed);
        if (expected == 0) {
            s3::Bucket bucket;
            bucket.name = "bucket";
            auto& added = store.state->add_bucket(std::move(bucket));
            auto object = std::make_shared<s3::Object>();
            object->key = "key";
            auto writer = store.blobs->begin(0);
            writer->append("bytes");
            s3::Part part;
            part.number = 1;
            part.blob = writer->finish();
            part.size = 5;
            object->parts.push_back(part);
            CHECK(store.state->put_object(added, object) == nullptr);
            CHECK(store.persistence->commit_now());
        } else {
            const auto* bucket = store.state->find_bucket("bucket");
            REQUIRE(bucket != nullptr);
            CHECK(bucket->objects.at("key")->size == 5);
        }
    }
}

TEST_CASE("store: a folder written before there were versions opens as it was") {
    diorama::test::ScratchFolder folder;
    SilentLog log;
    const auto run = [](const std::function<void()>& work) { work(); };
    std::string blob;
    {
        s3::Store store(folder.file("s3"), run, log);
        auto writer = store.blobs->begin(0);
        writer->append("bytes");
        const auto written = writer->finish();
        blob = written->id();
        const auto keep = [&](std::string_view table, std::string key, std::string json) {
            const auto encoded = [json] { return std::optional(json); };
            store.persistence->record(table, std::move(key), encoded, written);
        };
        keep(
            "buckets",
            "old",
            R"({"name":"old","account":"1","region":"us-east-1","created":0,"tags":[]})"
        );
        // Texts are in hexadecimal: "key", "text/plain".
        keep(
            "objects",
            std::string("old\0key", 7),
            R"({"key":"6b6579","e_tag":"4b3a6218bb3e3a7303e8a171a60fcf92","last_modified":0,)"
            R"("headers":["746578742f706c61696e","","","","","","","STANDARD",[],[]],)"
            R"("checksum":null,"is_multipart":false,"parts":[{"number":1,"e_tag":"",)"
            R"("last_modified":0,"checksum":null,"blob":")" +
                blob + R"("}]})"
        );
        CHECK(store.persistence->commit_now());
        store.state.reset();
        store.blobs.reset(); // before the last reference goes, as when a process ends
    }
    s3::Store store(folder.file("s3"), run, log);
    auto* bucket = store.state->find_bucket("old");
    REQUIRE(bucket != nullptr);
    CHECK(bucket->versioning == s3::Versioning::never);
    const auto object = s3::find_version(*bucket, "key", "");
    REQUIRE(object != nullptr);
    CHECK(object->size == 5);
    CHECK(object->headers->content_type == "text/plain");
    // The first version comes after it.
    bucket->versioning = s3::Versioning::enabled;
    Random chance(1);
    auto next = std::make_shared<s3::Object>();
    next->key = "key";
    next->version_id = store.state->next_version_id(*bucket, chance);
    CHECK(store.state->put_object(*bucket, next) == nullptr);
    CHECK(s3::find_newest(*bucket, "key") == next);
    CHECK(s3::find_version(*bucket, "key", "") == object);
}
