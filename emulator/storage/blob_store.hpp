// Where large bytes live: the objects of S3 and whatever else is too big for a record. A blob is
// written once, never changes, and lives as long as somebody holds it: when the last reference
// goes, its bytes go. Whoever wants a blob to outlive the process writes its id down and opens it
// again. MemoryBlobs keeps bytes in memory, DiskBlobs in files that survive a crash.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace diorama::storage {

class BlobError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Immutable bytes. Any thread may read.
class Blob {
public:
    virtual ~Blob() = default;
    virtual const std::string& id() const = 0;
    virtual std::uint64_t size() const = 0;
    // The bytes themselves when they are in memory; nothing when they must be read.
    virtual std::shared_ptr<const std::string> bytes() const = 0;
    // Appends up to `length` bytes from `offset` on to `target`, fewer only at the end. May wait
    // for a disk. Throws BlobError.
    virtual void read(std::uint64_t offset, std::size_t length, std::string& target) const = 0;
};

// One blob being written, by one thread at a time. Dropped before finish(), nothing remains of it.
class BlobWriter {
public:
    virtual ~BlobWriter() = default;
    // May wait for a disk. Throws BlobError.
    virtual void append(std::string_view bytes) = 0;
    // Makes it durable (which waits for a disk) and whole: a blob that can be opened has all its
    // bytes.
    virtual std::shared_ptr<const Blob> finish() = 0;
};

class BlobStore {
public:
    virtual ~BlobStore() = default;
    // `expected_size` is a hint; 0 when unknown. Any thread.
    virtual std::unique_ptr<BlobWriter> begin(std::uint64_t expected_size) = 0;
    // A blob of an earlier process; nullptr when there is none. Only between construction and
    // remove_orphans().
    virtual std::shared_ptr<const Blob> open(const std::string& id) = 0;
    // Removes what an earlier process left and nobody has opened. Once, at the start.
    virtual void remove_orphans() = 0;
    // Whether writing waits for a disk, so that it belongs on a worker.
    virtual bool blocks() const = 0;
};

// What finish() promises: that the bytes survive a loss of power, or only the end of the process,
// which costs no wait for the disk.
enum class Durability { full, relaxed };

std::unique_ptr<BlobStore> make_memory_blobs();
// In a folder of its own, which is made if it does not exist. Blobs that are alive when the store
// goes away keep their files.
std::unique_ptr<BlobStore>
make_disk_blobs(const std::string& folder, Durability durability = Durability::full);

} // namespace diorama::storage
