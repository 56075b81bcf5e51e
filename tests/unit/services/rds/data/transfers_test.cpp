// Transfers between accounts by sessions that interleave at random: waits, deadlocks, time-outs and
// roll-backs, and no money made or lost.
#include "emulator/random/random.hpp"
#include "tests/support/sessions.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace diorama;
using test::Instance;
using test::WaitingSession;

namespace {

constexpr std::int64_t accounts = 8;
constexpr std::int64_t wealth = 100;

// One after the other: BEGIN, from, to, the record of it, COMMIT or ROLLBACK.
class Client {
public:
    Client(rds::Engine& engine, const std::string& level)
        : session_(engine) {
        session_.run("SET SESSION TRANSACTION ISOLATION LEVEL " + level);
    }

    void go_on(Random& random) {
        const auto answer = blocks_ ? next_answer(random) : session_.run(next_statement(random));
        blocks_ = answer == "blocks";
        if (blocks_) return;
        if (answer.starts_with("1205") || answer.starts_with("1213")) {
            if (answer.starts_with("1205")) session_.run("ROLLBACK");
            deadlocks += answer.starts_with("1213") ? 1 : 0;
            step_ = 0;
            return;
        }
        REQUIRE(answer.substr(0, 2) == "ok");
        commits += step_ == 4 && commits_ ? 1 : 0;
        step_ = (step_ + 1) % 5;
    }

    void end() { session_.connection().reset(); }

    int commits = 0;
    int deadlocks = 0;

private:
    std::string next_answer(Random& random) {
        const bool is_impatient = random.below(20) == 0 && !session_.is_woken();
        return is_impatient ? session_.give_up() : session_.answer();
    }

    std::string next_statement(Random& random) {
        switch (step_) {
        case 0:
            payer_ = static_cast<std::int64_t>(random.below(accounts));
            payee_ = static_cast<std::int64_t>(random.below(accounts));
            amount_ = static_cast<std::int64_t>(random.below(30));
            return "BEGIN";
        case 1:
            return fmt::format(
                "UPDATE account SET owned = owned - {} WHERE id = {}",
                amount_,
                payer_
            );
        case 2:
            return fmt::format(
                "UPDATE account SET owned = owned + {} WHERE id = {}",
                amount_,
                payee_
            );
        case 3:
            return fmt::format(
                "INSERT INTO transfer (payer, payee, amount) VALUES ({}, {}, {})",
                payer_,
                payee_,
                amount_
            );
        default:
            commits_ = random.below(4) != 0;
            return commits_ ? "COMMIT" : "ROLLBACK";
        }
    }

    WaitingSession session_;
    std::size_t step_ = 0;
    bool blocks_ = false;
    bool commits_ = false;
    std::int64_t payer_ = 0;
    std::int64_t payee_ = 0;
    std::int64_t amount_ = 0;
};

void transfer_at_random(const std::string& level, std::uint64_t seed) {
    CAPTURE(level);
    CAPTURE(seed);
    Instance db;
    db.run("CREATE TABLE account (id INT PRIMARY KEY, owned INT)");
    db.run("CREATE TABLE transfer (number INT AUTO_INCREMENT PRIMARY KEY, payer INT, payee INT, "
           "amount INT)");
    for (std::int64_t id = 0; id < accounts; ++id)
        db.run(fmt::format("INSERT INTO account VALUES ({}, {})", id, wealth));
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 5; ++i)
        clients.push_back(std::make_unique<Client>(db.engine, level));
    Random random(seed);
    for (int turn = 0; turn < 1500; ++turn)
        clients[random.below(clients.size())]->go_on(random);
    int commits = 0;
    int deadlocks = 0;
    for (const auto& client : clients) {
        client->end();
        commits += client->commits;
        deadlocks += client->deadlocks;
    }
    CHECK(commits > 50);
    CHECK(deadlocks > 0);
    CHECK(db.run("SELECT SUM(owned) FROM account") == fmt::format("{}", accounts * wealth));
    // The committed transfers, one after the other, give the same accounts.
    CHECK(
        db.run("SELECT COUNT(*) FROM account a WHERE a.owned <> 100 "
               "+ (SELECT COALESCE(SUM(amount), 0) FROM transfer WHERE payee = a.id) "
               "- (SELECT COALESCE(SUM(amount), 0) FROM transfer WHERE payer = a.id)") == "0"
    );
    CHECK(db.engine.row_locks().transactions() == 0);
    // And so does the log, repeated elsewhere.
    Instance copy("copy");
    for (const auto& entry : db.engine.read_log(copy.engine.position(), 10'000))
        REQUIRE(copy.engine.apply(entry));
    constexpr const char* all = "SELECT * FROM account ORDER BY id";
    CHECK(copy.run(all) == db.run(all));
}

} // namespace

TEST_CASE("transfers: sessions that interleave lose nothing, at every level") {
    for (const auto* level :
         {"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
        for (std::uint64_t seed = 1; seed <= 3; ++seed)
            transfer_at_random(level, seed);
}
