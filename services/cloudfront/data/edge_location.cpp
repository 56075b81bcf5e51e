// See edge_location.hpp.
#include "services/cloudfront/data/edge_location.hpp"

namespace diorama::cloudfront {

namespace {

void call_all(const std::vector<std::function<void()>>& callbacks) {
    for (const auto& callback : callbacks)
        callback();
}

} // namespace

EdgeLocation::EdgeLocation(std::string name, Random random, std::size_t capacity)
    : name_(std::move(name))
    , random_(std::move(random))
    , cache_(capacity) {
    via_ = "1.1 " + random_.hex(32) + ".cloudfront.net (CloudFront)";
}

EdgeIdentity EdgeLocation::new_identity() {
    constexpr std::string_view base64url =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::lock_guard lock(mutex_);
    return {via_, name_, random_.text(54, base64url) + "=="};
}

Decision EdgeLocation::begin(
    const ViewerRequest& request,
    const Lookup& lookup,
    const EdgeIdentity& identity,
    Timestamp now,
    Collapsing collapsing,
    std::function<void()> resume
) {
    const std::lock_guard lock(mutex_);
    auto decision = cache_.begin(request, lookup, identity, now, collapsing);
    if (const auto* wait = std::get_if<Wait>(&decision))
        waiting_[wait->behind].push_back(std::move(resume));
    return decision;
}

EdgeLocation::Waiting EdgeLocation::released(FetchId fetch) {
    if (cache_.is_in_flight(fetch)) return {};
    const auto found = waiting_.find(fetch);
    if (found == waiting_.end()) return {};
    auto waiting = std::move(found->second);
    waiting_.erase(found);
    return waiting;
}

OriginVerdict EdgeLocation::origin_answered(
    FetchId fetch,
    const http::ResponseHead& head,
    const EdgeIdentity& identity,
    Timestamp now
) {
    std::unique_lock lock(mutex_);
    auto verdict = cache_.origin_answered(fetch, head, identity, now);
    const auto waiting = released(fetch);
    lock.unlock();
    call_all(waiting);
    return verdict;
}

EntryPtr
EdgeLocation::origin_completed(FetchId fetch, std::string body, std::uint64_t modelled_bytes) {
    std::unique_lock lock(mutex_);
    auto entry = cache_.origin_completed(fetch, std::move(body), modelled_bytes);
    const auto waiting = released(fetch);
    lock.unlock();
    call_all(waiting);
    return entry;
}

OriginVerdict EdgeLocation::origin_failed(
    FetchId fetch,
    OriginFailure failure,
    const EdgeIdentity& identity,
    Timestamp now
) {
    std::unique_lock lock(mutex_);
    auto verdict = cache_.origin_failed(fetch, failure, identity, now);
    const auto waiting = released(fetch);
    lock.unlock();
    call_all(waiting);
    return verdict;
}

void EdgeLocation::give_up(FetchId fetch) {
    std::unique_lock lock(mutex_);
    cache_.give_up(fetch);
    const auto waiting = released(fetch);
    lock.unlock();
    call_all(waiting);
}

std::size_t EdgeLocation::invalidate(const Distribution& distribution, std::string_view path) {
    const std::lock_guard lock(mutex_);
    return cache_.invalidate(distribution, path);
}

} // namespace diorama::cloudfront
