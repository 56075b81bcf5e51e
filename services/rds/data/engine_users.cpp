// The accounts of an instance, users and roles, and what they may do. Each is kept as one document.
#include "emulator/aws/checksum.hpp"
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/engine.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::rds {

using sql::AccountName;
using sql::prepare_sqlite;

namespace {

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(
            static_cast<char>(std::strtoul(std::string(text.substr(i, 2)).c_str(), nullptr, 16))
        );
    return bytes;
}

std::string definition_of(const UserRecord& record, const sql::Grants& grants) {
    auto levels = nlohmann::json::array();
    for (const auto& [level, held] : grants.levels())
        levels.push_back({level.schema, level.table, level.routine, level.column, held.bits()});
    auto roles = nlohmann::json::array();
    for (const auto& [role, with_admin] : grants.roles)
        roles.push_back({role.user, role.host, with_admin});
    auto defaults = nlohmann::json::array();
    for (const auto& role : grants.default_roles)
        defaults.push_back({role.user, role.host});
    const nlohmann::json document = {
        {"native", aws::hex(record.native_verifier)},
        {"sha2", aws::hex(record.sha2_verifier)},
        {"locked", record.is_locked},
        {"expired", record.is_expired},
        {"levels", levels},
        {"roles", roles},
        {"default_roles", defaults},
        {"role_admin", grants.is_role_admin}
    };
    return document.dump();
}

std::pair<UserRecord, sql::Grants> account_of(const std::string& definition) {
    const auto document = nlohmann::json::parse(definition);
    std::pair<UserRecord, sql::Grants> account;
    auto& [record, grants] = account;
    record.native_verifier = from_hex(document.at("native").get<std::string>());
    record.sha2_verifier = from_hex(document.at("sha2").get<std::string>());
    record.is_locked = document.at("locked");
    record.is_expired = document.at("expired");
    for (const auto& level : document.at("levels"))
        grants.set(
            {level[0], level[1], level[2], level[3]},
            sql::Privileges::of_bits(level[4].get<std::uint64_t>())
        );
    for (const auto& role : document.at("roles"))
        grants.roles[{role[0], role[1]}] = role[2];
    for (const auto& role : document.at("default_roles"))
        grants.default_roles.insert({role[0], role[1]});
    grants.is_role_admin = document.at("role_admin");
    return account;
}

sql::Grants master_grants() {
    sql::Grants grants;
    grants.set({}, sql::master_privileges());
    grants.is_role_admin = true;
    return grants;
}

} // namespace

void Engine::put_user(const std::string& user, const std::string& password) {
    put_user_record(
        {user},
        UserRecord{mysql::native_verifier(password), mysql::sha2_verifier(password)}
    );
    put_grants({user}, master_grants());
}

// DIFFERS: accounts are not part of the change log; whoever makes a replica copies them.
void Engine::store_account(const AccountName& name, sqlite3* connection) {
    const auto record = users_.find(name);
    auto statement = prepare_sqlite(
        connection == nullptr ? keeper_.get() : connection,
        record != users_.end() ? "INSERT OR REPLACE INTO mysql_accounts VALUES(?1,?2,?3)"
                               : "DELETE FROM mysql_accounts WHERE user=?1 AND host=?2"
    );
    const auto bind = [&](int place, const std::string& text) {
        sqlite3_bind_text(statement.get(), place, text.c_str(), -1, SQLITE_TRANSIENT);
    };
    bind(1, name.user);
    bind(2, name.host);
    if (record != users_.end()) {
        const auto grants = grants_.find(name);
        const bool has_grants = grants != grants_.end();
        bind(3, definition_of(record->second, has_grants ? *grants->second : sql::Grants()));
    }
    if (sqlite3_step(statement.get()) != SQLITE_DONE)
        throw sql::internal_error("the account could not be stored");
}

