#include "emulator/storage/blob_store.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace diorama::storage;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const Blob> write(BlobStore& store, std::string_view bytes) {
    auto writer = store.begin(bytes.size());
    writer->append(bytes.substr(0, bytes.size() / 2));
    writer->append(bytes.substr(bytes.size() / 2));
    return writer->finish();
}

std::string part_of(const Blob& blob, std::uint64_t offset, std::size_t length) {
    std::string bytes;
    blob.read(offset, length, bytes);
    return bytes;
}

int files_in(const fs::path& folder) {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        count += entry.is_regular_file() ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("blobs: what was written is read back, in parts and at the end") {
    diorama::test::ScratchFolder folder;
    const auto relaxed = [](const std::string& folder) {
        return make_disk_blobs(folder, Durability::relaxed);
    };
    const auto full = [](const std::string& folder) { return make_disk_blobs(folder); };
    for (auto* make : {+[](const std::string&) { return make_memory_blobs(); }, +full, +relaxed}) {
        auto store = make(folder.file("blobs"));
        const auto blob = write(*store, "hello world");
        CHECK(blob->size() == 11);
        CHECK(part_of(*blob, 0, 100) == "hello world");
        CHECK(part_of(*blob, 6, 3) == "wor");
        CHECK(part_of(*blob, 11, 1).empty());
        CHECK(part_of(*blob, 100, 1).empty());
        CHECK(write(*store, "")->size() == 0);
    }
}

TEST_CASE("disk blobs: a blob lives as long as somebody holds it, and no file remains after it") {
    diorama::test::ScratchFolder folder;
    auto store = make_disk_blobs(folder.file("blobs"));
    auto blob = write(*store, "bytes");
    auto second = blob;
    CHECK(files_in(folder.path()) == 1);
    blob.reset();
    CHECK(part_of(*second, 0, 5) == "bytes");
    second.reset();
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("disk blobs: an abandoned blob leaves nothing") {
    diorama::test::ScratchFolder folder;
    auto store = make_disk_blobs(folder.file("blobs"));
    {
        auto writer = store->begin(0);
        writer->append("half");
    }
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("disk blobs: the next process finds what was finished and removes what nobody claims") {
    diorama::test::ScratchFolder folder;
    const auto root = folder.file("blobs");
    std::string kept;
    std::string orphan;
    std::shared_ptr<const Blob> survivor;
    {
        auto store = make_disk_blobs(root);
        survivor = write(*store, "kept");
        auto other = write(*store, "orphan");
        kept = survivor->id();
        orphan = other->id();
        // A crash in the middle of a third one, and a file that is none of ours.
        std::ofstream(root + "/00/00000000000000ff") << "torn";
        std::ofstream(root + "/README") << "not a blob";
        store.reset();
    }
    CHECK(files_in(root) == 4);
    auto store = make_disk_blobs(root);
    const auto again = store->open(kept);
    REQUIRE(again != nullptr);
    CHECK(store->open(kept) == again);
    CHECK(part_of(*again, 0, 100) == "kept");
    CHECK(store->open("../README") == nullptr);
    store->remove_orphans();
    CHECK_FALSE(fs::exists(fs::path(root) / "00" / orphan));
    CHECK_FALSE(fs::exists(fs::path(root) / "00/00000000000000ff"));
    CHECK(files_in(root) == 2);
    // Numbers go on where the earlier process, torn blob included, left off.
    CHECK(write(*store, "new")->id() == "0000000000000100");
}

TEST_CASE("disk blobs: many are finished at once, and each is there") {
    diorama::test::ScratchFolder folder;
    auto store = make_disk_blobs(folder.file("blobs"));
    std::vector<std::shared_ptr<const Blob>> blobs(64);
    std::vector<std::thread> threads;
    for (std::size_t first = 0; first < 8; ++first)
        threads.emplace_back([&, first] {
            for (auto i = first; i < blobs.size(); i += 8)
                blobs[i] = write(*store, std::to_string(i));
        });
    for (auto& thread : threads)
        thread.join();
    for (std::size_t i = 0; i < blobs.size(); ++i)
        CHECK(part_of(*blobs[i], 0, 100) == std::to_string(i));
    store.reset();
    CHECK(files_in(folder.path()) == 64);
}

TEST_CASE("disk blobs: files lie ready for a busy store, and those nobody took go with it") {
    diorama::test::ScratchFolder folder;
    const auto root = folder.file("blobs");
    std::vector<std::shared_ptr<const Blob>> blobs;
    auto store = make_disk_blobs(root);
    for (int i = 0; i < 300; ++i)
        blobs.push_back(write(*store, std::to_string(i)));
    {
        auto abandoned = store->begin(0);
    }
    CHECK(files_in(root) > 300);
    for (std::size_t i = 0; i < blobs.size(); ++i)
        CHECK(part_of(*blobs[i], 0, 100) == std::to_string(i));
    store.reset();
    CHECK(files_in(root) == 300);
    store = make_disk_blobs(root);
    CHECK(part_of(*store->open(blobs[299]->id()), 0, 100) == "299");
}

TEST_CASE("disk blobs: a folder as earlier versions laid it out is read") {
    diorama::test::ScratchFolder folder;
    const auto root = folder.file("blobs");
    fs::create_directories(root + "/2a");
    std::ofstream(root + "/2a/000000000000002a") << "old";
    auto store = make_disk_blobs(root);
    const auto blob = store->open("000000000000002a");
    REQUIRE(blob != nullptr);
    CHECK(part_of(*blob, 0, 100) == "old");
}
