"""The throw-away cluster answers, and is gone afterwards however its owner ended."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

import postgres_cluster
from postgres_cluster import ClusterError, PostgresCluster

SCRIPT = pathlib.Path(postgres_cluster.__file__)
WAIT_S = 30


def ask(url, sql):
    return subprocess.run([postgres_cluster.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1",
                           "-c", sql, url], capture_output=True, text=True, check=True).stdout


def folder_of(url):
    return pathlib.Path(url.split("host=")[1].split("&")[0])


def is_gone(folder):
    deadline = time.monotonic() + WAIT_S
    while (folder.exists() or postgres_cluster._processes(folder)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not folder.exists() and not postgres_cluster._processes(folder)


class RunCommand(unittest.TestCase):
    def run_script(self, *command, python=sys.executable, script=SCRIPT, **more):
        return subprocess.run([python, "-B", script, "run", *command], text=True,
                              capture_output=True, **more)

    def test_gives_its_command_a_server_and_takes_over_its_status(self):
        psql = postgres_cluster.program("psql")
        done = self.run_script("--", "sh", "-c",
                               f'echo "$WRIT_POSTGRES"; {psql} -XAtc "SELECT 1" "$WRIT_POSTGRES"; exit 7')
        self.assertEqual(done.returncode, 7, done.stderr)
        url, answer = done.stdout.split()
        self.assertEqual(answer, "1")
        self.assertTrue(is_gone(folder_of(url)))

    def test_leaves_nothing_behind_when_it_is_ended_by_a_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            with self.subTest(signal=number.name):
                script = subprocess.Popen(
                    [sys.executable, "-B", SCRIPT, "run", "--", "sh", "-c",
                     'echo "$WRIT_POSTGRES"; exec sleep 100'],
                    stdout=subprocess.PIPE, text=True)
                with script:
                    url = script.stdout.readline().strip()
                    self.assertEqual(ask(url, "SELECT 1"), "1\n")
                    script.send_signal(number)
                    script.stdout.read()  # ends with the command
                    self.assertNotEqual(script.wait(WAIT_S), 0)
                self.assertTrue(is_gone(folder_of(url)))

    @unittest.skipIf(os.geteuid() != 0, "every other case is that of a plain user")
    def test_works_for_a_plain_user_too(self):
        nobody = pwd.getpwnam("nobody")
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            os.chmod(folder, 0o755)
            script = shutil.copy(SCRIPT, folder)
            done = self.run_script("--", "sh", "-c", 'echo "$WRIT_POSTGRES"', script=script, cwd="/",
                                   python=shutil.which("python3", path=os.defpath),
                                   user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(is_gone(folder_of(done.stdout.strip())))

    def test_names_the_package_when_there_is_no_postgresql(self):
        with unittest.mock.patch.object(pathlib.Path, "glob", return_value=[]), \
                unittest.mock.patch.dict(os.environ, PATH=""):
            with self.assertRaisesRegex(ClusterError, "initdb is not installed.*postgresql-15"):
                PostgresCluster().start()


class Cluster(unittest.TestCase):
    def test_a_killed_server_comes_back_with_its_data(self):
        with PostgresCluster(fsync=True) as cluster:
            url = cluster.create_database("kept")
            ask(url, "CREATE TABLE fact AS SELECT 42 AS answer")
            os.kill(cluster.pid, signal.SIGKILL)
            cluster.restart()
            self.assertEqual(ask(url, "SELECT answer FROM fact"), "42\n")

    def test_a_stopped_server_ends_too(self):
        with PostgresCluster() as cluster:
            folder = cluster.folder
            cluster.signal(signal.SIGSTOP)
        self.assertTrue(is_gone(folder))


class PersonsCluster(unittest.TestCase):
    def test_keeps_its_data_over_stop_and_start(self):
        with tempfile.TemporaryDirectory(dir="/tmp") as parent:
            os.chmod(parent, 0o755)
            folder = pathlib.Path(parent, "db")
            command = lambda what: subprocess.run([sys.executable, "-B", SCRIPT, what, folder],
                                                  capture_output=True, text=True, check=True).stdout
            try:
                url = command("start").strip()
                ask(url, "CREATE TABLE fact AS SELECT 42 AS answer")
                command("stop")
                self.assertEqual(postgres_cluster._processes(folder), [])
                self.assertEqual(command("start").strip(), url)
                self.assertEqual(command("start").strip(), url)  # running already
                self.assertEqual(ask(url, "SELECT answer FROM fact"), "42\n")
            finally:
                command("stop")


if __name__ == "__main__":
    unittest.main()
