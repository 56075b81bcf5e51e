// The viewer's half of the core: from a viewer request to an entry, a fetch or a refusal. The
// origin's half is in origin_response.cpp.
#include "services/cloudfront/data/edge_cache.hpp"

#include "services/cloudfront/data/error_page.hpp"
#include "services/cloudfront/data/path_pattern.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

bool is_method_of_http(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" ||
           method == "POST" || method == "PATCH" || method == "DELETE";
}

std::size_t head_bytes(const http::RequestHead& head) {
    std::size_t bytes = head.method.size() + head.target.size() + 12;
    for (const auto& header : head.headers)
        bytes += header.name.size() + header.value.size() + 4;
    return bytes;
}

std::optional<Refuse> refusal_of(const ViewerRequest& request, const Behavior& behavior) {
    const auto& head = request.head;
    if (!request.distribution->enabled) return Refuse{bad_request()};
    if (head.target.size() > limits::max_url || head_bytes(head) > limits::max_request_head)
        return Refuse{request_too_large(), true};
    if (!is_method_of_http(head.method)) return Refuse{bad_request()};
    if (!behavior.allows(head.method))
        return Refuse{method_not_allowed(behavior.allowed_methods.size() < 7)};
    // AWS: "If a viewer GET request includes a body, CloudFront returns an HTTP status code 403".
    if (head.method == "GET" && request.viewer.has_body) return Refuse{bad_request()};
    return std::nullopt;
}

// AWS: "HTTP and HTTPS" · "HTTPS Only: … 403 (Forbidden)" · "Redirect HTTP to HTTPS", and for
// HTTP/1.0 requests 403.
std::optional<Decision> protocol_decision(const ViewerRequest& request, const Behavior& behavior) {
    const auto policy = behavior.viewer_protocol_policy;
    if (request.viewer.is_https || policy == ViewerProtocolPolicy::allow_all) return std::nullopt;
    if (policy == ViewerProtocolPolicy::https_only || request.head.version < 11)
        return Refuse{https_required()};
    return Redirect{};
}

// AWS: request collapsing is off when cookies are forwarded.
bool may_collapse(const Behavior& behavior) {
    return behavior.cache_policy.cookies.is_none() &&
           behavior.origin_request_policy.cookies.is_none();
}

std::string
object_path(const ViewerRequest& request, const Behavior& behavior, std::string_view path) {
    const auto query = select_query(request.head.query(), behavior.cache_policy.query_strings);
    return query.empty() ? std::string(path) : std::string(path) + "?" + query;
}

// A HEAD request is answered from what a GET has stored.
std::string key_of_get(const std::string& key_of_head, const Distribution& distribution) {
    auto key = key_of_head;
    return key.replace(distribution.id.size() + 1, 4, "GET");
}

void add_validators(http::Headers& headers, const Entry& entry) {
    if (const auto* tag = entry.headers.find("ETag")) headers.add("If-None-Match", *tag);
    if (const auto* modified = entry.headers.find("Last-Modified"))
        headers.add("If-Modified-Since", *modified);
}

} // namespace

Lookup look_up(const ViewerRequest& request) {
    const auto& distribution = *request.distribution;
    Lookup lookup;
    lookup.path = request.head.path();
    // AWS: the default root object is returned "when a viewer requests the root URL", for "/" only.
    if (lookup.path == "/" && !distribution.default_root_object.empty())
        lookup.path += distribution.default_root_object;
    const auto& behavior = distribution.behavior_for(lookup.path);
    lookup.behavior = &behavior;
    lookup.key = cache_key(distribution, behavior, request.head, lookup.path, request.viewer);
    lookup.is_cacheable = behavior.caches(request.head.method) && behavior.cache_policy.caches();
    lookup.is_head = request.head.method == "HEAD";
    if (auto refusal = refusal_of(request, behavior))
        lookup.settled = *std::move(refusal);
    else
        lookup.settled = protocol_decision(request, behavior);
    return lookup;
}

