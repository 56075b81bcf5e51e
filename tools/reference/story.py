"""What happens in the main job: the architecture is deployed, people come, more people come, an instance dies, the database fails over, a
backup is restored. Every claim about it is checked and kept for the summary."""

import random
import time

from .deployment import Deployment
from .emulator import wait_for
from .traffic import Visitors, get


class Story:
    def __init__(self, emulator, say, seconds):
        self.emulator = emulator
        self.say = say
        self.seconds = seconds
        self.deployment = Deployment(emulator, say)
        self.claims = []
        self.fleet = []  # (seconds, in service) as it changed
        self.visitors = None
        self.crowd = None
        self.began = time.monotonic()
        self.database = {}

    def held(self, claim, it_held, detail=""):
        self.claims.append((claim, bool(it_held), detail))
        self.say(f"{'✓' if it_held else '✗'} {claim}{': ' + str(detail) if detail else ''}")

    def all_held(self):
        return bool(self.claims) and all(it_held for _, it_held, _ in self.claims)

    def tell(self):
        self.deployment.deploy()
        self.cache()
        self.visitors = Visitors(self.emulator, self.everyday, threads=3, rate=15).start()
        self.watch_fleet(self.seconds * 0.2)
        self.rush_hour()
        self.instance_dies()
        self.watch_fleet(self.seconds * 0.1)
        self.quiet_again()
        self.visitors.stop()
        errors = {status: count for status, count in self.visitors.statuses.items() if status >= 500}
        self.held(
            "visitors were served throughout",
            sum(errors.values()) + len(self.visitors.failures) <= 0.01 * self.visitors.requests,
            f"{self.visitors.requests} requests, errors {errors or 'none'}, broken off {len(self.visitors.failures)}",
        )
        self.failover()
        self.replica()
        self.backup()
        self.notifications()

    # Traffic.

    def everyday(self, chance):
        plan = self.deployment.plan
        path = chance.choice(["static", "static", "page", "page", "list", "order"])
        if path == "static":
            return plan["static_name"], "GET", chance.choice(["/", "/style.css", "/logo.svg"]), None
        if path == "order":
            return plan["dynamic_name"], "POST", "/api/orders", f'{{"item": "tea no. {chance.randrange(1000)}"}}'
        return plan["dynamic_name"], "GET", "/" if path == "page" else "/api/orders", None

    def rush(self, chance):
        return self.deployment.plan["dynamic_name"], "GET", "/whoami", None

    def watch_fleet(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.note_fleet()
            time.sleep(0.5)

    def note_fleet(self):
        serving = len(self.deployment.healthy_targets())
        if not self.fleet or self.fleet[-1][1] != serving:
            self.fleet.append((time.monotonic() - self.began, serving))
            self.say(f"  {serving} instances take traffic")
        return serving

    # Chapters.

    def cache(self):
        deployment, name = self.deployment, self.deployment.plan["static_name"]
        first = get(name, "/style.css", self.emulator)
        second = get(name, "/style.css", self.emulator)
        deployment.put_file("style.css", b"body { color: rebeccapurple }")
        third = get(name, "/style.css", self.emulator)
        deployment.invalidate("/style.css")
        fourth = get(name, "/style.css", self.emulator)
        kinds = [answer[1].get("X-Cache", "").split()[0] for answer in (first, second, third, fourth)]
        fresh = fourth[2] == b"body { color: rebeccapurple }" and third[2] == second[2] == first[2]
        self.held("CloudFront caches until it is told otherwise", kinds == ["Miss", "Hit", "Hit", "Miss"] and fresh, " ".join(kinds))

    def rush_hour(self):
        before = self.note_fleet()
        self.say("  rush hour begins")
        self.crowd = Visitors(self.emulator, self.rush, threads=6).start()
        try:
            wait_for(lambda: self.note_fleet() >= 0 and self.deployment.alarm_state() == "ALARM", "the alarm", 60, 0.5)
            self.held("the alarm fired on what the load balancer measured", True, self.deployment.plan["alarm"]["name"])
            wait_for(lambda: self.note_fleet() > before, "more instances", 60, 0.5)
            old = len(self.crowd.instances)
            wait_for(lambda: len(self.crowd.instances) > old, "traffic on the new instances", 30)
            self.held("the group grew and its new instances took traffic", True, f"{before} → {self.note_fleet()} instances")
            self.watch_fleet(self.seconds * 0.25)
        finally:
            self.crowd.stop()
        self.say("  rush hour is over")

    def instance_dies(self):
        deployment = self.deployment
        victim = random.choice(sorted(deployment.healthy_targets()))
        before = len(deployment.group()["Instances"])
        deployment.ec2.terminate_instances(InstanceIds=[victim])
        self.say(f"  instance {victim} was killed")

        def replaced():
            self.note_fleet()
            alive = [one for one in deployment.group()["Instances"] if one["LifecycleState"] == "InService"]
            return victim not in {one["InstanceId"] for one in alive} and len(alive) >= before

        wait_for(replaced, "the replacement", 60, 0.5)
        wait_for(lambda: self.note_fleet() >= before, "the replacement's health", 60, 0.5)
        self.held("the killed instance was replaced", True, f"{before} instances again")

    def quiet_again(self):
        """With the crowd gone the second alarm takes instances away again, one by one and without hurting anybody."""
        smallest = self.deployment.plan["group"]["min_size"]
        wait_for(lambda: self.note_fleet() <= smallest, "the group to shrink", 90, 0.5)
        self.held("the group shrank when it was quiet again", True, f"{smallest} instances")

    def failover(self):
        deployment = self.deployment
        identifier = deployment.plan["database"]["identifier"]
        with deployment.connect() as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO orders (item) VALUES ('just before the failover')")
            connection.commit()
            cursor.execute("SELECT COUNT(*) FROM orders")
            rows = cursor.fetchone()[0]
            zone = deployment.describe_database()["AvailabilityZone"]
            began = time.monotonic()
            deployment.rds.reboot_db_instance(DBInstanceIdentifier=identifier, ForceFailover=True)
            broken = self.is_broken(connection)
        deployment.wait_for_database()
        after = self.count_rows()
        took = time.monotonic() - began
        moved = deployment.describe_database()["AvailabilityZone"] != zone
        self.database.update(rows=rows, failover_s=took)
        self.held(
            "the database failed over and kept every committed row",
            broken and moved and after >= rows,
            f"{rows} rows before, {after} after, in another zone, {took:.1f} s",
        )
        status, _, _ = get(deployment.plan["dynamic_name"], "/api/orders", self.emulator)
        self.held("the application found the new primary", status == 200, f"HTTP {status}")

    @staticmethod
    def is_broken(connection):
        import pymysql

        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                connection.cursor().execute("SELECT 1")
            except (pymysql.err.OperationalError, pymysql.err.InterfaceError):
                return True
            time.sleep(0.05)
        return False

    def count_rows(self, identifier=None):
        with self.deployment.connect(identifier) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM orders")
            return cursor.fetchone()[0]

    def replica(self):
        import pymysql

        deployment = self.deployment
        deployment.deploy_replica()
        with deployment.connect() as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO orders (item) VALUES ('for the replica')")
            connection.commit()
        replica = deployment.plan["database"]["replica"]
        wait_for(lambda: self.count_rows(replica) == self.count_rows(), "the replica")
        try:
            with deployment.connect(replica) as connection, connection.cursor() as cursor:
                cursor.execute("INSERT INTO orders (item) VALUES ('refused')")
            refused = False
        except pymysql.err.MySQLError as error:
            refused = error.args[0] == 1290
        self.held("the read replica follows its source and refuses writes", refused, f"{self.count_rows(replica)} rows")

    def backup(self):
        deployment = self.deployment
        identifier = deployment.plan["database"]["identifier"]
        rows = self.count_rows()
        deployment.rds.create_db_snapshot(DBSnapshotIdentifier="before-the-mistake", DBInstanceIdentifier=identifier)
        wait_for(
            lambda: deployment.rds.describe_db_snapshots(DBSnapshotIdentifier="before-the-mistake")["DBSnapshots"][0]["Status"]
            == "available",
            "the snapshot",
        )
        with deployment.connect() as connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM orders")
            connection.commit()
        deployment.rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="shop-restored", DBSnapshotIdentifier="before-the-mistake"
        )
        deployment.wait_for_database("shop-restored")
        restored = self.count_rows("shop-restored")
        objects = sum(
            len(deployment.s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []))
            for bucket in deployment.s3.list_buckets()["Buckets"]
            if bucket["Name"].startswith("rds-backups")
        )
        self.database.update(restored=restored, backup_objects=objects)
        self.held(
            "the snapshot in S3 was restored into a new instance",
            restored == rows and objects > 0,
            f"{restored} rows; {objects} backup objects in S3",
        )

    def notifications(self):
        name = self.deployment.plan["alarm"]["name"]
        letters = [one for one in self.deployment.mailbox() if name in one.get("subject", "")]
        self.held("the operator was told by mail", letters, f"{len(letters)} letters about {name}")
