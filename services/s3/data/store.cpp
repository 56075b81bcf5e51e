// See store.hpp.
#include "services/s3/data/store.hpp"

#include <filesystem>

namespace diorama::s3 {

Store::Store(
    const std::string& folder,
    RunBlocking its_run_blocking,
    Log& its_log,
    storage::Durability durability
)
    : log(its_log)
    , run_blocking(std::move(its_run_blocking)) {
    if (folder.empty()) {
        blobs = storage::make_memory_blobs();
        persistence = std::make_unique<Persistence>("", run_blocking, log);
    } else {
        std::filesystem::create_directories(folder);
        blobs = storage::make_disk_blobs(folder + "/blobs", durability);
        persistence =
            std::make_unique<Persistence>(folder + "/metadata.db", run_blocking, log, durability);
    }
    state = std::make_unique<State>(*persistence, *blobs);
}

} // namespace diorama::s3
