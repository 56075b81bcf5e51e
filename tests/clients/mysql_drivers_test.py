"""Drivers and object-relational mappers against RDS.

Node.js (mysql2, Knex, Sequelize, Drizzle, TypeORM), Go (go-sql-driver, GORM), Java (Connector/J, HikariCP, Hibernate)
and Python (Django over mysqlclient and over PyMySQL). Those of the first three are taken from npm, the Go module proxy
and Maven Central, once, into build/mysql-drivers (or the folder that DIORAMA_MYSQL_DRIVERS names, with the folders js,
go and java in it). A language that is not installed, or whose packages are not to be had, is skipped with a sentence.
"""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import mysql_case
from mysql_case import PASSWORD, ROOT, USER

PROGRAMS = ROOT / "tests/clients/mysql_drivers"
PACKAGES = pathlib.Path(os.environ.get("DIORAMA_MYSQL_DRIVERS", ROOT / "build/mysql-drivers"))
LONGEST_INSTALLATION = 240  # seconds


def install(folder, files, commands):
    """Whether the packages are there now; what was begun and not finished is removed."""
    if folder.exists():
        return True
    folder.mkdir(parents=True)
    for name in files:
        shutil.copy(PROGRAMS / name, folder / name)
    try:
        for command in commands:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=LONGEST_INSTALLATION)
    except (OSError, subprocess.SubprocessError):
        shutil.rmtree(folder)
        return False
    return True


class Drivers(mysql_case.MySQL):
    def run_part(self, *command):
        """One part of a client's program, in the schema of the test."""
        host, port = self.endpoint()
        environment = dict(
            os.environ,
            DATABASE_HOST=host,
            DATABASE_PORT=str(port),
            DATABASE_USER=USER,
            DATABASE_PASSWORD=PASSWORD,
            DATABASE_NAME=self.schema,
            PACKAGES=str(PACKAGES / "js"),
        )
        ended = subprocess.run(
            list(map(str, command)), env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        self.assertEqual(ended.returncode, 0, f"{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}")


@unittest.skipUnless(shutil.which("node") and shutil.which("npm"), "node and npm are not installed")
class Node(Drivers):
    @classmethod
    def setUpClass(cls):
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        if not install(PACKAGES / "js", ["package.json"], [command]):
            raise unittest.SkipTest("the packages of package.json are not to be had from npm")
        super().setUpClass()

    def part(self, name):
        self.run_part("node", PROGRAMS / "client.mjs", name)

    def test_mysql2(self):
        self.part("mysql2")

    def test_knex(self):
        self.part("knex")

    def test_sequelize(self):
        self.part("sequelize")

    def test_drizzle(self):
        self.part("drizzle-orm")

    def test_typeorm(self):
        self.part("typeorm")


@unittest.skipUnless(shutil.which("go"), "go is not installed")
class Go(Drivers):
    @classmethod
    def setUpClass(cls):
        files = ["client.go", "go.mod", "go.sum"]
        if not install(PACKAGES / "go", files, [["go", "mod", "download"]]):
            raise unittest.SkipTest("the modules of go.mod are not to be had from the module proxy")
        shutil.copy(PROGRAMS / "client.go", PACKAGES / "go/client.go")
        subprocess.run(["go", "build", "-o", "client", "."], cwd=PACKAGES / "go", check=True)
        super().setUpClass()

    def test_go_sql_driver(self):
        self.run_part(PACKAGES / "go/client", "go-sql-driver")

    def test_gorm(self):
        self.run_part(PACKAGES / "go/client", "gorm")


@unittest.skipUnless(shutil.which("javac") and shutil.which("mvn"), "a JDK and Maven are not installed")
class Java(Drivers):
    @classmethod
    def setUpClass(cls):
        command = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
        if not install(PACKAGES / "java", ["pom.xml"], [command]):
            raise unittest.SkipTest("the artifacts of pom.xml are not to be had from Maven Central")
        cls.classpath = f"{PACKAGES}/java/out:{PACKAGES}/java/lib/*"
        source = str(PROGRAMS / "Client.java")
        compiler = ["javac", "-proc:none", "-cp", cls.classpath, "-d", str(PACKAGES / "java/out"), source]
        subprocess.run(compiler, check=True)
        super().setUpClass()

    def part(self, name):
        self.run_part("java", "-cp", self.classpath, "Client", name)

    def test_connector_j(self):
        self.part("mysql-connector-j")

    def test_hikari(self):
        self.part("HikariCP")

    def test_hibernate(self):
        self.part("hibernate-core")


@unittest.skipUnless(importlib.util.find_spec("django"), "Django is not installed (Debian: python3-django)")
class Python(Drivers):
    def run_django(self, driver):
        self.run_part(sys.executable, "-B", PROGRAMS / "django_client.py", driver)

    @unittest.skipUnless(importlib.util.find_spec("MySQLdb"), "mysqlclient is not installed (Debian: python3-mysqldb)")
    def test_django_mysqlclient(self):
        self.run_django("MySQLdb")

    def test_django_pymysql(self):
        self.run_django("pymysql")


if __name__ == "__main__":
    unittest.main()
