// Tables of statements and what MySQL 8 answers.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using diorama::test::Instance;

namespace {

struct Example {
    const char* sql;
    const char* result;
};

template <std::size_t count>
void check_all(Instance& db, const Example (&examples)[count]) {
    for (const auto& example : examples) {
        CAPTURE(example.sql);
        CHECK(db.run(example.sql) == example.result);
    }
}

} // namespace

TEST_CASE("select: expressions have MySQL's values") {
    Instance db;
    check_all(
        db,
        {
            {"SELECT 1/3", "0.3333"},
            {"SELECT 10/4", "2.5000"},
            {"SELECT 1.0/3", "0.33333"},
            {"SELECT -7 DIV 2", "-3"},
            {"SELECT 0.1+0.2", "0.3"},
            {"SELECT ROUND(2.5)", "3"},
            {"SELECT ROUND(25e-1)", "2"},
            {"SELECT '1abc'+1", "2"},
            {"SELECT 5/0", "NULL"},
            {"SELECT 7 % 3, -7 % 3, 5 % 0", "1|-1|NULL"},
            {"SELECT CONCAT('a', 1, 1.50), CONCAT('a', NULL)", "a11.50|NULL"},
            {"SELECT 'ss'='ß', 'é'='e', 'A'='a', 'a'='a '", "1|1|1|0"},
            {"SELECT IF(1,2,'a'), IFNULL(NULL,'x'), COALESCE(NULL,NULL,3), NULLIF(1,1)",
             "2|x|3|NULL"},
            {"SELECT SUBSTRING('Quadratically',5,6), LEFT('abc',2), LENGTH('é'), CHAR_LENGTH('é')",
             "ratica|ab|2|1"},
            {"SELECT DATE_ADD('2026-01-31', INTERVAL 1 MONTH), DATEDIFF('2026-03-01','2026-02-01')",
             "2026-02-28|28"},
            {"SELECT DATE_FORMAT('2026-11-22 08:05:03','%Y/%m/%d %H:%i:%s %W')",
             "2026/11/22 08:05:03 Sunday"},
            {"SELECT CAST('12' AS UNSIGNED), CAST(1.5 AS CHAR), CAST('2026-01-02' AS DATETIME)",
             "12|1.5|2026-01-02 00:00:00"},
            {"SELECT 1 UNION SELECT 2 ORDER BY 1 DESC", "2;1"},
            {"SELECT 'a' LIKE 'A%', 'abc' LIKE 'a_c', 'a%' LIKE 'a\\%'", "1|1|1"},
            {"SELECT 3 BETWEEN 1 AND 5, 2 IN (1,2), NULL IN (1), 1 <=> NULL", "1|1|NULL|0"},
            {"SELECT CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END, CASE WHEN 0 THEN 1 END",
             "b|NULL"},
            {"SELECT JSON_OBJECT('b', 1, 'a', JSON_ARRAY(1, 2))", "{\"a\": [1, 2], \"b\": 1}"},
            {"SELECT DATABASE(), VERSION(), @@autocommit, @@session.transaction_isolation",
             "q|8.0.40|1|REPEATABLE-READ"},
            {"SELECT NOW(), CURDATE()", "2026-01-01 00:00:00|2026-01-01"},
            {"SELECT 9223372036854775807 + 1",
             "1690 22003 BIGINT value is out of range in '(9223372036854775807 + 1)'"},
            {"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 3) SELECT "
             "SUM(i) FROM n",
             "6"},
        }
    );
}

TEST_CASE("errors: code, state and sentence are MySQL's") {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(3) UNIQUE, u TINYINT UNSIGNED, dt "
           "DATETIME, n INT NOT NULL DEFAULT 0)");
    CHECK(db.run("INSERT INTO t VALUES (1,'abc',1,NULL,1)") == "ok 1");
    check_all(
        db,
        {
            {"INSERT INTO t (id,s) VALUES (2,'ABC')",
             "1062 23000 Duplicate entry 'ABC' for key 't.s'"},
            {"INSERT INTO t (id) VALUES (1)", "1062 23000 Duplicate entry '1' for key 't.PRIMARY'"},
            {"INSERT INTO t (id) VALUES (NULL)", "1048 23000 Column 'id' cannot be null"},
            {"INSERT INTO t (id,u) VALUES (3,256)",
             "1264 22003 Out of range value for column 'u' at row 1"},
            {"INSERT INTO t (id,u) VALUES (3,'12abc')",
             "1265 01000 Data truncated for column 'u' at row 1"},
            {"INSERT INTO t (id,u) VALUES (3,1),(4,'bad')",
             "1366 HY000 Incorrect integer value: 'bad' for column 'u' at row 2"},
            {"INSERT INTO t (id,s) VALUES (3,'toolong')",
             "1406 22001 Data too long for column 's' at row 1"},
            {"INSERT INTO t (id,dt) VALUES (3,'2026-02-30')",
             "1292 22007 Incorrect datetime value: '2026-02-30' for column 'dt' at row 1"},
            {"INSERT INTO t VALUES (1,2)",
             "1136 21S01 Column count doesn't match value count at row 1"},
            {"SELECT nope FROM t", "1054 42S22 Unknown column 'nope' in 'field list'"},
            {"SELECT * FROM nope", "1146 42S02 Table 'q.nope' doesn't exist"},
            {"SELECT * FROM nope.t", "1049 42000 Unknown database 'nope'"},
            {"USE nope", "1049 42000 Unknown database 'nope'"},
            {"CREATE TABLE t (a INT)", "1050 42S01 Table 't' already exists"},
            {"DROP TABLE nope", "1051 42S02 Unknown table 'q.nope'"},
            {"SELECT @@nope", "1193 HY000 Unknown system variable 'nope'"},
            {"selec 1",
             "1064 42000 You have an error in your SQL syntax; check the manual that corresponds "
             "to your MySQL server version for the right syntax to use near 'selec 1' at line 1"},
            {"INSERT INTO t (s) VALUES ('x')", "1364 HY000 Field 'id' doesn't have a default value"
            },
            {"SELECT COUNT(*) FROM t", "1"},
        }
    );
}

