"""The mariadb command line, mariadb-dump, PyMySQL and mysql-connector (where PyPI has it) against RDS."""

import contextlib
import datetime
import decimal
import hashlib
import importlib.util
import subprocess
import sys
import threading
import unittest

import mysql_case
import pymysql
from mysql_case import PASSWORD, ROOT, USER


class CommandLineClient(mysql_case.MySQL):
    def test_cli_statements(self):
        self.assertEqual(self.mariadb("-N", "-e", "SELECT 1+1, 'a', NULL"), "2\ta\tNULL\n")
        script = "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20)); INSERT INTO t (name) VALUES ('one'), ('two');"
        self.assertEqual(
            self.mariadb(self.schema, "-e", script + " SELECT * FROM t; SELECT COUNT(*) FROM t"),
            "id\tname\n1\tone\n2\ttwo\nCOUNT(*)\n2\n",
        )
        vertical = self.mariadb(self.schema, "-e", "SELECT * FROM t WHERE id = 2\\G")
        self.assertIn("1. row", vertical)
        self.assertIn("  id: 2\nname: two\n", vertical)
        self.assertIn("+------+", self.mariadb(self.schema, "-t", "-e", "SELECT * FROM t"))
        self.assertIn('<field name="name">two</field>', self.mariadb(self.schema, "--xml", "-e", "SELECT * FROM t"))
        self.assertIn(self.schema, self.mariadb("-N", "-e", "SHOW DATABASES"))
        self.assertEqual(self.mariadb(self.schema, "-N", "-e", "SHOW TABLES"), "t\n")
        self.assertIn("auto_increment", self.mariadb(self.schema, "-e", "DESCRIBE t"))
        self.assertIn("CREATE TABLE `t`", self.mariadb(self.schema, "-e", "SHOW CREATE TABLE t"))
        self.assertIn("8.0.", self.mariadb("-N", "-e", "STATUS"))

    def test_cli_sources_a_file(self):
        path = self.folder / "script.sql"
        path.write_text(
            "-- a comment\nCREATE TABLE t (a INT, b TEXT); /* another */\n"
            "DELIMITER //\nINSERT INTO t VALUES (1, 'semi;colon') //\nDELIMITER ;\n"
            "INSERT INTO t VALUES\n  (2, 'it''s \\'quoted\\'');\n# the end\n"
        )
        self.mariadb(self.schema, "-e", f"source {path}")
        self.assertEqual(
            self.mariadb(self.schema, "-N", "-e", "SELECT b FROM t ORDER BY a"), "semi;colon\nit's 'quoted'\n"
        )
        self.mariadb(self.schema, text=path.read_text().replace("TABLE t", "TABLE u").replace("INTO t", "INTO u"))
        self.assertEqual(self.mariadb(self.schema, "-N", "-e", "SELECT COUNT(*) FROM u"), "2\n")

    def test_cli_errors(self):
        for options, error in (
            (dict(password="wrong"), "ERROR 1045 (28000): Access denied for user 'admin'@"),
            (dict(user="nobody"), "ERROR 1045 (28000): Access denied for user 'nobody'@"),
        ):
            self.assertIn(error, self.run_client("mariadb", "-e", "SELECT 1", **options).stderr)
        for statement, error in (
            ("USE nowhere", "ERROR 1049 (42000) at line 1: Unknown database 'nowhere'"),
            ("SELECT * FROM nothing", f"ERROR 1146 (42S02) at line 1: Table '{self.schema}.nothing' doesn't exist"),
            ("SELEC 1", "ERROR 1064 (42000) at line 1: You have an error in your SQL syntax"),
            ("SELECT nothing", "ERROR 1054 (42S22) at line 1: Unknown column 'nothing' in 'field list'"),
        ):
            self.assertIn(error, self.run_client("mariadb", self.schema, "-e", statement).stderr)
        self.assertIn(
            "ERROR 1049 (42000): Unknown database 'nowhere'",
            self.run_client("mariadb", "nowhere", "-e", "SELECT 1").stderr,
        )
        kept = self.run_client("mariadb", "--force", "-N", text="SELECT nothing;\nSELECT 'goes on';\n")
        self.assertEqual(kept.stdout, "goes on\n")

    def test_cli_prepared_statements(self):
        script = (
            "PREPARE adding FROM 'SELECT ? + ? AS total'; SET @a = 20, @b = 22; EXECUTE adding USING @a, @b;"
            " DEALLOCATE PREPARE adding; EXECUTE adding USING @a, @b"
        )
        ended = self.run_client("mariadb", "-e", script)
        self.assertEqual(ended.stdout, "total\n42\n")
        self.assertIn("ERROR 1243 (HY000)", ended.stderr)

    def test_cli_tls(self):
        shown = self.mariadb("--ssl", "-N", "-e", "SHOW STATUS LIKE 'Ssl_cipher'")
        self.assertRegex(shown, r"Ssl_cipher\t\S+")
        self.assertEqual(
            self.mariadb("--skip-ssl", "-N", "-e", "SHOW STATUS LIKE 'Ssl_cipher'").strip(), "Ssl_cipher"
        )

    def test_dump_round_trip(self):
        self.mariadb(
            self.schema,
            text="""
            CREATE TABLE customers (id INT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(50) NOT NULL,
              note TEXT, photo BLOB, born DATE DEFAULT NULL, balance DECIMAL(10,2) NOT NULL DEFAULT '0.00',
              seen TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
              kind ENUM('new','old') DEFAULT 'new', PRIMARY KEY (id), UNIQUE KEY name (name))
              ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
            CREATE TABLE purchases (id BIGINT PRIMARY KEY AUTO_INCREMENT, customer INT UNSIGNED NOT NULL, amount DOUBLE,
              KEY customer (customer),
              CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE);
            INSERT INTO customers (name, note, photo, born, balance, kind) VALUES
              ('Zoë 🫖', 'line\\nbreak \\'quote\\' \\\\ back', x'00ff1a0a', '1999-12-31', 12.50, 'old'),
              ('Ng', NULL, NULL, NULL, -0.01, 'new');
            INSERT INTO purchases (customer, amount) VALUES (1, 1.5), (1, 2.25), (2, 1e10);
            """,
        )
        dump = self.run_client("mariadb-dump", "--single-transaction", "--default-character-set=utf8mb4", self.schema)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        self.assertIn("CREATE TABLE `customers`", dump.stdout)
        self.mariadb("-e", f"CREATE DATABASE {self.schema}", identifier="second")
        self.mariadb("--default-character-set=utf8mb4", self.schema, identifier="second", text=dump.stdout)
        for statement in ("SELECT * FROM customers", "SELECT * FROM purchases", "SHOW CREATE TABLE purchases"):
            rows = []
            for identifier in ("orders", "second"):
                with self.connect(identifier) as connection, connection.cursor() as cursor:
                    cursor.execute(statement)
                    rows.append(cursor.fetchall())
            self.assertEqual(rows[0], rows[1])
            self.assertGreater(len(rows[0]), 0)
        everything = self.run_client("mariadb-dump", "--all-databases", "--hex-blob", "--skip-extended-insert")
        self.assertEqual(everything.returncode, 0, everything.stderr)
        self.assertIn("0x00FF1A0A", everything.stdout)


