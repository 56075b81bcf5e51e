"""The whole flow with real clients on real sockets: boto3, dig, curl, PyMySQL. Fails if any link from DNS to the database is missing."""

import pathlib
import subprocess
import sys
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.deployment import Deployment  # noqa: E402
from reference.emulator import Emulator, wait_for  # noqa: E402
from reference.story import Story  # noqa: E402
from reference.traffic import Visitors  # noqa: E402


def dig(emulator, name, kind="A"):
    command = ["dig", "+short", "+time=2", "+tries=2", "@127.0.0.1", "-p", str(emulator.dns_port), name, kind]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def curl(emulator, url, *options):
    """(status, headers, body) of a request made through the emulator as a forward proxy."""
    command = ["curl", "-sS", "-i", "--max-time", "15", "--proxy", f"http://127.0.0.1:{emulator.port}", *options, url]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


class WholeFlow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--time-scale", "20").start()
        cls.addClassCleanup(cls.emulator.stop)

    def run(self, result=None):
        super().run(result)
        if result is not None and (result.failures or result.errors):
            print(self.emulator.log_tail(40), file=sys.stderr)

    def test_from_dns_to_database(self):
        emulator = self.emulator
        deployment = Deployment(emulator)
        deployment.deploy()
        plan = deployment.plan

        with self.subTest("dig finds the static and the dynamic name"):
            self.assertEqual(len(dig(emulator, plan["static_name"])), 1)
            self.assertEqual(len(dig(emulator, plan["dynamic_name"])), 3)

        with self.subTest("a static file is a Miss, then a Hit, until it is invalidated"):
            url = f"http://{plan['static_name']}/index.html"
            before = (ROOT / "scenarios/web-application/site/index.html").read_bytes()
            status, headers, body = curl(emulator, url)
            self.assertEqual((status, headers["x-cache"], body), (200, "Miss from cloudfront", before))
            status, headers, body = curl(emulator, url)
            self.assertEqual((status, headers["x-cache"], body), (200, "Hit from cloudfront", before))
            deployment.put_file("index.html", b"changed")
            self.assertEqual(curl(emulator, url)[1]["x-cache"], "Hit from cloudfront")
            deployment.invalidate("/index.html")
            status, headers, body = curl(emulator, url)
            self.assertEqual((status, headers["x-cache"], body), (200, "Miss from cloudfront", b"changed"))

        with self.subTest("every instance answers in turn"):
            healthy = deployment.healthy_targets()
            answers = [curl(emulator, f"http://{plan['dynamic_name']}/whoami")[1]["x-instance-id"] for _ in range(12)]
            self.assertEqual(set(answers), healthy)
            for instance in healthy:
                self.assertGreaterEqual(answers.count(instance), 3)

        with self.subTest("the page shows a row just written through the database endpoint"):
            with deployment.connect() as connection, connection.cursor() as cursor:
                cursor.execute("INSERT INTO orders (item, amount) VALUES (%s, %s)", ("a very special teapot", 7))
                connection.commit()
            status, _, page = curl(emulator, f"http://{plan['dynamic_name']}/")
            self.assertEqual(status, 200)
            self.assertIn(b"a very special teapot", page)

        with self.subTest("a row posted to the application is in the database"):
            status, _, _ = curl(
                emulator, f"http://{plan['dynamic_name']}/api/orders", "-d", '{"item": "a cup"}', "-H", "Content-Type: application/json"
            )
            self.assertEqual(status, 201)
            with deployment.connect() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT COUNT(*) FROM orders WHERE item = 'a cup'")
                self.assertEqual(cursor.fetchone()[0], 1)

        with self.subTest("an HTTP subscriber of the topic is told"):
            self.check_http_notification(deployment)

        story = Story(emulator, lambda text: None, seconds=1)
        story.deployment = deployment
        with self.subTest("load fires the alarm, the group grows, new instances take traffic"):
            story.rush_hour()

        with self.subTest("a killed instance is replaced and nobody sees an error once the health check has noticed"):
            self.check_replacement(deployment)

        with self.subTest("a failover keeps committed rows, and the application goes on"):
            story.failover()

        with self.subTest("the replica follows and refuses writes"):
            story.replica()

        with self.subTest("a snapshot in S3 is restored into a new instance"):
            story.backup()

        with self.subTest("the operator got a letter"):
            story.notifications()

        broken = [claim for claim, it_held, _ in story.claims if not it_held]
        self.assertEqual(broken, [], story.claims)

    def check_replacement(self, deployment):
        emulator, name = self.emulator, deployment.plan["dynamic_name"]
        before = deployment.healthy_targets()
        victim = sorted(before)[0]
        deployment.ec2.terminate_instances(InstanceIds=[victim])
        wait_for(lambda: victim not in deployment.healthy_targets(), "the health check to notice")
        visitors = Visitors(emulator, lambda chance: (name, "GET", "/whoami", None), threads=2, rate=50).start()
        wait_for(lambda: len(deployment.healthy_targets() - before) >= 1, "the replacement")
        newcomer = (deployment.healthy_targets() - before).pop()
        wait_for(lambda: visitors.instances[newcomer] > 0, "traffic on the replacement")
        visitors.stop()
        self.assertEqual(set(visitors.statuses), {200}, visitors.statuses)
        self.assertEqual(visitors.failures, [])
        self.assertEqual(visitors.instances[victim], 0)

    def check_http_notification(self, deployment):
        import http.server
        import json
        import urllib.request

        received = []

        class Subscriber(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                message = json.loads(self.rfile.read(length))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if message["Type"] == "SubscriptionConfirmation":
                    urllib.request.urlopen(message["SubscribeURL"], timeout=10).read()
                received.append(message)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Subscriber)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        endpoint = f"http://127.0.0.1:{server.server_port}/operations"
        deployment.sns.subscribe(TopicArn=deployment.topic, Protocol="http", Endpoint=endpoint)
        wait_for(lambda: any(one["Type"] == "SubscriptionConfirmation" for one in received), "the confirmation request")
        wait_for(
            lambda: any(
                one["Endpoint"] == endpoint and one["SubscriptionArn"].startswith("arn:")
                for one in deployment.sns.list_subscriptions_by_topic(TopicArn=deployment.topic)["Subscriptions"]
            ),
            "the confirmation",
        )
        deployment.sns.publish(TopicArn=deployment.topic, Subject="hello", Message="is anybody there?")
        wait_for(lambda: any(one.get("Message") == "is anybody there?" for one in received), "the notification")


if __name__ == "__main__":
    unittest.main(verbosity=2)
