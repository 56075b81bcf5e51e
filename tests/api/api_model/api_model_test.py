#!/usr/bin/env python3
"""The generator of API shapes against its golden files in sample/; with --update it writes them anew."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = HERE.parents[2] / "tools" / "api_model"
sys.path.insert(0, str(TOOLS))

from names import class_name, enumerators, member_name, quoted, snake_case  # noqa: E402


def generate(folder):
    subprocess.run([sys.executable, TOOLS / "generate.py", HERE / "sample" / "api.json", folder / "api.hpp", folder / "api.cpp"], check=True)


class Names(unittest.TestCase):
    def test_members_are_spelled_as_botocore_spells_them(self):
        for name, expected in {
            "HostedZoneId": "hosted_zone_id", "DBInstanceIdentifier": "db_instance_identifier", "ETag": "e_tag", "TTL": "ttl",
            "LoadBalancerARNs": "load_balancer_arns", "SSEKMSKeyId": "ssekms_key_id", "IPv6Address": "i_pv6_address",
            "EC2InstanceId": "ec2_instance_id", "x_y": "x_y",
        }.items():
            self.assertEqual(snake_case(name), expected)

    def test_words_of_cpp_get_an_underscore(self):
        self.assertEqual(member_name("Delete"), "delete_")
        self.assertEqual(member_name("Namespace"), "namespace_")
        self.assertEqual(enumerators(["a-b", "a_b", "1x", "default", ""]), ["a_b", "a_b_", "_1x", "default_", "empty"])

    def test_services_have_the_capitals_of_aws(self):
        self.assertEqual([class_name(name) for name in ("elbv2", "route53", "application-autoscaling")],
                         ["ELBv2", "Route53", "ApplicationAutoscaling"])

    def test_patterns_become_string_literals(self):
        self.assertEqual(quoted('\\d"\n'), '"\\\\d\\"\\012"')


class Golden(unittest.TestCase):
    def test_the_sample_is_generated_as_before(self):
        with tempfile.TemporaryDirectory() as folder:
            generate(pathlib.Path(folder))
            for name in ("api.hpp", "api.cpp"):
                self.assertEqual((pathlib.Path(folder) / name).read_text(), (HERE / "sample" / name).read_text(),
                                 f"{name} differs: see `{__file__} --update` and git diff")


if __name__ == "__main__":
    if "--update" in sys.argv:
        generate(HERE / "sample")
    else:
        unittest.main()
