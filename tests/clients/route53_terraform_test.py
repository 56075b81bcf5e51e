"""Terraform's Route 53 resources: applied, found unchanged, changed, destroyed; and what they made answers. See
terraform_case.py for what it needs.
"""

import unittest

from terraform_case import TerraformCase

from reference.dns import query  # terraform_case.py has made tools/ importable
from reference.emulator import wait_for

ZONES = """
variable "vpc" {}
variable "address" { default = "192.0.2.1" }
resource "aws_route53_delegation_set" "ours" {
  reference_name = "ours"
}
resource "aws_route53_zone" "shop" {
  name              = "shop.test"
  comment           = "made by Terraform, for ${var.address}"
  delegation_set_id = aws_route53_delegation_set.ours.id
  tags              = { project = "shop" }
}
resource "aws_route53_zone" "inside" {
  name = "inside.test"
  vpc { vpc_id = var.vpc }
}
resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.shop.id
  name    = "www"
  type    = "A"
  ttl     = 60
  records = [var.address]
}
resource "aws_route53_record" "alias" {
  zone_id = aws_route53_zone.shop.id
  name    = "shop.test"
  type    = "A"
  alias {
    name                   = aws_route53_record.www.fqdn
    zone_id                = aws_route53_zone.shop.id
    evaluate_target_health = true
  }
}
resource "aws_route53_record" "text" {
  zone_id = aws_route53_zone.shop.id
  name    = "text.shop.test"
  type    = "TXT"
  ttl     = 300
  records = ["v=spf1 -all", "second"]
}
resource "aws_route53_record" "inside" {
  zone_id = aws_route53_zone.inside.id
  name    = "database.inside.test"
  type    = "CNAME"
  ttl     = 30
  records = ["elsewhere.inside.test"]
}
resource "aws_route53_health_check" "page" {
  ip_address        = "127.0.0.1"
  port              = 9
  type              = "HTTP"
  resource_path     = "/health"
  request_interval  = 30
  failure_threshold = var.address == "192.0.2.1" ? 3 : 5
  regions           = ["us-east-1", "eu-west-1", "ap-northeast-1"]
  tags              = { Name = "page" }
}
resource "aws_route53_health_check" "all" {
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [aws_route53_health_check.page.id]
}
resource "aws_route53_record" "weighted" {
  count          = 2
  zone_id        = aws_route53_zone.shop.id
  name           = "weighted"
  type           = "A"
  ttl            = 60
  set_identifier = "number ${count.index}"
  records        = ["192.0.2.1${count.index}"]
  weighted_routing_policy { weight = count.index * 10 }
}
resource "aws_route53_record" "failover" {
  for_each        = { PRIMARY = "192.0.2.21", SECONDARY = "192.0.2.22" }
  zone_id         = aws_route53_zone.shop.id
  name            = "failover"
  type            = "A"
  ttl             = 60
  set_identifier  = each.key
  records         = [each.value]
  health_check_id = each.key == "PRIMARY" ? aws_route53_health_check.all.id : null
  failover_routing_policy { type = each.key }
}
resource "aws_route53_record" "latency" {
  for_each       = toset(["us-east-1", "eu-central-1"])
  zone_id        = aws_route53_zone.shop.id
  name           = "latency"
  type           = "A"
  ttl            = 60
  set_identifier = each.key
  records        = ["192.0.2.31"]
  latency_routing_policy { region = each.key }
}
resource "aws_route53_record" "geolocation" {
  for_each       = toset(["US", "*"])
  zone_id        = aws_route53_zone.shop.id
  name           = "geolocation"
  type           = "A"
  ttl            = 60
  set_identifier = each.key
  records        = ["192.0.2.41"]
  geolocation_routing_policy { country = each.key }
}
resource "aws_route53_record" "geoproximity" {
  zone_id        = aws_route53_zone.shop.id
  name           = "geoproximity"
  type           = "A"
  ttl            = 60
  set_identifier = "here"
  records        = ["192.0.2.51"]
  geoproximity_routing_policy {
    bias = 10
    coordinates {
      latitude  = "49.22"
      longitude = "-74.01"
    }
  }
}
resource "aws_route53_record" "multivalue" {
  count                            = 2
  zone_id                          = aws_route53_zone.shop.id
  name                             = "multivalue"
  type                             = "A"
  ttl                              = 60
  set_identifier                   = "number ${count.index}"
  records                          = ["192.0.2.6${count.index}"]
  multivalue_answer_routing_policy = true
}
resource "aws_route53_cidr_collection" "offices" { name = "offices" }
resource "aws_route53_cidr_location" "berlin" {
  cidr_collection_id = aws_route53_cidr_collection.offices.id
  name               = "berlin"
  cidr_blocks        = ["198.51.100.0/24", "203.0.113.0/24"]
}
resource "aws_route53_record" "office" {
  for_each       = toset(["berlin", "*"])
  zone_id        = aws_route53_zone.shop.id
  name           = "office"
  type           = "A"
  ttl            = 60
  set_identifier = each.key
  records        = ["192.0.2.71"]
  cidr_routing_policy {
    collection_id = aws_route53_cidr_collection.offices.id
    location_name = each.key == "*" ? "*" : aws_route53_cidr_location.berlin.name
  }
}
resource "aws_route53_traffic_policy" "two" {
  name    = "two"
  comment = "for ${var.address}"
  document = jsonencode({
    AWSPolicyFormatVersion = "2015-10-01"
    RecordType             = "A"
    StartRule              = "choose"
    Endpoints = {
      one = { Type = "value", Value = "192.0.2.81" }
      two = { Type = "value", Value = "192.0.2.82" }
    }
    Rules = {
      choose = {
        RuleType  = "failover"
        Primary   = { EndpointReference = "one" }
        Secondary = { EndpointReference = "two" }
      }
    }
  })
}
resource "aws_route53_traffic_policy_instance" "two" {
  name                   = "policy.shop.test"
  traffic_policy_id      = aws_route53_traffic_policy.two.id
  traffic_policy_version = aws_route53_traffic_policy.two.version
  hosted_zone_id         = aws_route53_zone.shop.id
  ttl                    = 60
}
resource "aws_route53_query_log" "shop" {
  zone_id                  = aws_route53_zone.shop.id
  cloudwatch_log_group_arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/route53/shop.test"
}
"""


