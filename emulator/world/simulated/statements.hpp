// What the application of a scenario says to its databases when rows are real: the statements of
// its routes, prepared once, their placeholders drawn per request. A transaction is said as a whole
// when its COMMIT is due, so that no request waits in virtual time for the lock of another.
#pragma once

#include "emulator/random/random.hpp"
#include "emulator/simulation/request_template.hpp"
#include "emulator/simulation/statement_template.hpp"
#include "emulator/world/simulated/databases.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace diorama {

// One request's conversation with its database.
struct SQLConversation {
    SQLConversation() = default;
    SQLConversation(const SQLConversation&) = delete;
    SQLConversation& operator=(const SQLConversation&) = delete;

    // What placeholders of this request stand for.
    std::vector<std::pair<std::string, std::string>> drawn;
    BorrowedSession session; // of a request that needs one
    // The first statement of the transaction that is open; nothing: none is.
    std::optional<std::uint16_t> transaction;
    // Commits that the client hears of with its answer: timeline and position.
    std::vector<std::pair<std::uint32_t, std::uint64_t>> commits;
};

class ApplicationStatements {
public:
    ApplicationStatements(
        const simulation::App& app,
        const std::map<std::string, simulation::ValueSource>& values,
        Random random,
        SimulatedDatabases& databases
    );

    // Whether it has to go to the source: it writes, or is part of a transaction.
    bool goes_to_source(std::size_t route, std::size_t statement) const {
        return routes_[route].statements[statement].goes_to_source;
    }

    struct Saying {
        SimulatedDatabase& database;
        SQLConversation& conversation;
        const simulation::HTTPRequest& request;
        const std::string& schema; // that the application names; empty: the instance's first
    };

    // The statement is due. MySQL's error, or 0.
    std::uint16_t say(const Saying& saying, std::uint16_t route, std::uint16_t statement);
    // The request is done, or goes away: an open transaction is rolled back.
    void end(SQLConversation& conversation);

    // What went wrong, and how often: "1146 Table 'shop.orders' doesn't exist".
    struct Complaint {
        Timestamp first{};
        std::uint64_t count = 0;
    };

    const std::map<std::string, Complaint>& complaints() const { return complaints_; }

private:
    struct Statement {
        simulation::StatementTemplate text;
        bool goes_to_source = false;
    };

    struct Route {
        std::vector<Statement> statements;
        bool needs_session = false;
    };

    std::uint16_t execute(const Saying& saying, const Statement& statement);
    const std::string& value_of(const Saying& saying, const std::string& placeholder);

    std::vector<Route> routes_;
    simulation::Values values_;
    Random random_;
    SimulatedDatabases& databases_;
    std::map<std::string, Complaint> complaints_;
};

} // namespace diorama