TEST_CASE("insert: duplicates, ignored rows, generated keys and replacements") {
    Instance db;
    db.run(
        "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, k VARCHAR(10) UNIQUE, n INT DEFAULT 5)"
    );
    check_all(
        db,
        {
            {"INSERT INTO t (k) VALUES ('a'),('b')", "ok 2"},
            {"SELECT LAST_INSERT_ID()", "1"},
            {"INSERT INTO t (k,n) VALUES ('a',1) ON DUPLICATE KEY UPDATE n=n+VALUES(n)", "ok 2"},
            {"INSERT INTO t (k,n) VALUES ('a',1) ON DUPLICATE KEY UPDATE n=6", "ok 0"},
            {"INSERT IGNORE INTO t (k) VALUES ('a'),('c')", "ok 1"},
            {"SHOW WARNINGS", "Warning|1062|Duplicate entry 'a' for key 't.k'"},
            {"REPLACE INTO t (id,k,n) VALUES (2,'b',9)", "ok 2"},
            {"INSERT INTO t SET k='d', n=DEFAULT", "ok 1"},
            {"INSERT INTO t (k,n) SELECT CONCAT(k,'x'), n*2 FROM t WHERE n=9", "ok 1"},
            {"SELECT k,n FROM t ORDER BY k", "a|6;b|9;bx|18;c|5;d|5"},
            {"UPDATE t SET n=n+1, k=CONCAT(k,n) WHERE k='a'", "ok 1"},
            {"SELECT k FROM t WHERE id=1", "a7"},
            {"UPDATE t SET n=0 ORDER BY id DESC LIMIT 1", "ok 1"},
            {"DELETE FROM t WHERE n=5 LIMIT 1", "ok 1"},
            {"SELECT COUNT(*), SUM(n), AVG(n), MIN(k), MAX(n) FROM t", "4|21|5.2500|a7|9"},
            {"SELECT GROUP_CONCAT(k ORDER BY k DESC SEPARATOR '-') FROM t", "d-bx-b-a7"},
            {"TRUNCATE TABLE t", "ok 0"},
            {"INSERT INTO t () VALUES ()", "ok 1"},
            {"SELECT id,k,n FROM t", "1|NULL|5"},
        }
    );
}

TEST_CASE(
    "transactions: rollback undoes, savepoints undo in part, another session sees commits only"
) {
    Instance db;
    db.run("CREATE TABLE t (id INT PRIMARY KEY)");
    auto other = db.engine.connect("root", "localhost");
    diorama::test::run(*other, "USE q");
    db.run("BEGIN");
    db.run("INSERT INTO t VALUES (1)");
    CHECK(diorama::test::run(*other, "SELECT COUNT(*) FROM t") == "0");
    CHECK(db.run("SELECT COUNT(*) FROM t") == "1");
    db.run("SAVEPOINT a");
    db.run("INSERT INTO t VALUES (2)");
    CHECK(db.run("ROLLBACK TO SAVEPOINT a") == "ok 0");
    CHECK(db.run("SELECT COUNT(*) FROM t") == "1");
    db.run("COMMIT");
    CHECK(diorama::test::run(*other, "SELECT COUNT(*) FROM t") == "1");
    db.run("BEGIN");
    db.run("DELETE FROM t");
    db.run("ROLLBACK");
    CHECK(db.run("SELECT COUNT(*) FROM t") == "1");
}

