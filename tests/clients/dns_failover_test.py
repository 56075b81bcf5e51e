"""Health checks that really connect, and what the name server makes of them: a failing endpoint moves a failover record within interval
times threshold, and answers depend on where the client says it is (EDNS Client Subnet)."""

import http.server
import pathlib
import subprocess
import sys
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from reference.dns import query  # noqa: E402
from reference.emulator import Emulator, wait_for  # noqa: E402

TIME_SCALE = 10
HEALTH_CHECKERS = 16


class Endpoint:
    """An HTTP server that can be told to fail."""

    def __init__(self):
        endpoint = self
        self.status = 200
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                endpoint.seen.append((self.path, self.headers.get("Host"), self.headers.get("User-Agent")))
                body = b"all is well" if endpoint.status == 200 else b"no"
                self.send_response(endpoint.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class DNSFailover(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--time-scale", str(TIME_SCALE)).start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.route53 = cls.emulator.client("route53")
        cls.cloudwatch = cls.emulator.client("cloudwatch")
        cls.zone = cls.route53.create_hosted_zone(Name="shop.test", CallerReference="1")["HostedZone"]["Id"]
        cls.references = iter(range(1000))

    def endpoint(self):
        endpoint = Endpoint()
        self.addCleanup(endpoint.stop)
        return endpoint

    def check(self, **config):
        made = self.route53.create_health_check(
            CallerReference=str(next(self.references)),
            HealthCheckConfig={"IPAddress": "127.0.0.1", "RequestInterval": 10, "FailureThreshold": 2, **config},
        )["HealthCheck"]["Id"]
        self.addCleanup(self.route53.delete_health_check, HealthCheckId=made)
        return made

    def records(self, name, *records):
        changes = [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {"Name": name, "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": value}], **fields},
            }
            for value, fields in records
        ]
        change = self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})
        wait_for(
            lambda: self.route53.get_change(Id=change["ChangeInfo"]["Id"])["ChangeInfo"]["Status"] == "INSYNC", f"the records of {name}"
        )

    def failover(self, name, check):
        self.records(
            name,
            ("192.0.2.1", {"SetIdentifier": "one", "Failover": "PRIMARY", "HealthCheckId": check}),
            ("192.0.2.2", {"SetIdentifier": "two", "Failover": "SECONDARY"}),
        )

    def answer(self, name):
        return query(name, self.emulator.dns_port)

    def dig(self, *arguments):
        command = ["dig", "+short", "+tries=1", "@127.0.0.1", "-p", str(self.emulator.dns_port), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def observations(self, check):
        return self.route53.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]

    def test_a_failing_endpoint_moves_a_failover_record_in_time_and_back(self):
        endpoint = self.endpoint()
        check = self.check(Type="HTTP", Port=endpoint.port, ResourcePath="/health", FullyQualifiedDomainName="www.shop.test")
        self.failover("www.shop.test", check)
        wait_for(lambda: len(self.observations(check)) == HEALTH_CHECKERS, "a report of every checker")
        self.assertEqual(self.answer("www.shop.test"), ["192.0.2.1"])
        self.assertIn("HTTP Status Code 200", self.observations(check)[0]["StatusReport"]["Status"])
        path, host, agent = endpoint.seen[0]
        self.assertEqual((path, host), ("/health", f"www.shop.test:{endpoint.port}"))
        self.assertIn(f"Amazon-Route53-Health-Check-Service (ref {check};", agent)

        endpoint.status = 503
        began = time.monotonic()
        wait_for(lambda: self.answer("www.shop.test") == ["192.0.2.2"], "the secondary", interval=0.02)
        took = (time.monotonic() - began) * TIME_SCALE
        self.assertLess(took, 10 * 2 + 5)  # interval times threshold, and the TTL
        failures = self.route53.get_health_check_last_failure_reason(HealthCheckId=check)["HealthCheckObservations"]
        self.assertIn("Failure: HTTP Status Code 503", failures[0]["StatusReport"]["Status"])

        endpoint.status = 200
        wait_for(lambda: self.answer("www.shop.test") == ["192.0.2.1"], "the primary again")

    def test_an_endpoint_that_is_gone_fails_tcp_and_string_checks_too(self):
        endpoint = self.endpoint()
        tcp = self.check(Type="TCP", Port=endpoint.port)
        text = self.check(Type="HTTP_STR_MATCH", Port=endpoint.port, SearchString="all is well")
        other = self.check(Type="HTTP_STR_MATCH", Port=endpoint.port, SearchString="something else")
        for name, check in (("tcp.shop.test", tcp), ("text.shop.test", text), ("other.shop.test", other)):
            self.failover(name, check)
        wait_for(lambda: self.answer("other.shop.test") == ["192.0.2.2"], "the check without its string")
        self.assertEqual(self.answer("tcp.shop.test"), ["192.0.2.1"])
        self.assertEqual(self.answer("text.shop.test"), ["192.0.2.1"])
        endpoint.stop()
        for name in ("tcp.shop.test", "text.shop.test"):
            wait_for(lambda: self.answer(name) == ["192.0.2.2"], name)
        self.assertIn("Connection refused", self.observations(tcp)[0]["StatusReport"]["Status"])

    def test_https_shakes_hands_and_its_times_are_measured(self):
        check = self.check(
            Type="HTTPS_STR_MATCH",
            Port=self.emulator.port,
            ResourcePath="/_diorama/health",
            SearchString="version",
            FullyQualifiedDomainName="localhost",
            MeasureLatency=True,
        )
        wait_for(lambda: len(self.observations(check)) == HEALTH_CHECKERS, "a report of every checker")
        self.assertIn("Success", self.observations(check)[0]["StatusReport"]["Status"])

        def metrics():
            found = self.cloudwatch.list_metrics(Namespace="AWS/Route53", Dimensions=[{"Name": "HealthCheckId", "Value": check}])
            return {one["MetricName"] for one in found["Metrics"]}

        expected = {"HealthCheckStatus", "HealthCheckPercentageHealthy", "ConnectionTime", "SSLHandshakeTime", "TimeToFirstByte"}
        wait_for(lambda: metrics() >= expected, "the metrics of a health check")

    def test_calculated_inverted_and_alarm_checks_follow_what_they_look_at(self):
        alarm = {"Region": "us-east-1", "Name": "queue"}
        self.cloudwatch.put_metric_alarm(
            AlarmName="queue",
            Namespace="Shop",
            MetricName="Waiting",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",  # what is set by hand stays
        )
        create = self.route53.create_health_check
        low = create(
            CallerReference="alarm",
            HealthCheckConfig={"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": alarm, "InsufficientDataHealthStatus": "Healthy"},
        )["HealthCheck"]["Id"]
        high = create(
            CallerReference="calculated",
            HealthCheckConfig={"Type": "CALCULATED", "ChildHealthChecks": [low], "HealthThreshold": 1, "Inverted": True},
        )["HealthCheck"]["Id"]
        self.failover("alarm.shop.test", low)
        self.failover("inverted.shop.test", high)
        self.assertEqual(self.answer("alarm.shop.test"), ["192.0.2.1"])
        self.assertEqual(self.answer("inverted.shop.test"), ["192.0.2.2"])
        self.cloudwatch.set_alarm_state(AlarmName="queue", StateValue="ALARM", StateReason="a test")
        wait_for(lambda: self.answer("alarm.shop.test") == ["192.0.2.2"], "the alarm")
        wait_for(lambda: self.answer("inverted.shop.test") == ["192.0.2.1"], "the inverted check")

    def test_an_alias_follows_the_health_of_its_load_balancer(self):
        ec2, elbv2 = self.emulator.client("ec2"), self.emulator.client("elbv2")
        subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]]
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        balancer = elbv2.create_load_balancer(Name="web", Subnets=subnets[:2])["LoadBalancers"][0]
        group = elbv2.create_target_group(
            Name="web",
            Protocol="HTTP",
            Port=8080,
            VpcId=vpc,
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=4,
            HealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        alias = {"HostedZoneId": balancer["CanonicalHostedZoneId"], "DNSName": balancer["DNSName"], "EvaluateTargetHealth": True}
        primary = {"Name": "alb.shop.test", "Type": "A", "SetIdentifier": "one", "Failover": "PRIMARY", "AliasTarget": alias}
        changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": primary}]}
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch=changes)
        self.records("alb.shop.test", ("192.0.2.2", {"SetIdentifier": "two", "Failover": "SECONDARY"}))
        wait_for(lambda: self.answer("alb.shop.test") == ["192.0.2.2"], "the secondary: there is no target")
        run = ec2.run_instances(ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1, UserData="PORT=8080\n")
        target = [{"Id": run["Instances"][0]["InstanceId"]}]
        ec2.get_waiter("instance_running").wait(
            InstanceIds=[target[0]["Id"]], WaiterConfig={"Delay": 0.2, "MaxAttempts": 150}
        )
        elbv2.register_targets(TargetGroupArn=group, Targets=target)
        addresses = wait_for(lambda: [one for one in self.answer("alb.shop.test") if one.startswith("127.10.")], "the load balancer")
        self.assertEqual(len(addresses), 2)
        ec2.stop_instances(InstanceIds=[target[0]["Id"]])
        wait_for(lambda: self.answer("alb.shop.test") == ["192.0.2.2"], "the secondary again")

    def test_the_client_subnet_says_where_the_client_is(self):
        self.records(
            "geo.shop.test",
            ("192.0.2.10", {"SetIdentifier": "ca", "GeoLocation": {"CountryCode": "US", "SubdivisionCode": "CA"}}),
            ("192.0.2.11", {"SetIdentifier": "us", "GeoLocation": {"CountryCode": "US"}}),
            ("192.0.2.12", {"SetIdentifier": "eu", "GeoLocation": {"ContinentCode": "EU"}}),
            ("192.0.2.13", {"SetIdentifier": "rest", "GeoLocation": {"CountryCode": "*"}}),
        )
        self.records(
            "near.shop.test",
            ("192.0.2.20", {"SetIdentifier": "east", "Region": "us-east-1"}),
            ("192.0.2.21", {"SetIdentifier": "europe", "Region": "eu-central-1"}),
        )
        cases = {
            "198.18.2.0/24": ("192.0.2.10", "192.0.2.20"),  # San Francisco
            "198.18.0.0/24": ("192.0.2.11", "192.0.2.20"),  # New York
            "198.18.31.0/24": ("192.0.2.12", "192.0.2.21"),  # Frankfurt
            "2001:db8:2::/48": ("192.0.2.12", "192.0.2.21"),
            "192.0.2.0/24": ("192.0.2.13", "192.0.2.20"),  # nowhere
        }
        for subnet, (place, region) in cases.items():
            with self.subTest(subnet):
                self.assertEqual(self.dig(f"+subnet={subnet}", "geo.shop.test"), [place])
                self.assertEqual(self.dig(f"+subnet={subnet}", "near.shop.test"), [region])
        tested = self.route53.test_dns_answer(
            HostedZoneId=self.zone, RecordName="geo.shop.test", RecordType="A", EDNS0ClientSubnetIP="198.18.31.9"
        )
        self.assertEqual(tested["RecordData"], ["192.0.2.12"])