class Python(mysql_case.MySQL):
    def test_types(self):
        row = (
            1,
            -(2**63),
            2**63 - 1,
            decimal.Decimal("12345678.91"),
            0.1,
            "Ünïcode 🫖 \\ ' \" % \0 end",
            bytes(range(256)),
            datetime.date(2024, 2, 29),
            datetime.datetime(2024, 2, 29, 23, 59, 59, 123456),
            datetime.timedelta(hours=25, minutes=1),
            None,
            '{"a": [1, 2]}',
        )
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE t (a INT, b BIGINT, c BIGINT UNSIGNED, d DECIMAL(12,2), e DOUBLE, f VARCHAR(100), g BLOB, h DATE,"
                " i DATETIME(6), j TIME, k INT, l JSON)"
            )
            cursor.execute("INSERT INTO t VALUES (" + ", ".join(["%s"] * 12) + ")", row)
            cursor.execute("SELECT * FROM t")
            self.assertEqual(cursor.fetchall(), (row,))
            self.assertEqual([column[0] for column in cursor.description], list("abcdefghijkl"))
            cursor.execute(
                "SELECT k IS NULL, COALESCE(k, 7), f LIKE 'Ünï%%', d * 2, DATE_ADD(h, INTERVAL 1 YEAR), CHAR_LENGTH(f) FROM t"
            )
            self.assertEqual(
                cursor.fetchone(), (1, 7, 1, decimal.Decimal("24691357.82"), datetime.date(2025, 2, 28), len(row[5]))
            )

    def test_executemany_and_keys(self):
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT, UNIQUE KEY only (n))")
            self.assertEqual(cursor.executemany("INSERT INTO t (n) VALUES (%s)", [(n,) for n in range(1000)]), 1000)
            cursor.execute("INSERT INTO t (n) VALUES (5000)")
            self.assertEqual(cursor.lastrowid, 1001)
            with self.assertRaises(pymysql.err.IntegrityError) as raised:
                cursor.execute("INSERT INTO t (n) VALUES (5000)")
            self.assertEqual(raised.exception.args, (1062, "Duplicate entry '5000' for key 't.only'"))
            self.assertEqual(cursor.execute("INSERT INTO t (n) VALUES (5000) ON DUPLICATE KEY UPDATE n = 6000"), 2)
            self.assertEqual(cursor.execute("UPDATE t SET n = n WHERE id < 10"), 0)
            self.assertEqual(cursor.execute("DELETE FROM t WHERE id <= 10"), 10)
            cursor.execute("SELECT SUM(n) FROM t")
            self.assertEqual(cursor.fetchone()[0], sum(range(10, 1000)) + 6000)

    def test_transactions(self):
        with self.connect() as one, self.connect() as other:
            mine, yours = one.cursor(), other.cursor()
            mine.execute("CREATE TABLE t (id INT PRIMARY KEY)")
            mine.execute("INSERT INTO t VALUES (1)")
            yours.execute("SELECT COUNT(*) FROM t")
            self.assertEqual(yours.fetchone()[0], 0)  # not committed yet
            one.rollback()
            mine.execute("INSERT INTO t VALUES (2)")
            mine.execute("SAVEPOINT here")
            mine.execute("INSERT INTO t VALUES (3)")
            mine.execute("ROLLBACK TO SAVEPOINT here")
            one.commit()
            other.commit()
            yours.execute("SELECT id FROM t")
            self.assertEqual(yours.fetchall(), ((2,),))
            other.autocommit(True)
            yours.execute("INSERT INTO t VALUES (4)")
            one.commit()
            mine.execute("SELECT COUNT(*) FROM t")
            self.assertEqual(mine.fetchone()[0], 2)

    def test_foreign_keys(self):
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE parents (id INT PRIMARY KEY)")
            cursor.execute(
                "CREATE TABLE children (id INT PRIMARY KEY, parent INT, CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parents (id))"
            )
            cursor.execute("INSERT INTO parents VALUES (1)")
            cursor.execute("INSERT INTO children VALUES (1, 1), (2, NULL)")
            for statement, code in (("INSERT INTO children VALUES (3, 9)", 1452), ("DELETE FROM parents", 1451)):
                with self.assertRaises(pymysql.err.IntegrityError) as raised:
                    cursor.execute(statement)
                self.assertEqual(raised.exception.args[0], code)
            cursor.execute("SELECT (SELECT COUNT(*) FROM parents), (SELECT COUNT(*) FROM children)")
            self.assertEqual(cursor.fetchone(), (1, 2))

    def test_large_values(self):
        blob = hashlib.shake_256(b"blob").digest(5 * 1024 * 1024)
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, content LONGBLOB)")
            cursor.execute("INSERT INTO t VALUES (1, %s)", (blob,))
            cursor.execute("SELECT LENGTH(content), content FROM t")
            length, content = cursor.fetchone()
            self.assertEqual(length, len(blob))
            self.assertTrue(content == blob)
            cursor.execute("SELECT REPEAT('x', 17000000)")  # more than one packet
            self.assertEqual(len(cursor.fetchone()[0]), 17000000)

    def test_several_results(self):
        flag = pymysql.constants.CLIENT.MULTI_STATEMENTS
        with self.connect(client_flag=flag) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1; CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2); SELECT a FROM t")
            self.assertEqual(cursor.fetchall(), ((1,),))
            counts = []
            while cursor.nextset():
                counts.append(cursor.rowcount)
            self.assertEqual(counts, [0, 2, 2])
            self.assertEqual(cursor.fetchall(), ((1,), (2,)))
        with self.connect() as connection, connection.cursor() as cursor, self.assertRaises(
            pymysql.err.ProgrammingError
        ) as raised:
            cursor.execute("SELECT 1; SELECT 2")
        self.assertEqual(raised.exception.args[0], 1064)

    def test_users(self):
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE USER 'modern'@'%' IDENTIFIED WITH caching_sha2_password BY 'sha-2 password'")
            cursor.execute("CREATE USER 'classic'@'%' IDENTIFIED WITH mysql_native_password BY 'sha-1 password'")
            cursor.execute(f"GRANT SELECT ON `{self.schema}`.* TO 'modern'@'%', 'classic'@'%'")
        tls = dict(ssl={"verify_mode": "none"})
        for user, password in (("modern", "sha-2 password"), ("classic", "sha-1 password")):
            for more in ({}, tls):
                with self.connect(user=user, password=password, **more) as connection, connection.cursor() as cursor:
                    cursor.execute("SELECT USER(), CURRENT_USER(), DATABASE()")
                    found = cursor.fetchone()
                    self.assertTrue(found[0].startswith(user + "@"))
                    self.assertEqual(found[1:], (user + "@%", self.schema))
            with self.assertRaises(pymysql.err.OperationalError) as raised, self.connect(user=user, password="wrong"):
                pass
            self.assertEqual(raised.exception.args[0], 1045)
        with self.assertRaises(pymysql.err.OperationalError) as raised, self.connect(database="nowhere"):
            pass
        self.assertEqual(raised.exception.args, (1049, "Unknown database 'nowhere'"))

    def test_concurrent_writers(self):
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL)")
            cursor.execute("INSERT INTO t VALUES (1, 0), (2, 0)")
        failures = []

        def increments():
            try:
                with self.connect() as connection, connection.cursor() as cursor:
                    for _ in range(50):
                        cursor.execute("UPDATE t SET n = n + 1 WHERE id = 1")
                        connection.commit()
                        cursor.execute("SELECT n FROM t WHERE id = 2 FOR UPDATE")
                        cursor.execute("UPDATE t SET n = %s WHERE id = 2", (cursor.fetchone()[0] + 1,))
                        connection.commit()
            except Exception as error:  # shown by the assertion below
                failures.append(error)

        threads = [threading.Thread(target=increments) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT n FROM t ORDER BY id")
            self.assertEqual(cursor.fetchall(), ((400,), (400,)))

    def test_load_data(self):
        path = self.folder / "rows.csv"
        path.write_text('id,name,price,day\n1,"tea, green",3.50,2026-01-02\n2,NULL,,2026-02-30\n2,twice,1,2026-01-01\n')
        with self.connect(local_infile=True, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(6,2), day DATE, source TEXT)")
            load = (
                f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE t FIELDS TERMINATED BY ',' ENCLOSED BY '\"' IGNORE 1 LINES"
                " (id, name, @price, day) SET price = NULLIF(@price, ''), source = CONCAT('file ', 1 + 1)"
            )
            self.assertEqual(cursor.execute(load), 2)
            self.assertIn(b"Records: 3  Deleted: 0  Skipped: 1", connection._result.message)
            cursor.execute("SELECT id, name, price, CAST(day AS CHAR), source FROM t ORDER BY id")
            rows = ((1, "tea, green", decimal.Decimal("3.50"), "2026-01-02", "file 2"), (2, None, None, "0000-00-00", "file 2"))
            self.assertEqual(cursor.fetchall(), rows)
            cursor.execute(load.replace("INTO TABLE", "REPLACE INTO TABLE"))
            cursor.execute("SELECT name FROM t ORDER BY id")
            self.assertEqual(cursor.fetchall(), (("tea, green",), ("twice",)))
            with self.assertRaises(pymysql.err.Error) as refused:
                cursor.execute("LOAD DATA INFILE '/etc/passwd' INTO TABLE t")
            self.assertEqual(refused.exception.args[0], 1290)
            cursor.execute("SELECT COUNT(*) FROM t")
            self.assertEqual(cursor.fetchall(), ((2,),))
        with self.connect() as connection, connection.cursor() as cursor:
            with self.assertRaises(pymysql.err.Error) as refused:
                cursor.execute(load)
            self.assertEqual(refused.exception.args[0], 3948)
        self.mariadb("--local-infile=1", self.schema, "-e", load.replace("INTO TABLE", "REPLACE INTO TABLE"))

    def test_connector(self):
        if not importlib.util.find_spec("mysql") and not self.installed_connector():
            self.skipTest("mysql-connector-python is neither installed nor to be had from PyPI")
        import mysql.connector

        host, port = self.endpoint()
        options = dict(host=host, port=port, user=USER, password=PASSWORD, database=self.schema)
        for pure in (True, False) if getattr(mysql.connector, "HAVE_CEXT", False) else (True,):
            connection = mysql.connector.connect(use_pure=pure, autocommit=True, **options)
            cursor = connection.cursor(prepared=True)
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS t (id INT, name VARCHAR(30), price DECIMAL(8,2), at DATETIME(6), raw LONGBLOB, nothing INT)"
            )
            cursor.execute("DELETE FROM t")
            row = (
                7,
                "tea 🫖",
                decimal.Decimal("3.50"),
                datetime.datetime(2024, 1, 2, 3, 4, 5, 600),
                b"\0\xff" * 50000,
                None,
            )
            for number in range(3):
                cursor.execute("INSERT INTO t VALUES (%s, %s, %s, %s, %s, %s)", (number, *row[1:]))
            cursor.execute("SELECT * FROM t WHERE id >= %s ORDER BY id", (1,))
            rows = [
                tuple(bytes(value) if isinstance(value, bytearray) else value for value in one)
                for one in cursor.fetchall()
            ]
            self.assertEqual(rows, [(1, *row[1:]), (2, *row[1:])])
            cursor.close()
            connection.reset_session()
            connection.close()

    def installed_connector(self):
        packages = ROOT / "build" / f"mysql-connector-{sys.version_info.major}.{sys.version_info.minor}"
        if not packages.exists():
            command = [
                "install",
                "-q",
                "--retries",
                "0",
                "--timeout",
                "10",
                "--target",
                str(packages),
                "mysql-connector-python",
            ]
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([sys.executable, "-m", "pip", *command], capture_output=True, timeout=60)
        sys.path.append(str(packages))
        importlib.invalidate_caches()
        return (packages / "mysql").exists()


if __name__ == "__main__":
    unittest.main()
