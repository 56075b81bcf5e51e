"""boto3 with RDS, CloudWatch, SNS and STS: pages, waiters, exact errors, reading back what was sent, deleting it all again."""

import datetime
import unittest

from service_case import REGION, ServiceTest, wait_for


class Databases(ServiceTest):
    def setUp(self):
        self.rds = self.client("rds")

    def test_errors_of_missing_things(self):
        for code, operation, arguments in (
            ("DBInstanceNotFound", "describe_db_instances", dict(DBInstanceIdentifier="none")),
            ("DBInstanceNotFound", "delete_db_instance", dict(DBInstanceIdentifier="none", SkipFinalSnapshot=True)),
            ("DBInstanceNotFound", "reboot_db_instance", dict(DBInstanceIdentifier="none")),
            (
                "DBInstanceNotFound",
                "create_db_instance_read_replica",
                dict(DBInstanceIdentifier="r", SourceDBInstanceIdentifier="none"),
            ),
            ("DBSnapshotNotFound", "describe_db_snapshots", dict(DBSnapshotIdentifier="none")),
            (
                "DBSnapshotNotFound",
                "restore_db_instance_from_db_snapshot",
                dict(DBInstanceIdentifier="r", DBSnapshotIdentifier="none"),
            ),
            ("DBSubnetGroupNotFoundFault", "describe_db_subnet_groups", dict(DBSubnetGroupName="none")),
        ):
            with self.subTest(operation), self.refused(code, 404):
                getattr(self.rds, operation)(**arguments)
        create = dict(
            Engine="mysql",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword="12345678",
        )
        for code, more in (
            ("InvalidParameterValue", dict(DBInstanceIdentifier="ends-with-")),
            ("InvalidParameterValue", dict(DBInstanceIdentifier="short", MasterUserPassword="1234567")),
            ("InvalidParameterValue", dict(DBInstanceIdentifier="word", MasterUserPassword="with a/slash@")),
            ("InvalidParameterValue", dict(DBInstanceIdentifier="klass", DBInstanceClass="t3.micro")),
        ):
            with self.subTest(**more), self.refused(code, 400):
                self.rds.create_db_instance(**{**create, **more})

    def test_life_of_an_instance(self):
        subnets = [one["SubnetId"] for one in self.client("ec2").describe_subnets()["Subnets"]]
        self.rds.create_db_subnet_group(DBSubnetGroupName="Private", DBSubnetGroupDescription="d", SubnetIds=subnets)
        tags = [{"Key": "team", "Value": "shop"}]
        sent = dict(
            DBInstanceIdentifier="life",
            Engine="mysql",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=25,
            MasterUsername="admin",
            DBName="shop",
            MultiAZ=True,
            BackupRetentionPeriod=3,
            PreferredBackupWindow="03:00-03:30",
            PreferredMaintenanceWindow="mon:04:00-mon:04:30",
            DeletionProtection=True,
            CopyTagsToSnapshot=True,
        )
        self.rds.create_db_instance(**sent, MasterUserPassword="12345678", DBSubnetGroupName="private", Tags=tags)
        self.wait(self.rds, "db_instance_available", DBInstanceIdentifier="life")
        found = self.rds.describe_db_instances(DBInstanceIdentifier="life")["DBInstances"][0]
        self.assert_holds(found, sent)
        self.assertEqual(found["DBSubnetGroup"]["DBSubnetGroupName"], "private")
        self.assertEqual(found["TagList"], tags)
        with self.refused("InvalidParameterCombination", 400, "deletion protection"):
            self.rds.delete_db_instance(DBInstanceIdentifier="life", SkipFinalSnapshot=True)
        with self.refused("InvalidDBSubnetGroupStateFault", 400):
            self.rds.delete_db_subnet_group(DBSubnetGroupName="private")
        self.rds.modify_db_instance(
            DBInstanceIdentifier="life", DeletionProtection=False, AllocatedStorage=30, ApplyImmediately=True
        )
        wait_for(lambda: self.rds.describe_db_instances()["DBInstances"][0]["AllocatedStorage"] == 30, "more storage")
        self.wait(self.rds, "db_instance_available", DBInstanceIdentifier="life")
        for name in ("one", "two", "three"):
            self.wait(self.rds, "db_instance_available", DBInstanceIdentifier="life")  # not backing up
            self.rds.create_db_snapshot(DBInstanceIdentifier="life", DBSnapshotIdentifier=name)
            self.wait(self.rds, "db_snapshot_available", DBSnapshotIdentifier=name)
        self.check_pages()
        with self.refused("DBSnapshotAlreadyExists", 400):
            self.rds.create_db_snapshot(DBInstanceIdentifier="life", DBSnapshotIdentifier="one")
        self.wait(self.rds, "db_instance_available", DBInstanceIdentifier="life")
        self.rds.delete_db_instance(DBInstanceIdentifier="life", FinalDBSnapshotIdentifier="final")
        self.wait(self.rds, "db_instance_deleted", DBInstanceIdentifier="life")
        for name in ("one", "two", "three", "final"):
            self.rds.delete_db_snapshot(DBSnapshotIdentifier=name)
        self.rds.delete_db_subnet_group(DBSubnetGroupName="private")
        for operation, result in (
            ("describe_db_instances", "DBInstances"),
            ("describe_db_snapshots", "DBSnapshots"),
            ("describe_db_subnet_groups", "DBSubnetGroups"),
        ):
            self.assertEqual(getattr(self.rds, operation)()[result], [])

    def check_pages(self):
        """AWS: MaxRecords is 20 at least, so two pages of three snapshots cannot be had; the bound itself is checked."""
        with self.refused("InvalidParameterValue", 400):
            self.rds.describe_db_snapshots(MaxRecords=2)
        found = self.rds.describe_db_snapshots(SnapshotType="manual", MaxRecords=20)["DBSnapshots"]
        self.assertEqual(sorted(one["DBSnapshotIdentifier"] for one in found), ["one", "three", "two"])


