"""Statements that are too much, and those that would mean something to the storage but not to MySQL: each has its error,
and neither the server nor other sessions suffer."""

import contextlib
import resource
import threading
import time
import unittest

import mysql_case
import pymysql


# A thousand connections are as many files, here and in the server that inherits the limit.
FILES = min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def many(pattern, count, separator=","):
    return separator.join(pattern.format(number) for number in range(count))


# Statements and the number of the error, 0 for those that must succeed.
TOO_MUCH = (
    ("SELECT " + "(" * 10_000 + "1" + ")" * 10_000, 1436),
    ("SELECT " + "- " * 100_000 + "1", 1436),
    ("SELECT " + "NOT " * 100_000 + "1", 1436),
    ("SELECT " + "CONCAT(" * 10_000 + "1" + ")" * 10_000, 1436),
    ("SELECT " + many("1", 100_000, "+"), 1436),
    ("SELECT " + many("1", 100_000, "="), 1436),
    ("SELECT " + many("1", 100_000, " XOR "), 1436),
    ("SELECT 1" + " IS NULL" * 100_000, 1436),
    ("SELECT 'a'" + " COLLATE utf8mb4_bin" * 100_000, 1436),
    ("SELECT 1 " + "BETWEEN 1 AND 1 " * 100_000, 1436),
    ("SELECT " + many("1", 30, "+"), 0),
    ("SELECT " + "NULLIF(" * 40 + "1" + ", 2)" * 40, 1436),
    ("SELECT " + "(" * 40 + "1" + " BETWEEN 0 AND 2)" * 40, 1436),
    ("SELECT 1 FROM DUAL WHERE " + many("{} = 1", 20_000, " OR "), 0),
    ("SELECT 1 FROM DUAL WHERE " + many("{} = 1", 20_000, " AND "), 0),
    ("SELECT " + many("{}", 4097), 1117),
    ("CREATE TABLE wide (" + many("c{} INT", 1018) + ")", 1117),
    ("CREATE TABLE wide (" + many("c{} INT", 1017) + ")", 0),
    ("SELECT COUNT(*) FROM " + many("few AS t{}", 62), 1116),
    ("SELECT COUNT(*) FROM " + many("few AS t{}", 62, " JOIN "), 1116),
    ("SELECT COUNT(*) FROM " + many("few AS t{}", 100_000, " JOIN "), 1116),
    ("SELECT COUNT(*) FROM " + many("few AS t{}", 61, " JOIN "), 0),
    ("SELECT COUNT(*) FROM few WHERE id IN (" + many("{}", 200_000) + ")", 0),
    ("CREATE TABLE r (a VARCHAR(16000), b VARCHAR(500)) CHARACTER SET utf8mb4", 1118),
    ("CREATE TABLE r (a VARCHAR(769) PRIMARY KEY) CHARACTER SET utf8mb4", 1071),
    ("CREATE TABLE r (" + many("c{} VARCHAR(300)", 3) + ", KEY (c0, c1, c2)) CHARACTER SET utf8mb4", 1071),
    ("CREATE TABLE r (" + many("c{} INT", 17) + ", KEY (" + many("c{}", 17) + "))", 1070),
    ("CREATE TABLE r (a INT, " + many("KEY k{} (a)", 65) + ")", 1069),
    ("CREATE TABLE " + "n" * 65 + " (a INT)", 1059),
    ("CREATE TABLE " + "é" * 64 + " (a INT)", 0),
)

# Words of SQLite that are not MySQL's: unknown functions, tables, columns, or no syntax at all.
NOT_MYSQL = (
    ("SELECT * FROM sqlite_master", 1146),
    ("SELECT * FROM sqlite_schema", 1146),
    ("SELECT * FROM mysql_users", 1146),
    ("SELECT * FROM main.t1", 1049),
    ("SELECT * FROM temp.is_tables", 1049),
    ("SELECT * FROM dbstat", 1146),
    ("SELECT rowid FROM few", 1054),
    ("SELECT _rowid_ FROM few", 1054),
    ("SELECT oid FROM few", 1054),
    ("SELECT few.rowid FROM few", 1054),
    ("SELECT c0 FROM few", 1054),
    ("SELECT randomblob(3)", 1305),
    ("SELECT zeroblob(3)", 1305),
    ("SELECT printf('%d', 1)", 1305),
    ("SELECT typeof(1)", 1305),
    ("SELECT iif(1, 2, 3)", 1305),
    ("SELECT unicode('a')", 1305),
    ("SELECT likely(1)", 1305),
    ("SELECT glob('a', 'a')", 1305),
    ("SELECT julianday('now')", 1305),
    ("SELECT strftime('%Y', 'now')", 1305),
    ("SELECT changes()", 1305),
    ("SELECT total_changes()", 1305),
    ("SELECT last_insert_rowid()", 1305),
    ("SELECT sqlite_version()", 1305),
    ("SELECT load_extension('x')", 1305),
    ("SELECT readfile('/etc/passwd')", 1305),
    ("SELECT my_database()", 1305),
    ("SELECT my_assign('a', 1)", 1305),
    ("SELECT total(id) FROM few", 1305),
    ("SELECT 1 == 1", 1064),
    ("SELECT 1 IS NOT DISTINCT FROM 1", 1064),
    ("SELECT 'a' GLOB 'a'", 1064),
    ("SELECT 'a' MATCH 'a'", 1064),
    ("SELECT 1 ISNULL", 0),  # an alias
    ("SELECT 1 IN ()", 1064),
    ("SELECT [id] FROM few", 1064),
    ("SELECT ?1", 1064),
    ("SELECT :a", 1064),
    ("SELECT * FROM json_each('[1]')", 1064),
    ("SELECT * FROM pragma_table_info('few')", 1064),
    ("SELECT id FROM few LIMIT -1", 1064),
    ("SELECT CAST(1 AS TEXT)", 1064),
    ("SELECT 1 COLLATE NOCASE", 1273),
    ("PRAGMA user_version", 1064),
    ("PRAGMA writable_schema = ON", 1064),
    ("ATTACH DATABASE '/tmp/x' AS x", 1064),
    ("ATTACH '/tmp/x' AS x", 1064),
    ("DETACH x", 1064),
    ("VACUUM", 1064),
    ("VACUUM INTO '/tmp/y'", 1064),
    ("REINDEX", 1064),
    ("BEGIN IMMEDIATE", 1064),
    ("INSERT OR REPLACE INTO few VALUES (1)", 1064),
    ("CREATE VIRTUAL TABLE v USING fts5(a)", 1064),
    ("SELECT COUNT(*) FILTER (WHERE 1) FROM few", 1064),
)


