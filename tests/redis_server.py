"""A Redis of a test's own, which can be killed."""

import shutil
import subprocess


def redis_server(port: int) -> subprocess.Popen[bytes]:
    """Start a broker that keeps nothing on disk."""
    server = shutil.which("redis-server")
    assert server, "install redis-server: this proof needs one of its own"
    command = [server, "--port", str(port), "--save", "", "--appendonly", "no", "--loglevel", "warning"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)
