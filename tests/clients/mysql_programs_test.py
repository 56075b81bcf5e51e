"""Stored procedures, functions and triggers as clients see them: the mariadb command line, PyMySQL, mariadb-dump."""

import threading
import unittest

import mysql_case
import pymysql

PROGRAMS = """
CREATE TABLE items (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20), stock INT NOT NULL DEFAULT 0);
CREATE TABLE history (n INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(60));
DELIMITER //
CREATE TRIGGER items_ai AFTER INSERT ON items FOR EACH ROW
BEGIN
  INSERT INTO history (what) VALUES (CONCAT('new; ', NEW.name));
END//
CREATE TRIGGER items_bu BEFORE UPDATE ON items FOR EACH ROW
  IF NEW.stock < 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'out of stock'; END IF//
CREATE FUNCTION doubled(n INT) RETURNS INT DETERMINISTIC RETURN n * 2//
CREATE PROCEDURE sell(IN item VARCHAR(20), IN amount INT, OUT remaining INT)
  COMMENT 'takes from the stock'
BEGIN
  UPDATE items SET stock = stock - amount WHERE name = item;
  SELECT stock INTO remaining FROM items WHERE name = item;
  SELECT name, stock FROM items WHERE name = item;
  SELECT COUNT(*) AS entries FROM history;
END//
DELIMITER ;
INSERT INTO items (name, stock) VALUES ('pen', 10), ('ink', 3);
"""


class StoredPrograms(mysql_case.MySQL):
    def setUp(self):
        super().setUp()
        for identifier in ("orders", "second"):
            with self.connect(identifier, database=None) as connection, connection.cursor() as cursor:
                cursor.execute("SET GLOBAL log_bin_trust_function_creators = 1")
        self.mariadb(self.schema, text=PROGRAMS)

    def test_call_gives_several_results(self):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CALL sell('pen', 4, @left)")
            self.assertEqual(cursor.fetchall(), (("pen", 6),))
            self.assertTrue(cursor.nextset())
            self.assertEqual(cursor.fetchall(), ((2,),))
            self.assertTrue(cursor.nextset())
            self.assertIsNone(cursor.description)
            self.assertFalse(cursor.nextset())
            cursor.execute("SELECT CAST(@left AS SIGNED), doubled(@left)")
            self.assertEqual(cursor.fetchall(), ((6, 12),))
            cursor.callproc("sell", ("pen", 1, 0))
            self.assertEqual(cursor.fetchall(), (("pen", 5),))
            while cursor.nextset():
                pass
            with self.assertRaises(pymysql.Error) as raised:
                cursor.execute("CALL sell('ink', 5, @left)")
            self.assertEqual(raised.exception.args, (1644, "out of stock"))
            cursor.execute("SELECT stock FROM items WHERE name = 'ink'")
            self.assertEqual(cursor.fetchall(), ((3,),))

    def test_batches_of_statements(self):
        script = "CREATE PROCEDURE two() BEGIN SELECT 1; SELECT 2; END; CALL two(); SELECT 3"
        flag = pymysql.constants.CLIENT.MULTI_STATEMENTS
        with self.connect(client_flag=flag) as connection, connection.cursor() as cursor:
            cursor.execute(script)
            results = [cursor.fetchall() if cursor.description else None]
            while cursor.nextset():
                results.append(cursor.fetchall() if cursor.description else None)
            self.assertEqual(results, [None, ((1,),), ((2,),), None, ((3,),)])

    def test_call_waits_for_a_row_and_goes_on(self):
        with self.connect(autocommit=False) as owner, self.connect(autocommit=True) as other:
            owner.cursor().execute("UPDATE items SET stock = 8 WHERE name = 'pen'")
            results = []

            def call():
                with other.cursor() as cursor:
                    cursor.execute("CALL sell('pen', 1, @left)")
                    results.append(cursor.fetchall())

            waiting = threading.Thread(target=call)
            waiting.start()
            waiting.join(0.5)
            self.assertTrue(waiting.is_alive())
            owner.commit()
            waiting.join(20)
            self.assertEqual(results, [(("pen", 7),)])

    def test_loop_ends_by_kill(self):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE PROCEDURE forever() BEGIN DECLARE i INT DEFAULT 0; LOOP SET i = i + 1; END LOOP; END")
            killer = threading.Timer(0.5, lambda: self.mariadb("-e", f"KILL QUERY {connection.thread_id()}"))
            killer.start()
            with self.assertRaises(pymysql.Error) as raised:
                cursor.execute("CALL forever()")
            self.assertEqual(raised.exception.args[0], 1317)
            killer.join()
            cursor.execute("SELECT 1")
            self.assertEqual(cursor.fetchall(), ((1,),))

    def test_dump_round_trip(self):
        dump = self.run_client("mariadb-dump", "--routines", "--triggers", "--single-transaction", self.schema)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        for part in ("TRIGGER `items_ai`", "FUNCTION `doubled`", "PROCEDURE `sell`"):
            self.assertIn(part, dump.stdout)
        self.mariadb("-e", f"CREATE DATABASE {self.schema}", identifier="second")
        self.mariadb(self.schema, identifier="second", text=dump.stdout)
        statements = (
            "SELECT * FROM items",
            "SELECT * FROM history",
            "SHOW CREATE PROCEDURE sell",
            "SHOW CREATE FUNCTION doubled",
            "SELECT TRIGGER_NAME, ACTION_STATEMENT, ACTION_TIMING, EVENT_MANIPULATION FROM information_schema.TRIGGERS"
            f" WHERE TRIGGER_SCHEMA = '{self.schema}' ORDER BY 1",
        )
        for statement in statements:
            rows = []
            for identifier in ("orders", "second"):
                with self.connect(identifier) as connection, connection.cursor() as cursor:
                    cursor.execute(statement)
                    rows.append(cursor.fetchall())
            self.assertEqual(rows[0], rows[1])
            self.assertGreater(len(rows[0]), 0)
        self.mariadb(self.schema, "-e", "INSERT INTO items (name) VALUES ('cap')", identifier="second")
        self.assertEqual(
            self.mariadb(self.schema, "-N", "-e", "SELECT what FROM history ORDER BY n", identifier="second"),
            "new; pen\nnew; ink\nnew; cap\n",
        )
        everything = self.run_client("mariadb-dump", "--routines", "--all-databases")
        self.assertEqual(everything.returncode, 0, everything.stderr)


if __name__ == "__main__":
    unittest.main()
