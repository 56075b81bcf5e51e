"""Requests through an Application Load Balancer beside haproxy and nginx, in front of the same two small servers."""

import contextlib

from benchmarks.measure import Contender, compare, wrk
from benchmarks.peers import HAProxy, Missing, balancing_nginx, file_server
from benchmarks.viewers import viewer_address
from reference.emulator import Emulator, wait_for

SIZES = {"1 KiB": 1024, "100 KiB": 100 * 1024}


def deploy(emulator, targets):
    """A load balancer in one zone with an HTTP listener; its name."""
    ec2, elbv2 = emulator.client("ec2"), emulator.client("elbv2")
    subnets = ec2.describe_subnets()["Subnets"]
    group = elbv2.create_target_group(
        Name="bench",
        Protocol="HTTP",
        Port=80,
        VpcId=subnets[0]["VpcId"],
        TargetType="ip",
        HealthCheckPath=f"/{SIZES['1 KiB']}",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.register_targets(
        TargetGroupArn=group,
        Targets=[{"Id": "127.0.0.1", "Port": target.port, "AvailabilityZone": "all"} for target in targets],
    )
    balancer = elbv2.create_load_balancer(Name="bench", Subnets=[subnet["SubnetId"] for subnet in subnets[:2]])
    balancer = balancer["LoadBalancers"][0]
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )

    def all_healthy():
        described = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return all(one["TargetHealth"]["State"] == "healthy" for one in described)

    wait_for(all_healthy, "healthy targets")
    return balancer["DNSName"]


def run(settings):
    files = {str(size): b"x" * size for size in SIZES.values()}
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(file_server(files)) for _ in range(2)]
        emulator = stack.enter_context(Emulator(*settings.arguments))
        name = deploy(emulator, targets)
        host, port = viewer_address(emulator, name, 80)
        peers = []
        for peer, label in ((HAProxy(targets), "haproxy"), (balancing_nginx(targets), "nginx")):
            try:
                peers.append((label, stack.enter_context(peer)))
            except Missing as missing:
                print(f"  skipped: {missing}")
        for title, size in SIZES.items():
            ours = f"http://{host}:{port}/{size}"
            contenders = [
                Contender("diorama", emulator.process.pid, lambda: wrk(ours, settings.seconds, headers=[f"Host: {name}"]))
            ]
            for label, peer in peers:
                contenders.append(
                    Contender(label, peer.pid, lambda peer=peer: wrk(f"{peer.url}/{size}", settings.seconds))
                )
            compare(f"Load balancer: {title}, keep-alive, 32 connections, two targets", contenders, settings.rounds)