void Engine::put_user_record(
    const AccountName& name,
    std::optional<UserRecord> record,
    sqlite3* connection
) {
    const std::lock_guard lock(mutex_);
    cached_users_.erase(name);
    if (record)
        users_[name] = std::move(*record);
    else
        users_.erase(name);
    store_account(name, connection);
}

void Engine::put_grants(
    const AccountName& name,
    std::optional<sql::Grants> grants,
    sqlite3* connection
) {
    const std::lock_guard lock(mutex_);
    if (grants)
        grants_[name] = std::make_shared<const sql::Grants>(std::move(*grants));
    else
        grants_.erase(name);
    store_account(name, connection);
}

std::optional<UserRecord> Engine::find_user(const AccountName& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = users_.find(name);
    return found == users_.end() ? std::nullopt : std::optional(found->second);
}

// MySQL: the most specific host decides. Whoever comes over the loopback is at localhost, too.
std::optional<AccountName>
Engine::account_among(const std::string& user, std::string_view client_host) const {
    const bool is_loopback =
        client_host.starts_with("127.") || client_host == "localhost" || client_host == "::1";
    const auto matches = [&](std::string_view pattern) {
        if (sql::host_matches(pattern, client_host)) return true;
        return is_loopback &&
               (sql::host_matches(pattern, "localhost") || sql::host_matches(pattern, "127.0.0.1"));
    };
    const AccountName* best = nullptr;
    for (const auto& [name, record] : users_) {
        if (name.user != user || !matches(name.host)) continue;
        if (best == nullptr || sql::is_more_specific(name.host, best->host)) best = &name;
    }
    return best == nullptr ? std::nullopt : std::optional(*best);
}

std::optional<AccountName>
Engine::account_for(const std::string& user, std::string_view client_host) const {
    const std::lock_guard lock(mutex_);
    return account_among(user, client_host);
}

bool Engine::is_cached(const AccountName& name) const {
    const std::lock_guard lock(mutex_);
    return cached_users_.contains(name);
}

void Engine::cache_user(const AccountName& name) {
    const std::lock_guard lock(mutex_);
    cached_users_.insert(name);
}

std::vector<AccountName> Engine::users() const {
    const std::lock_guard lock(mutex_);
    std::vector<AccountName> names;
    for (const auto& [name, record] : users_)
        names.push_back(name);
    return names;
}

std::shared_ptr<const sql::Grants> Engine::grants_of(const AccountName& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = grants_.find(name);
    return found == grants_.end() ? nullptr : found->second;
}

std::vector<AccountName> Engine::mandatory_roles() const {
    const auto variables = global_variables();
    const auto found = variables.find("mandatory_roles");
    if (found == variables.end() || found->second.empty()) return {};
    auto roles = sql::accounts_in(found->second);
    std::erase_if(roles, [this](const AccountName& role) { return !find_user(role); });
    return roles;
}

std::vector<AccountName> Engine::granted_roles(const AccountName& name) const {
    std::vector<AccountName> roles;
    if (const auto own = grants_.find(name); own != grants_.end())
        for (const auto& [role, with_admin] : own->second->roles)
            if (users_.contains(role)) roles.push_back(role);
    const auto mandatory = global_variables_.find("mandatory_roles");
    if (mandatory != global_variables_.end() && !mandatory->second.empty())
        for (auto& role : sql::accounts_in(mandatory->second)) {
            const bool is_new = std::find(roles.begin(), roles.end(), role) == roles.end();
            if (users_.contains(role) && role != name && is_new) roles.push_back(std::move(role));
        }
    std::sort(roles.begin(), roles.end());
    return roles;
}

std::vector<AccountName> Engine::roles_of(const AccountName& name) const {
    const std::lock_guard lock(mutex_);
    return granted_roles(name);
}

bool Engine::is_on(std::string_view variable) const {
    const auto found = global_variables_.find(variable);
    return found != global_variables_.end() && found->second == "ON";
}

