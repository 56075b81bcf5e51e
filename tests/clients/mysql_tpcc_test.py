"""The five transactions of TPC-C on RDS, from several clients at once, and then its consistency conditions.

https://www.tpc.org/tpcc/: revision 5.11, the transactions of clause 2 and the conditions 1 to 12 of clause 3.3.2, as far as they
are about what the tables hold. One warehouse, and fewer customers and items than the benchmark wants: this is about
transactions that keep what they promise, not about speed.
"""

import random
import threading
import unittest

import mysql_case
import pymysql

DISTRICTS, CUSTOMERS, ITEMS, ORDERS = 10, 30, 200, 30
CLIENTS, TRANSACTIONS = 6, 60
LOCK_ERRORS = (1205, 1213)  # to be tried again, says MySQL

TABLES = """
CREATE TABLE warehouse (w_id SMALLINT PRIMARY KEY, w_tax DECIMAL(4,4), w_ytd DECIMAL(12,2));
CREATE TABLE district (d_w_id SMALLINT, d_id TINYINT, d_tax DECIMAL(4,4), d_ytd DECIMAL(12,2), d_next_o_id INT,
  PRIMARY KEY (d_w_id, d_id));
CREATE TABLE customer (c_w_id SMALLINT, c_d_id TINYINT, c_id INT, c_last VARCHAR(16), c_credit CHAR(2),
  c_discount DECIMAL(4,4), c_balance DECIMAL(12,2), c_ytd_payment DECIMAL(12,2), c_payment_cnt SMALLINT,
  c_delivery_cnt SMALLINT, c_data TEXT,
  PRIMARY KEY (c_w_id, c_d_id, c_id), KEY by_name (c_w_id, c_d_id, c_last));
CREATE TABLE history (h_c_id INT, h_c_d_id TINYINT, h_c_w_id SMALLINT, h_d_id TINYINT, h_w_id SMALLINT, h_date DATETIME,
  h_amount DECIMAL(6,2));
CREATE TABLE orders (o_w_id SMALLINT, o_d_id TINYINT, o_id INT, o_c_id INT, o_entry_d DATETIME, o_carrier_id TINYINT,
  o_ol_cnt TINYINT,
  PRIMARY KEY (o_w_id, o_d_id, o_id), KEY by_customer (o_w_id, o_d_id, o_c_id, o_id));
CREATE TABLE new_order (no_w_id SMALLINT, no_d_id TINYINT, no_o_id INT, PRIMARY KEY (no_w_id, no_d_id, no_o_id));
CREATE TABLE item (i_id INT PRIMARY KEY, i_name VARCHAR(24), i_price DECIMAL(5,2));
CREATE TABLE stock (s_w_id SMALLINT, s_i_id INT, s_quantity SMALLINT, s_ytd DECIMAL(8,0), s_order_cnt SMALLINT,
  PRIMARY KEY (s_w_id, s_i_id));
CREATE TABLE order_line (ol_w_id SMALLINT, ol_d_id TINYINT, ol_o_id INT, ol_number TINYINT, ol_i_id INT,
  ol_delivery_d DATETIME, ol_quantity TINYINT, ol_amount DECIMAL(6,2),
  PRIMARY KEY (ol_w_id, ol_d_id, ol_o_id, ol_number))
"""

