// The idle connections of a thread; see upstream_connection.hpp.
#include "emulator/http/limits.hpp"
#include "emulator/http/upstream_connection.hpp"

#include <utility>

namespace diorama::http {

std::shared_ptr<UpstreamConnection> UpstreamPool::take(const PoolKey& key, Timestamp now) {
    const auto found = idle_.find(key);
    if (found == idle_.end()) return nullptr;
    auto& connections = found->second;
    while (!connections.empty()) {
        auto connection = std::move(connections.back());
        connections.pop_back();
        if (connection->may_be_used_at(now)) return connection;
        connection->close();
    }
    return nullptr;
}

void UpstreamPool::keep(const PoolKey& key, std::shared_ptr<UpstreamConnection> connection) {
    auto& connections = idle_[key];
    connections.push_back(std::move(connection));
    if (connections.size() <= limits::idle_connections_max) return;
    const auto oldest = std::move(connections.front());
    connections.erase(connections.begin());
    oldest->close();
}

void UpstreamPool::forget(const PoolKey& key, const UpstreamConnection& connection) {
    const auto found = idle_.find(key);
    if (found == idle_.end()) return;
    std::erase_if(found->second, [&](const auto& idle) { return idle.get() == &connection; });
    if (found->second.empty()) idle_.erase(found);
}

} // namespace diorama::http