class Terraform(TerraformCase):
    configuration = ZONES

    def options(self):
        return ["--dns-query-log", str(self.folder / "logs")]

    def variables(self):
        return {"vpc": self.emulator.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]}

    def answer(self, name):
        return query(name, self.emulator.dns_port)

    def test_apply_plan_change_destroy(self):
        self.terraform("init")
        self.terraform("apply", "-auto-approve")
        # Nothing to do the second time: what was set is what is read.
        self.terraform("plan", "-detailed-exitcode")
        for name in ("www.shop.test", "shop.test"):
            self.assertEqual(self.answer(name), ["192.0.2.1"])
        self.assertEqual(self.answer("weighted.shop.test"), ["192.0.2.11"])
        self.assertEqual(sorted(self.answer("multivalue.shop.test")), ["192.0.2.60", "192.0.2.61"])
        self.assertEqual(self.answer("policy.shop.test"), ["192.0.2.81"])
        logs = self.folder / "logs/aws/route53/shop.test"
        wait_for(lambda: any("policy.shop.test A NOERROR UDP" in one.read_text() for one in logs.rglob("*.log")), "the query log")

        change = ("-var", "address=192.0.2.2")
        self.terraform("plan", "-detailed-exitcode", *change, expected=2)
        self.terraform("apply", "-auto-approve", *change)
        self.terraform("plan", "-detailed-exitcode", *change)
        wait_for(lambda: self.answer("www.shop.test") == ["192.0.2.2"], "the change")
        self.assertEqual(self.answer("shop.test"), ["192.0.2.2"])

        self.terraform("destroy", "-auto-approve", *change)
        route53 = self.emulator.client("route53")
        self.assertEqual(route53.list_hosted_zones()["HostedZones"], [])
        self.assertEqual(route53.list_health_checks()["HealthChecks"], [])
        self.assertEqual(route53.list_cidr_collections().get("CidrCollections", []), [])
        self.assertEqual(route53.list_traffic_policies()["TrafficPolicySummaries"], [])
        self.assertEqual(route53.list_reusable_delegation_sets()["DelegationSets"], [])
        self.assertEqual(route53.list_query_logging_configs()["QueryLoggingConfigs"], [])


if __name__ == "__main__":
    unittest.main()
