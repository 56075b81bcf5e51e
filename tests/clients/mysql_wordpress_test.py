"""WordPress on RDS: its schema, its front page, a search, a post, a comment and the pages of its administration.

Needs PHP with mysqli (Debian: php-cli, php-mysql, php-xml) and WordPress with a theme (Debian: wordpress and
wordpress-theme-twentytwentythree, in /usr/share/wordpress), or the folder of another WordPress in DIORAMA_WORDPRESS.
"""

import http.cookiejar
import json
import os
import pathlib
import shutil
import subprocess
import unittest
import urllib.parse
import urllib.request

import mysql_case
from mysql_case import PASSWORD, USER
from reference.emulator import free_port, wait_for

WORDPRESS = pathlib.Path(os.environ.get("DIORAMA_WORDPRESS", "/usr/share/wordpress"))
SETTINGS = """<?php
define('DB_NAME', '{schema}');
define('DB_USER', '{user}');
define('DB_PASSWORD', '{password}');
define('DB_HOST', '{host}:{port}');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_DEBUG', true);
define('WP_DEBUG_DISPLAY', false);
define('WP_DEBUG_LOG', '{log}');
define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""


@unittest.skipUnless(shutil.which("php"), "php is not installed (Debian: php-cli, php-mysql, php-xml)")
@unittest.skipUnless((WORDPRESS / "wp-load.php").exists(), "there is no WordPress (Debian: wordpress)")
class WordPress(mysql_case.MySQL):
    def setUp(self):
        super().setUp()
        site = self.folder / "site"
        shutil.copytree(WORDPRESS, site, ignore=shutil.ignore_patterns("wp-config.php"), ignore_dangling_symlinks=True)
        host, port = self.endpoint()
        self.log = self.folder / "debug.log"
        settings = dict(schema=self.schema, user=USER, password=PASSWORD, log=self.log)
        host = "127.0.0.1" if host == "localhost" else host  # else PHP looks for a socket file
        (site / "wp-config.php").write_text(SETTINGS.format(host=host, port=port, **settings))
        place = f"127.0.0.1:{free_port()}"
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = subprocess.Popen(["php", "-S", place, "-t", str(site)], **quiet)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.site = f"http://{place}/"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

        def answers():
            try:
                return "WordPress" in self.page("wp-admin/install.php")
            except OSError:
                return False

        wait_for(answers, "PHP to serve WordPress")

    def page(self, path="", form=None, headers=None, body=None):
        data = urllib.parse.urlencode(form).encode() if form else body
        request = urllib.request.Request(self.site + path, data, headers or {})
        with self.browser.open(request, timeout=60) as answer:
            return answer.read().decode()

    def test_wordpress(self):
        account = {"user_name": "admin", "admin_password": "secret-Pass1", "admin_password2": "secret-Pass1", "pw_weak": "1"}
        made = self.page(
            "wp-admin/install.php?step=2",
            {"weblog_title": "A diorama", "admin_email": "a@example.com", "blog_public": "0", **account},
        )
        self.assertIn("Success!", made)
        self.page("wp-login.php")
        self.page("wp-login.php", {"log": "admin", "pwd": "secret-Pass1", "wp-submit": "Log In", "testcookie": "1"})
        for page in ("index", "edit", "edit-comments", "users", "options-general", "upload"):
            self.assertIn("Log Out", self.page(f"wp-admin/{page}.php"), page)
        headers = {
            "X-WP-Nonce": self.page("wp-admin/admin-ajax.php?action=rest-nonce"),
            "Content-Type": "application/json",
        }
        wanted = {"title": "Snow ☃ 𝄞", "content": "Written over MySQL's protocol.", "status": "publish", "categories": [1]}
        post = json.loads(self.page("?rest_route=/wp/v2/posts", headers=headers, body=json.dumps(wanted).encode()))
        self.assertIn("Snow ☃ 𝄞", self.page())
        self.assertIn("Hello world!", self.page())
        self.assertIn("Snow", self.page("?s=protocol"))
        self.assertNotIn("Hello world!</a>", self.page("?s=protocol"))
        self.page(
            "wp-comments-post.php", {"comment": "I was here.", "comment_post_ID": post["id"], "submit": "Post Comment"}
        )
        self.assertIn("I was here.", self.page(f"?p={post['id']}"))
        found = json.loads(self.page("?rest_route=/wp/v2/posts&orderby=title&order=asc&search=o"))
        self.assertEqual([one["title"]["rendered"] for one in found], ["Hello world!", "Snow ☃ 𝄞"])
        log = self.log.read_text() if self.log.exists() else ""
        self.assertEqual([line for line in log.splitlines() if "database error" in line], [])


if __name__ == "__main__":
    unittest.main()
