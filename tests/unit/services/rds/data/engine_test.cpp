// Survival, the change log and backups.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using test::Instance;

TEST_CASE("engine: what was committed is there after reopening") {
    test::Folder folder;
    VirtualTime time;
    {
        rds::Engine engine({.path = folder.file("db"), .variables = {}}, time, Random(1));
        engine.put_user("app", "secret");
        const auto session = engine.connect("root", "localhost");
        test::run(*session, "CREATE DATABASE q");
        test::run(
            *session,
            "CREATE TABLE q.t (id INT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(5) DEFAULT 'x', e "
            "ENUM('a','b'))"
        );
        test::run(*session, "INSERT INTO q.t (e) VALUES ('b')");
    }
    rds::Engine engine({.path = folder.file("db"), .variables = {}}, time, Random(1));
    const auto session = engine.connect("root", "localhost");
    CHECK(test::run(*session, "SELECT * FROM q.t") == "1|x|b");
    CHECK(test::run(*session, "INSERT INTO q.t (s) VALUES ('y')") == "ok 1");
    CHECK(test::run(*session, "SELECT MAX(id) FROM q.t") == "2");
    CHECK(engine.find_user({"app"}).has_value());
    CHECK(engine.position() == 4);
}

TEST_CASE("engine: a replica that repeats the log has the same rows") {
    Instance source;
    Instance replica("replica");
    replica.engine.set_read_only(true);
    source.run("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(20), r DOUBLE)");
    source.run("CREATE TABLE h (a INT, b VARCHAR(9))");
    source.run("INSERT INTO t (s,r) VALUES (UUID(), RAND()) ON DUPLICATE KEY UPDATE r=0");
    source.run("INSERT INTO t (s,r) VALUES ('two', RAND()),('three', RAND())");
    source.run("UPDATE t SET r=RAND() WHERE id=2");
    source.run("DELETE FROM t WHERE id=3");
    source.run("INSERT INTO h VALUES (1,'x'),(1,'x'),(NULL,NULL)");
    source.run("DELETE FROM h WHERE a=1 LIMIT 1");
    source.run("ALTER TABLE t ADD COLUMN n INT NOT NULL DEFAULT 4");
    for (const auto& entry : source.engine.read_log(replica.engine.position(), 1000))
        CHECK(replica.engine.apply(entry));
    CHECK(replica.engine.position() == source.engine.position());
    for (const auto* query :
         {"SELECT * FROM t ORDER BY id", "SELECT * FROM h ORDER BY a", "SHOW CREATE TABLE t"})
        CHECK(replica.run(query) == source.run(query));
    CHECK(replica.run("SELECT COUNT(*) FROM h") == "2");
}

TEST_CASE("engine: a backup holds what was committed when it was made") {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY)");
    db.run("INSERT INTO t VALUES (1)");
    db.run("BEGIN");
    db.run("INSERT INTO t VALUES (2)");
    db.engine.backup_to(db.folder.file("backup"));
    db.run("COMMIT");
    rds::Engine restored({.path = db.folder.file("backup"), .variables = {}}, db.time, Random(1));
    const auto session = restored.connect("root", "localhost");
    CHECK(test::run(*session, "SELECT * FROM q.t") == "1");
    CHECK(restored.position() + 1 == db.engine.position());
}

TEST_CASE("change log: every byte of an entry can be cut off without harm") {
    std::vector<rds::Change> changes(2);
    changes[0] = {
        rds::Change::Kind::update,
        "q",
        "t",
        "",
        {rds::sql::Value::of(std::int64_t{-1}), {}},
        {rds::sql::Value::of(0.5), rds::sql::Value::text("x")}
    };
    changes[1] = {rds::Change::Kind::definition, "q", "", "DROP TABLE t", {}, {}};
    const auto bytes = rds::encode(changes);
    CHECK(rds::decode_changes(bytes) == changes);
    for (std::size_t length = 0; length < bytes.size(); ++length)
        rds::decode_changes(bytes.substr(0, length));
}
