"""Random kills of a run: of the parent, of a child, of both; after so many rows as a seed draws.

    python3 kills.py LEAD [--kills N] [--seed S]

After each, every row that was seen before is there, every line is whole (but for SIGKILL to a policy's own process, which can cut one), no process is left, and the same command ends well in the
same folder. Prints a line of Markdown; ends with 1 when something was lost.
"""
import argparse
import glob
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import harness


def rows(out):
    """Whole rows of each epochs.csv."""
    found = {}
    for path in glob.glob(os.path.join(out, "*", "epochs.csv")):
        with open(path, "rb") as file:
            found[path] = file.read().count(b"\n")
    return found


def children(out):
    said = subprocess.run(["pgrep", "-f", f"run-policy {out}/scenario.yaml"], capture_output=True, text=True)
    return [int(pid) for pid in said.stdout.split()]


def wait_until(condition, seconds=60):
    """Polls; False when time is over, which is a finding, not a delay."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
    return condition()


def kill_once(lead, scenario, out, draw, wrong):
    wanted, whom, how = draw.randrange(0, 2000), draw.choice(["parent", "child", "both"]), draw.choice([signal.SIGKILL, signal.SIGTERM])
    process = subprocess.Popen([lead, "run", scenario, "--out", out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: sum(rows(out).values()) >= wanted or process.poll() is not None)
    seen = rows(out)
    victims = ([process.pid] if whom != "child" else []) + (children(out)[:1] if whom != "parent" else [])
    for pid in victims:
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            pass
    if whom == "child":
        process.terminate()  # the others would go on to their end
    process.wait(timeout=120)
    if not wait_until(lambda: not children(out)):
        wrong.append(f"{whom}, {how.name} after {wanted} rows: children live on")
    lost = sum(max(0, count - rows(out).get(path, 0)) for path, count in seen.items())
    if lost:
        wrong.append(f"{whom}, {how.name} after {wanted} rows: {lost} rows are lost")
    left = [path for path in harness.leftovers(out) if ".part-" not in path]
    if left and not (how == signal.SIGKILL and whom != "parent"):
        wrong.append(f"{whom}, {how.name} after {wanted} rows: cut lines in {left}")
    return lost


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lead")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    lead, draw, wrong, lost = os.path.abspath(given.lead), random.Random(given.seed), [], 0
    with harness.scratch() as folder:
        long, short = harness.scenario(folder, 2000, name="long.yaml"), harness.scenario(folder, 5, name="short.yaml")
        for number in range(given.kills):
            out = os.path.join(folder, f"out-{number // 20}")
            if number % 20:  # what an earlier run left goes first, and would count as lost
                shutil.rmtree(out, ignore_errors=True)
            lost += kill_once(lead, long, out, draw, wrong)
            if number % 20 == 19:
                status, said = harness.run([lead, "run", short, "--out", out])
                if status != 0:
                    wrong.append(f"the run after {number + 1} kills: status {status}, {said[-300:]}")
    print(f"| random kills of parent, child or both (TERM, KILL) | {given.kills} | {lost} | {len(wrong)} |")
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
