"""Statements that are ended from outside, over sockets: KILL QUERY, KILL, max_execution_time."""

import threading
import time
import unittest

import mysql_case
import pymysql

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"


class Interruption(mysql_case.MySQL):
    def run_endless(self, connection):
        """Runs a statement without end in a thread; joined, the list holds the error that ended it."""
        errors = []

        def run():
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SET cte_max_recursion_depth = 2000000000")
                    cursor.execute(ENDLESS)
            except pymysql.MySQLError as error:
                errors.append(error.args[0])

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread, errors

    def kill_until_ended(self, statement, thread):
        with self.connect() as connection, connection.cursor() as cursor:
            deadline = time.monotonic() + 20
            while thread.is_alive() and time.monotonic() < deadline:
                try:
                    cursor.execute(statement)
                except pymysql.MySQLError as error:
                    self.assertEqual(error.args[0], 1094)  # it is gone already
                thread.join(0.05)
        self.assertFalse(thread.is_alive(), f"{statement} did not end the statement")

    def test_kill_query_leaves_the_connection(self):
        with self.connect() as connection:
            thread, errors = self.run_endless(connection)
            self.kill_until_ended(f"KILL QUERY {connection.thread_id()}", thread)
            self.assertEqual(errors, [1317])
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                self.assertEqual(cursor.fetchall(), ((1,),))

    def test_kill_closes_the_connection(self):
        with self.connect() as connection:
            thread, errors = self.run_endless(connection)
            self.kill_until_ended(f"KILL {connection.thread_id()}", thread)
            self.assertEqual(len(errors), 1)
            with self.assertRaises(pymysql.Error), connection.cursor() as cursor:
                for _ in range(20):
                    cursor.execute("SELECT 1")
                    time.sleep(0.1)

    def test_kill_closes_an_idle_connection(self):
        with self.connect() as idle, self.connect() as other:
            with other.cursor() as cursor:
                cursor.execute(f"KILL {idle.thread_id()}")
                with self.assertRaises(pymysql.MySQLError) as unknown:
                    cursor.execute("KILL 4000000000")
                self.assertEqual(unknown.exception.args[0], 1094)
            with self.assertRaises(pymysql.Error), idle.cursor() as cursor:
                for _ in range(20):
                    cursor.execute("SELECT 1")
                    time.sleep(0.1)

    def test_max_execution_time(self):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET cte_max_recursion_depth = 2000000000, max_execution_time = 1000")
            with self.assertRaises(pymysql.MySQLError) as ended:
                cursor.execute(ENDLESS)
            self.assertEqual(ended.exception.args[0], 3024)

    def test_a_recursion_ends_by_itself(self):
        with self.connect() as connection, connection.cursor() as cursor:
            with self.assertRaises(pymysql.MySQLError) as ended:
                cursor.execute(ENDLESS)
            self.assertEqual(ended.exception.args[0], 3636)


if __name__ == "__main__":
    unittest.main()
