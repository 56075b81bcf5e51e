"""Every way to a data plane: by Host on the front door, on the resources' own sockets, through the forward proxy, and by names asked of the
DNS server over UDP and TCP; with names that work here and with AWS's."""

import json
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from reference.emulator import Emulator, make_public, wait_for  # noqa: E402
from wire import connected, raw, read_answer, send  # noqa: E402

DISTRIBUTIONS = "Z2FDTNDATAQYW2"  # the hosted zone of all distributions
WEBSITES = "Z3AQBSTGFYJSTF"  # the hosted zone of bucket websites in us-east-1
APPLICATION = "PORT=8080\n"


class Reaching:
    """What all tests of this file share; mixed into a class for each way to advertise names."""

    advertise = "local"

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.emulator = Emulator("--ca", folder.name, "--advertise", cls.advertise, "--time-scale", "20").start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.certificate = str(pathlib.Path(folder.name) / "printed.pem")
        printed = subprocess.run([cls.emulator.binary, "ca", "--ca", folder.name], capture_output=True, check=True).stdout
        pathlib.Path(cls.certificate).write_bytes(printed)
        cls.s3, cls.cloudfront, cls.route53, cls.ec2, cls.elbv2 = map(
            cls.emulator.client, ["s3", "cloudfront", "route53", "ec2", "elbv2"]
        )
        cls.make_bucket()
        cls.make_distribution()
        cls.make_instance()
        cls.make_load_balancer()
        cls.make_names()

    @classmethod
    def make_bucket(cls):
        for bucket in ("site-bucket", "site.example.com"):
            cls.s3.create_bucket(Bucket=bucket)
            make_public(cls.s3, bucket)
            cls.s3.put_object(Bucket=bucket, Key="index.html", Body=b"from the bucket", ContentType="text/html")
        cls.s3.put_bucket_website(Bucket="site.example.com", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})

    @classmethod
    def make_distribution(cls):
        origin = {"Id": "site", "DomainName": "site-bucket.s3.us-east-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
        cls.distribution = cls.cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": "1",
                "Comment": "",
                "Enabled": True,
                "DefaultRootObject": "index.html",
                "Aliases": {"Quantity": 1, "Items": ["www.example.com"]},
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": {
                    "TargetOriginId": "site",
                    "ViewerProtocolPolicy": "allow-all",
                    "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                },
            }
        )["Distribution"]
        deployed = lambda: cls.cloudfront.get_distribution(Id=cls.distribution["Id"])["Distribution"]["Status"] == "Deployed"
        wait_for(deployed, "the distribution")

    @classmethod
    def make_instance(cls):
        made = cls.ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, InstanceType="t3.micro", UserData=APPLICATION)
        ident = made["Instances"][0]["InstanceId"]
        described = lambda: cls.ec2.describe_instances(InstanceIds=[ident])["Reservations"][0]["Instances"][0]
        cls.instance = wait_for(lambda: (one := described())["State"]["Name"] == "running" and one, "the instance")

    @classmethod
    def make_load_balancer(cls):
        subnets = cls.ec2.describe_subnets()["Subnets"]
        group = cls.elbv2.create_target_group(
            Name="web", Protocol="HTTP", Port=8080, VpcId=subnets[0]["VpcId"], HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, HealthyThresholdCount=2
        )["TargetGroups"][0]["TargetGroupArn"]
        cls.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": cls.instance["InstanceId"]}])
        cls.load_balancer = cls.elbv2.create_load_balancer(Name="web", Subnets=[one["SubnetId"] for one in subnets])["LoadBalancers"][0]
        fixed = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "from the load balancer"}
        for protocol, port in (("HTTP", 80), ("HTTPS", 443), ("HTTP", 8081)):
            more = {"Certificates": [{"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"}]} if protocol == "HTTPS" else {}
            listener = cls.elbv2.create_listener(
                LoadBalancerArn=cls.load_balancer["LoadBalancerArn"],
                Protocol=protocol,
                Port=port,
                DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": fixed}],
                **more,
            )["Listeners"][0]["ListenerArn"]
            cls.elbv2.create_rule(
                ListenerArn=listener,
                Priority=1,
                Conditions=[{"Field": "path-pattern", "Values": ["/whoami"]}],
                Actions=[{"Type": "forward", "TargetGroupArn": group}],
            )
        health = lambda: cls.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]["TargetHealth"]["State"]
        wait_for(lambda: health() == "healthy", "a healthy target")

    @classmethod
    def make_names(cls):
        zone = cls.route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        aliases = {
            "www.example.com": (DISTRIBUTIONS, cls.distribution["DomainName"]),
            "app.example.com": (cls.load_balancer["CanonicalHostedZoneId"], cls.load_balancer["DNSName"]),
            "site.example.com": (WEBSITES, "s3-website-us-east-1.amazonaws.com"),
        }
        records = [
            {"Name": name, "Type": "A", "AliasTarget": {"HostedZoneId": zone_id, "DNSName": target, "EvaluateTargetHealth": False}}
            for name, (zone_id, target) in aliases.items()
        ]
        long_text = " ".join(['"' + "long " * 50 + '"'] * 8)
        for name, kind, value in (
            ("cname.example.com", "CNAME", cls.load_balancer["DNSName"]),
            ("instance.example.com", "A", cls.instance["PublicIpAddress"]),
            ("text.example.com", "TXT", '"a sentence"'),
            ("long.example.com", "TXT", long_text),
            ("elsewhere.example.com", "A", "192.0.2.1"),
            ("nobody.example.com", "A", "127.0.0.99"),
        ):
            records.append({"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]})
        change = cls.route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]}
        )["ChangeInfo"]["Id"]
        wait_for(lambda: cls.route53.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC", "the change of the zone")

    def setUp(self):
        self.addCleanup(lambda: self.assertIn("services", self.emulator.page("/_diorama/health")))

    # How each client asks.

    def by_host(self, host, path="/"):
        return send(self.emulator, "GET", path, host=f"{host}:{self.emulator.port}")

    def curl(self, url, *options, proxied=True):
        """(status, body) with curl, which knows only the proxy."""
        command = ["curl", "-sS", "-i", "--suppress-connect-headers", "--max-time", "15", "--cacert", self.certificate, *options, url]
        if proxied:
            command += ["--proxy", f"http://127.0.0.1:{self.emulator.port}"]
        got = subprocess.run(command, capture_output=True)
        self.assertEqual(got.returncode, 0, got.stderr)
        head, _, body = got.stdout.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def dig(self, name, kind="A", *options):
        command = ["dig", "+short", "+time=2", "+tries=2", "@127.0.0.1", "-p", str(self.emulator.dns_port), name, kind, *options]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]

    def whoami(self, body):
        self.assertIn(self.instance["InstanceId"].encode(), body)

    # By Host.

    def test_a_bucket_by_host(self):
        self.assertEqual(self.by_host("site-bucket.s3.localhost", "/index.html").body, b"from the bucket")
        self.assertEqual(self.by_host("site-bucket.s3.amazonaws.com", "/index.html").body, b"from the bucket")

    def test_a_distribution_by_host_and_alias(self):
        ident = self.distribution["Id"].lower()
        for host in (f"{ident}.cloudfront.localhost", f"{ident}.cloudfront.net", f"{ident.upper()}.CloudFront.localhost", "www.example.com", self.distribution["DomainName"]):
            with self.subTest(host):
                answer = self.by_host(host)
                self.assertEqual((answer.status, answer.body), (200, b"from the bucket"), answer)
                self.assertIn("cloudfront", answer.headers["X-Cache"])

    def test_a_load_balancer_by_host_and_name(self):
        for host in ("web.elb.localhost", self.load_balancer["DNSName"], "app.example.com", "cname.example.com"):
            with self.subTest(host):
                self.assertEqual(self.by_host(host).body, b"from the load balancer")
                self.whoami(self.by_host(host, "/whoami").body)

    def test_https_by_host(self):
        for host, body in (("web.elb.localhost", b"from the load balancer"), ("www.example.com", b"from the bucket"), ("app.example.com", b"from the load balancer")):
            with self.subTest(host):
                port = self.emulator.port
                got = self.curl(f"https://{host}:{port}/", "--resolve", f"{host}:{port}:127.0.0.1", proxied=False)
                self.assertEqual(got, (200, body))

    def test_a_website_by_host(self):
        for host in ("site.example.com.s3-website.localhost", "site.example.com.s3-website-us-east-1.amazonaws.com", "site.example.com"):
            with self.subTest(host):
                self.assertEqual(self.by_host(host).body, b"from the bucket")

    def test_a_name_of_the_zone_that_leads_nowhere(self):
        for host in ("elsewhere.example.com", "missing.example.com", "nobody.example.com"):
            with self.subTest(host):
                answer = self.by_host(host)
                self.assertEqual(answer.status, 502, answer)
                self.assertTrue(answer.body.endswith(b".\n"), answer)

    # On their own sockets.

    def test_load_balancer_nodes_on_their_own_sockets(self):
        nodes = self.dig(self.load_balancer["DNSName"])
        self.assertEqual(len(set(nodes)), 3)
        for node in nodes:
            for port in (80, 8081):
                host, number = self.emulator.real_endpoint(node, port)
                self.assertEqual(self.curl(f"http://{host}:{number}/", proxied=False), (200, b"from the load balancer"))
            host, number = self.emulator.real_endpoint(node, 443)
            name = self.load_balancer["DNSName"]
            got = self.curl(f"https://{name}:{number}/", "--resolve", f"{name}:{number}:{host}", proxied=False)
            self.assertEqual(got, (200, b"from the load balancer"))

    def test_an_edge_location_on_its_own_socket(self):
        (edge,) = self.dig("www.example.com")
        for scheme, port in (("http", 80), ("https", 443)):
            host, number = self.emulator.real_endpoint(edge, port)
            got = self.curl(f"{scheme}://www.example.com:{number}/", "--resolve", f"www.example.com:{number}:{host}", proxied=False)
            self.assertEqual(got, (200, b"from the bucket"))

    def test_an_instance_on_its_public_address(self):
        address = self.instance["PublicIpAddress"]
        host, port = self.emulator.real_endpoint(address, 8080)
        status, body = self.curl(f"http://{host}:{port}/whoami", proxied=False)
        self.assertEqual(status, 200)
        self.whoami(body)

    # Through the proxy.

    def test_names_through_the_proxy(self):
        distribution, load_balancer = self.distribution["DomainName"], self.load_balancer["DNSName"]
        for url, body in (
            ("http://www.example.com/", b"from the bucket"),
            ("http://app.example.com/", b"from the load balancer"),
            ("http://cname.example.com/", b"from the load balancer"),
            ("http://app.example.com:8081/", b"from the load balancer"),
            ("http://site.example.com/", b"from the bucket"),
            (f"http://{distribution}/index.html", b"from the bucket"),
            (f"http://{load_balancer}/", b"from the load balancer"),
            ("http://site-bucket.s3.us-east-1.amazonaws.com/index.html", b"from the bucket"),
            ("http://s3.amazonaws.com/site-bucket/index.html", b"from the bucket"),
        ):
            with self.subTest(url):
                self.assertEqual(self.curl(url), (200, body))
                if ":8081" not in url:
                    self.assertEqual(self.curl(url.replace("http:", "https:")), (200, body))

    def test_an_instance_through_the_proxy(self):
        self.whoami(self.curl("http://instance.example.com:8080/whoami")[1])
        self.whoami(self.curl(f"http://{self.instance['PublicIpAddress']}:8080/whoami")[1])
        self.whoami(self.curl("http://instance.example.com:8080/whoami", "--proxytunnel")[1])

    def test_bodies_through_the_proxy(self):
        content = "x" * 300_000
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(content)
            file.flush()
            for more in ([], ["-H", "Transfer-Encoding: chunked"]):
                status, body = self.curl("http://app.example.com/", "--data-binary", f"@{file.name}", *more)
                self.assertEqual((status, body), (200, b"from the load balancer"))

    def test_absolute_form_by_hand(self):
        answer = raw(self.emulator, b"GET http://app.example.com/ HTTP/1.1\r\nHost: other.example.com\r\n\r\n")
        self.assertEqual((answer.status, answer.body), (200, b"from the load balancer"))
        answer = raw(self.emulator, b"GET http://app.example.com HTTP/1.1\r\nHost: app.example.com\r\n\r\n")
        self.assertEqual((answer.status, answer.body), (200, b"from the load balancer"))
        answer = raw(self.emulator, b"GET http://app.example.com?a=b HTTP/1.0\r\n\r\n")
        self.assertEqual((answer.status, answer.body), (200, b"from the load balancer"))

    def test_the_api_through_the_proxy(self):
        for url in (f"http://localhost:{self.emulator.port}/_diorama/health", f"http://127.0.0.1:{self.emulator.port}/_diorama/health"):
            self.assertIn(b'"services"', self.curl(url)[1])
        status, body = self.curl("http://sts.amazonaws.com/", "-d", "Action=GetCallerIdentity&Version=2011-06-15")
        self.assertEqual(status, 200)
        self.assertIn(b"GetCallerIdentityResult", body)

    def test_unknown_names_through_the_proxy(self):
        for name in ("www.nowhere.test", "missing.example.com", "elsewhere.example.com", "93.184.216.34"):
            with self.subTest(name):
                status, body = self.curl(f"http://{name}/")
                self.assertEqual(status, 502)
                self.assertTrue(name.encode() in body and body.endswith(b".\n"), body)
                answer = raw(self.emulator, f"CONNECT {name}:443 HTTP/1.1\r\nHost: {name}:443\r\n\r\n".encode(), method="CONNECT")
                self.assertEqual(answer.status, 502)
        status, body = self.curl("http://nobody.example.com:4999/")
        self.assertEqual(status, 502)
        answer = raw(self.emulator, b"CONNECT nobody.example.com:4999 HTTP/1.1\r\n\r\n", method="CONNECT")
        self.assertEqual(answer.status, 502)

    def test_malformed_connect(self):
        for target in ("", "/", "app.example.com", "app.example.com:", "app.example.com:99999", "app.example.com:x", "[::1", ":443", "a:b:c"):
            with connected(self.emulator) as sock:
                sock.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: app.example.com\r\n\r\n".encode())
                answer = read_answer(sock, "CONNECT")
                self.assertIn(answer.status, (400, 502), (target, answer))

    # DNS.

    def test_dns_over_udp_and_tcp(self):
        for options in ((), ("+tcp",)):
            self.assertEqual(len(self.dig("app.example.com", "A", *options)), 3)
            self.assertEqual(self.dig("text.example.com", "TXT", *options), ['"a sentence"'])
            self.assertEqual(self.dig("cname.example.com", "CNAME", *options), [self.load_balancer["DNSName"] + "."])
            self.assertEqual(self.dig("cname.example.com", "A", *options)[0], self.load_balancer["DNSName"] + ".")
            self.assertEqual(self.dig("missing.example.com", "A", *options), [])
            self.assertEqual(self.dig("elsewhere.example.com", "A", *options), ["192.0.2.1"])
        self.assertEqual(set(self.dig("app.example.com")), set(self.dig(self.load_balancer["DNSName"])))

    def test_a_long_answer_is_cut_over_udp_and_whole_over_tcp(self):
        self.assertGreater(len(self.dig("long.example.com", "TXT", "+noedns")[0]), 1500)
        cut = subprocess.run(
            ["dig", "+noedns", "+ignore", "@127.0.0.1", "-p", str(self.emulator.dns_port), "long.example.com", "TXT"], capture_output=True, text=True
        ).stdout
        self.assertRegex(cut, r"flags:[^;]* tc")

    def test_malformed_dns_packets(self):
        question = b"\x03app\x07example\x03com\0\0\1\0\1"
        head = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0)
        packets = [
            b"",
            b"\0",
            head[:11],
            head,
            head + question[:-1],
            head + b"\x3f" + b"a" * 10,
            head + b"\xc0\x0c\0\1\0\1",
            head + b"\xc0\xff\0\1\0\1",
            head + b"\x40" * 20,
            struct.pack(">HHHHHH", 7, 0x0100, 65535, 65535, 65535, 65535) + question,
            struct.pack(">HHHHHH", 7, 0x8180, 1, 0, 0, 0) + question,
            struct.pack(">HHHHHH", 7, 0x7900, 1, 0, 0, 0) + question,
            head + question + b"\xff" * 400,
            struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 1) + question + b"\0\0\x29\xff\xff\0\xff\0\0\xff\xff",
            bytes(range(256)) * 4,
        ]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            for packet in packets:
                udp.sendto(packet, ("127.0.0.1", self.emulator.dns_port))
        for packet in packets + [b"x" * 65535]:
            with socket.create_connection(("127.0.0.1", self.emulator.dns_port), timeout=5) as tcp:
                tcp.sendall(struct.pack(">H", len(packet)) + packet)
        with socket.create_connection(("127.0.0.1", self.emulator.dns_port), timeout=5) as slow:
            slow.sendall(b"\0")
            self.assertEqual(len(self.dig("app.example.com", "A", "+tcp")), 3)
        self.assertEqual(len(self.dig("app.example.com")), 3)