class BadInput(mysql_case.MySQL):
    def setUp(self):
        super().setUp()
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE few (id INT PRIMARY KEY)")
            cursor.execute("INSERT INTO few VALUES (1)")

    def answers(self, statements):
        """The statements that answer something else than expected."""
        wrong = []
        with self.connect() as connection, connection.cursor() as cursor:
            for statement, expected in statements:
                code, text = 0, ""
                try:
                    cursor.execute(statement)
                    cursor.fetchall()
                except pymysql.MySQLError as error:
                    code, text = error.args
                if code != expected:
                    wrong.append((statement[:70], expected, code, text[:200]))
        return wrong

    @contextlib.contextmanager
    def another_session(self, longest):
        """Another session goes on meanwhile, no statement of which takes longer than that."""
        ended, times = threading.Event(), []

        def run():
            with self.connect() as connection, connection.cursor() as cursor:
                while not ended.is_set():
                    began = time.monotonic()
                    cursor.execute("SELECT COUNT(*) FROM few")
                    cursor.fetchall()
                    times.append(time.monotonic() - began)
                    time.sleep(0.01)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
        self.assertLess(max(times), longest)

    def memory(self):
        """Resident megabytes of the server."""
        with open(f"/proc/{self.emulator.process.pid}/statm", encoding="ascii") as counts:
            return int(counts.read().split()[1]) * 4096 >> 20

    def test_too_much(self):
        with self.another_session(longest=20):
            self.assertEqual(self.answers(TOO_MUCH), [])

    def test_what_only_sqlite_knows(self):
        self.assertEqual(self.answers(NOT_MYSQL), [])

    def test_a_statement_of_many_megabytes(self):
        before = self.memory()
        with self.another_session(longest=20), self.connect() as connection, connection.cursor() as cursor:
            for _ in range(3):
                cursor.execute("SELECT LENGTH('" + "x" * (30 << 20) + "')")
                self.assertEqual(cursor.fetchall(), ((30 << 20,),))
        self.assertLess(self.memory() - before, 600)

    @unittest.skipIf(FILES < 2048, "this system allows a process fewer files")
    def test_a_thousand_connections_at_once(self):
        self.rds.create_db_instance(
            DBInstanceIdentifier="large",
            Engine="mysql",
            DBInstanceClass="db.r5.large",
            AllocatedStorage=20,
            MasterUsername=mysql_case.USER,
            MasterUserPassword=mysql_case.PASSWORD,
        )
        self.available("large")
        count = 1000
        with contextlib.ExitStack() as open_ones:
            first = open_ones.enter_context(self.connect("large", database=None, autocommit=True)).cursor()
            first.execute("CREATE DATABASE crowd")
            first.execute("CREATE TABLE crowd.t (id INT PRIMARY KEY, n INT)")
            first.execute("INSERT INTO crowd.t VALUES (1, 0)")
            before = self.memory()
            connections = [
                open_ones.enter_context(self.connect("large", database="crowd", autocommit=True)) for _ in range(count)
            ]
            for number, connection in enumerate(connections):
                cursor = connection.cursor()
                cursor.execute("UPDATE t SET n = n + 1 WHERE id = 1")
                cursor.execute("INSERT INTO t VALUES (%s, 0)", (number + 2,))
            first.execute("SELECT n, (SELECT COUNT(*) FROM crowd.t) FROM crowd.t WHERE id = 1")
            self.assertEqual(first.fetchall(), ((count, count + 1),))
            self.assertLess(self.memory() - before, count)  # less than a megabyte each

    def test_one_who_never_finishes_a_packet_costs_no_more_than_it_sent(self):
        before = self.memory()
        with contextlib.ExitStack() as held:
            for _ in range(20):
                connection = held.enter_context(self.connect())
                connection._sock.sendall(b"\xff\xff\xff\0\x03SELECT '")
            self.assertLess(self.memory() - before, 100)


if __name__ == "__main__":
    unittest.main()
