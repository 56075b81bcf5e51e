// What accounts may do: privileges at the levels of the server, a database, a table, a column and a
// routine, and the roles that bring others along.
// https://dev.mysql.com/doc/refman/8.0/en/privileges-provided.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::rds::sql {

enum class Privilege : std::uint8_t { // in the order SHOW GRANTS lists them
    select,
    insert,
    update,
    remove, // DELETE
    create,
    drop,
    reload,
    shutdown,
    process,
    file,
    references,
    index,
    alter,
    show_databases,
    super,
    create_temporary_tables,
    lock_tables,
    execute,
    replication_slave,
    replication_client,
    create_view,
    show_view,
    create_routine,
    alter_routine,
    create_user,
    event,
    trigger,
    create_tablespace,
    create_role,
    drop_role,
    grant_option, // listed as WITH GRANT OPTION
};

class Privileges {
public:
    constexpr Privileges() = default;

    constexpr Privileges(std::initializer_list<Privilege> list) {
        for (const auto privilege : list)
            bits_ |= bit(privilege);
    }

    static constexpr Privileges of_bits(std::uint64_t bits) {
        Privileges set;
        set.bits_ = bits;
        return set;
    }

    constexpr std::uint64_t bits() const { return bits_; }

    constexpr bool has(Privilege privilege) const { return (bits_ & bit(privilege)) != 0; }

    constexpr bool has_all(Privileges others) const {
        return (bits_ & others.bits_) == others.bits_;
    }

    constexpr bool is_empty() const { return bits_ == 0; }

    constexpr Privileges with(Privileges others) const { return of_bits(bits_ | others.bits_); }

    constexpr Privileges without(Privileges others) const { return of_bits(bits_ & ~others.bits_); }

    bool operator==(const Privileges&) const = default;

private:
    static constexpr std::uint64_t bit(Privilege privilege) {
        return std::uint64_t{1} << static_cast<unsigned>(privilege);
    }

    std::uint64_t bits_ = 0;
};

// 'user'@'host', a user's or a role's.
struct AccountName {
    std::string user;
    std::string host = "%";

    auto operator<=>(const AccountName&) const = default;
};

// "`user`@`host`", as SHOW GRANTS and definers have it, and what it is of.
std::string quoted(const AccountName& name);
AccountName account_in(std::string_view quoted);
// "'user'@'host'", as most errors have it.
std::string in_quotes(const AccountName& name);
// The roles in mandatory_roles: names with or without quotes and hosts.
std::vector<AccountName> accounts_in(std::string_view list);

// MySQL: '%' and '_' stand for other letters, and a host may be a network: 10.0.0.0/8.
bool host_matches(std::string_view pattern, std::string_view host);
// The more exact of two patterns is looked at first.
bool is_more_specific(std::string_view pattern, std::string_view other);

// Where privileges are given. Empty names: the whole server, or the whole database.
struct GrantLevel {
    std::string schema;
    std::string table;        // or the name of a routine
    std::string routine = {}; // "PROCEDURE" or "FUNCTION"
    std::string column = {};

    auto operator<=>(const GrantLevel&) const = default;
};

// All privileges of one account.
class Grants {
public:
    // Whether the user has it there, at that level or one above.
    bool allows(Privilege privilege, std::string_view schema, std::string_view table) const;
    bool allows(Privilege privilege, const GrantLevel& level) const;
    // Whether it is held on some column of the table.
    bool has_columns(Privilege privilege, std::string_view schema, std::string_view table) const;
    // Whether the user may know that the database or the table is there.
    bool sees(std::string_view schema, std::string_view table = {}) const;

    Privileges at(const GrantLevel& level) const;
    // All that hold there, from this level and those above.
    Privileges effective(const GrantLevel& level) const;
    void set(const GrantLevel& level, Privileges privileges);

    // Of a routine that is dropped.
    void forget_routine(const GrantLevel& routine) { levels_.erase(routine); }

    const std::map<GrantLevel, Privileges>& levels() const { return levels_; }

    // Everything that another account or role may do, too.
    void add(const Grants& others);
    // All but the roles.
    void clear_privileges();

    // The roles that were granted, and whether WITH ADMIN OPTION.
    std::map<AccountName, bool> roles;
    std::set<AccountName> default_roles;
    bool is_role_admin = false; // ROLE_ADMIN

    // The lines of SHOW GRANTS.
    std::vector<std::string> text(const AccountName& name) const;

private:
    std::string listed(const GrantLevel& level, Privileges held) const;

    std::map<GrantLevel, Privileges> levels_;
};

// What ALL PRIVILEGES stands for at a level.
Privileges all_privileges(const GrantLevel& level);
// AWS: "Master user account privileges".
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
Privileges master_privileges();

std::string_view privilege_name(Privilege privilege);
// "SELECT", "CREATE VIEW".
std::optional<Privilege> find_privilege(std::string_view name);

} // namespace diorama::rds::sql
