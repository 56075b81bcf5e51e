"""S3 through clients that are not Amazon's own Python: s3cmd, rclone, s3fs, curl, and the SDKs for JavaScript, Go,
Java and Rust.

What is not there is skipped with a sentence. DIORAMA_S3_JS names a folder whose node_modules has @aws-sdk/client-s3,
@aws-sdk/lib-storage and @aws-sdk/s3-request-presigner; DIORAMA_S3_GO one with a go.mod that requires aws-sdk-go-v2 with
its config, service/s3 and feature/s3/manager; DIORAMA_S3_JAVA one with the jars of software.amazon.awssdk's s3 and
s3-transfer-manager and all they need (mvn dependency:copy-dependencies); DIORAMA_S3_RUST one with a Cargo.toml and a
Cargo.lock that have aws-config, aws-sdk-s3 and tokio, whose crates are there (cargo fetch).
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.emulator import Emulator  # noqa: E402

MIB = 1 << 20
SDKS = ROOT / "tests/clients/s3_sdks"
KEY = "111111111111"


def needs(program, package=None):
    there = shutil.which(program)
    return unittest.skipUnless(there, f"{program} is not installed (Debian: {package or program})")


def bytes_of(size, seed):
    return random.Random(seed).randbytes(size)


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--verify-signatures", "--log", "error").start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.s3 = cls.emulator.client("s3", account=KEY)
        cls.host = f"127.0.0.1:{cls.emulator.port}"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="diorama-tools-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = dict(
            os.environ,
            HOME=folder.name,
            AWS_ACCESS_KEY_ID=KEY,
            AWS_SECRET_ACCESS_KEY="test",
            AWS_REGION="us-east-1",
            AWS_EC2_METADATA_DISABLED="true",
            ENDPOINT=f"http://{self.host}",
            PATH_STYLE="yes",
        )
        self.environment.pop("AWS_CA_BUNDLE", None)  # rclone cannot have one, and nothing here is https

    def run_program(self, *command, status=0, timeout=120, **options):
        done = subprocess.run(
            list(map(str, command)),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **options,
        )
        self.assertEqual(done.returncode, status, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def site(self):
        """Three files, one of them large enough for several parts."""
        site = self.folder / "site"
        (site / "css").mkdir(parents=True)
        (site / "index.html").write_text("<h1>hello</h1>")
        (site / "css/main style.css").write_text("h1 {}")
        (site / "large.bin").write_bytes(bytes_of(18 * MIB, 1))
        return site

    def assert_same(self, one, other):
        files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
        self.assertEqual(files, sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file()))
        for path in files:
            self.assertEqual((one / path).read_bytes(), (other / path).read_bytes(), path)

    @needs("s3cmd")
    def test_s3cmd_keeps_a_folder_and_brings_it_back(self):
        settings = self.folder / "s3cfg"
        settings.write_text(
            f"[default]\naccess_key = {KEY}\nsecret_key = test\nhost_base = {self.host}\nhost_bucket = {self.host}\n"
            "use_https = False\n"
        )
        site = self.site()

        def s3cmd(*arguments, **options):
            return self.run_program("s3cmd", "-c", settings, "--no-progress", *arguments, **options)

        s3cmd("mb", "s3://s3cmd-site")
        s3cmd("sync", "--multipart-chunk-size-mb=5", f"{site}/", "s3://s3cmd-site/")
        self.assertNotIn("upload:", s3cmd("sync", f"{site}/", "s3://s3cmd-site/"))
        self.assertIn("s3://s3cmd-site/css/", s3cmd("ls", "s3://s3cmd-site/"))
        (self.folder / "back").mkdir()
        s3cmd("sync", "s3://s3cmd-site/", f"{self.folder}/back/")
        self.assert_same(site, self.folder / "back")
        s3cmd("cp", "s3://s3cmd-site/index.html", "s3://s3cmd-site/copy.html")
        self.assertIn("File size: 14", s3cmd("info", "s3://s3cmd-site/copy.html"))
        s3cmd("modify", "--add-header=Cache-Control:max-age=60", "s3://s3cmd-site/copy.html")
        self.assertEqual(self.s3.head_object(Bucket="s3cmd-site", Key="copy.html")["CacheControl"], "max-age=60")
        s3cmd("ls", "s3://s3cmd-absent", status=12)
        s3cmd("del", "--recursive", "--force", "s3://s3cmd-site")
        s3cmd("rb", "s3://s3cmd-site")

    @needs("rclone")
    def test_rclone_syncs_checks_and_purges(self):
        for name, value in {
            "TYPE": "s3",
            "PROVIDER": "Other",  # of AWS rclone knows that it needs no path style, and no name ends in an address
            "ENV_AUTH": "true",
            "ENDPOINT": f"http://{self.host}",
            "REGION": "us-east-1",
        }.items():
            self.environment["RCLONE_CONFIG_HERE_" + name] = value
        site = self.site()
        few = ["--s3-upload-cutoff=5Mi", "--s3-chunk-size=5Mi", "--retries=1"]
        self.run_program("rclone", "mkdir", "here:rclone-site")
        self.run_program("rclone", "sync", *few, site, "here:rclone-site")
        self.run_program("rclone", "check", "--download", site, "here:rclone-site")
        self.assertEqual(len(self.run_program("rclone", "lsf", "-R", "--files-only", "here:rclone-site").splitlines()), 3)
        (site / "index.html").unlink()
        self.run_program("rclone", "sync", *few, site, "here:rclone-site")
        self.assertNotIn("index.html", self.run_program("rclone", "lsf", "here:rclone-site"))
        self.run_program("rclone", "copyto", "here:rclone-site/large.bin", "here:rclone-site/copied.bin")
        self.run_program("rclone", "copy", "here:rclone-site/copied.bin", self.folder)
        self.assertEqual((self.folder / "copied.bin").read_bytes(), (site / "large.bin").read_bytes())
        self.run_program("rclone", "purge", "here:rclone-site")
        self.assertNotIn("rclone-site", self.run_program("rclone", "lsd", "here:"))

    def test_the_transfer_manager_of_boto3(self):
        large = bytes_of(64 * MIB, 3)
        path = self.folder / "large.bin"
        path.write_bytes(large)
        self.s3.create_bucket(Bucket="transfers")
        self.s3.upload_file(str(path), "transfers", "large.bin", ExtraArgs={"ServerSideEncryption": "aws:kms"})
        head = self.s3.head_object(Bucket="transfers", Key="large.bin")
        self.assertEqual((head["ContentLength"], head["ServerSideEncryption"]), (64 * MIB, "aws:kms"))
        self.assertTrue(head["SSEKMSKeyId"].startswith("arn:aws:kms:us-east-1:"), head)
        self.assertTrue(head["ETag"].endswith('-8"'), head)
        self.s3.copy({"Bucket": "transfers", "Key": "large.bin"}, "transfers", "copy.bin")
        self.s3.download_file("transfers", "copy.bin", str(self.folder / "back.bin"))
        self.assertEqual((self.folder / "back.bin").read_bytes(), large)

    def test_boto3_finds_a_bucket_of_another_region(self):
        there = self.emulator.client("s3", "eu-west-1", KEY)
        there.create_bucket(Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        there.put_object(Bucket="abroad", Key="key", Body=b"x")
        self.assertEqual(self.s3.get_object(Bucket="abroad", Key="key")["Body"].read(), b"x")
        found = self.s3.head_bucket(Bucket="abroad")["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual(found["x-amz-bucket-region"], "eu-west-1")

    @needs("s3fs")
    def test_s3fs_is_a_file_system(self):
        if not os.access("/dev/fuse", os.R_OK | os.W_OK):
            self.skipTest("this machine has no FUSE that may be used")
        self.s3.create_bucket(Bucket="mounted")
        passwords = self.folder / "passwd"
        passwords.write_text(f"{KEY}:test")
        passwords.chmod(0o600)
        mount = self.folder / "mount"
        mount.mkdir()
        options = f"url=http://{self.host},use_path_request_style,passwd_file={passwords},endpoint=us-east-1,multipart_size=5"
        self.run_program("s3fs", "mounted", mount, "-o", options)
        try:
            deadline = time.monotonic() + 20
            while not os.path.ismount(mount):
                self.assertLess(time.monotonic(), deadline, "s3fs did not mount")
                time.sleep(0.1)
            (mount / "folder").mkdir()
            (mount / "folder/file").write_text("hello")
            (mount / "folder/file").rename(mount / "folder/renamed")
            large = bytes_of(18 * MIB, 2)
            (mount / "large").write_bytes(large)
            self.assertEqual((mount / "large").read_bytes(), large)
            self.assertEqual(sorted(os.listdir(mount)), ["folder", "large"])
            self.assertEqual((mount / "folder/renamed").read_text(), "hello")
            with open(mount / "folder/renamed", "a") as file:
                file.write(" again")
        finally:
            self.run_program("fusermount", "-u", mount)
        got = self.s3.get_object(Bucket="mounted", Key="folder/renamed")
        self.assertEqual(got["Body"].read(), b"hello again")

    @needs("curl")
    def test_curl_uses_presigned_urls_and_forms(self):
        self.s3.create_bucket(Bucket="browser")
        path = self.folder / "upload.txt"
        path.write_text("from a browser")
        place = {"Bucket": "browser", "Key": "put.txt"}
        put = self.s3.generate_presigned_url("put_object", Params=place)
        self.run_program("curl", "-sSf", "-T", path, put)
        get = self.s3.generate_presigned_url("get_object", Params={**place, "ResponseContentType": "text/x-mine"})
        headers = self.run_program("curl", "-sSf", "-D", "-", "-o", self.folder / "got", get)
        self.assertIn("text/x-mine", headers)
        self.assertEqual((self.folder / "got").read_text(), "from a browser")
        self.run_program("curl", "-sSf", get.replace("put.txt", "other.txt"), status=22)

        form = self.s3.generate_presigned_post(
            "browser",
            "forms/${filename}",
            Fields={"success_action_status": "201"},
            Conditions=[["starts-with", "$key", "forms/"], {"success_action_status": "201"}, ["content-length-range", 1, 100]],
        )
        fields = [part for name, value in form["fields"].items() for part in ("-F", f"{name}={value}")]
        answer = self.run_program("curl", "-sSf", *fields, "-F", f"file=@{path}", form["url"])
        self.assertIn("<Key>forms/upload.txt</Key>", answer)
        self.assertEqual(self.s3.get_object(Bucket="browser", Key="forms/upload.txt")["Body"].read(), b"from a browser")
        path.write_text("x" * 101)
        self.assertIn("EntityTooLarge", self.run_program("curl", "-sS", *fields, "-F", f"file=@{path}", form["url"]))

    @needs("node", "nodejs")
    def test_the_javascript_sdk(self):
        packages = os.environ.get("DIORAMA_S3_JS", "")
        if not (pathlib.Path(packages) / "node_modules/@aws-sdk/client-s3").is_dir():
            self.skipTest("DIORAMA_S3_JS names no folder with the AWS SDK for JavaScript")
        self.assertIn("all is well", self.run_program("node", SDKS / "client.mjs", cwd=packages))

    @needs("go", "golang-go")
    def test_the_go_sdk(self):
        module = os.environ.get("DIORAMA_S3_GO", "")
        if not (pathlib.Path(module) / "go.mod").is_file():
            self.skipTest("DIORAMA_S3_GO names no module with the AWS SDK for Go")
        # What was downloaded and built before is found where it is for whoever runs this.
        for name in ("GOMODCACHE", "GOCACHE"):
            self.environment[name] = subprocess.check_output(["go", "env", name], text=True).strip()
        client = self.folder / "client"
        self.run_program("go", "build", "-o", client, SDKS / "client.go", cwd=module, timeout=900)
        self.assertIn("all is well", self.run_program(client))

    @needs("java", "default-jdk-headless")
    def test_the_java_sdk(self):
        jars = os.environ.get("DIORAMA_S3_JAVA", "")
        if not list(pathlib.Path(jars or "/nowhere").glob("s3-transfer-manager-*.jar")):
            self.skipTest("DIORAMA_S3_JAVA names no folder with the jars of the AWS SDK for Java")
        self.assertIn("all is well", self.run_program("java", "-cp", f"{jars}/*", SDKS / "Client.java"))

    @needs("cargo")
    def test_the_rust_sdk(self):
        given = pathlib.Path(os.environ.get("DIORAMA_S3_RUST", "/nowhere"))
        if not (given / "Cargo.lock").is_file():
            self.skipTest("DIORAMA_S3_RUST names no project with the AWS SDK for Rust")
        project = self.folder / "rust"
        (project / "src").mkdir(parents=True)
        for name in ("Cargo.toml", "Cargo.lock"):
            shutil.copy(given / name, project)
        shutil.copy(SDKS / "client.rs", project / "src/main.rs")
        # What was downloaded and built before is found where it is.
        home = pathlib.Path.home()
        for name, usual in (("CARGO_HOME", home / ".cargo"), ("RUSTUP_HOME", home / ".rustup")):
            self.environment[name] = os.environ.get(name, str(usual))
        self.environment["CARGO_TARGET_DIR"] = str(given / "target")
        done = self.run_program("cargo", "run", "--offline", "--quiet", cwd=project, timeout=1800)
        self.assertIn("all is well", done)


if __name__ == "__main__":
    unittest.main()
