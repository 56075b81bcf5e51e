// Locks that sessions take by name: GET_LOCK, RELEASE_LOCK and their kin.
// https://dev.mysql.com/doc/refman/8.0/en/locking-functions.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"

namespace diorama::rds {

bool Engine::take_named_lock(const std::string& name, std::uint32_t session) {
    const std::lock_guard lock(mutex_);
    auto& named = named_locks_[sql::lower_case(name)];
    if (named.times > 0 && named.session != session) return false;
    named.session = session;
    ++named.times;
    return true;
}

std::optional<bool> Engine::release_named_lock(const std::string& name, std::uint32_t session) {
    const std::lock_guard lock(mutex_);
    const auto found = named_locks_.find(sql::lower_case(name));
    if (found == named_locks_.end()) return std::nullopt;
    if (found->second.session != session) return false;
    if (--found->second.times == 0) named_locks_.erase(found);
    return true;
}

std::int64_t Engine::release_named_locks(std::uint32_t session) {
    const std::lock_guard lock(mutex_);
    std::int64_t released = 0;
    std::erase_if(named_locks_, [&](const auto& entry) {
        if (entry.second.session != session) return false;
        released += entry.second.times;
        return true;
    });
    return released;
}

std::optional<std::uint32_t> Engine::named_lock_holder(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = named_locks_.find(sql::lower_case(name));
    return found == named_locks_.end() ? std::nullopt : std::optional(found->second.session);
}

} // namespace diorama::rds
