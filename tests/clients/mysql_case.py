"""What tests of MySQL clients have in common: two DB instances, a schema for each test, connections."""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import pymysql  # noqa: E402
from reference.emulator import Emulator, wait_for  # noqa: E402

USER, PASSWORD = "admin", "a-master-password"


class MySQL(unittest.TestCase):
    """One emulator with the instance `orders` (Multi-AZ) and its replica; each test has a schema of its own."""

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--time-scale", "20").start()
        cls.addClassCleanup(cls.emulator.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.rds = cls.emulator.client("rds")
        cls.addClassCleanup(cls.rds.close)
        for identifier in ("orders", "second"):
            cls.rds.create_db_instance(
                DBInstanceIdentifier=identifier,
                Engine="mysql",
                DBInstanceClass="db.t3.micro",
                AllocatedStorage=20,
                MasterUsername=USER,
                MasterUserPassword=PASSWORD,
                MultiAZ=identifier == "orders",
                BackupRetentionPeriod=1,
            )
        for identifier in ("orders", "second"):
            cls.available(identifier)

    @classmethod
    def available(cls, identifier):
        def described():
            found = cls.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
            return found["DBInstanceStatus"] == "available" and found

        return wait_for(described, f"{identifier} to be available")

    def setUp(self):
        self.schema = self.id().rsplit(".", 1)[1]
        with self.connect(database=None) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {self.schema}")

    def endpoint(self, identifier="orders"):
        found = self.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]["Endpoint"]
        return found["Address"], found["Port"]

    @contextlib.contextmanager
    def connect(self, identifier="orders", **options):
        host, port = self.endpoint(identifier)
        wanted = dict(
            user=USER,
            password=PASSWORD,
            database=getattr(self, "schema", None),
            charset="utf8mb4",
            connect_timeout=10,
        )
        connection = pymysql.connect(host=host, port=port, **{**wanted, **options})
        try:
            yield connection
        finally:
            with contextlib.suppress(pymysql.Error):
                connection.close()

    def run_client(self, program, *options, identifier="orders", password=PASSWORD, user=USER, text=None):
        host, port = self.endpoint(identifier)
        command = [program, "--protocol=tcp", "-h", host, "-P", str(port), f"-u{user}", f"-p{password}", *options]
        options = dict(encoding="utf-8", errors="surrogateescape")  # a dump holds bytes as they are
        return subprocess.run(command, capture_output=True, input=text, timeout=60, **options)

    def mariadb(self, *options, **more):
        """What the mariadb command line prints."""
        ended = self.run_client("mariadb", *options, **more)
        self.assertEqual(ended.returncode, 0, f"{options}: {ended.stdout}{ended.stderr}")
        return ended.stdout
