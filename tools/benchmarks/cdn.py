"""Cache hits of an edge location beside varnish and nginx's proxy_cache."""

import contextlib

from benchmarks.measure import Contender, compare, wrk
from benchmarks.peers import Missing, Varnish, caching_nginx, file_server
from benchmarks.viewers import viewer_address
from reference.emulator import Emulator, make_public, wait_for

SIZES = {"1 KiB": 1024, "100 KiB": 100 * 1024}
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def deploy(emulator, files):
    """A distribution in front of a bucket; the name that viewers use."""
    s3, cloudfront = emulator.client("s3"), emulator.client("cloudfront")
    s3.create_bucket(Bucket="bench")
    make_public(s3, "bench")
    for name, content in files.items():
        s3.put_object(Bucket="bench", Key=name, Body=content, CacheControl="max-age=3600")
    origin = {
        "Id": "bucket",
        "DomainName": "bench.s3.us-east-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behavior = {"TargetOriginId": "bucket", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": CACHING_OPTIMIZED}
    created = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "bench",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behavior,
        }
    )["Distribution"]
    wait_for(
        lambda: cloudfront.get_distribution(Id=created["Id"])["Distribution"]["Status"] == "Deployed", "the distribution"
    )
    return created["DomainName"]


def run(settings):
    files = {str(size): b"x" * size for size in SIZES.values()}
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(Emulator(*settings.arguments))
        name = deploy(emulator, files)
        host, port = viewer_address(emulator, name, 80)
        peers = []
        try:
            origin = stack.enter_context(file_server(files, "max-age=3600"))
            for peer, label in ((Varnish(origin), "varnish"), (caching_nginx(origin), "nginx proxy_cache")):
                peers.append((label, stack.enter_context(peer)))
        except Missing as missing:
            print(f"  skipped: {missing}")
        for title, size in SIZES.items():
            url = f"http://{host}:{port}/{size}"
            wrk(url, 1, connections=2, headers=[f"Host: {name}"])  # fills the cache
            contenders = [
                Contender("diorama", emulator.process.pid, lambda: wrk(url, settings.seconds, headers=[f"Host: {name}"]))
            ]
            for label, peer in peers:
                wrk(f"{peer.url}/{size}", 1, connections=2)
                contenders.append(
                    Contender(label, peer.pid, lambda peer=peer: wrk(f"{peer.url}/{size}", settings.seconds))
                )
            compare(f"CloudFront: hit of {title}, 32 connections", contenders, settings.rounds)
