// The users of an instance and what they may do.
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/engine.hpp"

namespace diorama::rds {

using sql::prepare_sqlite;

void Engine::put_user(const std::string& user, const std::string& password) {
    put_user_record(
        user,
        UserRecord{mysql::native_verifier(password), mysql::sha2_verifier(password)}
    );
    sql::Grants grants;
    grants.set({}, sql::master_privileges());
    put_grants(user, std::move(grants));
}

void Engine::put_user_record(
    const std::string& user,
    std::optional<UserRecord> record,
    sqlite3* connection
) {
    const std::lock_guard lock(mutex_);
    cached_users_.erase(user);
    if (record)
        users_[user] = *record;
    else
        users_.erase(user);
    // DIFFERS: users are not part of the change log; whoever makes a replica copies them.
    auto statement = prepare_sqlite(
        connection == nullptr ? keeper_.get() : connection,
        record ? "INSERT OR REPLACE INTO mysql_users VALUES(?1,?2,?3)"
               : "DELETE FROM mysql_users WHERE name=?1"
    );
    sqlite3_bind_text(statement.get(), 1, user.c_str(), -1, SQLITE_STATIC);
    if (record) {
        sqlite3_bind_blob64(
            statement.get(),
            2,
            record->native_verifier.data(),
            record->native_verifier.size(),
            SQLITE_STATIC
        );
        sqlite3_bind_blob64(
            statement.get(),
            3,
            record->sha2_verifier.data(),
            record->sha2_verifier.size(),
            SQLITE_STATIC
        );
    }
    if (sqlite3_step(statement.get()) != SQLITE_DONE)
        throw sql::internal_error("the user could not be stored");
}

std::optional<UserRecord> Engine::find_user(const std::string& user) const {
    const std::lock_guard lock(mutex_);
    const auto found = users_.find(user);
    return found == users_.end() ? std::nullopt : std::optional(found->second);
}

bool Engine::is_cached(const std::string& user) const {
    const std::lock_guard lock(mutex_);
    return cached_users_.contains(user);
}

void Engine::cache_user(const std::string& user) {
    const std::lock_guard lock(mutex_);
    cached_users_.insert(user);
}

std::vector<std::string> Engine::users() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, record] : users_)
        names.push_back(name);
    return names;
}

std::shared_ptr<const sql::Grants> Engine::grants_of(const std::string& user) const {
    const std::lock_guard lock(mutex_);
    const auto found = grants_.find(user);
    return found == grants_.end() ? nullptr : found->second;
}

void Engine::put_grants(
    const std::string& user,
    std::optional<sql::Grants> grants,
    sqlite3* connection
) {
    const std::lock_guard lock(mutex_);
    auto* sqlite = connection == nullptr ? keeper_.get() : connection;
    auto forget = prepare_sqlite(sqlite, "DELETE FROM mysql_grants WHERE user=?1");
    const auto name = sql::Value::text(user);
    sql::bind_value(forget.get(), 1, name);
    sqlite3_step(forget.get());
    if (!grants) {
        grants_[user] = std::make_shared<const sql::Grants>(); // a session of it may still be there
        if (!users_.contains(user)) grants_.erase(user);
        return;
    }
    auto insert = prepare_sqlite(sqlite, "INSERT INTO mysql_grants VALUES(?1,?2,?3,?4)");
    auto kept = *grants;
    // The level of the server is kept even when it is empty: the user is known to have nothing.
    auto levels = kept.levels();
    levels.try_emplace({});
    for (const auto& [level, privileges] : levels) {
        const sql::Resetting resetting(insert.get());
        const auto schema = sql::Value::text(level.schema);
        const auto table = sql::Value::text(level.table);
        sql::bind_value(insert.get(), 1, name);
        sql::bind_value(insert.get(), 2, schema);
        sql::bind_value(insert.get(), 3, table);
        sqlite3_bind_int64(insert.get(), 4, static_cast<std::int64_t>(privileges.bits()));
        if (sqlite3_step(insert.get()) != SQLITE_DONE)
            throw sql::internal_error("the privileges could not be stored");
    }
    grants_[user] = std::make_shared<const sql::Grants>(std::move(kept));
}

void Engine::load_grants() {
    std::map<std::string, sql::Grants> all;
    auto rows =
        prepare_sqlite(keeper_.get(), "SELECT user, schema, name, privileges FROM mysql_grants");
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
        const auto text = [&](int column) {
            return std::string(sql::column_value(rows.get(), column).bytes);
        };
        const auto bits = static_cast<std::uint64_t>(sqlite3_column_int64(rows.get(), 3));
        all[text(0)].set({text(1), text(2)}, sql::Privileges::of_bits(bits));
    }
    for (const auto& [user, record] : users_) {
        // Files from before there were privileges: every user could do everything.
        if (!all.contains(user)) all[user].set({}, sql::master_privileges());
        grants_[user] = std::make_shared<const sql::Grants>(all[user]);
    }
}

} // namespace diorama::rds
