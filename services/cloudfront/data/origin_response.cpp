// The origin's half of the core (edge_cache.hpp): what becomes of an origin's answer, or of its
// failure to give one.
#include "emulator/assert.hpp"
#include "services/cloudfront/data/edge_cache.hpp"
#include "services/cloudfront/data/error_page.hpp"
#include "services/cloudfront/data/viewer_response.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

bool is_listed(const std::vector<std::string>& fields, std::string_view name) {
    return std::find(fields.begin(), fields.end(), http::lower_case(name)) != fields.end();
}

// What is stored of a response: no Age (it is told anew each time), nothing that the origin said
// may not be shared, and a Date even if the origin has none (RFC 9110 6.6.1).
http::Headers
stored_headers(const http::Headers& headers, const Freshness& freshness, Timestamp now) {
    http::Headers stored;
    for (const auto& header : headers) {
        if (http::equal_ignoring_case(header.name, "Age")) continue;
        if (is_listed(freshness.unshared_fields, header.name)) continue;
        stored.add(header.name, header.value);
    }
    if (!stored.contains("Date")) stored.add("Date", http_date(now));
    return stored;
}

void set_freshness(Entry& entry, const Freshness& freshness, Timestamp now) {
    entry.stored_at = now;
    entry.initial_age = freshness.initial_age;
    entry.fresh_until = now + freshness.lifetime;
    entry.stale_while_revalidate = freshness.stale_while_revalidate;
    entry.stale_if_error = freshness.stale_if_error;
    entry.forbids_stale = freshness.forbids_stale;
}

// RFC 9111 3.2: header fields of the 304 replace those of the stored response, except those that
// describe the body that was not sent.
http::Headers updated_headers(const http::Headers& stored, const http::Headers& update) {
    auto headers = stored;
    for (const auto& header : update) {
        const auto name = http::lower_case(header.name);
        if (name == "content-length" || name == "content-encoding" || name == "content-type" ||
            name == "content-range")
            continue;
        headers.remove(name);
    }
    for (const auto& header : update) {
        const auto name = http::lower_case(header.name);
        if (headers.contains(name) && name.starts_with("content-")) continue;
        if (name != "content-length") headers.add(header.name, header.value);
    }
    return headers;
}

// AWS: "If the origin returns a 5xx … and there is an expired copy in the cache, CloudFront serves"
// it, "unless stale-if-error=0". RFC 9111 5.2.2.2: not against must-revalidate.
bool may_serve_stale(const EntryPtr& entry, Timestamp now) {
    if (!entry || entry->is_error || entry->forbids_stale) return false;
    return !entry->stale_if_error || now < entry->fresh_until + *entry->stale_if_error;
}

std::optional<std::uint64_t> declared_length(const http::Headers& headers) {
    const auto* text = headers.find("Content-Length");
    if (text == nullptr || text->empty() || text->size() > 18) return std::nullopt;
    if (text->find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::stoull(*text);
}

Duration error_ttl(const Distribution& distribution, int status) {
    const auto* error = distribution.find_error_response(status);
    return error != nullptr ? error->caching_min_ttl : limits::error_caching_min_ttl;
}

ErrorPage page_of(OriginFailure failure) {
    switch (failure) {
    case OriginFailure::unresolved:
        return origin_unresolved();
    case OriginFailure::timed_out:
        return origin_timed_out();
    case OriginFailure::unreachable:
        break;
    }
    return origin_unreachable();
}

} // namespace

OriginVerdict EdgeCache::origin_answered(
    FetchId fetch,
    const http::ResponseHead& head,
    const EdgeIdentity& identity,
    Timestamp now
) {
    auto& flight = flights_.at(fetch);
    if (flight.error != nullptr) return error_page_answered(fetch, head, now);
    if (head.status == 304 && flight.is_conditional) return serve_refreshed(fetch, head, now);
    if (head.status >= 500 && may_serve_stale(flight.stale, now))
        return serve_stale(fetch, head.status, now);
    if (head.status >= 400) {
        flight.error = flight.distribution->find_error_response(head.status);
        if (flight.error != nullptr && !flight.error->response_page_path.empty())
            return fetch_error_page(fetch, identity, now);
        flight.error = nullptr;
    }
    return deliver(fetch, head, now);
}

Deliver EdgeCache::deliver(FetchId fetch, const http::ResponseHead& head, Timestamp now) {
    auto& flight = flights_.at(fetch);
    Deliver delivery{head.status, viewer_headers(head.headers, *flight.behavior), {}, false};
    const bool is_error = flight.error != nullptr || head.status >= 400;
    delivery.result = is_error ? CacheResult::error : CacheResult::miss;

    const auto* error = flight.error != nullptr
                            ? flight.error
                            : flight.distribution->find_error_response(head.status);
    auto freshness = freshness_of(head, flight.behavior->cache_policy, error, now);
    if (flight.error != nullptr) { // its page: kept as long as the error it stands for
        freshness.lifetime = flight.error->caching_min_ttl;
        freshness.is_storable = freshness.lifetime > Duration::zero();
    }
    const auto length = declared_length(head.headers);
    delivery.is_stored = flight.is_cacheable && freshness.is_storable &&
                         length.value_or(0) <= limits::max_cached_body;
    if (!delivery.is_stored) {
        if (flight.stale) store_.erase(flight.key);
        end(fetch);
        return delivery;
    }
    auto entry = std::make_shared<Entry>();
    entry->distribution_id = flight.distribution->id;
    entry->object_path = flight.object_path;
    entry->status = head.status;
    entry->is_error = is_error;
    entry->headers = stored_headers(delivery.headers, freshness, now);
    set_freshness(*entry, freshness, now);
    flight.arriving = std::move(entry);
    return delivery;
}

