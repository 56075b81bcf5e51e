"""What tests of services have in common: an emulator, an account for each class, exact errors, pages, waiters."""

import contextlib
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from botocore.exceptions import ClientError  # noqa: E402
from reference.emulator import Emulator, wait_for  # noqa: E402, F401

REGION = "us-east-1"
IMAGE = "ami-0abcdef1234567890"


class ServiceTest(unittest.TestCase):
    """One emulator for all; each class works in an account of its own."""

    emulator = None
    accounts = iter(range(111111111111, 111111112000))

    @classmethod
    def setUpClass(cls):
        if not ServiceTest.emulator:
            ServiceTest.emulator = Emulator("--time-scale", "60").start()
            unittest.addModuleCleanup(ServiceTest.emulator.stop)
        cls.account = str(next(cls.accounts))

    def client(self, service):
        client = self.emulator.client(service, REGION, self.account)
        self.addCleanup(client.close)
        return client

    @contextlib.contextmanager
    def refused(self, code, status=None, message=None):
        with self.assertRaises(ClientError) as raised:
            yield raised
        answer = raised.exception.response
        self.assertEqual(answer["Error"]["Code"], code, answer)
        if status:
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status, answer)
        if message:
            self.assertRegex(answer["Error"]["Message"], message)

    def wait(self, client, name, **arguments):
        client.get_waiter(name).wait(WaiterConfig={"Delay": 0.2, "MaxAttempts": 150}, **arguments)

    def pages(self, client, operation, result, size, key="PageSize", **arguments):
        """All items of a paginated operation, which must have come in more than one page."""
        pages = list(client.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **arguments))
        self.assertGreater(len(pages), 1, operation)
        self.assertTrue(all(len(page[result]) <= size for page in pages if isinstance(page[result], list)))
        return [item for page in pages for item in page[result]]

    def assert_holds(self, found, sent):
        """Everything sent is in what was found, whatever else there is."""
        if isinstance(sent, dict):
            for name, value in sent.items():
                self.assertIn(name, found)
                self.assert_holds(found[name], value)
        else:
            self.assertEqual(found, sent)