class Local(Reaching, unittest.TestCase):
    def test_names_that_work_without_set_up(self):
        self.assertTrue(self.distribution["DomainName"].endswith(".cloudfront.localhost"))
        self.assertTrue(self.load_balancer["DNSName"].endswith(".elb.localhost"))
        self.assertEqual(self.curl(f"http://{self.load_balancer['DNSName']}:{self.emulator.port}/", proxied=False)[0], 200)
        self.assertEqual(self.curl(f"http://{self.distribution['DomainName']}:{self.emulator.port}/", proxied=False)[0], 200)


class AWSNames(Reaching, unittest.TestCase):
    advertise = "aws"

    def test_names_are_those_of_aws_and_resolve(self):
        self.assertRegex(self.distribution["DomainName"], r"^[a-z0-9]+\.cloudfront\.net$")
        self.assertRegex(self.load_balancer["DNSName"], r"^web-\d+\.us-east-1\.elb\.amazonaws\.com$")
        self.assertRegex(self.instance["PublicDnsName"], r"^ec2-[\d-]+\.compute-1\.amazonaws\.com$")
        self.assertEqual(self.dig(self.instance["PublicDnsName"]), [self.instance["PublicIpAddress"]])
        self.assertEqual(len(self.dig(self.distribution["DomainName"])), 1)
        self.whoami(self.curl(f"http://{self.instance['PublicDnsName']}:8080/whoami")[1])

    def test_a_database_by_its_name(self):
        rds = self.emulator.client("rds")
        rds.create_db_instance(
            DBInstanceIdentifier="db", Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20, MasterUsername="admin", MasterUserPassword="secret-enough"
        )
        described = lambda: rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
        endpoint = wait_for(lambda: (one := described())["DBInstanceStatus"] == "available" and one, "the database")["Endpoint"]
        self.assertRegex(endpoint["Address"], r"^db\.[a-z0-9]+\.us-east-1\.rds\.amazonaws\.com$")
        (address,) = self.dig(endpoint["Address"])
        with socket.create_connection(self.emulator.real_endpoint(address, endpoint["Port"]), timeout=5) as sock:
            self.assertEqual(sock.recv(100)[4], 10)  # the greeting of MySQL's protocol


if __name__ == "__main__":
    unittest.main()
