"""What the robustness checks share: scenarios, runs under limits, what a folder must not hold."""
import glob
import os
import resource
import signal
import subprocess
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

SCENARIO = """name: robust
topology: {{ file: {source}/scenarios/abilene.yaml }}
traffic: {{ synthetic: {{ epochs: {epochs}, history: 300 }} }}
time: {{ epoch: 300 s, simulated: 100 ms, rate_scale: 1e-3 }}
policies:
  - {{ name: static, te: {{ algorithm: ecmp }} }}
  - {{ name: reactive, predict: {{ model: last }}, te: {{ algorithm: mcf }} }}
  - {{ name: links, measure: {{ from: tomogravity }}, predict: {{ model: ewma, samples: 5 }}, te: {{ algorithm: robust }} }}
engine: {engine}
"""


def scenario(folder, epochs, engine="fluid", name="s.yaml"):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(SCENARIO.format(source=SOURCE, epochs=epochs, engine=engine))
    return path


def run(command, limits=(), cwd=None, timeout=120, environment=None):
    """(status, message): status < 0 for a signal, None when it did not end. `limits`: (resource, bytes or count)."""
    def limit():
        for what, value in limits:
            resource.setrlimit(what, (value, value))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, preexec_fn=limit,
                               env={**os.environ, **(environment or {})}, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=timeout)
        return process.returncode, said.decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, "did not end"


def leftovers(folder):
    """Files that are half written: temporary ones, and rows that do not end."""
    wrong = glob.glob(os.path.join(folder, "**", "*.part-*"), recursive=True)
    for path in glob.glob(os.path.join(folder, "**", "*.csv"), recursive=True):
        with open(path, "rb") as file:
            text = file.read()
        if text and not text.endswith(b"\n"):
            wrong.append(path)
    return wrong


def commands(lead, folder):
    """Ten commands that read, compute and write, by name; their files lie in `folder`."""
    path = scenario(folder, 4)
    tms, links = os.path.join(folder, "tm.csv.gz"), os.path.join(folder, "net.csv")
    for command in (["traffic", path, tms], ["convert", f"{SOURCE}/scenarios/abilene.yaml", links]):
        status, said = run([lead, *command])
        if status != 0:
            raise SystemExit(f"{command}: {said}")
    te = ["te", "--topology", links, "--tm", tms]
    return {
        "run": ["run", path, "--out", os.path.join(folder, "out")],
        "check": ["check", path],
        "te mcf": [*te, "--algorithm", "mcf", "--out", os.path.join(folder, "routing.csv")],
        "te robust": [*te, "--algorithm", "robust", "--samples", "3"],
        "te sr": [*te, "--algorithm", "sr"],
        "te oblivious": [*te, "--algorithm", "oblivious"],
        "te weights": [*te, "--algorithm", "weights", "--evaluations", "200"],
        "convert xml": ["convert", links, os.path.join(folder, "net.xml")],
        "convert gml": ["convert", os.path.join(folder, "net.gml"), os.path.join(folder, "net.yaml")],
        "evaluate": ["evaluate", "--predictor", "nlinear", "--tm", tms, "--windows", "3"],
    }


def prepare(lead, folder):
    """The commands, each run once to show that it works, in the given folder."""
    made = commands(lead, folder)
    status, said = run([lead, "convert", os.path.join(folder, "net.csv"), os.path.join(folder, "net.gml")])
    if status != 0:
        raise SystemExit(said)
    for name, command in made.items():
        status, said = run([lead, *command])
        if status != 0:
            raise SystemExit(f"{name}: {said}")
    return made


def scratch():
    return tempfile.TemporaryDirectory(prefix="lead-robust-")