EntryPtr EdgeCache::find_for(const ViewerRequest& request, const Lookup& lookup, Timestamp now) {
    if (!lookup.is_cacheable) return {};
    if (lookup.is_head) {
        auto entry = store_.find(key_of_get(lookup.key, *request.distribution));
        if (entry && entry->is_fresh(now)) return entry;
    }
    return store_.find(lookup.key);
}

Decision EdgeCache::begin(
    const ViewerRequest& request,
    const Lookup& lookup,
    const EdgeIdentity& identity,
    Timestamp now,
    Collapsing collapsing
) {
    if (lookup.settled) return *lookup.settled;

    auto entry = find_for(request, lookup, now);
    if (entry) {
        const auto result = entry->result();
        if (entry->is_fresh(now)) return Serve{entry, result, entry->age(now), {}};
        // RFC 5861 3: "caches MAY serve the response … after it becomes stale, up to the indicated
        // number of seconds", and revalidate meanwhile.
        if (!entry->forbids_stale && now < entry->fresh_until + entry->stale_while_revalidate) {
            Serve serve{entry, result, entry->age(now), {}};
            if (!collapsing_.contains(lookup.key))
                serve.refresh = start_fetch(request, lookup, entry, identity, Collapsing::allowed);
            return serve;
        }
    }
    if (lookup.is_cacheable && collapsing == Collapsing::allowed) {
        const auto flight = collapsing_.find(lookup.key);
        if (flight != collapsing_.end()) return Wait{flight->second};
    }
    return start_fetch(request, lookup, std::move(entry), identity, collapsing);
}

Fetch EdgeCache::start_fetch(
    const ViewerRequest& request,
    const Lookup& lookup,
    EntryPtr stale,
    const EdgeIdentity& identity,
    Collapsing collapsing
) {
    const auto& distribution = *request.distribution;
    const RequestContext
        context{distribution, *lookup.behavior, request.head, request.viewer, identity};
    const auto purpose =
        lookup.is_cacheable ? OriginRequestPurpose::fill : OriginRequestPurpose::relay;
    Fetch fetch{
        ++last_fetch_,
        lookup.is_cacheable ? FetchReason::miss : FetchReason::not_cached,
        origin_request(context, lookup.path, purpose),
        request.distribution,
    };
    Flight flight{
        .key = lookup.key,
        .distribution = request.distribution,
        .behavior = lookup.behavior,
        .request = request.head,
        .viewer = request.viewer,
        .object_path = object_path(request, *lookup.behavior, lookup.path),
        .stale = std::move(stale),
        .is_cacheable = lookup.is_cacheable,
    };
    if (flight.stale && flight.stale->has_validator() && !flight.stale->is_error) {
        fetch.reason = FetchReason::revalidation;
        flight.is_conditional = true;
        add_validators(fetch.request.head.headers, *flight.stale);
    }
    if (lookup.is_cacheable && collapsing == Collapsing::allowed && may_collapse(*lookup.behavior))
        collapsing_.emplace(lookup.key, fetch.id);
    flights_.emplace(fetch.id, std::move(flight));
    return fetch;
}

std::size_t EdgeCache::invalidate(const Distribution& distribution, std::string_view path) {
    const std::string root_object = "/" + distribution.default_root_object;
    const auto is_covered = [&](std::string_view distribution_id, std::string_view object) {
        if (distribution_id != distribution.id) return false;
        // UNKNOWN: whether "/" alone also removes the default root object; here it does.
        return invalidation_matches(path, object) || (path == "/" && object == root_object);
    };
    for (auto& [id, flight] : flights_) {
        if (is_covered(flight.distribution->id, flight.object_path)) flight.is_invalidated = true;
    }
    std::erase_if(collapsing_, [&](const auto& waiting) {
        return flights_.at(waiting.second).is_invalidated;
    });
    return store_.erase_if([&](const Entry& entry) {
        return is_covered(entry.distribution_id, entry.object_path);
    });
}

void EdgeCache::end(FetchId fetch) {
    const auto flight = flights_.find(fetch);
    if (flight == flights_.end()) return;
    const auto waited_for = collapsing_.find(flight->second.key);
    if (waited_for != collapsing_.end() && waited_for->second == fetch)
        collapsing_.erase(waited_for);
    flights_.erase(flight);
}

} // namespace diorama::cloudfront
