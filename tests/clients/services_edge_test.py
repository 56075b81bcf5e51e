"""boto3 with Route 53 and CloudFront: pages, waiters, exact errors, caller references, reading back what was sent."""

import unittest

from service_case import ServiceTest

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


class Names(ServiceTest):
    def setUp(self):
        self.route53 = self.client("route53")

    def change(self, zone, *changes):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}
        return self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]

    def test_life_of_a_zone(self):
        arguments = dict(Name="Shop.Test", CallerReference="once", HostedZoneConfig={"Comment": "the shop"})
        made = self.route53.create_hosted_zone(**arguments)
        zone = made["HostedZone"]["Id"].split("/")[-1]
        self.assertEqual(made["HostedZone"]["Name"], "shop.test.")
        self.assertEqual(len(made["DelegationSet"]["NameServers"]), 4)
        with self.refused("HostedZoneAlreadyExists", 409):
            self.route53.create_hosted_zone(**arguments)
        got = self.route53.get_hosted_zone(Id=zone)["HostedZone"]
        self.assert_holds(got, {"CallerReference": "once", "Config": {"Comment": "the shop", "PrivateZone": False}})
        records = [
            {
                "Name": f"h{n:02}.shop.test.",
                "Type": "A",
                "TTL": 60 + n,
                "ResourceRecords": [{"Value": f"192.0.2.{n}"}, {"Value": "192.0.2.200"}],
            }
            for n in range(12)
        ]
        weighted = [
            {
                "Name": "w.shop.test.",
                "Type": "CNAME",
                "SetIdentifier": name,
                "Weight": weight,
                "TTL": 5,
                "ResourceRecords": [{"Value": "h01.shop.test"}],
            }
            for name, weight in (("one", 0), ("two", 255))
        ]
        text = {
            "Name": "\\052.shop.test.",
            "Type": "TXT",
            "TTL": 1,
            "ResourceRecords": [{"Value": '"a \\"text\\"" "second"'}],
        }
        alias = {
            "Name": "a.shop.test.",
            "Type": "A",
            "AliasTarget": {"HostedZoneId": zone, "DNSName": "h01.shop.test.", "EvaluateTargetHealth": False},
        }
        everything = [*records, *weighted, text, alias]
        change = self.change(zone, *(("CREATE", record) for record in everything))
        self.wait(self.route53, "resource_record_sets_changed", Id=change["Id"])
        found = self.pages(self.route53, "list_resource_record_sets", "ResourceRecordSets", 5, HostedZoneId=zone)
        by_name = lambda record: (record["Name"], record.get("SetIdentifier", ""))
        self.assertEqual(
            sorted((one for one in found if one["Type"] not in ("NS", "SOA")), key=by_name),
            sorted(everything, key=by_name),
        )
        with self.refused("HostedZoneNotEmpty", 400):
            self.route53.delete_hosted_zone(Id=zone)
        with self.refused("InvalidChangeBatch", 400, "it already exists"):
            self.change(zone, ("DELETE", text), ("CREATE", records[0]))
        with self.refused("InvalidChangeBatch", 400, "not found|values provided do not match"):
            self.change(zone, ("DELETE", {**records[0], "TTL": 7}))
        self.change(zone, ("UPSERT", {**records[0], "TTL": 7}))
        self.change(zone, ("DELETE", {**records[0], "TTL": 7}), *(("DELETE", record) for record in everything[1:]))
        self.route53.delete_hosted_zone(Id=zone)
        with self.refused("NoSuchHostedZone", 404, f"No hosted zone found with ID: {zone}"):
            self.route53.get_hosted_zone(Id=zone)
        self.assertEqual(self.route53.list_hosted_zones()["HostedZones"], [])

    def test_errors(self):
        for operation, arguments in (
            ("list_resource_record_sets", dict(HostedZoneId="ZMISSING")),
            ("delete_hosted_zone", dict(Id="ZMISSING")),
        ):
            with self.refused("NoSuchHostedZone", 404):
                getattr(self.route53, operation)(**arguments)
        with self.refused("NoSuchChange", 404):
            self.route53.get_change(Id="CMISSING")
        with self.refused("InvalidDomainName", 400):
            self.route53.create_hosted_zone(Name="a..b", CallerReference="x")
        zone = self.route53.create_hosted_zone(Name="errors.test", CallerReference="y")["HostedZone"]["Id"]
        with self.refused("InvalidChangeBatch", 400):
            self.change(
                zone,
                (
                    "CREATE",
                    {
                        "Name": "x.errors.test",
                        "Type": "A",
                        "TTL": 1,
                        "ResourceRecords": [{"Value": "not-an-address"}],
                    },
                ),
            )
        with self.refused("InvalidChangeBatch", 400):
            self.change(
                zone,
                (
                    "CREATE",
                    {"Name": "x.elsewhere.test", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}]},
                ),
            )
        self.route53.delete_hosted_zone(Id=zone)

    def test_zones_in_pages(self):
        zones = [
            self.route53.create_hosted_zone(Name=f"z{n}.test", CallerReference=f"p{n}")["HostedZone"]["Id"]
            for n in range(5)
        ]
        found = self.pages(self.route53, "list_hosted_zones", "HostedZones", 2)
        self.assertEqual(sorted(one["Id"] for one in found), sorted(zones))
        named = self.route53.list_hosted_zones_by_name(DNSName="z3.test", MaxItems="1")["HostedZones"]
        self.assertEqual([one["Name"] for one in named], ["z3.test."])
        ident = zones[0].split("/")[-1]
        self.route53.change_tags_for_resource(
            ResourceType="hostedzone", ResourceId=ident, AddTags=[{"Key": "a", "Value": "b"}]
        )
        tags = self.route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=ident)["ResourceTagSet"][
            "Tags"
        ]
        self.assertEqual(tags, [{"Key": "a", "Value": "b"}])
        for zone in zones:
            self.route53.delete_hosted_zone(Id=zone)


