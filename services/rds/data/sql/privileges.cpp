// Levels, names and the text of grants.
#include "services/rds/data/sql/privileges.hpp"

#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace diorama::rds::sql {

namespace {

constexpr std::array<std::string_view, 31> names = {
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "RELOAD",
    "SHUTDOWN",
    "PROCESS",
    "FILE",
    "REFERENCES",
    "INDEX",
    "ALTER",
    "SHOW DATABASES",
    "SUPER",
    "CREATE TEMPORARY TABLES",
    "LOCK TABLES",
    "EXECUTE",
    "REPLICATION SLAVE",
    "REPLICATION CLIENT",
    "CREATE VIEW",
    "SHOW VIEW",
    "CREATE ROUTINE",
    "ALTER ROUTINE",
    "CREATE USER",
    "EVENT",
    "TRIGGER",
    "CREATE TABLESPACE",
    "CREATE ROLE",
    "DROP ROLE",
    "GRANT OPTION",
};

constexpr Privileges of_tables = {
    Privilege::select,
    Privilege::insert,
    Privilege::update,
    Privilege::remove,
    Privilege::create,
    Privilege::drop,
    Privilege::references,
    Privilege::index,
    Privilege::alter,
    Privilege::create_view,
    Privilege::show_view,
    Privilege::trigger,
};

constexpr Privileges of_columns =
    {Privilege::select, Privilege::insert, Privilege::update, Privilege::references};

constexpr Privileges of_routines = {Privilege::execute, Privilege::alter_routine};

constexpr Privileges of_databases = of_tables.with({
    Privilege::create_temporary_tables,
    Privilege::lock_tables,
    Privilege::execute,
    Privilege::create_routine,
    Privilege::alter_routine,
    Privilege::event,
});

// MySQL: `%` and `_` in the name of a database stand for other letters, unless escaped.
bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern[0] == '%') {
        for (std::size_t i = 0; i <= name.size(); ++i)
            if (matches(pattern.substr(1), name.substr(i))) return true;
        return false;
    }
    const bool is_escaped = pattern[0] == '\\' && pattern.size() > 1;
    if (is_escaped) pattern.remove_prefix(1);
    if (name.empty() || (pattern[0] != name[0] && (is_escaped || pattern[0] != '_'))) return false;
    return matches(pattern.substr(1), name.substr(1));
}

std::string backquoted(std::string_view name) {
    return fmt::format("`{}`", name);
}

} // namespace

std::string quoted(const AccountName& name) {
    return backquoted(name.user) + "@" + backquoted(name.host);
}

std::string in_quotes(const AccountName& name) {
    return fmt::format("'{}'@'{}'", name.user, name.host);
}

AccountName account_in(std::string_view text) {
    const auto part = [](std::string_view quoted) {
        const bool is_quoted = quoted.size() > 1 && quoted.find_first_of("`'\"") == 0;
        return std::string(is_quoted ? quoted.substr(1, quoted.size() - 2) : quoted);
    };
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return {part(text)};
    return {part(text.substr(0, at)), part(text.substr(at + 1))};
}

std::vector<AccountName> accounts_in(std::string_view list) {
    std::vector<AccountName> accounts;
    while (!list.empty()) {
        auto one = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
        while (one.starts_with(' '))
            one.remove_prefix(1);
        while (one.ends_with(' '))
            one.remove_suffix(1);
        if (!one.empty()) accounts.push_back(account_in(one));
    }
    return accounts;
}

namespace {

std::optional<std::uint32_t> address_in(std::string_view text) {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        unsigned number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc{} || number > 255) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        address = address << 8 | number;
        if (part == 3) break;
        if (!text.starts_with('.')) return std::nullopt;
        text.remove_prefix(1);
    }
    return text.empty() ? std::optional(address) : std::nullopt;
}

