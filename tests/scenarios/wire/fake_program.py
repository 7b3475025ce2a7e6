#!/usr/bin/env python3
"""A program of the wire rung that is nothing but its end of the rig protocol: for tests of what the
engine does when a program fails.

    fake_program.py CONFIG

CONFIG's name says whom it plays (platform, simulators, kiosk). CARDRIG_FAKE_<WHOM> says how it
fails: `slow` or `never` ready, `dies` at the start, `exit3` when it ends, `litter`: leaves a link
behind; or, at the verb after the colon: `dies:VERB`, `hangs:VERB`, `garbage:VERB`, `gap:VERB` (in
its trace), `future:VERB` (an event that has not happened yet), `silent:VERB` (no mark any more).
"""
import json
import os
import pathlib
import signal
import socket
import sys
import time

config = json.load(open(sys.argv[1], encoding="utf-8"))
whom = pathlib.Path(sys.argv[1]).stem
how, _, when = os.environ.get(f"CARDRIG_FAKE_{whom.upper()}", "").partition(":")


class Program:
    def __init__(self, connection):
        self.connection = connection
        self.number = 0
        self.said = []
        self.screen = ""
        self.cards = [{"number": 1, "place": "hopper", "printed": False, "spoilt": False,
                       "attempt": "", "taken_by": "", "has_face": False}]

    def say(self, what):
        self.connection.sendall(json.dumps(what).encode() + b"\n")

    def event(self, kind, fields, ahead_ns=0):
        self.number += 1
        self.said.append({"id": self.number, "t": time.monotonic_ns() + ahead_ns, "party": whom,
                          "kind": kind, "cause": 0, "fields": fields, "blobs": []})

    def show(self, screen, buttons):
        self.screen = screen
        self.event("kiosk.screen", [["id", screen], ["title", ""], ["sentence", ""],
                                    ["buttons", buttons], ["staff_code", ""]])

    def serve(self, request):
        verb = request["verb"]
        if how == "dies" and verb == when:
            sys.exit("a bug was met")
        if how == "hangs" and verb == when:
            signal.pause()
        if how == "garbage" and verb == when:
            self.connection.sendall(b"\x00\xff garbage\n")
        if how == "gap" and verb == when:
            self.number += 1
        if how == "future" and verb == when:
            self.event("kiosk.step", [], 60_000_000_000)
        self.say({"id": request["id"], "ok": self.answer(verb, request["args"])})
        for event in self.said:
            self.say({"event": event})
        if self.said or verb in ("trace.mark", "trace.follow"):
            if not (how == "silent" and verb == when):
                self.say({"mark": time.monotonic_ns()})
        self.said = []
        return verb != "stop"

    def answer(self, verb, args):
        if verb == "trace.follow":
            if whom == "kiosk":
                self.show("welcome", "start")
            return {"first_event": 1}
        if verb == "kiosk.touch":
            self.event("kiosk.touch", [["button", args["button"]]])
            self.show("consent", "agree (later)")
            self.show("face", "")
        if verb == "world.cards":
            return self.cards
        if verb.startswith("world."):
            self.event(verb, [])
            self.cards[0]["place"] = "path"
        if verb == "faults.inert":
            return [f"{whom}.inert"]
        return {}


def main():
    listener = socket.socket(socket.AF_UNIX)
    pathlib.Path(config["rig"]).unlink(missing_ok=True)
    listener.bind(config["rig"])
    listener.listen()
    if how == "dies" and not when:
        sys.exit("no such device")
    if how == "never":
        signal.pause()
    if how == "slow":
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        signal.sigwait([signal.SIGALRM])
    print(json.dumps({"ready": True, "program": whom, "platform": "127.0.0.1:1", "wires": {}}),
          flush=True)
    connection, _ = listener.accept()
    program = Program(connection)
    for line in connection.makefile("rb"):
        if not program.serve(json.loads(line)):
            break
    os.unlink(config["rig"])
    if how == "litter":
        os.symlink("/dev/null", config["rig"] + ".link")
    sys.exit(3 if how == "exit3" else 0)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
main()