# What may not have a row.
CONDITIONS = {
    1: "SELECT w_id FROM warehouse WHERE w_ytd <> (SELECT SUM(d_ytd) FROM district WHERE d_w_id = w_id)",
    2: """SELECT d_id FROM district WHERE d_next_o_id - 1 <> (SELECT MAX(o_id) FROM orders WHERE o_w_id = d_w_id AND o_d_id = d_id)
          OR d_next_o_id - 1 < (SELECT MAX(no_o_id) FROM new_order WHERE no_w_id = d_w_id AND no_d_id = d_id)""",
    3: "SELECT no_d_id FROM new_order GROUP BY no_w_id, no_d_id HAVING MAX(no_o_id) - MIN(no_o_id) + 1 <> COUNT(*)",
    4: """SELECT d_id FROM district WHERE (SELECT SUM(o_ol_cnt) FROM orders WHERE o_w_id = d_w_id AND o_d_id = d_id)
          <> (SELECT COUNT(*) FROM order_line WHERE ol_w_id = d_w_id AND ol_d_id = d_id)""",
    5: """SELECT o_id FROM orders LEFT JOIN new_order ON no_w_id = o_w_id AND no_d_id = o_d_id AND no_o_id = o_id
          WHERE (o_carrier_id IS NULL) <> (no_o_id IS NOT NULL)""",
    6: """SELECT o_id FROM orders WHERE o_ol_cnt <>
          (SELECT COUNT(*) FROM order_line WHERE ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id)""",
    7: """SELECT ol_o_id FROM order_line JOIN orders ON o_w_id = ol_w_id AND o_d_id = ol_d_id AND o_id = ol_o_id
          WHERE (ol_delivery_d IS NULL) <> (o_carrier_id IS NULL)""",
    8: "SELECT w_id FROM warehouse WHERE w_ytd <> (SELECT SUM(h_amount) FROM history WHERE h_w_id = w_id)",
    9: "SELECT d_id FROM district WHERE d_ytd <> (SELECT SUM(h_amount) FROM history WHERE h_w_id = d_w_id AND h_d_id = d_id)",
    10: """SELECT c_id FROM customer WHERE c_balance <>
           (SELECT COALESCE(SUM(ol_amount), 0) FROM orders
            JOIN order_line ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id
            WHERE o_w_id = c_w_id AND o_d_id = c_d_id AND o_c_id = c_id AND ol_delivery_d IS NOT NULL)
           - (SELECT COALESCE(SUM(h_amount), 0) FROM history WHERE h_c_w_id = c_w_id AND h_c_d_id = c_d_id AND h_c_id = c_id)""",
    12: """SELECT c_id FROM customer WHERE c_balance + c_ytd_payment <>
           (SELECT COALESCE(SUM(ol_amount), 0) FROM orders
            JOIN order_line ON ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id
            WHERE o_w_id = c_w_id AND o_d_id = c_d_id AND o_c_id = c_id AND ol_delivery_d IS NOT NULL)""",
}


class Rollback(Exception):
    """One new order in a hundred names an item that is not there, and takes everything back."""