// "198.51.100.0/255.255.255.0" and "198.51.100.0/24"
std::optional<bool> network_matches(std::string_view pattern, std::string_view host) {
    const auto slash = pattern.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto base = address_in(pattern.substr(0, slash));
    const auto rest = pattern.substr(slash + 1);
    auto mask = address_in(rest);
    unsigned bits = 0;
    constexpr unsigned most = 32;
    if (!mask && std::from_chars(rest.data(), rest.data() + rest.size(), bits).ec == std::errc{} &&
        bits <= most)
        mask = bits == 0 ? 0 : ~std::uint32_t{0} << (most - bits);
    const auto address = address_in(host);
    return base && mask && address && (*address & *mask) == *base;
}

} // namespace

bool host_matches(std::string_view pattern, std::string_view host) {
    if (const auto network = network_matches(pattern, host)) return *network;
    if (pattern.empty()) return true;
    return matches(lower_case(pattern), lower_case(host));
}

// MySQL 8.0.23: exact names and addresses, then networks by their masks, then patterns by what
// stands before the first wildcard, then the empty one.
bool is_more_specific(std::string_view pattern, std::string_view other) {
    const auto rank = [](std::string_view text) {
        if (text.empty()) return std::pair<int, std::size_t>(3, 0);
        const auto wildcard = text.find_first_of("%_");
        const bool is_network = text.find('/') != std::string_view::npos;
        if (wildcard != std::string_view::npos)
            return std::pair<int, std::size_t>(2, 255 - std::min<std::size_t>(wildcard, 255));
        return std::pair<int, std::size_t>(is_network ? 1 : 0, 0);
    };
    return rank(pattern) < rank(other);
}

Privileges all_privileges(const GrantLevel& level) {
    if (!level.routine.empty()) return of_routines;
    if (!level.column.empty()) return of_columns;
    if (!level.table.empty()) return of_tables;
    if (!level.schema.empty()) return of_databases;
    constexpr auto count = names.size() - 1; // all but GRANT OPTION
    return Privileges::of_bits((std::uint64_t{1} << count) - 1);
}

Privileges master_privileges() {
    return of_databases.with({
        Privilege::reload,
        Privilege::process,
        Privilege::show_databases,
        Privilege::replication_slave,
        Privilege::replication_client,
        Privilege::create_user,
        Privilege::create_role,
        Privilege::drop_role,
        Privilege::grant_option,
    });
}

std::string_view privilege_name(Privilege privilege) {
    return names[static_cast<std::size_t>(privilege)];
}

std::optional<Privilege> find_privilege(std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Privilege>(found - names.begin());
}

Privileges Grants::at(const GrantLevel& level) const {
    const auto found = levels_.find(level);
    return found == levels_.end() ? Privileges() : found->second;
}

Privileges Grants::effective(const GrantLevel& level) const {
    Privileges privileges;
    for (const auto& [given, held] : levels_) {
        const bool is_of_table =
            given.table.empty() || (given.table == level.table && given.routine == level.routine &&
                                    (given.column.empty() || given.column == level.column));
        // MySQL: names of databases are patterns only where all of the database is meant.
        const bool is_of_schema = given.table.empty() ? matches(given.schema, level.schema)
                                                      : given.schema == level.schema;
        const bool holds = given.schema.empty() || (is_of_schema && is_of_table);
        if (holds) privileges = privileges.with(held);
    }
    return privileges;
}

bool Grants::allows(Privilege privilege, const GrantLevel& level) const {
    return at({}).has(privilege) || effective(level).has(privilege);
}

bool Grants::allows(Privilege privilege, std::string_view schema, std::string_view table) const {
    return allows(privilege, {std::string(schema), std::string(table)});
}

bool Grants::has_columns(Privilege privilege, std::string_view schema, std::string_view table)
    const {
    return std::any_of(levels_.begin(), levels_.end(), [&](const auto& each) {
        const auto& [given, held] = each;
        return !given.column.empty() && given.schema == schema && given.table == table &&
               held.has(privilege);
    });
}

