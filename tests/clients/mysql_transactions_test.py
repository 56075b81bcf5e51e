"""Transactions of several connections over sockets: rows that others have locked, deadlocks, long statements."""

import threading
import time
import unittest

import mysql_case
import pymysql

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"


class Transactions(mysql_case.MySQL):
    def setUp(self):
        super().setUp()
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)")
            cursor.execute("INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)")

    def rows(self):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT id, n FROM t ORDER BY id")
            return dict(cursor.fetchall())

    def test_open_transactions_on_different_rows_do_not_wait(self):
        with self.connect() as first, self.connect() as second:
            with first.cursor() as a, second.cursor() as b:
                begun = time.monotonic()
                for turn in range(10):
                    a.execute("UPDATE t SET n = n + 1 WHERE id = 1")
                    b.execute("UPDATE t SET n = n + 1 WHERE id = 2")
                self.assertLess(time.monotonic() - begun, 30)  # else twenty waits of 50 s, at 20 times the speed
                a.execute("SELECT n FROM t ORDER BY id")
                self.assertEqual(a.fetchall(), ((20,), (20,), (30,)))
                self.assertEqual(self.rows(), {1: 10, 2: 20, 3: 30})
            first.commit()
            second.commit()
        self.assertEqual(self.rows(), {1: 20, 2: 30, 3: 30})

    def test_the_same_row_is_waited_for(self):
        with self.connect() as first, self.connect() as second:
            with first.cursor() as a, second.cursor() as b:
                a.execute("UPDATE t SET n = n + 1 WHERE id = 1")
                b.execute("SET innodb_lock_wait_timeout = 20")  # a second at twenty times the speed
                b.execute("UPDATE t SET n = 0 WHERE id = 3")
                begun = time.monotonic()
                with self.assertRaises(pymysql.err.OperationalError) as raised:
                    b.execute("UPDATE t SET n = n * 2 WHERE id = 1")
                self.assertEqual(raised.exception.args[0], 1205)
                self.assertGreater(time.monotonic() - begun, 0.9)
                waiting = threading.Thread(target=lambda: b.execute("UPDATE t SET n = n * 2 WHERE id = 1"))
                b.execute("SET innodb_lock_wait_timeout = 400")
                waiting.start()
                time.sleep(0.2)
                self.assertTrue(waiting.is_alive())
                first.commit()
                waiting.join(10)
                self.assertFalse(waiting.is_alive())
            second.commit()
        self.assertEqual(self.rows(), {1: 22, 2: 20, 3: 0})

    def test_a_deadlock_costs_one_of_two(self):
        with self.connect() as first, self.connect() as second:
            with first.cursor() as a, second.cursor() as b:
                a.execute("UPDATE t SET n = 11 WHERE id = 1")
                b.execute("UPDATE t SET n = 21 WHERE id = 2")
                waiting = threading.Thread(target=lambda: a.execute("UPDATE t SET n = 12 WHERE id = 2"))
                waiting.start()
                time.sleep(0.2)
                with self.assertRaises(pymysql.err.OperationalError) as raised:
                    b.execute("UPDATE t SET n = 22 WHERE id = 1")
                self.assertEqual(raised.exception.args[0], 1213)
                waiting.join(10)
                self.assertFalse(waiting.is_alive())
            first.commit()
        self.assertEqual(self.rows(), {1: 11, 2: 12, 3: 30})

    def test_workers_skip_the_jobs_of_others(self):
        with self.connect() as first, self.connect() as second:
            with first.cursor() as a, second.cursor() as b:
                job = "SELECT id FROM t WHERE n < 100 ORDER BY id LIMIT 1 FOR UPDATE"
                a.execute(job + " SKIP LOCKED")
                self.assertEqual(a.fetchall(), ((1,),))
                b.execute(job + " SKIP LOCKED")
                self.assertEqual(b.fetchall(), ((2,),))
                with self.assertRaises(pymysql.err.DatabaseError) as raised:
                    b.execute(job + " NOWAIT")
                self.assertEqual(raised.exception.args[0], 3572)

    def test_clients_that_transfer_lose_nothing(self):
        """Eight threads, each with its connection, few accounts: waits and deadlocks, and the sum stays."""
        failures = []

        def transfer(seed):
            try:
                with self.connect() as connection, connection.cursor() as cursor:
                    cursor.execute("SET innodb_lock_wait_timeout = 2000")  # a busy machine is no time-out
                    for turn in range(40):
                        payer, payee = (seed + turn) % 3 + 1, (seed * turn + 1) % 3 + 1
                        try:
                            cursor.execute("UPDATE t SET n = n - 1 WHERE id = %s", (payer,))
                            cursor.execute("UPDATE t SET n = n + 1 WHERE id = %s", (payee,))
                            connection.commit()
                        except pymysql.err.OperationalError as error:
                            if error.args[0] != 1213:
                                raise
                            connection.rollback()
            except Exception as error:  # told by the main thread
                failures.append(repr(error))

        threads = [threading.Thread(target=transfer, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])
        self.assertFalse(any(thread.is_alive() for thread in threads))
        self.assertEqual(sum(self.rows().values()), 60)

    def test_a_statement_without_end_holds_up_nobody(self):
        """Of a session whose statements were short so far: there are more connections than threads."""
        with self.connect() as busy:
            errors = []

            def run():
                with busy.cursor() as cursor:
                    for turn in range(20):
                        cursor.execute("SELECT 1")
                    cursor.execute("SET cte_max_recursion_depth = 2000000000")
                    try:
                        cursor.execute(ENDLESS)
                    except pymysql.MySQLError as error:
                        errors.append(error.args[0])

            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            time.sleep(0.3)
            for other in range(8):
                begun = time.monotonic()
                with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
                    cursor.execute("UPDATE t SET n = n + 1 WHERE id = 1")
                    cursor.execute("SELECT n FROM t WHERE id = 1")
                    self.assertEqual(cursor.fetchall(), ((11 + other,),))
                self.assertLess(time.monotonic() - begun, 20)
            self.assertTrue(thread.is_alive())
            with self.connect() as connection, connection.cursor() as cursor:
                cursor.execute(f"KILL QUERY {busy.thread_id()}")
            thread.join(10)
            self.assertEqual(errors, [1317])


if __name__ == "__main__":
    unittest.main()
