"""A read replica that follows, a failover that ends connections, and sysbench against RDS."""

import contextlib
import shutil
import subprocess
import unittest

import mysql_case
import pymysql
from mysql_case import PASSWORD, USER, wait_for


class Availability(mysql_case.MySQL):
    def test_replica_follows_and_failover_ends_connections(self):
        self.rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="orders")
        self.available("replica")
        with self.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY)")
            cursor.executemany("INSERT INTO t VALUES (%s)", [(n,) for n in range(500)])
        with self.connect("replica", database=None, autocommit=True) as connection, connection.cursor(
            pymysql.cursors.DictCursor
        ) as cursor:

            def caught_up():
                with contextlib.suppress(pymysql.err.ProgrammingError):
                    cursor.execute(f"SELECT COUNT(*) AS n FROM {self.schema}.t")
                    return cursor.fetchone()["n"] == 500

            wait_for(caught_up, "the replica", seconds=10)
            cursor.execute("SHOW REPLICA STATUS")
            status = cursor.fetchone()
            self.assertEqual(status["Seconds_Behind_Source"], 0)
            self.assertEqual((status["Replica_IO_Running"], status["Replica_SQL_Running"]), ("Yes", "Yes"))
            cursor.execute("SELECT @@read_only AS it")
            self.assertEqual(cursor.fetchone()["it"], 1)
            with self.assertRaises(pymysql.err.OperationalError) as raised:
                cursor.execute(f"INSERT INTO {self.schema}.t VALUES (1000)")
            self.assertEqual(raised.exception.args[0], 1290)
        before = self.available("orders")
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO t VALUES (2000)")  # never committed
            self.rds.reboot_db_instance(DBInstanceIdentifier="orders", ForceFailover=True)

            def is_dropped():
                try:
                    connection.ping(reconnect=False)
                except pymysql.Error as error:
                    self.assertIn(error.args[0], (2006, 2013, 1053, 0))
                    return True

            wait_for(is_dropped, "the end of the connection", seconds=20)
        after = self.available("orders")
        self.assertEqual(after["AvailabilityZone"], before["SecondaryAvailabilityZone"])
        self.assertEqual(after["Endpoint"], before["Endpoint"])
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*), MAX(id) FROM t")
            self.assertEqual(cursor.fetchone(), (500, 499))
            cursor.execute("INSERT INTO t VALUES (3000)")
            connection.commit()
        with self.connect("replica", autocommit=True) as connection, connection.cursor() as cursor:
            wait_for(lambda: cursor.execute("SELECT 1 FROM t WHERE id = 3000"), "the row written after the failover")

    def test_sysbench(self):
        if not shutil.which("sysbench"):
            self.skipTest("sysbench is not installed")
        host, port = self.endpoint()
        common = [
            "--db-driver=mysql",
            f"--mysql-host={host.replace('localhost', '127.0.0.1')}",
            f"--mysql-port={port}",
            f"--mysql-user={USER}",
        ]
        common += [
            f"--mysql-password={PASSWORD}",
            f"--mysql-db={self.schema}",
            "--tables=2",
            "--table-size=1000",
            "--threads=4",
            "--time=2",
        ]
        for work, command in (
            ("oltp_point_select", "prepare"),
            ("oltp_point_select", "run"),
            ("oltp_read_write", "run"),
            ("oltp_read_write", "cleanup"),
        ):
            ended = subprocess.run(["sysbench", work, *common, command], capture_output=True, text=True, timeout=120)
            self.assertEqual(ended.returncode, 0, f"{work} {command}: {ended.stdout[-2000:]}{ended.stderr}")
            if command == "run":
                self.assertRegex(ended.stdout, r"transactions: +[1-9]")


if __name__ == "__main__":
    unittest.main()