bool Grants::sees(std::string_view schema, std::string_view table) const {
    const auto of_server = all_privileges({"d", ""}).with({Privilege::show_databases});
    for (const auto& [given, held] : levels_) {
        if (held.is_empty()) continue;
        if (given.schema.empty()) {
            if ((held.bits() & of_server.bits()) != 0) return true;
            continue;
        }
        const bool is_of_table =
            table.empty() || given.table.empty() || (given.table == table && given.routine.empty());
        const bool is_of_schema =
            given.table.empty() ? matches(given.schema, schema) : given.schema == schema;
        if (is_of_schema && is_of_table) return true;
    }
    return false;
}

void Grants::set(const GrantLevel& level, Privileges privileges) {
    if (privileges.is_empty())
        levels_.erase(level);
    else
        levels_[level] = privileges;
}

void Grants::add(const Grants& others) {
    for (const auto& [level, held] : others.levels_)
        set(level, at(level).with(held));
    is_role_admin = is_role_admin || others.is_role_admin;
}

void Grants::clear_privileges() {
    levels_.clear();
    is_role_admin = false;
}

// "SELECT, INSERT (`a`, `b`), UPDATE"
std::string Grants::listed(const GrantLevel& level, Privileges held) const {
    const bool may_be_all = !level.schema.empty() && level.routine.empty();
    if (may_be_all && held.has_all(all_privileges(level))) return "ALL PRIVILEGES";
    std::string list;
    const auto add = [&](std::string_view text) {
        list += (list.empty() ? "" : ", ") + std::string(text);
    };
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        const auto privilege = static_cast<Privilege>(i);
        if (held.has(privilege)) add(names[i]);
        std::string columns;
        if (!level.table.empty() && level.routine.empty())
            for (const auto& [given, of_column] : levels_)
                if (given.schema == level.schema && given.table == level.table &&
                    !given.column.empty() && of_column.has(privilege))
                    columns += (columns.empty() ? "" : ", ") + backquoted(given.column);
        if (!columns.empty()) add(fmt::format("{} ({})", names[i], columns));
    }
    return list.empty() ? "USAGE" : list;
}

std::vector<std::string> Grants::text(const AccountName& name) const {
    std::vector<std::string> lines;
    const auto line = [&](const GrantLevel& level, Privileges held) {
        lines.push_back(fmt::format(
            "GRANT {} ON {}{}.{} TO {}{}",
            listed(level, held),
            level.routine.empty() ? "" : level.routine + " ",
            level.schema.empty() ? "*" : backquoted(level.schema),
            level.table.empty() ? "*" : backquoted(level.table),
            quoted(name),
            held.has(Privilege::grant_option) ? " WITH GRANT OPTION" : ""
        ));
    };
    line({}, at({}));
    if (is_role_admin)
        lines.push_back(fmt::format(
            "GRANT ROLE_ADMIN ON *.* TO {}{}",
            quoted(name),
            at({}).has(Privilege::grant_option) ? " WITH GRANT OPTION" : ""
        ));
    std::map<GrantLevel, Privileges> tables;
    for (const auto& [level, held] : levels_) {
        if (level.schema.empty() || !level.routine.empty()) continue;
        if (level.table.empty())
            line(level, held);
        else if (level.column.empty())
            tables[level] = held;
        else
            tables.try_emplace({level.schema, level.table});
    }
    for (const auto& [level, held] : tables)
        line(level, held);
    for (const auto& [level, held] : levels_)
        if (!level.routine.empty()) line(level, held);
    for (const bool with_admin : {false, true}) {
        std::string list;
        for (const auto& [role, is_admin] : roles)
            if (is_admin == with_admin) list += (list.empty() ? "" : ",") + quoted(role);
        if (!list.empty())
            lines.push_back(fmt::format(
                "GRANT {} TO {}{}",
                list,
                quoted(name),
                with_admin ? " WITH ADMIN OPTION" : ""
            ));
    }
    return lines;
}

} // namespace diorama::rds::sql
