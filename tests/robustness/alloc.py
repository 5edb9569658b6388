#!/usr/bin/env python3
"""Every allocation of a command fails once: the command then ends with 0, or with 1 and a message, never by a signal or without a word.

alloc.py LEAD SOURCE [STRIDE]: every STRIDE-th allocation (1: all), from a place that moves from command to command; prints a line for each.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

lead, source, stride = os.path.realpath(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
scratch = tempfile.TemporaryDirectory(prefix="lead-alloc-")  # goes with the program
work = pathlib.Path(scratch.name)
preload = work / "fail.so"
subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", preload, source / "tests/robustness/fail_allocation.c"], check=True)

NODES, RING = 6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (0, 3), (1, 4)]
links = [(a, b) for a, b in RING] + [(b, a) for a, b in RING]
(work / "net.csv").write_text("src,dst,capacity_bps,delay_s\n" + "".join(f"n{a},n{b},1e7,0.001\n" for a, b in links))
(work / "net.graph").write_text(
    f"NODES {NODES}\nlabel x y\n" + "".join(f"n{v} 0 0\n" for v in range(NODES)) +
    f"\nEDGES {len(links)}\nlabel src dest weight bw delay\n" + "".join(f"e{i} {a} {b} 1 10000 1000\n" for i, (a, b) in enumerate(links)))
pairs = [(s, t) for s in range(NODES) for t in range(NODES) if s != t]
(work / "tm.demands").write_text(f"DEMANDS {len(pairs)}\nlabel src dest bw\n" + "".join(f"d{i} {s} {t} {300 + 97 * i % 700}\n" for i, (s, t) in enumerate(pairs)))
rows = ["time," + ",".join(f"n{s}>n{t}" for s in range(NODES) for t in range(NODES))]
for k in range(40):
    rows.append(f"2004-03-01T{k // 12:02d}:{5 * (k % 12):02d}:00Z," + ",".join(str(0 if s == t else 1e5 * (1 + (7 * k + 3 * s + t) % 5)) for s in range(NODES) for t in range(NODES)))
(work / "tm.csv").write_text("\n".join(rows) + "\n")

(work / "run.yaml").write_text("""name: run
topology: { file: net.csv }
traffic: { synthetic: { epochs: 3, history: 30 } }
time: { epoch: 300 s }
engine: fluid
policies:
  - { name: p, measure: { from: tomogravity }, predict: { model: ewma }, te: { algorithm: mcf } }
""")
(work / "events.yaml").write_text((work / "run.yaml").read_text().replace("name: run", "name: events") + """events:
  - { kind: link-failure, link: random, epoch: 1, duration: 300 s }
  - { kind: node-failure, node: n1, epoch: 1, offset: 100 s, duration: 250 s }
  - { kind: capacity, link: n2-n3, factor: 0.5, epoch: 1 }
  - { kind: burst, pairs: n0>n3, factor: 5, epoch: 1, ramp: 60 s, duration: 200 s }
  - { kind: blackout, epoch: 0, share: 0.3 }
  - { kind: plan-fault, fault: crash, epoch: 2 }
expect: { p: { mlu.mean: { rel: 0.1 }, loss_fraction: { max: 1 } } }
""")
subprocess.run([lead, "test", work / "events.yaml", "--update", "--out", work / "out"], check=True, capture_output=True)

te = [lead, "te", "--topology", work / "net.graph", "--tm", work / "tm.demands", "--algorithm"]
commands = {
    "te ecmp": te + ["ecmp"],
    "te mcf": te + ["mcf"],
    "te mcf phi": te + ["mcf", "--objective", "mlu-phi"],
    "te mcf survive": te + ["mcf", "--survive", "links"],
    "te weights": te + ["weights", "--evaluations", "50"],
    "te paths": te + ["paths"],
    "te robust": te + ["robust", "--cvar-weight", "0.5", "--cvar-level", "0.9"],
    "te sr": te + ["sr"],
    "te oblivious": te + ["oblivious"],
    "te smore": te + ["smore"],
    "run": [lead, "run", work / "run.yaml", "--out", work / "out"],
    "run events": [lead, "run", work / "events.yaml", "--out", work / "out"],
    "test": [lead, "test", work / "events.yaml", "--out", work / "out", "--junit", work / "junit.xml"],
    "whatif": [lead, "whatif", work / "events.yaml", "--plan", "--single-link-failures", "--out", work / "whatif"],
    "convert": [lead, "convert", work / "net.csv", work / "out.graph"],
    "evaluate": [lead, "evaluate", "--topology", work / "net.csv", "--tm", work / "tm.csv", "--fit", work / "tm.csv"] +
                [part for name in ("last", "ewma", "nlinear") for part in ("--predictor", name)],
}


def run(command, at=0, count=None):
    env = dict(os.environ, LD_PRELOAD=str(preload), FAIL_AT=str(at), OPENBLAS_NUM_THREADS="1")
    if count:
        env["FAIL_COUNT"] = str(count)
    done = subprocess.run([str(part) for part in command], env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def judge(at, command):
    code, said = run(command, at)
    return code, at, said


bad = 0
for number, (name, command) in enumerate(commands.items()):
    counted = work / "count"
    code, said = run(command, 0, counted)
    if code != 0:
        sys.exit(f"{name} fails by itself: {said.decode(errors='replace')}")
    allocations = int(counted.read_text())
    places = range(1 + 7 * number % stride, allocations + 1, stride)
    ends = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for code, at, said in pool.map(lambda at: judge(at, command), places):
            ends[code] = ends.get(code, 0) + 1
            if code not in (0, 1) or (code == 1 and not said.strip()):
                bad += 1
                if bad <= 20:
                    print(f"{name}: allocation {at}: status {code}: {said.decode(errors='replace').strip()[-300:]}")
    print(f"{name}: {len(places)} of {allocations} allocations failed: " + ", ".join(f"{count} times status {code}" for code, count in sorted(ends.items())), flush=True)
sys.exit(f"{bad} failed allocations ended a command as they should not" if bad else 0)
