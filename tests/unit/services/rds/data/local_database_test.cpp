// A database without a wire: statements, arguments, the log, copies, and rows as hashes.
#include "emulator/time/virtual_time.hpp"
#include "services/rds/data/local_database.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace diorama::rds {

namespace {

using namespace std::chrono_literals;

struct Scene {
    test::ScratchFolder folder;
    VirtualTime time;
    std::unique_ptr<LocalDatabase> database = make("db", 7);
    std::unique_ptr<LocalSession> session = connect(*database);

    std::unique_ptr<LocalDatabase> make(const std::string& name, std::uint64_t seed) {
        Contents contents;
        contents.master_user = "admin";
        contents.master_password = "secret99";
        contents.database = "shop";
        return LocalDatabase::make(folder.file(name), time, Random(seed), contents);
    }

    static std::unique_ptr<LocalSession> connect(LocalDatabase& database) {
        auto session = database.connect();
        CHECK(session->use("shop"));
        return session;
    }

    std::string value(const std::string& statement) {
        const auto result = session->execute(statement);
        return result.succeeded() ? result.first_value.value_or("NULL")
                                  : std::to_string(result.error);
    }
};

constexpr auto orders =
    "CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, item VARCHAR(20), amount INT);"
    "INSERT INTO orders (item, amount) VALUES ('a; b', 1), ('hat', 2);";

} // namespace

TEST_CASE("local database: a script is executed up to its end, or to its first mistake") {
    Scene scene;
    CHECK(scene.session->execute_script(orders).succeeded());
    CHECK(scene.value("SELECT COUNT(*) FROM orders") == "2");
    const auto result =
        scene.session->execute_script("DELETE FROM orders; DELETE FROM nothing; DROP TABLE orders");
    CHECK(result.error == 1146);
    CHECK(scene.value("SELECT COUNT(*) FROM orders") == "0");
}

TEST_CASE("local database: arguments are bound, and never become part of the statement") {
    Scene scene;
    scene.session->execute_script(orders);
    const std::string insert = "INSERT INTO orders (item, amount) VALUES (?, ?)";
    const StatementArgument arguments[] = {{"'; DROP TABLE o; --", false}, {"3", true}};
    CHECK(scene.session->execute(insert, arguments).rows == 1);
    CHECK(scene.value("SELECT item FROM orders WHERE amount = 3") == "'; DROP TABLE o; --");
    CHECK(scene.session->execute(insert).error == 1210);
}

TEST_CASE("local database: time is the caller's, and so is chance") {
    Scene scene;
    scene.time.run_for(90s);
    const auto now = scene.value("SELECT UNIX_TIMESTAMP()");
    scene.time.run_for(10s);
    CHECK(std::stoll(scene.value("SELECT UNIX_TIMESTAMP()")) == std::stoll(now) + 10);
    const auto again = scene.make("again", 7);
    const auto other = scene.make("other", 8);
    const auto drawn = Scene::connect(*again)->execute("SELECT RAND(), UUID()").first_value;
    const auto first = Scene::connect(*scene.make("third", 7))->execute("SELECT RAND(), UUID()");
    CHECK(drawn == first.first_value);
    CHECK(drawn != Scene::connect(*other)->execute("SELECT RAND(), UUID()").first_value);
}

TEST_CASE("local database: nobody waits for another's transaction") {
    Scene scene;
    scene.session->execute_script(orders);
    scene.session->execute("BEGIN");
    scene.session->execute("INSERT INTO orders (item) VALUES ('mine')");
    const auto other = Scene::connect(*scene.database);
    scene.session->execute("UPDATE orders SET amount = 0 WHERE id = 1");
    CHECK(other->execute("INSERT INTO orders (item) VALUES ('yours')").succeeded());
    CHECK(other->execute("UPDATE orders SET amount = 1 WHERE id = 1").error == 1205);
    CHECK(scene.value("SELECT COUNT(*) FROM orders") == "4");
    scene.session->reset();
    CHECK(other->execute("UPDATE orders SET amount = 1 WHERE id = 1").succeeded());
    CHECK(scene.value("SELECT COUNT(*) FROM orders") == "3");
}

TEST_CASE("local database: a copy that repeats the log has the same rows, by their hashes") {
    Scene scene;
    scene.session->execute_script(orders);
    scene.database->copy_to(scene.folder.file("copy"));
    LocalDatabase copy(scene.folder.file("copy"), scene.time, Random(1));
    CHECK(copy.position() == scene.database->position());
    scene.session->execute("UPDATE orders SET amount = amount + 1");
    scene.session->execute("INSERT INTO orders (item, amount) VALUES ('scarf', 9)");
    CHECK(copy.row_hashes() != scene.database->row_hashes());
    for (const auto& entry : scene.database->read_log(copy.position(), 100))
        CHECK_FALSE(copy.apply(entry).has_value());
    CHECK(copy.row_hashes() == scene.database->row_hashes());
    CHECK(copy.row_hashes().at("shop.orders").size() == 3);
    // What comes next but one is not repeated.
    scene.session->execute("DELETE FROM orders WHERE id = 1");
    scene.session->execute("DELETE FROM orders WHERE id = 2");
    const auto entries = scene.database->read_log(copy.position(), 100);
    REQUIRE(entries.size() == 2);
    CHECK(copy.apply(entries[1]).has_value());
    // The hash of a row in the log is that of the row in its table.
    CHECK(hash_of(entries[0].changes[0].old_row) != hash_of(entries[1].changes[0].old_row));
    const auto rows = copy.row_hashes().at("shop.orders");
    CHECK(std::ranges::binary_search(rows, hash_of(entries[0].changes[0].old_row)));
}

TEST_CASE("local database: a replica refuses writes, but repeats them") {
    Scene scene;
    scene.session->execute_script(orders);
    scene.database->set_read_only(true);
    CHECK(scene.session->execute("DELETE FROM orders").error == 1290);
    CHECK(scene.value("SELECT COUNT(*) FROM orders") == "2");
}

} // namespace diorama::rds
