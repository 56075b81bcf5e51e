// See response_limiter.hpp.
#include "services/route53/data/response_limiter.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

// The networks that are counted: an IPv4 client's /24, an IPv6 client's /56.
std::uint64_t network_of(const network::IPAddress& client) {
    const std::size_t significant = client.is_v4() ? 3 : 7;
    std::uint64_t network = client.is_v4() ? 4 : 6;
    for (std::size_t i = 0; i < significant; ++i) {
        network = network << 8 | client.bytes()[i];
    }
    return network;
}

// Mixes the bits (splitmix64), so that neighbours are not neighbours in the table.
std::size_t place_of(std::uint64_t network) {
    network = (network ^ (network >> 30)) * 0xbf58476d1ce4e5b9;
    network = (network ^ (network >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::size_t>((network ^ (network >> 31)) % limits::limited_networks);
}

} // namespace

ResponseLimiter::ResponseLimiter()
    : buckets_(limits::limited_networks) {}

ResponseLimiter::Verdict ResponseLimiter::ask(const network::IPAddress& client, Timestamp now) {
    const auto network = network_of(client);
    auto& bucket = buckets_[place_of(network)];
    const double most = limits::responses_per_second;
    const auto passed = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.answers = std::min(most, bucket.answers + std::max(0.0, passed) * most);
    bucket.filled = now;
    // The place belongs to whoever comes when the one before has been quiet; until then they share.
    if (bucket.network != network && bucket.answers >= most) bucket = {network, now, most, 0};
    if (bucket.answers >= 1) {
        bucket.answers -= 1;
        return Verdict::send;
    }
    return ++bucket.refused % limits::truncated_of_refused == 0 ? Verdict::truncate : Verdict::drop;
}

} // namespace diorama::route53
