"""Spatial columns as clients see them: bytes with a type of their own, dumped and reloaded."""

import struct
import unittest

import mysql_case

GEOMETRY = 255  # the type in column definitions


class Spatial(mysql_case.MySQL):
    def execute(self, *statements, identifier="orders"):
        """The rows of the last statement, and its columns' types."""
        with self.connect(identifier, autocommit=True) as connection, connection.cursor() as cursor:
            for statement, *parameters in statements:
                cursor.execute(statement, *parameters)
            return cursor.fetchall(), [column[1] for column in cursor.description or ()]

    def test_values_are_bytes(self):
        inside = struct.pack("<IBIdd", 4326, 1, 1, 10.5, 63.25)  # longitude first
        rows, types = self.execute(
            ("CREATE TABLE t (p POINT NOT NULL SRID 4326, SPATIAL INDEX (p))",),
            ("INSERT INTO t VALUES (ST_GeomFromText(%s, 4326)), (%s)", ("POINT(63.25 10.5)", inside)),
            ("SELECT p, ST_AsText(p) FROM t",),
        )
        self.assertEqual(rows, ((inside, "POINT(63.25 10.5)"),) * 2)
        self.assertEqual(types[0], GEOMETRY)

    def test_a_dump_brings_them_back(self):
        self.execute(
            ("CREATE TABLE t (id INT PRIMARY KEY, g GEOMETRY NOT NULL SRID 4326, p POINT, SPATIAL KEY g (g))",),
            ("INSERT INTO t VALUES (1, ST_GeomFromText('POINT(63.4269 10.3958)', 4326), NULL)",),
            ("INSERT INTO t VALUES (2, ST_GeomFromText('LINESTRING(1 2,-3 1e-9)', 4326), POINT(39, 92))",),
        )
        query = (f"SELECT id, ST_SRID(g), HEX(g), HEX(p) FROM {self.schema}.t ORDER BY id",)
        shown = (f"SHOW CREATE TABLE {self.schema}.t",)
        for option in ("--hex-blob", "--skip-hex-blob"):
            with self.subTest(option=option):
                dump = self.run_client("mariadb-dump", option, self.schema)
                self.assertEqual(dump.returncode, 0, dump.stderr)
                with self.connect("second", autocommit=True, database=None) as connection:
                    connection.cursor().execute(f"DROP DATABASE IF EXISTS {self.schema}")
                    connection.cursor().execute(f"CREATE DATABASE {self.schema}")
                self.mariadb(self.schema, identifier="second", text=dump.stdout)
                self.assertEqual(self.execute(query, identifier="second"), self.execute(query))
                self.assertEqual(self.execute(shown, identifier="second"), self.execute(shown))


if __name__ == "__main__":
    unittest.main()
