// Blobs in memory, for a cloud without --data. See blob_store.hpp.
#include "emulator/storage/blob_store.hpp"

#include <algorithm>
#include <utility>

namespace diorama::storage {

namespace {

// A size that somebody only announced is not believed beyond this.
constexpr std::uint64_t reserve_max = 64 * 1024 * 1024;

class MemoryBlob final : public Blob, public std::enable_shared_from_this<MemoryBlob> {
public:
    explicit MemoryBlob(std::string bytes)
        : bytes_(std::move(bytes)) {}

    const std::string& id() const override {
        static const std::string none;
        return none;
    }

    std::uint64_t size() const override { return bytes_.size(); }

    std::shared_ptr<const std::string> bytes() const override {
        return {shared_from_this(), &bytes_};
    }

    void read(std::uint64_t offset, std::size_t length, std::string& target) const override {
        if (offset < bytes_.size()) target.append(bytes_, offset, length);
    }

private:
    std::string bytes_;
};

class MemoryWriter final : public BlobWriter {
public:
    explicit MemoryWriter(std::uint64_t expected_size) {
        bytes_.reserve(std::min(expected_size, reserve_max));
    }

    void append(std::string_view bytes) override { bytes_.append(bytes); }

    std::shared_ptr<const Blob> finish() override {
        return std::make_shared<MemoryBlob>(std::move(bytes_));
    }

private:
    std::string bytes_;
};

class MemoryBlobs final : public BlobStore {
public:
    std::unique_ptr<BlobWriter> begin(std::uint64_t expected_size) override {
        return std::make_unique<MemoryWriter>(expected_size);
    }

    std::shared_ptr<const Blob> open(const std::string&) override { return nullptr; }

    void remove_orphans() override {}

    bool blocks() const override { return false; }
};

} // namespace

std::unique_ptr<BlobStore> make_memory_blobs() {
    return std::make_unique<MemoryBlobs>();
}

} // namespace diorama::storage
