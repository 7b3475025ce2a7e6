#!/usr/bin/env python3
"""Runs the wire rung many times, kills every tenth engine in mid-run, and looks for what is left.

  leftovers_soak.py CARDRIG [RUNS]     200 runs, four at a time, if no number is given

Nothing may be left of any run: no process, no X server, no Unix socket, no listening TCP port, no
pseudo-terminal, no folder (those of killed engines are swept by the next one). Other work on the
machine does not count. Prints one line and returns 0, or says what was left and returns 1.
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

PROGRAMS = ("cardrig", "kiosk", "simulators", "mock-platform", "photo-decoder", "Xvfb")
AT_ONCE = 4
KILLED = 10  # every so manieth engine
WINDOW = 4  # every so manieth run shows a window, some of the killed ones too
WORKERS = 3  # every so manieth run is of two scenarios in worker processes, some of the killed too
RUN_LIMIT_S = 180
LEAVE_LIMIT_S = 20

SCENARIO = """{
  "name": "The kiosk comes into service and reads a card",
  "steps": [
    {"expect": {"screen": "welcome"}, "within": "1 min"},
    {"place_document": "p01.resident"},
    {"expect": {"screen": "consent"}, "within": "20 s"},
    {"touch": "cancel"},
    {"lift_document": true},
    {"expect": {"screen": "welcome"}, "within": "20 s"}
  ]
}
"""


def processes(folder):
    """Of our programs, those that work for an instance below `folder`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        name = os.path.basename(words[0].decode(errors="replace"))
        if name in PROGRAMS and any(str(folder).encode() in word for word in words[1:]):
            found.append(f"{name} ({entry.name})")
    return found


def has_kiosk(engine):
    """Whether a kiosk runs for this engine, or for a worker of it."""
    parents, kiosks = {}, []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        parents[int(entry.name)] = int(rest.split()[1])
        if name == "kiosk":
            kiosks.append(int(entry.name))
    for kiosk in kiosks:
        above = kiosk
        while above in parents:
            above = parents[above]
            if above == engine:
                return True
    return False


def unix_sockets(folder):
    lines = pathlib.Path("/proc/net/unix").read_text().splitlines()
    return [line.split()[-1] for line in lines if str(folder) in line]


def listening():
    """Listening TCP ports: port → inode of the socket."""
    ports = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                ports[fields[1]] = fields[9]
    return ports


def terminals():
    return {name for name in os.listdir("/dev/pts") if name.isdigit()}


def held_by_strangers(folder):
    """Inodes of sockets and numbers of pseudo-terminals of whoever was not started by this soak.

    The machine may have other work. All that comes from this soak has `folder` in its environment.
    """
    sockets, numbers = set(), set()
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if str(folder).encode() in (entry / "environ").read_bytes():
                continue
            files = list((entry / "fd").iterdir())
        except OSError:
            continue
        for file in files:
            try:
                target = os.readlink(file)
                if target.startswith("socket:["):
                    sockets.add(target[8:-1])
                elif target.startswith("/dev/pts/"):
                    numbers.add(target[9:])
                elif target == "/dev/ptmx":
                    for line in (entry / "fdinfo" / file.name).read_text().splitlines():
                        if line.startswith("tty-index:"):
                            numbers.add(line.split()[1])
            except OSError:
                continue
    return sockets, numbers


def left_of(before, folder):
    """Ports and terminals that are new and belong to no stranger."""
    now_ports, now_terminals = listening(), terminals()
    sockets, numbers = held_by_strangers(folder)
    ports = {p for p, inode in now_ports.items() if p not in before["ports"] and inode not in sockets}
    return ports, now_terminals - before["terminals"] - numbers


def wait_for(condition, limit_s):
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Run:
    def __init__(self, number, command, environment):
        self.number = number
        self.is_to_be_killed = number % KILLED == KILLED - 1
        self.was_killed = False
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.began = time.monotonic()

    def is_over(self):
        if self.process.poll() is not None:
            return True
        late_s = time.monotonic() - self.began
        # In mid-run: its kiosk runs already.
        if self.is_to_be_killed and not self.was_killed and has_kiosk(self.process.pid):
            self.process.send_signal(signal.SIGKILL)
            self.was_killed = True
        elif late_s > RUN_LIMIT_S:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            sys.exit(f"run {self.number} hung for {RUN_LIMIT_S} s")
        return False

    def verdict(self):
        said = self.process.communicate()[0].decode(errors="replace")
        if self.is_to_be_killed and not self.was_killed:
            return f"run {self.number} was over before it could be killed:\n{said}"
        if self.was_killed or self.process.returncode == 0:
            return ""
        return f"run {self.number} ended with {self.process.returncode}:\n{said}"


def main():
    cardrig = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    before = {"terminals": terminals(), "ports": listening()}
    with tempfile.TemporaryDirectory(prefix="cardrig-soak-") as folder:
        scenario = pathlib.Path(folder) / "soak.scenario.json"
        scenario.write_text(SCENARIO)
        other = pathlib.Path(folder) / "other.scenario.json"
        other.write_text(SCENARIO)
        environment = {**os.environ, "TMPDIR": folder, "OPENBLAS_NUM_THREADS": "1"}
        command = [cardrig, "run", str(scenario), "--rung", "wire", "--jobs", "1"]
        two = [cardrig, "run", str(scenario), str(other), "--rung", "wire", "--jobs", "2"]
        waiting, going, troubles, done = list(range(runs)), [], [], 0
        while waiting or going:
            while waiting and len(going) < AT_ONCE:
                number = waiting.pop(0)
                window = ["--display", "window"] if number % WINDOW == 1 else []
                base = two if number % WORKERS == 2 else command
                going.append(Run(number, base + window, environment))
            time.sleep(0.02)
            for run in [r for r in going if r.is_over()]:
                going.remove(run)
                done += 1
                if trouble := run.verdict():
                    troubles.append(trouble)
                print(f"\r{done} of {runs}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        if not wait_for(lambda: not processes(folder), LEAVE_LIMIT_S):
            troubles.append(f"processes are left: {processes(folder)}")
        # The folders of killed engines are swept by the next one.
        last = subprocess.run(command, env=environment, capture_output=True, check=False)
        if last.returncode != 0:
            troubles.append(f"the last run failed:\n{last.stdout.decode(errors='replace')}")
        ours = {scenario, other}
        if left := [p.name for p in pathlib.Path(folder).iterdir() if p not in ours]:
            troubles.append(f"folders are left: {left}")
        if left := unix_sockets(folder):
            troubles.append(f"sockets are left: {left}")
        # Asked again: a stranger's may come and go between two looks.
        if not wait_for(lambda: not any(left_of(before, folder)), LEAVE_LIMIT_S):
            troubles.append("ports and terminals are left: %s, %s" % left_of(before, folder))
    for trouble in troubles:
        print(trouble)
    killed = runs // KILLED
    if not troubles:
        print(f"{runs} runs, {killed} of them killed in the middle: nothing is left.")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