class Distributions(ServiceTest):
    def setUp(self):
        self.cloudfront = self.client("cloudfront")

    def config(self, reference, **more):
        origin = {
            "Id": "site",
            "DomainName": "site.s3.us-east-1.amazonaws.com",
            "OriginPath": "/public",
            "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-From", "HeaderValue": "edge"}]},
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        application = {
            "Id": "application",
            "DomainName": "app.example.com",
            "CustomOriginConfig": {
                "HTTPPort": 8080,
                "HTTPSPort": 8443,
                "OriginProtocolPolicy": "http-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
                "OriginReadTimeout": 20,
                "OriginKeepaliveTimeout": 7,
            },
        }
        methods = {
            "Quantity": 2,
            "Items": ["HEAD", "GET"],
            "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
        }
        behavior = {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": CACHING_OPTIMIZED,
            "AllowedMethods": methods,
            "Compress": True,
        }
        return {
            "CallerReference": reference,
            "Comment": "all of it",
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "PriceClass": "PriceClass_100",
            "Origins": {"Quantity": 2, "Items": [origin, application]},
            "DefaultCacheBehavior": behavior,
            "CacheBehaviors": {
                "Quantity": 1,
                "Items": [{**behavior, "PathPattern": "/api/*", "TargetOriginId": "application"}],
            },
            "CustomErrorResponses": {
                "Quantity": 1,
                "Items": [
                    {
                        "ErrorCode": 404,
                        "ResponsePagePath": "/404.html",
                        "ResponseCode": "200",
                        "ErrorCachingMinTTL": 5,
                    }
                ],
            },
            **more,
        }

    def test_life_of_a_distribution(self):
        sent = self.config("life")
        made = self.cloudfront.create_distribution(DistributionConfig=sent)
        ident = made["Distribution"]["Id"]
        self.assertEqual(made["Distribution"]["Status"], "InProgress")
        self.assertEqual(made["Location"], f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{ident}")
        with self.refused("DistributionAlreadyExists", 409):  # AWS: for any reference that was sent before
            self.cloudfront.create_distribution(DistributionConfig=sent)
        self.wait(self.cloudfront, "distribution_deployed", Id=ident)
        got = self.cloudfront.get_distribution_config(Id=ident)
        found = got["DistributionConfig"]
        for name in (
            "CallerReference",
            "Comment",
            "Enabled",
            "DefaultRootObject",
            "PriceClass",
            "CustomErrorResponses",
        ):
            self.assertEqual(found[name], sent[name])
        for number, origin in enumerate(sent["Origins"]["Items"]):
            self.assert_holds(found["Origins"]["Items"][number], origin)
        behavior = found["CacheBehaviors"]["Items"][0]
        self.assert_holds(
            {**behavior, "AllowedMethods": 0}, {**sent["CacheBehaviors"]["Items"][0], "AllowedMethods": 0}
        )
        self.assertEqual(sorted(behavior["AllowedMethods"]["Items"]), ["GET", "HEAD"])
        # What it gave can be sent again unchanged, as Terraform does.
        same = self.cloudfront.update_distribution(Id=ident, IfMatch=got["ETag"], DistributionConfig=found)
        self.assertEqual(same["Distribution"]["DistributionConfig"], found)
        with self.refused("PreconditionFailed", 412):
            self.cloudfront.update_distribution(Id=ident, IfMatch=got["ETag"] + "X", DistributionConfig=found)
        with self.refused("InvalidIfMatchVersion", 400):
            self.cloudfront.delete_distribution(Id=ident)
        with self.refused("DistributionNotDisabled", 409):
            self.cloudfront.delete_distribution(Id=ident, IfMatch=same["ETag"])
        off = self.cloudfront.update_distribution(
            Id=ident, IfMatch=same["ETag"], DistributionConfig={**found, "Enabled": False}
        )
        self.wait(self.cloudfront, "distribution_deployed", Id=ident)
        self.cloudfront.delete_distribution(Id=ident, IfMatch=off["ETag"])
        with self.refused("NoSuchDistribution", 404, "The specified distribution does not exist."):
            self.cloudfront.get_distribution(Id=ident)
        listed = self.cloudfront.list_distributions()["DistributionList"].get("Items", [])
        self.assertNotIn(ident, [one["Id"] for one in listed])

    def test_validation(self):
        cases = (
            (
                "NoSuchOrigin",
                {"DefaultCacheBehavior": {**self.config("v")["DefaultCacheBehavior"], "TargetOriginId": "none"}},
            ),
            (
                "NoSuchCachePolicy",
                {"DefaultCacheBehavior": {**self.config("v")["DefaultCacheBehavior"], "CachePolicyId": "none"}},
            ),
            ("InconsistentQuantities", {"Origins": {"Quantity": 3, "Items": self.config("v")["Origins"]["Items"]}}),
        )
        for code, more in cases:
            with self.subTest(code), self.refused(code):
                self.cloudfront.create_distribution(DistributionConfig=self.config("v", **more))
        with self.refused("NoSuchCachePolicy", 404):
            self.cloudfront.get_cache_policy(Id="none")
        with self.refused("NoSuchOriginAccessControl", 404):
            self.cloudfront.get_origin_access_control(Id="none")

    def test_policies_and_access_controls(self):
        policy = {
            "Name": "by-language",
            "Comment": "",
            "DefaultTTL": 60,
            "MaxTTL": 600,
            "MinTTL": 1,
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": True,
                "EnableAcceptEncodingBrotli": False,
                "HeadersConfig": {
                    "HeaderBehavior": "whitelist",
                    "Headers": {"Quantity": 1, "Items": ["accept-language"]},
                },
                "CookiesConfig": {"CookieBehavior": "none"},
                "QueryStringsConfig": {"QueryStringBehavior": "all"},
            },
        }
        made = self.cloudfront.create_cache_policy(CachePolicyConfig=policy)
        ident = made["CachePolicy"]["Id"]
        got = self.cloudfront.get_cache_policy(Id=ident)
        self.assertEqual(got["CachePolicy"]["CachePolicyConfig"], policy)
        with self.refused("CachePolicyAlreadyExists", 409):
            self.cloudfront.create_cache_policy(CachePolicyConfig=policy)
        self.cloudfront.delete_cache_policy(Id=ident, IfMatch=got["ETag"])
        control = {
            "Name": "to-the-site",
            "Description": "d",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
        made = self.cloudfront.create_origin_access_control(OriginAccessControlConfig=control)
        ident = made["OriginAccessControl"]["Id"]
        found = self.cloudfront.get_origin_access_control(Id=ident)
        self.assertEqual(found["OriginAccessControl"]["OriginAccessControlConfig"], control)
        self.cloudfront.delete_origin_access_control(Id=ident, IfMatch=found["ETag"])

    def test_invalidations(self):
        ident = self.cloudfront.create_distribution(DistributionConfig=self.config("inv"))["Distribution"]["Id"]
        batch = lambda n: {"CallerReference": f"i{n}", "Paths": {"Quantity": 1, "Items": ["/*"]}}
        made = [
            self.cloudfront.create_invalidation(DistributionId=ident, InvalidationBatch=batch(n))["Invalidation"][
                "Id"
            ]
            for n in range(3)
        ]
        again = self.cloudfront.create_invalidation(DistributionId=ident, InvalidationBatch=batch(0))["Invalidation"][
            "Id"
        ]
        self.assertEqual(again, made[0])
        for one in made:
            self.wait(self.cloudfront, "invalidation_completed", DistributionId=ident, Id=one)
        paging = self.cloudfront.get_paginator("list_invalidations").paginate(
            DistributionId=ident, PaginationConfig={"PageSize": 2}
        )
        found = [item["Id"] for page in paging for item in page["InvalidationList"].get("Items", [])]
        self.assertEqual(sorted(found), sorted(made))
        with self.refused("NoSuchInvalidation", 404):
            self.cloudfront.get_invalidation(DistributionId=ident, Id="none")
        with self.refused("NoSuchDistribution", 404):
            self.cloudfront.create_invalidation(DistributionId="ENONE", InvalidationBatch=batch(9))


if __name__ == "__main__":
    unittest.main()
