// One cached object. Entries never change: a revalidation makes a new one that shares the body, so
// a viewer who is being sent an entry keeps it whole whatever happens to the cache.
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/time/time.hpp"

#include <memory>
#include <optional>
#include <string>

namespace diorama::cloudfront {

// X-Cache, without " from cloudfront".
enum class CacheResult { hit, refresh_hit, miss, error, redirect };

std::string_view name_of(CacheResult result);

// A page that CloudFront itself writes; the request id is put in for each viewer.
struct ErrorPage {
    int status = 0;
    std::string reason;
};

struct Entry {
    std::string distribution_id;
    // What an invalidation path is compared with: the path, and the query if it is in the key.
    std::string object_path;
    int status = 200;
    http::Headers headers; // end-to-end fields only, without Age
    std::shared_ptr<const std::string> body = std::make_shared<const std::string>();
    std::uint64_t modelled_bytes = 0; // in a simulation: of a body that is not there
    std::optional<ErrorPage> page;    // instead of a body
    // Also true for a custom error response with status 200.
    bool is_error = false;

    Timestamp stored_at;
    Duration initial_age{};
    Timestamp fresh_until;
    Duration stale_while_revalidate{};
    std::optional<Duration> stale_if_error;
    bool forbids_stale = false;

    bool is_fresh(Timestamp now) const { return now < fresh_until; }

    // Of a viewer who gets it from the cache.
    CacheResult result() const { return is_error ? CacheResult::error : CacheResult::hit; }

    Duration age(Timestamp now) const { return initial_age + (now - stored_at); }

    bool has_validator() const {
        return headers.contains("ETag") || headers.contains("Last-Modified");
    }

    // What the store counts.
    std::size_t bytes() const;
};

using EntryPtr = std::shared_ptr<const Entry>;

} // namespace diorama::cloudfront