EntryPtr
EdgeCache::origin_completed(FetchId fetch, std::string body, std::uint64_t modelled_bytes) {
    const auto flight = flights_.find(fetch);
    if (flight == flights_.end()) return {};
    auto entry = std::move(flight->second.arriving);
    ASSERT(entry != nullptr);
    // The answer to HEAD tells the length of a body that it does not have.
    if (flight->second.request.method != "HEAD" && entry->status != 204)
        entry->headers.set("Content-Length", std::to_string(body.size() + modelled_bytes));
    entry->modelled_bytes = modelled_bytes;
    entry->body = std::make_shared<const std::string>(std::move(body));
    keep(flight->second, entry);
    end(fetch);
    return entry;
}

void EdgeCache::keep(const Flight& flight, EntryPtr entry) {
    if (!flight.is_invalidated && flight.is_cacheable) store_.put(flight.key, std::move(entry));
}

Serve EdgeCache::serve_refreshed(FetchId fetch, const http::ResponseHead& head, Timestamp now) {
    auto& flight = flights_.at(fetch);
    auto entry = std::make_shared<Entry>(*flight.stale);
    const auto update = viewer_headers(head.headers, *flight.behavior);
    const http::ResponseHead merged{entry->status, {}, updated_headers(entry->headers, update)};
    const auto freshness = freshness_of(merged, flight.behavior->cache_policy, nullptr, now);
    entry->headers = stored_headers(merged.headers, freshness, now);
    set_freshness(*entry, freshness, now);
    if (freshness.is_storable)
        keep(flight, entry);
    else
        store_.erase(flight.key);
    end(fetch);
    return {entry, CacheResult::refresh_hit, std::nullopt, {}};
}

// UNKNOWN: what X-Cache says then; the access log's documentation counts it as a hit.
Serve EdgeCache::serve_stale(FetchId fetch, int status, Timestamp now) {
    auto& flight = flights_.at(fetch);
    auto entry = std::make_shared<Entry>(*flight.stale);
    // AWS: "CloudFront … for the amount of time specified by the error caching minimum TTL".
    const auto until = now + error_ttl(*flight.distribution, status);
    if (entry->stale_if_error) // counted from when the origin's own freshness ended
        *entry->stale_if_error -= std::min(*entry->stale_if_error, until - entry->fresh_until);
    entry->fresh_until = until;
    keep(flight, entry);
    end(fetch);
    return {entry, CacheResult::hit, entry->age(now), {}};
}

OriginVerdict EdgeCache::origin_failed(
    FetchId fetch,
    OriginFailure failure,
    const EdgeIdentity& identity,
    Timestamp now
) {
    auto& flight = flights_.at(fetch);
    const auto page = page_of(failure);
    if (may_serve_stale(flight.stale, now)) return serve_stale(fetch, page.status, now);
    const bool was_fetching_page = flight.error != nullptr;
    if (!was_fetching_page) {
        flight.error = flight.distribution->find_error_response(page.status);
        if (flight.error != nullptr && !flight.error->response_page_path.empty())
            return fetch_error_page(fetch, identity, now);
    }
    auto entry = std::make_shared<Entry>();
    entry->distribution_id = flight.distribution->id;
    entry->object_path = flight.object_path;
    entry->status = page.status;
    entry->is_error = true;
    entry->page = page;
    entry->headers.add("Content-Type", "text/html");
    entry->stored_at = now;
    entry->fresh_until = now + error_ttl(*flight.distribution, page.status);
    if (entry->is_fresh(now)) keep(flight, entry);
    end(fetch);
    return Serve{entry, CacheResult::error, std::nullopt, {}};
}

// AWS: "CloudFront requests the custom error page … through the cache behavior" that matches its
// path, and caches it like any object.
OriginVerdict
EdgeCache::fetch_error_page(FetchId fetch, const EdgeIdentity& identity, Timestamp now) {
    auto& flight = flights_.at(fetch);
    const auto& distribution = *flight.distribution;
    const auto& path = flight.error->response_page_path;
    const auto& behavior = distribution.behavior_for(path);
    http::RequestHead request{"GET", path, flight.request.version, flight.request.headers};
    const auto key = cache_key(distribution, behavior, request, path, flight.viewer);
    if (const auto page = store_.find(key); page && page->is_fresh(now) && !page->is_error) {
        auto entry = std::make_shared<Entry>(*page);
        entry->object_path = flight.object_path;
        entry->status = flight.error->response_code;
        entry->is_error = true;
        entry->stored_at = now;
        entry->fresh_until = now + flight.error->caching_min_ttl;
        if (entry->is_fresh(now)) keep(flight, entry);
        end(fetch);
        return Serve{entry, CacheResult::error, std::nullopt, {}};
    }
    const RequestContext context{distribution, behavior, request, flight.viewer, identity};
    return Fetch{
        fetch,
        FetchReason::error_page,
        origin_request(context, path, OriginRequestPurpose::fill),
        flight.distribution
    };
}

// AWS: "If CloudFront … can't get the custom error page, it returns the HTTP status code received
// from the origin that contains the error page".
OriginVerdict
EdgeCache::error_page_answered(FetchId fetch, const http::ResponseHead& head, Timestamp now) {
    auto& flight = flights_.at(fetch);
    auto page = head;
    if (head.status == 200) page.status = flight.error->response_code;
    return deliver(fetch, page, now);
}

void EdgeCache::give_up(FetchId fetch) {
    end(fetch);
}

} // namespace diorama::cloudfront
