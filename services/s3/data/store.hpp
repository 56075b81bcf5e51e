// What all rooms of S3 share: the state, where its bytes and records are kept, and the way to wait
// for them.
#pragma once

#include "emulator/log.hpp"
#include "emulator/storage/blob_store.hpp"
#include "services/s3/background/persistence.hpp"
#include "services/s3/data/signature.hpp"
#include "services/s3/state.hpp"

#include <memory>
#include <string>

namespace diorama::s3 {

class Observers;

struct Store {
    // `folder` empty: everything in memory.
    Store(
        const std::string& folder,
        RunBlocking its_run_blocking,
        Log& its_log,
        storage::Durability durability = storage::Durability::full
    );

    Log& log;
    RunBlocking run_blocking;
    // The secret of an access key, where signatures are verified.
    Secrets secrets;
    Observers* observers = nullptr; // who watches buckets; outlives every request
    // Destroyed in the opposite order: the blobs that are alive when their store closes stay.
    std::unique_ptr<Persistence> persistence;
    std::unique_ptr<State> state;
    std::unique_ptr<storage::BlobStore> blobs;
};

} // namespace diorama::s3
