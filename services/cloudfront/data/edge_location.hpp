// One edge location, live: the core shared by all edge threads under one mutex, and the viewers who
// wait for somebody else's fetch. Critical sections decide and move pointers; bodies are sent
// outside them, without copying. (A cache per edge thread would need no mutex, but two connections
// would then see two caches; see PublishedDistributions for what is read without waiting.)
#pragma once

#include "emulator/random/random.hpp"
#include "services/cloudfront/data/edge_cache.hpp"

#include <functional>
#include <mutex>
#include <vector>

namespace diorama::cloudfront {

class EdgeLocation {
public:
    EdgeLocation(std::string name, Random random, std::size_t capacity);

    // "FRA56-C2"
    const std::string& name() const { return name_; }

    // A request id of its own, and the names of this edge location.
    EdgeIdentity new_identity();

    // If the decision is to wait, `resume` is called, on any thread, when it is time to begin
    // again.
    Decision begin(
        const ViewerRequest& request,
        const Lookup& lookup,
        const EdgeIdentity& identity,
        Timestamp now,
        Collapsing collapsing,
        std::function<void()> resume
    );

    // See EdgeCache. Only where there is one thread: nothing is locked.
    const EntryPtr*
    find_fresh_unlocked(const Lookup& lookup, Timestamp now, CacheStore::Place& place) {
        return cache_.find_fresh(lookup, now, place);
    }

    OriginVerdict origin_answered(
        FetchId fetch,
        const http::ResponseHead& head,
        const EdgeIdentity& identity,
        Timestamp now
    );
    EntryPtr origin_completed(FetchId fetch, std::string body, std::uint64_t modelled_bytes = 0);
    OriginVerdict origin_failed(
        FetchId fetch,
        OriginFailure failure,
        const EdgeIdentity& identity,
        Timestamp now
    );
    void give_up(FetchId fetch);
    std::size_t invalidate(const Distribution& distribution, std::string_view path);

private:
    using Waiting = std::vector<std::function<void()>>;
    // Those who waited for a flight, if it has ended. With the mutex held.
    Waiting released(FetchId fetch);

    std::string name_;
    std::string via_;
    std::mutex mutex_;
    Random random_;
    EdgeCache cache_;
    std::map<FetchId, Waiting> waiting_;
};

} // namespace diorama::cloudfront