std::vector<AccountName> Engine::first_roles(const AccountName& name) const {
    auto roles = granted_roles(name);
    if (is_on("activate_all_roles_on_login")) return roles;
    const auto own = grants_.find(name);
    std::erase_if(roles, [&](const AccountName& role) {
        return own == grants_.end() || !own->second->default_roles.contains(role);
    });
    return roles;
}

std::vector<AccountName> Engine::first_roles_of(const AccountName& name) const {
    const std::lock_guard lock(mutex_);
    return first_roles(name);
}

std::shared_ptr<const sql::Grants>
Engine::rights_of(const AccountName& name, const std::vector<AccountName>& roles) const {
    const std::lock_guard lock(mutex_);
    const auto own = grants_.find(name);
    if (own == grants_.end()) return nullptr;
    if (roles.empty()) return own->second;
    const auto granted = granted_roles(name);
    std::vector<AccountName> active;
    for (const auto& role : roles)
        if (std::find(granted.begin(), granted.end(), role) != granted.end())
            active.push_back(role);
    auto all = *own->second;
    for (std::size_t i = 0; i < active.size(); ++i) { // it grows by what roles bring along
        const auto found = grants_.find(active[i]);
        if (found == grants_.end()) continue;
        all.add(*found->second);
        for (const auto& [role, with_admin] : found->second->roles)
            if (std::find(active.begin(), active.end(), role) == active.end())
                active.push_back(role);
    }
    return std::make_shared<const sql::Grants>(std::move(all));
}

// Files from before there were hosts and roles.
void Engine::take_over_users() {
    const auto has = [this](const char* table) {
        auto found = prepare_sqlite(
            keeper_.get(),
            fmt::format("SELECT 1 FROM sqlite_master WHERE name='{}'", table)
        );
        return sqlite3_step(found.get()) == SQLITE_ROW;
    };
    if (!has("mysql_users")) return;
    const auto text = [](const sql::StatementPtr& rows, int column) {
        return std::string(sql::column_value(rows.get(), column).bytes);
    };
    std::map<std::string, sql::Grants> grants;
    if (has("mysql_grants")) {
        auto rows = prepare_sqlite(
            keeper_.get(),
            "SELECT user, schema, name, privileges FROM mysql_grants"
        );
        while (sqlite3_step(rows.get()) == SQLITE_ROW) {
            const auto bits = static_cast<std::uint64_t>(sqlite3_column_int64(rows.get(), 3));
            const auto held = sql::Privileges::of_bits(bits);
            auto& all = grants[text(rows, 0)];
            all.set({text(rows, 1), text(rows, 2)}, held);
            all.is_role_admin = all.is_role_admin || held.has(sql::Privilege::create_role);
        }
    }
    {
        auto rows = prepare_sqlite(keeper_.get(), "SELECT name, native, sha2 FROM mysql_users");
        while (sqlite3_step(rows.get()) == SQLITE_ROW) {
            const AccountName name{text(rows, 0)};
            users_[name] = {.native_verifier = text(rows, 1), .sha2_verifier = text(rows, 2)};
            // Before there were privileges every user could do everything.
            const auto found = grants.find(name.user);
            grants_[name] = std::make_shared<const sql::Grants>(
                found == grants.end() ? master_grants() : found->second
            );
        }
    }
    for (const auto& [name, record] : users_)
        store_account(name, nullptr);
    sql::execute_sqlite(keeper_.get(), "DROP TABLE IF EXISTS mysql_grants; DROP TABLE mysql_users");
}

void Engine::load_accounts() {
    auto rows = prepare_sqlite(keeper_.get(), "SELECT user, host, definition FROM mysql_accounts");
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
        const auto text = [&](int column) {
            return std::string(sql::column_value(rows.get(), column).bytes);
        };
        const AccountName name{text(0), text(1)};
        auto [record, grants] = account_of(text(2));
        users_[name] = std::move(record);
        grants_[name] = std::make_shared<const sql::Grants>(std::move(grants));
    }
    rows.reset();
    take_over_users();
}

} // namespace diorama::rds