class Client:
    """One terminal: a connection, and transactions by chance."""

    def __init__(self, connection, seed):
        self.connection = connection
        self.random = random.Random(seed)
        self.done = {"new_order": 0, "payment": 0, "order_status": 0, "delivery": 0, "stock_level": 0}
        self.retries = 0

    def run(self):
        names, weights = zip(("new_order", 45), ("payment", 43), ("order_status", 4), ("delivery", 4), ("stock_level", 4))
        for _ in range(TRANSACTIONS):
            name = self.random.choices(names, weights)[0]
            while not self.attempt(name):
                self.retries += 1
            self.done[name] += 1

    def attempt(self, name):
        try:
            with self.connection.cursor() as cursor:
                self.cursor = cursor
                getattr(self, name)()
            self.connection.commit()
        except Rollback:
            self.connection.rollback()
        except pymysql.MySQLError as error:
            self.connection.rollback()
            if error.args[0] not in LOCK_ERRORS:
                raise
            return False
        return True

    def one(self, sql, *values):
        self.cursor.execute(sql, values)
        return self.cursor.fetchone()

    def change(self, sql, *values):
        return self.cursor.execute(sql, values)

    def district(self):
        return self.random.randint(1, DISTRICTS)

    def customer(self, district):
        """By number or, of three in five, by name: the one in the middle."""
        if self.random.random() < 0.4:
            return self.random.randint(1, CUSTOMERS)
        self.cursor.execute(
            "SELECT c_id FROM customer WHERE c_w_id = 1 AND c_d_id = %s AND c_last = %s ORDER BY c_id",
            (district, f"NAME{self.random.randint(0, 9)}"),
        )
        found = self.cursor.fetchall()
        return found[len(found) // 2][0]

    def new_order(self):
        district, count = self.district(), self.random.randint(5, 15)
        customer = self.random.randint(1, CUSTOMERS)
        self.one("SELECT w_tax FROM warehouse WHERE w_id = 1")
        (order,) = self.one("SELECT d_next_o_id FROM district WHERE d_w_id = 1 AND d_id = %s FOR UPDATE", district)
        self.change("UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = 1 AND d_id = %s", district)
        self.change("INSERT INTO orders VALUES (1, %s, %s, %s, NOW(), NULL, %s)", district, order, customer, count)
        self.change("INSERT INTO new_order VALUES (1, %s, %s)", district, order)
        is_wrong = self.random.random() < 0.01
        for number in range(1, count + 1):
            item = ITEMS + 1 if is_wrong and number == count else self.random.randint(1, ITEMS)
            price = self.one("SELECT i_price FROM item WHERE i_id = %s", item)
            if price is None:
                raise Rollback
            quantity = self.random.randint(1, 10)
            (left,) = self.one("SELECT s_quantity FROM stock WHERE s_w_id = 1 AND s_i_id = %s FOR UPDATE", item)
            left = left - quantity if left - quantity >= 10 else left - quantity + 91
            self.change(
                "UPDATE stock SET s_quantity = %s, s_ytd = s_ytd + %s, s_order_cnt = s_order_cnt + 1 WHERE s_w_id = 1 AND s_i_id = %s",
                left,
                quantity,
                item,
            )
            line = (district, order, number, item, quantity, price[0] * quantity)
            self.change("INSERT INTO order_line VALUES (1, %s, %s, %s, %s, NULL, %s, %s)", *line)

    def payment(self):
        district, amount = self.district(), self.random.randint(100, 500000) / 100
        self.change("UPDATE warehouse SET w_ytd = w_ytd + %s WHERE w_id = 1", amount)
        self.change("UPDATE district SET d_ytd = d_ytd + %s WHERE d_w_id = 1 AND d_id = %s", amount, district)
        customer = self.customer(district)
        self.change(
            "UPDATE customer SET c_balance = c_balance - %s, c_ytd_payment = c_ytd_payment + %s, c_payment_cnt = c_payment_cnt + 1,"
            " c_data = IF(c_credit = 'BC', LEFT(CONCAT(c_id, ' ', %s, '|', c_data), 500), c_data) WHERE c_w_id = 1 AND c_d_id = %s AND c_id = %s",
            amount,
            amount,
            amount,
            district,
            customer,
        )
        self.change("INSERT INTO history VALUES (%s, %s, 1, %s, 1, NOW(), %s)", customer, district, district, amount)

    def order_status(self):
        district = self.district()
        customer = self.customer(district)
        order = self.one(
            "SELECT o_id FROM orders WHERE o_w_id = 1 AND o_d_id = %s AND o_c_id = %s ORDER BY o_id DESC LIMIT 1", district, customer
        )
        if order is not None:
            self.one("SELECT COUNT(*) FROM order_line WHERE ol_w_id = 1 AND ol_d_id = %s AND ol_o_id = %s", district, *order)

    def delivery(self):
        for district in range(1, DISTRICTS + 1):
            order = self.one(
                "SELECT no_o_id FROM new_order WHERE no_w_id = 1 AND no_d_id = %s ORDER BY no_o_id LIMIT 1 FOR UPDATE", district
            )
            if order is None:
                continue
            at = (district, *order)
            self.change("DELETE FROM new_order WHERE no_w_id = 1 AND no_d_id = %s AND no_o_id = %s", *at)
            (customer,) = self.one("SELECT o_c_id FROM orders WHERE o_w_id = 1 AND o_d_id = %s AND o_id = %s", *at)
            self.change("UPDATE orders SET o_carrier_id = 7 WHERE o_w_id = 1 AND o_d_id = %s AND o_id = %s", *at)
            self.change("UPDATE order_line SET ol_delivery_d = NOW() WHERE ol_w_id = 1 AND ol_d_id = %s AND ol_o_id = %s", *at)
            (amount,) = self.one("SELECT SUM(ol_amount) FROM order_line WHERE ol_w_id = 1 AND ol_d_id = %s AND ol_o_id = %s", *at)
            self.change(
                "UPDATE customer SET c_balance = c_balance + %s, c_delivery_cnt = c_delivery_cnt + 1 WHERE c_w_id = 1 AND c_d_id = %s AND c_id = %s",
                amount,
                district,
                customer,
            )

    def stock_level(self):
        district = self.district()
        (following,) = self.one("SELECT d_next_o_id FROM district WHERE d_w_id = 1 AND d_id = %s", district)
        self.one(
            "SELECT COUNT(DISTINCT s_i_id) FROM order_line JOIN stock ON s_w_id = 1 AND s_i_id = ol_i_id"
            " WHERE ol_w_id = 1 AND ol_d_id = %s AND ol_o_id BETWEEN %s AND %s AND s_quantity < 15",
            district,
            following - 20,
            following - 1,
        )


class TPCC(mysql_case.MySQL):
    def load(self, connection):
        chance = random.Random(1)
        with connection.cursor() as cursor:
            for table in TABLES.split(";"):
                cursor.execute(table)
            people = [(d, c) for d in range(1, DISTRICTS + 1) for c in range(1, CUSTOMERS + 1)]
            cursor.execute("INSERT INTO warehouse VALUES (1, 0.1, %s)", (10 * len(people),))
            rows = [(d, 10 * CUSTOMERS, ORDERS + 1) for d in range(1, DISTRICTS + 1)]
            cursor.executemany("INSERT INTO district VALUES (1, %s, 0.05, %s, %s)", rows)
            rows = [(d, c, f"NAME{c % 10}", "BC" if c % 10 == 3 else "GC") for d, c in people]
            cursor.executemany("INSERT INTO customer VALUES (1, %s, %s, %s, %s, 0.1, -10, 10, 1, 0, 'new')", rows)
            cursor.executemany("INSERT INTO history VALUES (%s, %s, 1, %s, 1, NOW(), 10)", [(c, d, d) for d, c in people])
            rows = [(i, f"item {i}", chance.randint(100, 10000) / 100) for i in range(1, ITEMS + 1)]
            cursor.executemany("INSERT INTO item VALUES (%s, %s, %s)", rows)
            cursor.executemany("INSERT INTO stock VALUES (1, %s, %s, 0, 0)", [(i, chance.randint(10, 100)) for i in range(1, ITEMS + 1)])
            for d in range(1, DISTRICTS + 1):
                for o in range(1, ORDERS + 1):
                    count, is_open = chance.randint(5, 15), o > ORDERS * 7 // 10
                    cursor.execute(
                        "INSERT INTO orders VALUES (1, %s, %s, %s, NOW(), %s, %s)", (d, o, o % CUSTOMERS + 1, None if is_open else 3, count)
                    )
                    delivered = "NULL" if is_open else "NOW()"
                    lines = [(d, o, n, chance.randint(1, ITEMS)) for n in range(1, count + 1)]
                    cursor.executemany(f"INSERT INTO order_line VALUES (1, %s, %s, %s, %s, {delivered}, 5, 0)", lines)
                    if is_open:
                        cursor.execute("INSERT INTO new_order VALUES (1, %s, %s)", (d, o))
        connection.commit()

    def check(self):
        with self.connect() as connection, connection.cursor() as cursor:
            for number, query in CONDITIONS.items():
                cursor.execute(query)
                self.assertEqual(cursor.fetchall(), (), f"condition {number}")

    def test_transactions_keep_the_books(self):
        with self.connect() as connection:
            self.load(connection)
        self.check()
        failures, clients = [], []

        def run(number):
            try:
                with self.connect() as connection:
                    client = Client(connection, number)
                    clients.append(client)
                    client.run()
            except Exception as error:  # noqa: BLE001
                failures.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(sum(sum(client.done.values()) for client in clients), CLIENTS * TRANSACTIONS)
        self.check()


if __name__ == "__main__":
    unittest.main()
