// What users may do: privileges at the levels of the server, a database and a table.
// https://dev.mysql.com/doc/refman/8.0/en/privileges-provided.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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

// Where privileges are given. Empty names: the whole server, or the whole database.
struct GrantLevel {
    std::string schema;
    std::string table;

    auto operator<=>(const GrantLevel&) const = default;
};

// All privileges of one user.
class Grants {
public:
    // Whether the user has it there, at that level or one above.
    bool allows(Privilege privilege, std::string_view schema, std::string_view table) const;
    // Whether the user may know that the database or the table is there.
    bool sees(std::string_view schema, std::string_view table = {}) const;

    Privileges at(const GrantLevel& level) const;
    // All that hold there, from this level and those above.
    Privileges effective(const GrantLevel& level) const;
    void set(const GrantLevel& level, Privileges privileges);

    const std::map<GrantLevel, Privileges>& levels() const { return levels_; }

    // The lines of SHOW GRANTS.
    std::vector<std::string> text(std::string_view user, std::string_view host) const;

private:
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