class RealTime(unittest.TestCase):
    """The same promise by the clock on the wall: within interval times threshold, and the TTL."""

    INTERVAL, TTL = 10, 3

    def test_a_failing_endpoint_moves_a_failover_record_within_interval_times_threshold_and_ttl(self):
        emulator = Emulator().start()
        self.addCleanup(emulator.stop)
        route53 = emulator.client("route53")
        zone = route53.create_hosted_zone(Name="shop.test", CallerReference="1")["HostedZone"]["Id"]
        endpoints, changes = {}, []
        for threshold in (1, 3):
            endpoints[threshold] = Endpoint()
            self.addCleanup(endpoints[threshold].stop)
            config = {
                "Type": "HTTP",
                "IPAddress": "127.0.0.1",
                "Port": endpoints[threshold].port,
                "RequestInterval": self.INTERVAL,
                "FailureThreshold": threshold,
            }
            check = route53.create_health_check(CallerReference=str(threshold), HealthCheckConfig=config)["HealthCheck"]["Id"]
            for role, address, more in (("PRIMARY", "192.0.2.1", {"HealthCheckId": check}), ("SECONDARY", "192.0.2.2", {})):
                record = {
                    "Name": f"after-{threshold}.shop.test",
                    "Type": "A",
                    "TTL": self.TTL,
                    "SetIdentifier": role,
                    "Failover": role,
                    "ResourceRecords": [{"Value": address}],
                    **more,
                }
                changes.append({"Action": "CREATE", "ResourceRecordSet": record})
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        remembered = {}  # what a resolver would, and until when

        def ask(threshold):
            name = f"after-{threshold}.shop.test"
            if name not in remembered or remembered[name][1] < time.monotonic():
                remembered[name] = (query(name, emulator.dns_port), time.monotonic() + self.TTL)
            return remembered[name][0]

        wait_for(lambda: all(len(one.seen) >= HEALTH_CHECKERS for one in endpoints.values()), "a probe of every checker")
        self.assertEqual([ask(threshold) for threshold in endpoints], [["192.0.2.1"]] * 2)
        for endpoint in endpoints.values():
            endpoint.status = 503
        began = time.monotonic()
        moved = {}

        def all_moved():
            for threshold in endpoints:
                if threshold not in moved and ask(threshold) == ["192.0.2.2"]:
                    moved[threshold] = time.monotonic() - began
            return len(moved) == len(endpoints)

        wait_for(all_moved, "both secondaries")
        for threshold, seconds in moved.items():
            self.assertLess(seconds, self.INTERVAL * threshold + self.TTL)
            self.assertGreater(seconds, self.INTERVAL * (threshold - 1))


if __name__ == "__main__":
    unittest.main()