TEST_CASE("foreign keys: children need parents, parents keep their children, cascades follow") {
    Instance db;
    db.run("CREATE TABLE p (id INT PRIMARY KEY)");
    db.run("CREATE TABLE c (id INT PRIMARY KEY, pid INT, CONSTRAINT fk1 FOREIGN KEY (pid) "
           "REFERENCES p (id))");
    db.run("CREATE TABLE d (id INT PRIMARY KEY, pid INT, FOREIGN KEY (pid) REFERENCES p (id) ON "
           "DELETE CASCADE)");
    db.run("INSERT INTO p VALUES (1),(2)");
    check_all(
        db,
        {
            {"INSERT INTO c VALUES (1,9)",
             "1452 23000 Cannot add or update a child row: a foreign key constraint fails "
             "(`q`.`c`, CONSTRAINT `fk1` FOREIGN KEY (`pid`) REFERENCES `p` (`id`))"},
            {"INSERT INTO c VALUES (1,1)", "ok 1"},
            {"INSERT INTO d VALUES (1,2),(2,2)", "ok 2"},
            {"DELETE FROM p WHERE id=2", "ok 1"},
            {"SELECT COUNT(*) FROM d", "0"},
            {"DROP TABLE p",
             "3730 HY000 Cannot drop table 'p' referenced by a foreign key constraint 'fk1' on "
             "table 'c'."},
        }
    );
    CHECK(db.run("DELETE FROM p WHERE id=1").substr(0, 10) == "1451 23000");
}

TEST_CASE("alter: columns and indexes come and go, rows stay") {
    Instance db;
    db.run("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(10), b INT)");
    db.run("INSERT INTO t (a,b) VALUES ('x','7'),('y',8)");
    check_all(
        db,
        {
            {"ALTER TABLE t ADD COLUMN c DECIMAL(8,2) NOT NULL DEFAULT '1.5' AFTER a, ADD UNIQUE "
             "KEY ua (a)",
             "ok 0"},
            {"SELECT * FROM t", "1|x|1.50|7;2|y|1.50|8"},
            {"ALTER TABLE t DROP COLUMN b, CHANGE a name VARCHAR(20) NOT NULL", "ok 0"},
            {"CREATE INDEX k_1 ON t (c)", "ok 0"},
            {"SELECT * FROM t", "1|x|1.50;2|y|1.50"},
            {"SHOW CREATE TABLE t",
             "t|CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `name` varchar(20) NOT "
             "NULL,\n"
             "  `c` decimal(8,2) NOT NULL DEFAULT '1.5',\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `ua` "
             "(`name`),\n"
             "  KEY `k_1` (`c`)\n) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 "
             "COLLATE=utf8mb4_0900_ai_ci"},
            {"SHOW TABLES", "t"},
            {"DESCRIBE t",
             "id|int|NO|PRI|NULL|auto_increment;name|varchar(20)|NO|UNI|NULL|;c|decimal(8,2)|NO|"
             "MUL|1.5|"},
            {"SELECT table_name FROM information_schema.tables WHERE table_schema = database()", "t"
            },
        }
    );
}

TEST_CASE("read only: a replica refuses what writes") {
    Instance db;
    db.run("CREATE TABLE t (id INT)");
    db.engine.set_read_only(true);
    CHECK(
        db.run("INSERT INTO t VALUES (1)") ==
        "1290 HY000 The MySQL server is running with the --read-only option so it cannot execute "
        "this statement"
    );
    CHECK(db.run("SELECT COUNT(*) FROM t") == "0");
}

TEST_CASE("select: a character set introducer before text and before hexadecimal digits") {
    Instance db;
    check_all(
        db,
        {
            {"SELECT _utf8mb4'abc'", "abc"},
            {"SELECT _utf8mb4 X'616263'", "abc"},
            {"SELECT LENGTH(_binary X'00ff')", "2"},
            {"SELECT _binary 0x6162", "ab"},
        }
    );
}

TEST_CASE("prepared by name: parameters from user variables, until it is deallocated") {
    Instance db;
    check_all(
        db,
        {
            {"PREPARE adding FROM 'SELECT ? + ?'", "ok 0"},
            {"SET @a = 20, @b = 22", "ok 0"},
            {"EXECUTE adding USING @a, @b", "42"},
            {"EXECUTE adding USING @a", "1210 HY000 Incorrect arguments to EXECUTE"},
            {"CREATE TABLE prepared (n INT)", "ok 0"},
            {"SET @text = 'INSERT INTO prepared VALUES (?), (7)'", "ok 0"},
            {"PREPARE Filling FROM @text", "ok 0"},
            {"EXECUTE filling USING @a", "ok 2"},
            {"SELECT SUM(n) FROM prepared", "27"},
            {"DEALLOCATE PREPARE adding", "ok 0"},
            {"EXECUTE adding USING @a, @b",
             "1243 HY000 Unknown prepared statement handler (adding) given to EXECUTE"},
            {"DROP PREPARE adding",
             "1243 HY000 Unknown prepared statement handler (adding) given to DEALLOCATE PREPARE"},
            {"PREPARE x FROM 'EXECUTE filling'",
             "1295 HY000 This command is not supported in the prepared statement protocol yet"},
            {"SHOW REPLICA STATUS", ""},
        }
    );
}
