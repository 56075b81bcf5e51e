// What a statement may ask of the session it runs in: the moment, chance, names, variables.
#pragma once

#include "emulator/random/random.hpp"
#include "services/rds/data/sql/collation_list.hpp"
#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/privileges.hpp"
#include "services/rds/data/sql/session_changes.hpp"
#include "services/rds/data/sql/time_zone.hpp"
#include "services/rds/data/sql/value.hpp"

#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::rds {
class Engine;
}

namespace diorama::rds::sql {

struct Context {
    explicit Context(Random stream)
        : random(std::move(stream)) {}

    Random random;
    Timestamp now{}; // one moment for the whole statement
    std::string database;
    std::string user = "root";
    std::string host = "%";            // where the client is
    std::string account_host = "%";    // of the account that it logged in as
    std::vector<AccountName> roles;    // that are active
    bool must_change_password = false; // it has expired: 1820
    std::uint32_t connection_id = 0;
    bool may_do_everything = true; // a session of the engine's own, or of no user that is kept
    std::string tls_version;       // "TLSv1.3"; empty without TLS
    std::string tls_cipher;
    std::int64_t last_insert_id = 0;
    std::int64_t row_count = -1;
    std::int64_t found_rows = 0;
    std::map<std::string, std::string, std::less<>> variables; // of the session
    std::map<std::string, Value, std::less<>> user_variables;
    // What the client sends and wants to be sent, after the variables; nothing: as columns have it.
    CharacterSet client_set = CharacterSet::utf8mb4;
    std::optional<CharacterSet> results_set = CharacterSet::utf8mb4;
    std::vector<Warning> warnings;
    SessionChanges changes; // that the client has not been told yet
    // Of the statement: mysql_query_attribute_string().
    std::map<std::string, std::string, std::less<>> query_attributes;
    Engine* engine = nullptr;         // whose session it is
    const void* lock_owner = nullptr; // what it is called among the engine's row locks
    std::optional<SQLError> error;    // raised inside a function of a running statement
    std::exception_ptr thrown;        // likewise, by a stored function
    std::string login;                // who logged in, while another's rights count

    enum class Pause {
        over,      // it has lasted
        cut_short, // KILL QUERY or max_execution_time, and the statement goes on
        ends       // the statement ends, with an error or to begin anew elsewhere
    };

    // Lets time pass inside a function.
    std::function<Pause(Duration)> pause;

    // A statement that starts over finds user variables as they were when it began.
    std::optional<std::map<std::string, Value, std::less<>>> variables_before;
    bool cannot_start_over = false; // it took or released a lock by name

    void assign_user_variable(const std::string& name, Value value) {
        if (!variables_before) variables_before = user_variables;
        changes.state = true;
        user_variables[name] = std::move(value);
    }

    // After a change of character_set_client or character_set_results.
    void note_character_sets();

    TimeZones zones;

    // The session's, after @@time_zone.
    const TimeZone& zone() {
        const auto set = variables.find("time_zone");
        const std::string_view name =
            set == variables.end() ? std::string_view("SYSTEM") : std::string_view(set->second);
        if (zone_ && name == zone_name_) return *zone_;
        zone_name_ = name;
        zone_ = zones.find(name);
        if (!zone_) zone_ = std::make_shared<const TimeZone>(TimeZone::fixed(0));
        return *zone_;
    }

    AccountName account() const { return {user, account_host}; }

    void warn(const SQLError& condition) {
        if (warnings.size() < 1024) // MySQL: max_error_count
            warnings.push_back(
                {"Warning", condition.code, condition.message, std::string(condition.sqlstate)}
            );
    }

private:
    std::string zone_name_;
    TimeZonePtr zone_;
};

} // namespace diorama::rds::sql