class Measuring(ServiceTest):
    def setUp(self):
        self.cloudwatch, self.sns = self.client("cloudwatch"), self.client("sns")

    def test_alarms(self):
        topic = self.sns.create_topic(Name="alarms")["TopicArn"]
        sent = dict(
            AlarmName="busy",
            AlarmDescription="too busy",
            Namespace="Shop",
            MetricName="Orders",
            Dimensions=[{"Name": "Page", "Value": "cart"}],
            Statistic="Sum",
            Unit="Count",
            Period=60,
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=1.5,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="ignore",
            ActionsEnabled=True,
            AlarmActions=[topic],
            OKActions=[topic],
            InsufficientDataActions=[],
        )
        self.cloudwatch.put_metric_alarm(**sent, Tags=[{"Key": "a", "Value": "b"}])
        self.cloudwatch.put_metric_alarm(**sent)
        self.wait(self.cloudwatch, "alarm_exists", AlarmNames=["busy"])
        found = self.cloudwatch.describe_alarms(AlarmNames=["busy"])["MetricAlarms"]
        self.assertEqual(len(found), 1)
        self.assert_holds(found[0], sent)
        tags = self.cloudwatch.list_tags_for_resource(ResourceARN=found[0]["AlarmArn"])["Tags"]
        self.assertEqual(tags, [{"Key": "a", "Value": "b"}])
        for n in range(4):
            self.cloudwatch.put_metric_alarm(**{**sent, "AlarmName": f"busy-{n}"})
        names = [one["AlarmName"] for one in self.pages(self.cloudwatch, "describe_alarms", "MetricAlarms", 2)]
        self.assertEqual(sorted(names), ["busy", "busy-0", "busy-1", "busy-2", "busy-3"])
        with self.refused("ResourceNotFound", 404):
            self.cloudwatch.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="r")
        with self.refused("ValidationError", 400):
            self.cloudwatch.put_metric_alarm(**{**sent, "DatapointsToAlarm": 5})
        self.cloudwatch.delete_alarms(AlarmNames=names)
        self.assertEqual(self.cloudwatch.describe_alarms()["MetricAlarms"], [])
        self.sns.delete_topic(TopicArn=topic)

    def test_metrics_in_pages(self):
        names = [f"m{n:03}" for n in range(600)]
        for first in range(0, 600, 20):
            self.cloudwatch.put_metric_data(
                Namespace="Many",
                MetricData=[
                    {"MetricName": name, "Values": [1.0, 3.0], "Counts": [2.0, 1.0]}
                    for name in names[first : first + 20]
                ],
            )
        pages = list(self.cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many"))
        self.assertEqual([len(page["Metrics"]) for page in pages], [500, 100])
        self.assertEqual(sorted(one["MetricName"] for page in pages for one in page["Metrics"]), names)
        now = self.cloudwatch.list_metrics(Namespace="Many")["ResponseMetadata"]["HTTPHeaders"]["date"]
        now = datetime.datetime.strptime(now, "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=datetime.timezone.utc)
        queries = [
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {"Namespace": "Many", "MetricName": "m000"},
                    "Period": 60,
                    "Stat": "Average",
                },
            },
            {"Id": "twice", "Expression": "m * 2"},
        ]
        around = dict(StartTime=now - datetime.timedelta(minutes=30), EndTime=now + datetime.timedelta(minutes=5))
        found = {
            one["Id"]: one["Values"]
            for one in self.cloudwatch.get_metric_data(MetricDataQueries=queries, **around)["MetricDataResults"]
        }
        self.assertAlmostEqual(found["m"][0], 5 / 3)
        self.assertAlmostEqual(found["twice"][0], 10 / 3)
        with self.refused("InvalidParameterCombination", 400):
            self.cloudwatch.put_metric_data(
                Namespace="Many", MetricData=[{"MetricName": "x", "Value": 1.0, "Values": [1.0]}]
            )
        with self.refused("InvalidParameterValue", 400):
            self.cloudwatch.put_metric_data(Namespace="AWS/Mine", MetricData=[{"MetricName": "x", "Value": 1.0}])

    def test_topics(self):
        with self.refused("NotFound", 404):
            self.sns.get_topic_attributes(TopicArn=f"arn:aws:sns:{REGION}:{self.account}:none")
        with self.refused("NotFound", 404):
            self.sns.get_subscription_attributes(
                SubscriptionArn=f"arn:aws:sns:{REGION}:{self.account}:none:00000000-0000-0000-0000-000000000000"
            )
        with self.refused("InvalidParameter", 400):
            self.sns.create_topic(Name="not a name")
        topics = [self.sns.create_topic(Name=f"t{n:03}")["TopicArn"] for n in range(120)]
        self.assertEqual(self.sns.create_topic(Name="t000")["TopicArn"], topics[0])
        pages = list(self.sns.get_paginator("list_topics").paginate())
        self.assertEqual([len(page["Topics"]) for page in pages], [100, 20])
        self.sns.set_topic_attributes(TopicArn=topics[0], AttributeName="DisplayName", AttributeValue="First")
        self.assertEqual(self.sns.get_topic_attributes(TopicArn=topics[0])["Attributes"]["DisplayName"], "First")
        with self.refused("InvalidParameter", 400):
            self.sns.subscribe(TopicArn=topics[0], Protocol="pigeon", Endpoint="x")
        self.sns.subscribe(TopicArn=topics[0], Protocol="email", Endpoint="a@example.com")
        listed = self.sns.list_subscriptions_by_topic(TopicArn=topics[0])["Subscriptions"]
        self.assertEqual([one["SubscriptionArn"] for one in listed], ["PendingConfirmation"])
        for topic in topics:
            self.sns.delete_topic(TopicArn=topic)
        self.sns.delete_topic(TopicArn=topics[0])  # AWS: no error for one that does not exist
        self.assertEqual(self.sns.list_topics()["Topics"], [])

    def test_caller(self):
        identity = self.client("sts").get_caller_identity()
        self.assertEqual((identity["Account"], identity["Arn"]), (self.account, f"arn:aws:iam::{self.account}:root"))


if __name__ == "__main__":
    unittest.main()
