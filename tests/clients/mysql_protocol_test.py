"""The MySQL protocol as drivers use it: compression, query attributes, attributes of connections, time-outs, limits."""

import contextlib
import importlib.util
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
import unittest

import mysql_case
import mysql_clients_test
import mysql_drivers_test
import pymysql
from mysql_case import PASSWORD, USER

NODE = """
const { createRequire } = require('module');
const load = createRequire(process.env.PACKAGES + '/package.json');
(async () => {
  const connection = await load('mysql2/promise').createConnection({
    host: process.env.DATABASE_HOST, port: Number(process.env.DATABASE_PORT), user: process.env.DATABASE_USER,
    password: process.env.DATABASE_PASSWORD, compress: true });
  const [[row]] = await connection.query("SELECT REPEAT('x', 3000000) AS long_one");
  const [[short]] = await connection.execute('SELECT LENGTH(?) AS length', ['y'.repeat(500000)]);
  const [tracked] = await connection.query('SET NAMES utf8mb4');
  console.log(row.long_one.length, short.length, JSON.stringify(tracked.stateChanges));
  await connection.end();
})();
"""


class Protocol(mysql_case.MySQL):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.set_globals, connect_timeout=10, net_read_timeout=30, max_connections=85)

    def set_globals(self, **variables):
        with self.connect(database=None) as connection, connection.cursor() as cursor:
            for name, value in variables.items():
                cursor.execute(f"SET GLOBAL {name} = {value}")

    def raw(self):
        """A socket on which the server has greeted."""
        sock = socket.create_connection(self.endpoint(), timeout=10)
        self.addCleanup(sock.close)
        self.assertEqual(sock.recv(65536)[4], 10)
        return sock

    def last_words(self, sock, within=15):
        """What the server says until it closes."""
        sock.settimeout(within)
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := sock.recv(65536):
                said += piece
        return said

    def connector(self, **options):
        if not importlib.util.find_spec("mysql") and not mysql_clients_test.Python.installed_connector(self):
            self.skipTest("mysql-connector-python is neither installed nor to be had from PyPI")
        import mysql.connector

        host, port = self.endpoint()
        wanted = dict(host=host, port=port, user=USER, password=PASSWORD, database=self.schema, use_pure=True)
        connection = mysql.connector.connect(**{**wanted, **options})
        self.addCleanup(connection.close)
        return connection

    # Compression.

    def test_the_command_line_compresses(self):
        self.assertEqual(len(self.mariadb("--compress", "-N", "-e", "SELECT REPEAT('diorama ', 500000)")), 4_000_001)
        self.assertEqual(self.mariadb("--compress", "-N", "-e", "SELECT 1"), "1\n")
        script = "SELECT LENGTH('" + "x" * 17_000_000 + "');"
        ended = self.mariadb("--compress", "--max-allowed-packet=32M", "-N", text=script)
        self.assertEqual(ended, "17000000\n")

    def test_a_connector_compresses_and_sends_attributes(self):
        for compress in (False, True):
            connection = self.connector(compress=compress)
            cursor = connection.cursor()
            cursor.execute("SELECT REPEAT('x', 1000000)")
            self.assertEqual(len(cursor.fetchall()[0][0]), 1_000_000)
            cursor.add_attribute("trace", "abc-1")
            cursor.add_attribute("count", 42)
            for name, text in (("trace", "abc-1"), ("count", "42"), ("none", "-")):
                cursor.execute(f"SELECT IFNULL(mysql_query_attribute_string('{name}'), '-')")
                self.assertEqual(cursor.fetchall(), [(text,)])
            prepared = connection.cursor(prepared=True)
            cursor.clear_attributes()
            prepared.add_attribute("trace", "of a prepared one")
            prepared.execute("SELECT ?, mysql_query_attribute_string('trace')", (7,))
            self.assertEqual(prepared.fetchall(), [(7, "of a prepared one")])

    @unittest.skipUnless(shutil.which("node"), "node is not installed")
    def test_node_compresses_and_tracks(self):
        packages = mysql_drivers_test.PACKAGES / "js"
        if not packages.exists():
            self.skipTest("the packages of mysql_drivers_test are not there")
        host, port = self.endpoint()
        environment = dict(
            os.environ,
            DATABASE_HOST=host,
            DATABASE_PORT=str(port),
            DATABASE_USER=USER,
            DATABASE_PASSWORD=PASSWORD,
            PACKAGES=str(packages),
        )
        ended = subprocess.run(["node", "-e", NODE], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("3000000 500000", ended.stdout)
        self.assertIn("character_set_client", ended.stdout)

    def test_what_a_client_says_about_itself_is_kept(self):
        with self.connect(program_name="a-program") as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT ATTR_NAME, ATTR_VALUE FROM performance_schema.session_connect_attrs"
                " WHERE PROCESSLIST_ID = CONNECTION_ID()"
            )
            attributes = dict(cursor.fetchall())
            self.assertEqual(attributes["program_name"], "a-program")
            self.assertEqual(attributes["_client_name"], "pymysql")

    # Long packets.

    def test_long_packets_both_ways(self):
        with self.connect(max_allowed_packet=1 << 27) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, s LONGTEXT)")
            text = "0123456789abcdef" * (20 << 16)
            cursor.execute("INSERT INTO t VALUES (1, %s)", (text,))
            connection.commit()
            cursor.execute("SELECT s FROM t")
            self.assertEqual(cursor.fetchone()[0] == text, True)
            with self.assertRaises(pymysql.MySQLError) as refused:
                cursor.execute("SELECT '" + "x" * (65 << 20) + "'")
            self.assertIn(refused.exception.args[0], (1153, 2006, 2013))
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM t")
            self.assertEqual(cursor.fetchone(), (1,))

    # Silence.

    def test_an_idle_session_is_told_why_it_ends(self):
        with self.connect() as idle, self.connect() as other, idle.cursor() as cursor:
            cursor.execute("SET wait_timeout = 20")  # a second of ours
            time.sleep(3)
            with self.assertRaises(pymysql.MySQLError) as ended:
                cursor.execute("SELECT 1")
            self.assertIn(ended.exception.args[0], (4031, 2006, 2013))
            with other.cursor() as further:
                further.execute("SHOW PROCESSLIST")
                self.assertNotIn(idle.thread_id(), [row[0] for row in further.fetchall()])

    def test_a_statement_that_takes_long_is_no_silence(self):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET wait_timeout = 10")
            cursor.execute("SELECT SLEEP(60)")  # three seconds of ours
            self.assertEqual(cursor.fetchall(), ((0,),))

    def test_who_stops_in_the_middle_of_the_login_is_let_go(self):
        self.set_globals(connect_timeout=1)
        silent, halfway = self.raw(), self.raw()
        halfway.sendall(b"\x20\0\0\1\x85\xa6")
        began = time.monotonic()
        self.assertEqual(self.last_words(silent), b"")
        self.assertEqual(self.last_words(halfway), b"")
        self.assertLess(time.monotonic() - began, 10)

    def test_who_stops_in_the_middle_of_a_packet_is_let_go(self):
        self.set_globals(net_read_timeout=1)
        with self.connect() as connection:
            sock = connection._sock
            sock.sendall(b"\xff\0\0\0\x03SELECT")
            began = time.monotonic()
            self.assertEqual(self.last_words(sock), b"")
            self.assertLess(time.monotonic() - began, 10)

    def test_packets_out_of_order(self):
        with self.connect() as connection:
            connection._sock.sendall(b"\x01\0\0\x05\x0e")
            self.assertIn(b"#08S01Got packets out of order", self.last_words(connection._sock))

    # Limits.

    def test_too_many_connections(self):
        with contextlib.ExitStack() as held:
            one = held.enter_context(self.connect())
            with one.cursor() as cursor:
                cursor.execute("SHOW STATUS LIKE 'Threads_connected'")
                open_ones = int(cursor.fetchone()[1])
                cursor.execute(f"SET GLOBAL max_connections = {open_ones + 2}")
                held.enter_context(self.connect())
                held.enter_context(self.connect())
                with self.assertRaises(pymysql.MySQLError) as refused, self.connect():
                    pass
                # Before the handshake errors have no SQLSTATE; older versions of PyMySQL cut off six characters
                # all the same.
                self.assertEqual(refused.exception.args[0], 1040)
                self.assertIn(refused.exception.args[1], ("Too many connections", "ny connections"))
                cursor.execute("SET GLOBAL max_connections = 85")
            held.enter_context(self.connect())

    def test_a_thousand_sessions_with_open_transactions(self):
        count = 1000
        self.set_globals(max_connections=count + 10)
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        began = time.monotonic()
        with contextlib.ExitStack() as held:
            sessions = [held.enter_context(self.connect()) for _ in range(count)]
            for number, session in enumerate(sessions):
                session.begin()
                with session.cursor() as cursor:
                    cursor.execute(f"INSERT INTO t VALUES ({number})")
            with self.connect() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT COUNT(*) FROM t")
                self.assertEqual(cursor.fetchone(), (0,))
            failed = []

            def end(some):
                try:
                    for number, session in some:
                        session.commit() if number % 2 else session.rollback()
                except pymysql.MySQLError as error:
                    failed.append(error)

            numbered = list(enumerate(sessions))
            threads = [threading.Thread(target=end, args=(numbered[start::20],)) for start in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(failed, [])
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*), MIN(id % 2) FROM t")
            self.assertEqual(cursor.fetchone(), (count // 2, 1))
        self.assertLess(time.monotonic() - began, 120)

    def test_old_and_unknown_commands(self):
        with self.connect() as connection:
            for command, code in ((0x05, 1047), (0x08, 1047), (0x0D, 1227), (0x1D, 1047), (0x7F, 1047)):
                connection._sock.sendall(struct.pack("<I", 1) + bytes([command]))
                connection._next_seq_id = 1
                with self.assertRaises(pymysql.MySQLError) as refused:
                    connection._read_packet()
                self.assertEqual(refused.exception.args[0], code)
            connection.ping(reconnect=False)


if __name__ == "__main__":
    unittest.main()
