"""What the tests of the front door have in common: an emulator for each class, and that it still serves after everything."""

import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import botocore  # noqa: E402
from reference.emulator import Emulator  # noqa: E402

IS_NEWER_BOTO3 = tuple(map(int, botocore.__version__.split(".")[:2])) >= (1, 36)


class FrontDoor(unittest.TestCase):
    """One emulator for all tests of a class; a failing test shows the end of its log."""

    arguments = ()

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = folder.name
        cls.emulator = Emulator("--ca", cls.authority, *cls.arguments).start()
        cls.addClassCleanup(cls.emulator.stop)

    def setUp(self):
        self.addCleanup(self.assert_serving)

    def assert_serving(self):
        self.assertEqual(self.emulator.page("/_diorama/health")["services"]["s3"], "running")

    def bucket(self, name):
        self.emulator.client("s3").create_bucket(Bucket=name)
        return name


def local_names(document):
    """The names of all elements without their namespaces."""
    return [element.tag.rpartition("}")[2] for element in ET.fromstring(document).iter()]


def text_of(document, name):
    return next(element.text for element in ET.fromstring(document).iter() if element.tag.rpartition("}")[2] == name)


def certificate_of(test):
    """A file with what `diorama ca` prints."""
    printed = subprocess.run([test.emulator.binary, "ca", "--ca", test.authority], capture_output=True, check=True).stdout
    test.assertTrue(printed.startswith(b"-----BEGIN CERTIFICATE-----"), printed)
    path = pathlib.Path(test.authority) / "printed.pem"
    path.write_bytes(printed)
    return str(path)
