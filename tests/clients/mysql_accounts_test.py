"""Accounts, roles and events as clients see them: logins, the mariadb command line, PyMySQL, mariadb-dump."""

import time
import unittest

import mysql_case
import pymysql

EXPIRED_PASSWORDS = 1 << 22  # CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS


class Accounts(mysql_case.MySQL):
    def execute(self, *statements, identifier="orders", **options):
        """The rows of the last statement."""
        with self.connect(identifier, autocommit=True, **options) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()

    def error(self, *statements, **options):
        with self.assertRaises(pymysql.Error) as raised:
            self.execute(*statements, **options)
        return raised.exception.args

    def test_locked_and_expired_accounts(self):
        app = {"user": "kept_out", "password": "first", "database": None}
        self.execute("CREATE USER kept_out IDENTIFIED BY 'first' ACCOUNT LOCK")
        code, message = self.error("SELECT 1", **app)
        self.assertEqual(code, 3118)
        self.assertRegex(message, r"^Access denied for user 'kept_out'@'127\..*'\. Account is locked\.$")
        self.execute("ALTER USER kept_out ACCOUNT UNLOCK PASSWORD EXPIRE")
        self.assertEqual(self.error("SELECT 1", **app)[0], 1862)
        flags = {**app, "client_flag": EXPIRED_PASSWORDS}
        self.assertEqual(self.error("SELECT 1", **flags)[0], 1820)
        self.assertEqual(
            self.execute("ALTER USER USER() IDENTIFIED BY 'second'", "SELECT 1", **flags), ((1,),)
        )
        self.assertEqual(self.error("SELECT 1", **app)[0], 1045)
        self.assertEqual(self.execute("SELECT 1", **{**app, "password": "second"}), ((1,),))

    def test_hosts(self):
        self.execute("CREATE USER 'far'@'10.%' IDENTIFIED BY 'x'", "CREATE USER 'near'@'%' IDENTIFIED BY 'x'")
        self.assertEqual(self.error("SELECT 1", user="far", password="x", database=None)[0], 1045)
        near = {"user": "near", "password": "x", "database": None}
        self.assertEqual(self.execute("SELECT CURRENT_USER()", **near), (("near@%",),))
        self.execute("CREATE USER 'near'@'localhost' IDENTIFIED BY 'y'")
        self.assertEqual(self.error("SELECT 1", **near)[0], 1045)
        self.assertEqual(
            self.execute("SELECT CURRENT_USER()", **{**near, "password": "y"}), (("near@localhost",),)
        )

    def test_roles_of_an_application(self):
        self.execute(
            "CREATE TABLE t (a INT, secret INT)",
            "INSERT INTO t VALUES (1, 2)",
            "CREATE ROLE reader",
            f"GRANT SELECT (a) ON {self.schema}.t TO reader",
            "CREATE USER role_app IDENTIFIED BY 'x' DEFAULT ROLE reader",
        )
        app = {"user": "role_app", "password": "x"}
        self.assertEqual(self.execute("SELECT a FROM t", **app), ((1,),))
        self.assertEqual(self.error("SELECT secret FROM t", **app)[0], 1143)
        self.assertEqual(self.error("SELECT * FROM t", **app)[0], 1142)
        self.assertEqual(self.execute("SELECT CURRENT_ROLE()", **app), (("`reader`@`%`",),))
        grants = self.execute("SHOW GRANTS FOR role_app USING reader")
        self.assertIn((f"GRANT SELECT (`a`) ON `{self.schema}`.`t` TO `role_app`@`%`",), grants)

    def test_events_run_and_are_dumped(self):
        self.execute(
            "CREATE TABLE ran (id INT AUTO_INCREMENT PRIMARY KEY)",
            "CREATE EVENT often ON SCHEDULE EVERY 1 SECOND COMMENT 'often' DO INSERT INTO ran VALUES (NULL)",
            "CREATE EVENT later ON SCHEDULE AT '2090-01-01 00:00:00' DO BEGIN DELETE FROM ran; END",
        )
        deadline = time.monotonic() + 20
        while self.execute("SELECT COUNT(*) > 2 FROM ran") != ((1,),):
            self.assertLess(time.monotonic(), deadline, "the event has not run")
            time.sleep(0.2)
        dump = self.run_client("mariadb-dump", "--events", "--skip-comments", self.schema)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        self.assertIn("EVERY 1 SECOND", dump.stdout)
        self.execute("DROP EVENT often")
        self.execute(f"CREATE DATABASE {self.schema}", identifier="second", database=None)
        self.mariadb(self.schema, identifier="second", text=dump.stdout)
        reloaded = "SELECT EVENT_NAME, STATUS, EXECUTE_AT FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()"
        names = {name: (status, at) for name, status, at in self.execute(reloaded, identifier="second")}
        self.assertEqual(set(names), {"often", "later"})
        self.assertEqual(names["later"], ("ENABLED", "2090-01-01 00:00:00"))
        self.execute("DROP EVENT often", identifier="second")

    def test_tables_of_selects(self):
        self.execute("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10))")
        self.execute("INSERT INTO t (name) VALUES ('a'), ('b')")
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            self.assertEqual(cursor.execute("CREATE TABLE c AS SELECT *, %s AS given FROM t", (5,)), 2)
        self.assertEqual(self.execute("SELECT * FROM c"), ((1, "a", 5), (2, "b", 5)))


if __name__ == "__main__":
    unittest.main()
