"""Drivers that log in with other character sets than utf8mb4, and collations by what they find."""

import unittest

import mysql_case
import pymysql


class CharacterSets(mysql_case.MySQL):
    def rows(self, connection, statement, values=None):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())

    def test_latin1_client(self):
        with self.connect(charset="latin1") as old, self.connect() as new:
            self.rows(old, "CREATE TABLE t (id INT PRIMARY KEY, l VARCHAR(9) CHARACTER SET latin1, m VARCHAR(9))")
            self.rows(old, "INSERT INTO t VALUES (1, %s, %s)", ("Grüße €", "Grüße €"))
            old.commit()
            self.assertEqual(self.rows(old, "SELECT l, m FROM t"), [("Grüße €", "Grüße €")])
            self.assertEqual(self.rows(new, "SELECT l, m FROM t"), [("Grüße €", "Grüße €")])
            self.assertEqual(self.rows(new, "SELECT HEX(l), LENGTH(m) FROM t"), [("4772FCDF652080", 11)])
            self.assertEqual(self.rows(old, "SELECT @@character_set_client, HEX('ü')"), [("latin1", "FC")])
            self.rows(new, "INSERT INTO t (id, m) VALUES (2, 'Ω')")
            new.commit()
            old.commit()
            self.assertEqual(self.rows(old, "SELECT m FROM t WHERE id = 2"), [("?",)])
            with self.assertRaises(pymysql.err.DataError) as refused:
                self.rows(new, "INSERT INTO t (id, l) VALUES (3, 'Ω')")
            self.assertEqual(refused.exception.args[0], 1366)

    def test_utf8mb3_client(self):
        with self.connect(charset="utf8") as old, self.connect() as new:
            self.rows(new, "CREATE TABLE t (m VARCHAR(9))")
            self.rows(new, "INSERT INTO t VALUES ('a🍣é')")
            new.commit()
            self.assertEqual(self.rows(old, "SELECT m FROM t"), [("a?é",)])

    def test_collations_find_what_they_should(self):
        with self.connect() as connection:
            self.rows(
                connection,
                "CREATE TABLE t (s VARCHAR(20), c VARCHAR(20) COLLATE utf8mb4_0900_as_cs, UNIQUE (c), KEY (s))",
            )
            words = ["Резюме", "резюмé", "STRASSE", "straße", "Zürich", "ZURICH", "ångström", "🍣", "🍺"]
            for word in words:
                self.rows(connection, "INSERT INTO t VALUES (%s, %s)", (word, word))
            for wanted, alike, same in (
                ("STRASSE", 2, 1),
                ("ZURICH", 2, 1),
                ("Ångstrom", 1, 0),
                ("🍺", 1, 1),
                ("РЕЗЮМЕ", 1, 0),
            ):
                with self.subTest(wanted):
                    for column, found in (("s", alike), ("c", same)):
                        count = self.rows(connection, f"SELECT COUNT(*) FROM t WHERE {column} = %s", (wanted,))
                        self.assertEqual(count, [(found,)])


if __name__ == "__main__":
    unittest.main()
