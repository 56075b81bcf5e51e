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
