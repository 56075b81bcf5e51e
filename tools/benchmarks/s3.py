"""Objects: reading beside nginx's static files, durable writing beside a bare program that writes and syncs, and all of it
beside moto_server."""

import os
import pathlib
import tempfile
import threading
import time

from benchmarks.measure import Contender, Load, compare, median, wrk
from benchmarks.peers import Missing, Moto, file_server
from reference.emulator import Emulator

SIGNED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, "
    f"SignedHeaders=host, Signature={'0' * 64}"
)

SIZES = {"1 KiB": 1024, "1 MiB": 1024 * 1024}
LARGE = 100 * 1024 * 1024
KEYS = 2000  # in the bucket that is listed
WRITERS = 16
NAMES = 100  # that are written again and again, so that there is always an old file to remove
PUT = """
wrk.method = "PUT"
wrk.body = string.rep("x", %d)
local n = 0
request = function() n = n + 1; return wrk.format(nil, "/object-" .. n %% NAMES) end
""".replace("NAMES", str(NAMES))


# Puts and deletes in turn, so that there is always something to delete.
PUT_AND_DELETE = """
local n = 0
request = function()
    n = n + 1
    if n %% 2 == 1 then return wrk.format("PUT", "%(path)s/" .. n, nil, "x") end
    return wrk.format("DELETE", "%(path)s/" .. (n - 1))
end
"""


def write_and_sync(folder, content, seconds):
    """What durable means at the least: threads that write a file, sync it and give it its name."""
    deadline = time.monotonic() + seconds
    taken = [[] for _ in range(WRITERS)]

    def write(mine):
        n = 0
        while time.monotonic() < deadline:
            began = time.monotonic()
            path = f"{folder}/{threading.get_ident()}-{n % (NAMES // WRITERS)}"
            descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.write(descriptor, content)
            os.fsync(descriptor)
            os.close(descriptor)
            os.rename(path + ".new", path)
            mine.append(time.monotonic() - began)
            n += 1

    threads = [threading.Thread(target=write, args=(mine,)) for mine in taken]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(sum(taken, []))
    return Load(len(every), time.monotonic() - began, median(every), every[len(every) * 99 // 100])


def reads(settings, emulator):
    sizes = {**SIZES, "100 MiB": LARGE}
    files = {f"{size}": b"x" * size for size in sizes.values()}
    client = emulator.client("s3")
    client.create_bucket(Bucket="bench")
    for name, content in files.items():
        client.put_object(Bucket="bench", Key=name, Body=content)
    try:
        peer = file_server(files).__enter__()
    except Missing as missing:
        print(f"  skipped: {missing}")
        peer = None
    try:
        for title, size in sizes.items():
            host = ["Host: bench.s3.localhost", SIGNED]
            ours = f"http://127.0.0.1:{emulator.port}/{size}"
            contenders = [
                Contender("diorama", emulator.process.pid, lambda: wrk(ours, settings.seconds, headers=host)),
            ]
            if peer:
                theirs = f"{peer.url}/{size}"
                contenders.append(Contender("nginx", peer.pid, lambda: wrk(theirs, settings.seconds)))
            compare(f"S3: GET {title}, 32 connections", contenders, settings.rounds)
    finally:
        if peer:
            peer.__exit__()


def writes(settings, emulator, folder):
    emulator.client("s3").create_bucket(Bucket="bench")
    host = ["Host: bench.s3.localhost", SIGNED]
    for title, size in SIZES.items():
        script = pathlib.Path(folder) / "put.lua"
        script.write_text(PUT % size)
        bare = pathlib.Path(folder) / f"bare-{size}"
        bare.mkdir()
        url = f"http://127.0.0.1:{emulator.port}/"
        contenders = [
            Contender(
                "diorama --data",
                emulator.process.pid,
                lambda: wrk(url, settings.seconds, connections=WRITERS, headers=host, script=str(script)),
            ),
            Contender("write + fsync", 0, lambda: write_and_sync(bare, b"x" * size, settings.seconds)),
        ]
        compare(f"S3: durable PUT {title}, {WRITERS} at a time", contenders, settings.rounds)


def fill(client):
    client.create_bucket(Bucket="moto")
    client.put_object(Bucket="moto", Key="object", Body=b"x" * 1024)
    client.put_object(Bucket="moto", Key="large", Body=b"x" * SIZES["1 MiB"])
    client.create_bucket(Bucket="listed")
    for n in range(KEYS):
        client.put_object(Bucket="listed", Key=f"key-{n:06}", Body=b"")


def beside_moto(settings, emulator, folder):
    """What moto does too, in memory, eight at a time."""
    try:
        moto = Moto().__enter__()
    except Missing as missing:
        print(f"  skipped: {missing}")
        return
    try:
        clients = [emulator.client("s3"), Emulator.client(moto, "s3")]
        for client in clients:
            fill(client)
        put = pathlib.Path(folder) / "put-moto.lua"
        put.write_text((PUT % 1024).replace('"/object-"', '"/moto/object-"'))
        both = pathlib.Path(folder) / "delete-moto.lua"
        both.write_text(PUT_AND_DELETE % {"path": "/moto"})
        for title, path, script in (
            ("GET 1 KiB", "/moto/object", None),
            ("GET 1 MiB", "/moto/large", None),
            ("PUT 1 KiB", "/", str(put)),
            ("PUT and DELETE in turn", "/", str(both)),
            (f"ListObjectsV2, 1000 of {KEYS} keys", "/listed?list-type=2", None),
        ):
            contenders = [
                Contender(
                    name,
                    pid,
                    lambda url=f"{url}{path}", script=script: wrk(
                        url, settings.seconds, connections=8, headers=[SIGNED], script=script
                    ),
                )
                for name, pid, url in (
                    ("diorama", emulator.process.pid, f"http://127.0.0.1:{emulator.port}"),
                    ("moto_server", moto.pid, moto.url),
                )
            ]
            compare(f"S3: {title}, 8 connections", contenders, settings.rounds)
    finally:
        moto.__exit__()


def run(settings):
    with Emulator(*settings.arguments) as emulator:
        reads(settings, emulator)
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as folder, Emulator(*settings.arguments) as emulator:
        beside_moto(settings, emulator, folder)
    with tempfile.TemporaryDirectory(prefix="diorama-bench-", dir=settings.disk) as folder:
        with Emulator(*settings.arguments, "--data", f"{folder}/state") as emulator:
            writes(settings, emulator, folder)
