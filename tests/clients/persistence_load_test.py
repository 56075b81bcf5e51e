"""Nothing acknowledged is lost: a load of writes is killed (kill -9) ten times at random moments."""

import hashlib
import http.client
import pathlib
import random
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from reference.emulator import wait_for  # noqa: E402
from persistence_case import Reborn  # noqa: E402
from wire import signed  # noqa: E402

ROUNDS = 10
SIGNED = signed("s3")


class Writers:
    """Threads that write to S3 and to a database until the emulator dies, and remember what was acknowledged."""

    def __init__(self, emulator, round_number, connect):
        self.emulator = emulator
        self.round = round_number
        self.connect = connect
        self.put = {}
        self.deleted = set()
        self.rows = set()
        self.pairs = set()
        self.topics = set()
        self.threads = [threading.Thread(target=self.write_objects, args=(n,), daemon=True) for n in range(2)]
        self.threads.append(threading.Thread(target=self.insert_rows, daemon=True))
        self.threads += [threading.Thread(target=self.insert_pairs, args=(n,), daemon=True) for n in range(4)]
        self.threads.append(threading.Thread(target=self.create_topics, daemon=True))

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join(20)

    def write_objects(self, writer):
        chance = random.Random(self.round * 10 + writer)
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=10)
        try:
            for number in range(10**6):
                key = f"{self.round}-{writer}-{number % 40}"
                if number % 7 == 6:
                    key = f"{self.round}-{writer}-{(number - 3) % 40}"
                    self.put.pop(key, None)  # from now on unknown
                    self.deleted.discard(key)
                    connection.request("DELETE", f"/load/{key}", headers=SIGNED)
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 204:
                        self.deleted.add(key)
                    continue
                body = chance.randbytes(chance.choice((10, 2000, 40_000)))
                self.put.pop(key, None)
                self.deleted.discard(key)
                connection.request("PUT", f"/load/{key}", body=body, headers=SIGNED)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.put[key] = hashlib.md5(body).hexdigest()
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def insert_rows(self):
        import pymysql

        try:
            with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
                for number in range(10**6):
                    cursor.execute("INSERT INTO log (round, number) VALUES (%s, %s)", (self.round, number))
                    self.rows.add((self.round, number))
        except (OSError, pymysql.err.Error):
            return

    def insert_pairs(self, writer):
        """Transactions beside one another: two rows and a counter, all or nothing."""
        import pymysql

        try:
            with self.connect() as connection, connection.cursor() as cursor:
                for number in range(10**6):
                    key = (self.round, writer, number)
                    cursor.execute("INSERT INTO pairs VALUES (%s, %s, %s, 0)", key)
                    cursor.execute("UPDATE written SET pairs = pairs + 1 WHERE writer = %s", (writer,))
                    cursor.execute("INSERT INTO pairs VALUES (%s, %s, %s, 1)", key)
                    connection.commit()
                    self.pairs.add(key)
        except (OSError, pymysql.err.Error):
            return

    def create_topics(self):
        # Not by an SDK, which would try again for seconds when the emulator is gone.
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=10)
        scope = "Credential=test/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 {scope}",
            "X-Amz-Date": "20260101T000000Z",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            for number in range(500):
                name = f"round-{self.round}-{number}"
                body = f"Action=CreateTopic&Version=2010-03-31&Name={name}"
                connection.request("POST", "/", body=body, headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.topics.add(name)
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()


class KilledUnderLoad(unittest.TestCase):
    def test_every_acknowledged_write_is_there(self):
        chance = random.Random(20)
        with tempfile.TemporaryDirectory() as folder:
            emulator = Reborn(folder, "--time-scale", "60", "--log", "error").start()
            try:
                self.prepare(emulator)
                written = []
                for number in range(ROUNDS):
                    writers = Writers(emulator, number, self.connect)
                    writers.start()
                    time.sleep(0.1 + 0.4 * chance.random())  # the moment of death, not a wait for something
                    emulator.kill()
                    writers.join()
                    written.append(writers)
                    emulator.start()
                    self.check(emulator, written)
                objects = sum(len(one.put) for one in written)
                rows = sum(len(one.rows) for one in written)
                pairs = sum(len(one.pairs) for one in written)
                topics = sum(len(one.topics) for one in written)
                print(f"kept {objects} objects, {rows} rows, {pairs} transactions, {topics} topics in {ROUNDS} crashes", file=sys.stderr)
                self.assertGreater(min(objects, rows, pairs, topics), 20)
            finally:
                emulator.stop()

    def prepare(self, emulator):
        emulator.client("s3").create_bucket(Bucket="load")
        rds = emulator.client("rds")
        rds.create_db_instance(
            DBInstanceIdentifier="load",
            DBName="load_test",
            Engine="mysql",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword="correct-horse-battery",
        )
        self.endpoint = self.wait_for_database(rds)
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE log (round INT NOT NULL, number INT NOT NULL, PRIMARY KEY (round, number))")
            cursor.execute(
                "CREATE TABLE pairs (round INT, writer INT, number INT, half INT, PRIMARY KEY (round, writer, number, half))"
            )
            cursor.execute("CREATE TABLE written (writer INT PRIMARY KEY, pairs INT)")
            cursor.execute("INSERT INTO written VALUES (0, 0), (1, 0), (2, 0), (3, 0)")
            connection.commit()

    def wait_for_database(self, rds):
        def available():
            found = rds.describe_db_instances(DBInstanceIdentifier="load")["DBInstances"][0]
            return found["DBInstanceStatus"] == "available" and found["Endpoint"]

        return wait_for(available, "the database")

    def connect(self, **more):
        import pymysql

        return pymysql.connect(
            host=self.endpoint["Address"],
            port=self.endpoint["Port"],
            user="admin",
            password="correct-horse-battery",
            database="load_test",
            connect_timeout=5,
            **more,
        )

    def check(self, emulator, written):
        endpoint = self.wait_for_database(emulator.client("rds"))
        self.assertEqual(endpoint, self.endpoint)
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT round, number FROM log")
            found = {(int(one), int(two)) for one, two in cursor.fetchall()}
            cursor.execute("SELECT round, writer, number FROM pairs GROUP BY round, writer, number HAVING COUNT(*) = 2")
            pairs = set(cursor.fetchall())
            cursor.execute("SELECT writer, pairs FROM written")
            for writer, count in cursor.fetchall():
                self.assertEqual(count, sum(1 for pair in pairs if pair[1] == writer), "half a transaction is there")
            cursor.execute("SELECT COUNT(*) FROM pairs")
            self.assertEqual(cursor.fetchone()[0], 2 * len(pairs), "half a transaction is there")
        topics = {
            topic["TopicArn"].split(":")[-1]
            for page in emulator.client("sns").get_paginator("list_topics").paginate()
            for topic in page["Topics"]
        }
        connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=10)
        for writers in written:
            self.assertEqual(writers.rows - found, set(), "rows that were acknowledged are lost")
            self.assertEqual(writers.pairs - pairs, set(), "transactions that were acknowledged are lost")
            self.assertEqual(writers.topics - topics, set(), "topics that were acknowledged are lost")
            for key, digest in writers.put.items():
                connection.request("GET", f"/load/{key}", headers=SIGNED)
                answer = connection.getresponse()
                self.assertEqual((key, hashlib.md5(answer.read()).hexdigest()), (key, digest))
            for key in writers.deleted:
                connection.request("HEAD", f"/load/{key}", headers=SIGNED)
                answer = connection.getresponse()
                answer.read()
                self.assertEqual((key, answer.status), (key, 404))
        connection.close()


if __name__ == "__main__":
    unittest.main()
