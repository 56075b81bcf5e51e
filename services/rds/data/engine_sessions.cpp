// The sessions of an instance: how many there may be, who they are, and how one is ended.
#include "services/rds/data/engine.hpp"

#include <fmt/core.h>

namespace diorama::rds {

using sql::SQLError;

// MySQL: max_connections; who comes too late is told so instead of being greeted.
bool Engine::enter() {
    const auto most = global_number("max_connections", 0);
    const std::lock_guard lock(mutex_);
    if (entered_ >= most) return false;
    ++entered_;
    return true;
}

void Engine::leave() {
    const std::lock_guard lock(mutex_);
    --entered_;
}

std::optional<SQLError> Engine::refuse_prepared() const {
    const auto most = global_number("max_prepared_stmt_count", 0);
    if (counters.prepared_statements < most) return std::nullopt;
    return SQLError{
        1461,
        "42000",
        fmt::format(
            "Can't create more than max_prepared_stmt_count statements (current value: {})",
            most
        )
    };
}

// MySQL: max_user_connections; 0 is no limit.
void Engine::check_user_connections(const std::string& user) const {
    const auto found = global_variables_.find("max_user_connections");
    const auto most =
        found == global_variables_.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
    if (most == 0) return;
    std::int64_t open = 0;
    for (const auto& [id, session] : sessions_)
        if (session.user == user) ++open;
    if (open < most) return;
    throw SQLError{
        1203,
        "42000",
        fmt::format("User {} already has more than 'max_user_connections' active connections", user)
    };
}

std::uint32_t Engine::new_connection_id() {
    const std::lock_guard lock(mutex_);
    return next_connection_id_++;
}

std::unique_ptr<sql::Connection> Engine::connect(
    const std::string& user,
    const std::string& host,
    std::optional<std::uint32_t> known
) {
    std::unique_lock lock(mutex_);
    const auto id = known ? *known : next_connection_id_++;
    sql::Context context(random_.fork(fmt::format("connection {}", id)));
    context.connection_id = id;
    context.user = user;
    context.host = host;
    const auto account = account_among(user, host);
    context.may_do_everything = !account;
    if (account) {
        context.account_host = account->host;
        context.roles = first_roles(*account);
        context.must_change_password = users_.at(*account).is_expired;
    }
    if (known) check_user_connections(user);
    sessions_[id] = {id, user, host, {}, {}};
    lock.unlock();
    return std::make_unique<sql::Connection>(*this, std::move(context));
}

Random Engine::fork_random(std::string_view name) {
    const std::lock_guard lock(mutex_);
    return Random(random_.next()).fork(name);
}

void Engine::session_opened(std::uint32_t id, sql::Connection& connection) {
    const std::lock_guard lock(mutex_);
    connections_[id] = &connection;
}

void Engine::session_closed(std::uint32_t id) {
    release_named_locks(id);
    const std::lock_guard lock(mutex_);
    sessions_.erase(id);
    connections_.erase(id);
}

bool Engine::kill(std::uint32_t id, bool is_query_only) {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(id);
    if (found == connections_.end()) return false;
    found->second->kill(is_query_only);
    return true;
}

std::vector<Engine::SessionEntry> Engine::sessions() const {
    const std::lock_guard lock(mutex_);
    std::vector<SessionEntry> list;
    for (const auto& [id, session] : sessions_)
        list.push_back(session);
    return list;
}

void Engine::session_uses(std::uint32_t id, const std::string& database) {
    const std::lock_guard lock(mutex_);
    if (const auto found = sessions_.find(id); found != sessions_.end())
        found->second.database = database;
}

void Engine::session_says(
    std::uint32_t id,
    std::vector<std::pair<std::string, std::string>> attributes
) {
    const std::lock_guard lock(mutex_);
    if (const auto found = sessions_.find(id); found != sessions_.end())
        found->second.attributes = std::move(attributes);
}

} // namespace diorama::rds
