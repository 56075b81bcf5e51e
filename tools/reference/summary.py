"""The table at the end of the main job, made from what the emulator's own CloudWatch measured and what the visitors saw."""

import collections
import datetime


def print_summary(story):
    rows = []
    try:
        rows = list(measured(story))
    except Exception as error:  # an emulator that died tells nothing more
        rows = [("measurements", f"not to be had: {error!r}")]
    width = max([len(name) for name, _ in rows] + [24])
    print()
    print("What CloudWatch and the visitors saw")
    print("─" * 78)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    print("─" * 78)
    for claim, it_held, detail in story.claims:
        print(f"{'held  ' if it_held else 'BROKEN'}  {claim}{' (' + str(detail) + ')' if detail else ''}")
    print("─" * 78)
    kept = sum(1 for _, it_held, _ in story.claims if it_held)
    print(f"{kept} of {len(story.claims)} claims held")


def measured(story):
    deployment = story.deployment
    load_balancer = deployment.load_balancer.split(":loadbalancer/")[-1]
    balancer = [("LoadBalancer", load_balancer)]
    cdn = [("DistributionId", deployment.distribution), ("Region", "Global")]
    database = [("DBInstanceIdentifier", deployment.plan["database"]["identifier"])]
    total = lambda space, name, dims, stat="Sum": statistic(story, space, name, dims, stat)
    yield "DNS answers", f"{total('AWS/Route53', 'DNSQueries', [('HostedZoneId', deployment.zone)]):.0f} (Route 53)"
    seen = []
    for visitors in (story.visitors, story.crowd):
        seen += [visitors] if visitors else []
    caches = story.visitors.caches if story.visitors else {}
    yield "static requests", (
        f"{total('AWS/CloudFront', 'Requests', cdn):.0f} at CloudFront; visitors saw "
        + ", ".join(f"{count} {kind}" for kind, count in sorted(caches.items()))
    )
    yield "dynamic requests", (
        f"{total('AWS/ApplicationELB', 'RequestCount', balancer):.0f} at the load balancer, "
        f"{total('AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', balancer):.0f} target 5XX, "
        f"{total('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', balancer):.0f} load balancer 5XX"
    )
    served = sum((visitors.instances for visitors in seen), collections.Counter())
    for instance, count in served.most_common():
        yield f"  served by {instance}", str(count)
    yield "instances over time", " → ".join(f"{count} ({at:.0f} s)" for at, count in story.fleet) or "-"
    if story.visitors:
        yield "response time", f"p50 {story.visitors.percentile(50) * 1000:.1f} ms, p99 {story.visitors.percentile(99) * 1000:.1f} ms"
    connections = total("AWS/RDS", "DatabaseConnections", database, "Maximum")
    yield "database", f"{connections:.0f} connections at most, {story.database.get('rows', '?')} orders before the failover"
    if "failover_s" in story.database:
        yield "failover", f"{story.database['failover_s']:.1f} s until rows could be read again"
    history = deployment.cloudwatch.describe_alarm_history(HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    changes = [one["HistorySummary"].replace("Alarm updated from ", "") for one in reversed(history)
               if one["AlarmName"] == deployment.plan["alarm"]["name"]]
    yield "alarm", "; ".join(changes) or "never changed"


def statistic(story, namespace, name, dimensions, stat):
    clock = story.emulator.page("/_diorama/clock")["now"]
    now = datetime.datetime.fromisoformat(clock.replace("Z", "+00:00"))
    found = story.deployment.cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions],
        StartTime=now - datetime.timedelta(hours=2),
        EndTime=now + datetime.timedelta(minutes=1),
        Period=3600,
        Statistics=[stat],
    )["Datapoints"]
    values = [one[stat] for one in found]
    return (max(values) if stat == "Maximum" else sum(values)) if values else 0
