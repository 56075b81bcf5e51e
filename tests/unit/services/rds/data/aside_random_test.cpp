// Changes set aside make no difference: the same statements by the same sessions in the same order
// are answered alike where they can be set aside and where a further key forbids it; and threads
// that write at the same time lose nothing.
#include "emulator/random/random.hpp"
#include "emulator/time/real_clock.hpp"
#include "tests/support/sessions.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace diorama;
using test::Instance;
using test::WaitingSession;

namespace {

constexpr int ids = 6;
constexpr int sessions = 4;

// A world of sessions over one table.
struct Side {
    Side(const std::string& further_key, const std::string& level) {
        db.run(
            "CREATE TABLE t (id INT PRIMARY KEY, n INT, k INT, CHECK (n < 1000)" + further_key + ")"
        );
        for (int id = 1; id <= ids / 2; ++id)
            db.run(fmt::format("INSERT INTO t (id, n) VALUES ({}, {})", id, id * 10));
        for (int i = 0; i < sessions; ++i) {
            clients.push_back(std::make_unique<WaitingSession>(db.engine));
            clients.back()->run("SET SESSION TRANSACTION ISOLATION LEVEL " + level);
        }
    }

    Instance db;
    std::vector<std::unique_ptr<WaitingSession>> clients;
    int aside = 0; // how often a session had changes and not the place
};

std::string random_statement(Random& random) {
    const auto id = random.below(ids) + 1;
    const auto n = random.below(90);
    switch (random.below(20)) {
    case 0:
    case 1:
        return "COMMIT";
    case 2:
        return "ROLLBACK";
    case 3:
        return "BEGIN";
    case 4:
    case 5:
        return fmt::format("DELETE FROM t WHERE id = {}", id);
    case 6:
    case 7:
        return fmt::format("INSERT INTO t (id, n) VALUES ({}, {})", id, n);
    case 8:
        return fmt::format(
            "INSERT INTO t (id, n) VALUES ({}, {}), ({}, {})",
            id,
            n,
            id % ids + 1,
            n + 1
        );
    case 9:
        return "SELECT id, n FROM t ORDER BY id";
    case 10:
        return fmt::format("SELECT n FROM t WHERE id = {} FOR UPDATE", id);
    case 11:
        return fmt::format("UPDATE t SET n = n + 1 WHERE n > {}", n);
    case 12:
        return "SAVEPOINT s";
    case 13:
        return "ROLLBACK TO s";
    case 14:
        return fmt::format("UPDATE t SET n = 1000 WHERE id = {}", id);
    case 15:
        return fmt::format("UPDATE t SET n = {} WHERE id = {} AND n > {}", n, id, n / 2);
    default:
        return fmt::format("UPDATE t SET n = n + {} WHERE id = {}", n, id);
    }
}

void compare_at_random(const std::string& level, std::uint64_t seed) {
    CAPTURE(level);
    CAPTURE(seed);
    Side with("", level);
    Side without(", UNIQUE KEY (k)", level);
    Random random(seed);
    std::array<bool, sessions> blocks{};
    for (auto* side : {&with, &without})
        for (auto& client : side->clients)
            client->run("SET autocommit = 0");
    for (int turn = 0; turn < 600; ++turn) {
        const auto who = random.below(sessions);
        const auto statement = random_statement(random);
        const bool gives_up = random.below(10) == 0 && !with.clients[who]->is_woken() &&
                              !without.clients[who]->is_woken();
        const auto answer = [&](Side& side) {
            auto& client = *side.clients[who];
            if (!blocks[who]) return client.run(statement);
            return gives_up ? client.give_up() : client.answer();
        };
        CAPTURE(turn);
        CAPTURE(who);
        CAPTURE(statement);
        const auto expected = answer(without);
        const auto found = answer(with);
        REQUIRE(found == expected);
        blocks[who] = found == "blocks";
        const auto& connection = with.clients[who]->connection();
        with.aside += connection.is_in_transaction() &&
                              !with.db.engine.writer_lock().is_held_by(&connection) &&
                              found == "ok 1"
                          ? 1
                          : 0;
    }
    CHECK(with.aside > 10);
    for (auto* side : {&with, &without})
        for (auto& client : side->clients)
            client->connection().reset();
    constexpr const char* all = "SELECT id, n FROM t ORDER BY id";
    CHECK(with.db.run(all) == without.db.run(all));
    CHECK(with.db.engine.row_locks().transactions() == 0);
    Instance copy("copy");
    for (const auto& entry : with.db.engine.read_log(copy.engine.position(), 10'000))
        REQUIRE(copy.engine.apply(entry));
    CHECK(copy.run(all) == with.db.run(all));
}

// One that blocks its thread until it may go on, as a driver would.
class ThreadSession {
public:
    explicit ThreadSession(rds::Engine& engine)
        : connection_(engine.connect("root", "localhost")) {
        connection_->use("q");
        connection_->set_wake_up([bell = bell_] { // it may ring when the session has gone
            const std::lock_guard lock(bell->mutex);
            bell->has_rung = true;
            bell->rings.notify_one();
        });
    }

    std::string run(std::string_view sql) {
        auto prepared = connection_->prepare(sql);
        const auto statement = std::get<rds::sql::PreparedPtr>(prepared);
        while (true) {
            {
                const std::lock_guard lock(bell_->mutex);
                bell_->has_rung = false;
            }
            test::ResultText result;
            const auto progress = connection_->execute(*statement, {}, result);
            if (progress != rds::sql::Progress::waits) return result.text;
            std::unique_lock lock(bell_->mutex);
            bell_->rings.wait(lock, [this] { return bell_->has_rung; });
        }
    }

private:
    struct Bell {
        std::mutex mutex;
        std::condition_variable rings;
        bool has_rung = false;
    };

    std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
    std::unique_ptr<rds::sql::Connection> connection_;
};

// Moves one from row to row, and notes it; "ok" when it is committed.
std::string move_one(ThreadSession& session, Random& random, int rows) {
    const auto from = random.below(static_cast<std::size_t>(rows));
    const auto to = random.below(static_cast<std::size_t>(rows));
    for (const auto& statement :
         {std::string("BEGIN"),
          fmt::format("UPDATE t SET n = n - 1 WHERE id = {}", from),
          fmt::format("UPDATE t SET n = n + 1 WHERE id = {}", to),
          fmt::format("INSERT INTO moved (source, target) VALUES ({}, {})", from, to),
          std::string(random.below(5) == 0 ? "ROLLBACK" : "COMMIT")}) {
        auto answer = session.run(statement);
        if (!answer.starts_with("ok")) return answer;
    }
    return "ok";
}

} // namespace

TEST_CASE("aside: statements at random are answered as without") {
    for (const auto* level :
         {"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
        for (std::uint64_t seed = 1; seed <= 6; ++seed)
            compare_at_random(level, seed);
}

TEST_CASE("aside: threads that write at the same time lose nothing") {
    constexpr int rows = 24;
    constexpr int threads = 6;
    constexpr int turns = 60;
    test::Folder folder;
    const RealClock clock;
    rds::Engine engine(
        {.path = folder.file("db"), .is_durable = true, .variables = {}},
        clock,
        Random(1)
    );
    auto session = engine.connect("root", "localhost");
    test::run(*session, "CREATE DATABASE q");
    test::run(*session, "USE q");
    test::run(*session, "CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    test::run(
        *session,
        "CREATE TABLE moved (number INT AUTO_INCREMENT PRIMARY KEY, source INT, target INT)"
    );
    for (int id = 0; id < rows; ++id)
        test::run(*session, fmt::format("INSERT INTO t VALUES ({}, 100)", id));
    std::vector<std::string> problems(threads);
    std::vector<std::thread> running;
    for (int number = 0; number < threads; ++number)
        running.emplace_back(
            [&engine, &problem = problems[static_cast<std::size_t>(number)], number] {
                ThreadSession own(engine);
                Random random(static_cast<std::uint64_t>(number) + 1);
                for (int turn = 0; turn < turns && problem.empty(); ++turn) {
                    auto answer = move_one(own, random, rows);
                    if (answer != "ok" && !answer.starts_with("1213")) problem = std::move(answer);
                }
            }
        );
    for (auto& thread : running)
        thread.join();
    for (const auto& problem : problems)
        CHECK(problem == "");
    CHECK(test::run(*session, "SELECT SUM(n) FROM t") == fmt::format("{}", rows * 100));
    CHECK(
        test::run(
            *session,
            "SELECT COUNT(*) FROM t WHERE n <> 100 - (SELECT COUNT(*) FROM moved WHERE source = id)"
            " + (SELECT COUNT(*) FROM moved WHERE target = id)"
        ) == "0"
    );
    CHECK(engine.row_locks().transactions() == 0);
}
