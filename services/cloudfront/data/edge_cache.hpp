// The core of an edge location: what happens to every viewer request and to every origin response.
// It is given the requests, the time and its own name, and answers with decisions; bytes are
// carried by whoever asks (viewer_server.cpp live, a simulation otherwise).
//
// A miss is a flight: begin() answers Fetch, then origin_answered() judges the response's head,
// origin_completed() takes the body if it is to be cached. origin_failed() and give_up() end
// flights that went wrong. Requests for the same key meanwhile are told to Wait for the flight and
// to begin again when it has ended.
#pragma once

#include "services/cloudfront/data/cache_store.hpp"
#include "services/cloudfront/data/freshness.hpp"
#include "services/cloudfront/data/origin_request.hpp"

#include <map>
#include <optional>
#include <variant>

namespace diorama::cloudfront {

struct ViewerRequest {
    DistributionPtr distribution;
    const http::RequestHead& head;
    Viewer viewer;
};

using FetchId = std::uint64_t;

enum class FetchReason {
    miss,         // nothing stored, or nothing usable
    revalidation, // a stale entry is to be confirmed
    not_cached,   // this method or behavior is never cached
    error_page    // the page of a custom error response
};

// Ask the origin; the viewer waits.
struct Fetch {
    FetchId id = 0;
    FetchReason reason = FetchReason::miss;
    OriginRequest request;
    DistributionPtr distribution; // keeps request.origin alive
};

// Answer with this entry, and if `refresh` is there, ask the origin without letting the viewer
// wait.
struct Serve {
    EntryPtr entry;
    CacheResult result = CacheResult::hit;
    std::optional<Duration> age;
    std::optional<Fetch> refresh;
};

// The same object is being fetched: begin again when that flight has ended.
struct Wait {
    FetchId behind = 0;
};

// Answer with a page of CloudFront's own.
struct Refuse {
    ErrorPage page;
    bool closes_connection = false;
};

struct Redirect {}; // to https

using Decision = std::variant<Serve, Fetch, Wait, Refuse, Redirect>;

// What a request means to its distribution, whatever the time and whatever is stored. The same
// request always means the same to the same distribution, so that those who send it often can keep
// this; it does not outlive the distribution.
struct Lookup {
    const Behavior* behavior = nullptr;
    std::string path;
    std::string key;
    bool is_cacheable = false;
    bool is_head = false;
    std::optional<Decision> settled; // Refuse or Redirect: what is stored does not matter
};

Lookup look_up(const ViewerRequest& request);

// Send this head and the body that follows it. If `is_stored`, the body is also given to
// origin_completed(); otherwise the flight has ended.
struct Deliver {
    int status = 200;
    http::Headers headers;
    CacheResult result = CacheResult::miss;
    bool is_stored = false;
};

using OriginVerdict = std::variant<Serve, Fetch, Deliver>;

enum class OriginFailure { unresolved, unreachable, timed_out };

// Whether a request may wait for another's flight; it may not once that has turned out useless.
enum class Collapsing { allowed, tried };

class EdgeCache {
public:
    explicit EdgeCache(std::size_t capacity)
        : store_(capacity) {}

    // `lookup` is look_up(request).
    Decision begin(
        const ViewerRequest& request,
        const Lookup& lookup,
        const EdgeIdentity& identity,
        Timestamp now,
        Collapsing collapsing = Collapsing::allowed
    );

    // The entry that begin() would serve as it is, without the trouble of a decision; nullptr: ask
    // begin(). `place` remembers where it was for the next time. Valid until the cache changes.
    const EntryPtr* find_fresh(const Lookup& lookup, Timestamp now, CacheStore::Place& place) {
        if (lookup.settled || !lookup.is_cacheable || lookup.is_head) return nullptr;
        const auto* entry = store_.find(lookup.key, place);
        return entry != nullptr && (*entry)->is_fresh(now) ? entry : nullptr;
    }

    OriginVerdict origin_answered(
        FetchId fetch,
        const http::ResponseHead& head,
        const EdgeIdentity& identity,
        Timestamp now
    );
    // The entry that was stored, or would have been, had it not been invalidated meanwhile.
    // Of a body in a simulation that much more is not there.
    EntryPtr origin_completed(FetchId fetch, std::string body, std::uint64_t modelled_bytes = 0);
    OriginVerdict origin_failed(
        FetchId fetch,
        OriginFailure failure,
        const EdgeIdentity& identity,
        Timestamp now
    );
    // The response is not going to be stored (too large, cut off, viewer gone).
    void give_up(FetchId fetch);

    bool is_in_flight(FetchId fetch) const { return flights_.contains(fetch); }

    // Removes every variant of every object that `path` covers; also what is under way.
    std::size_t invalidate(const Distribution& distribution, std::string_view path);

    const CacheStore& store() const { return store_; }

private:
    struct Flight {
        std::string key;
        DistributionPtr distribution;
        const Behavior* behavior = nullptr;
        http::RequestHead request;
        Viewer viewer;
        std::string object_path;
        EntryPtr stale; // being revalidated, or the last resort
        bool is_conditional = false;
        bool is_cacheable = false;
        bool is_invalidated = false;
        std::shared_ptr<Entry> arriving{};    // waits for its body
        const ErrorResponse* error = nullptr; // the page of this one is being fetched
    };

    Fetch start_fetch(
        const ViewerRequest& request,
        const Lookup& lookup,
        EntryPtr stale,
        const EdgeIdentity& identity,
        Collapsing collapsing
    );
    EntryPtr find_for(const ViewerRequest& request, const Lookup& lookup, Timestamp now);
    OriginVerdict fetch_error_page(FetchId fetch, const EdgeIdentity& identity, Timestamp now);
    OriginVerdict error_page_answered(FetchId fetch, const http::ResponseHead& head, Timestamp now);
    Serve serve_refreshed(FetchId fetch, const http::ResponseHead& head, Timestamp now);
    Serve serve_stale(FetchId fetch, int status, Timestamp now);
    Deliver deliver(FetchId fetch, const http::ResponseHead& head, Timestamp now);
    void keep(const Flight& flight, EntryPtr entry);
    void end(FetchId fetch);

    CacheStore store_;
    FetchId last_fetch_ = 0;
    std::map<FetchId, Flight> flights_;
    std::map<std::string, FetchId, std::less<>> collapsing_; // by key
};

} // namespace diorama::cloudfront
