// EXPLAIN FORMAT=TREE and EXPLAIN ANALYZE: texts of several lines, and with times in them.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

namespace diorama::test {

TEST_CASE("explain: a tree has the plan's steps, each below what it feeds") {
    Instance db;
    db.run("CREATE TABLE c (id INT PRIMARY KEY, name VARCHAR(20))");
    db.run("CREATE TABLE o (id INT PRIMARY KEY, c_id INT NOT NULL, total INT, KEY (c_id))");
    db.run("INSERT INTO c VALUES (1, 'Ann'), (2, 'Bob')");
    db.run("INSERT INTO o VALUES (1, 1, 5), (2, 1, 6), (3, 2, 7)");
    CHECK(
        db.run("EXPLAIN FORMAT=TREE SELECT * FROM c WHERE id = 1") ==
        "-> Rows fetched before execution  (cost=0..0 rows=1)\n"
    );
    const auto tree =
        db.run("EXPLAIN FORMAT=TREE SELECT name FROM c JOIN o ON o.c_id = c.id WHERE total > 5 "
               "ORDER BY total LIMIT 2");
    CHECK(tree.starts_with("-> Limit: 2 row(s)"));
    CHECK(tree.find("\n    -> Sort: total") != std::string::npos);
    CHECK(tree.find("\n        -> Nested loop inner join") != std::string::npos);
    CHECK(
        tree.find("Single-row index lookup on c using PRIMARY (id=`o`.`c_id`)") != std::string::npos
    );
}

TEST_CASE("explain: ANALYZE executes the query and says how many rows it gave") {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY)");
    db.run("INSERT INTO t VALUES (1), (2), (3)");
    const auto text = db.run("EXPLAIN ANALYZE SELECT * FROM t WHERE id > 1");
    CHECK(text.find(" rows=2 loops=1)") != std::string::npos);
    CHECK(db.run("EXPLAIN ANALYZE UPDATE t SET id = id + 1").starts_with("1235"));
}

TEST_CASE("explain: a join to a primary key of one integer uses the other side's index") {
    Instance db;
    db.run("CREATE TABLE c (id INT PRIMARY KEY)");
    db.run("CREATE TABLE o (id INT PRIMARY KEY, c_id INT NOT NULL, KEY (c_id))");
    CHECK(
        db.run("EXPLAIN SELECT * FROM c JOIN o ON o.c_id = c.id WHERE c.id = 1") ==
        "1|SIMPLE|c|NULL|const|PRIMARY|PRIMARY|4|const|1|100.00|NULL;"
        "1|SIMPLE|o|NULL|ref|c_id|c_id|4|q.c.id|1|100.00|Using index"
    );
}

} // namespace diorama::test
