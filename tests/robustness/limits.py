"""Ten commands under limits: little memory, few descriptors, short files, a full disk, a folder that cannot be written.

    python3 limits.py LEAD

Each must end with status 0, or 1 and a message, and leave nothing half written. Prints a line of Markdown a limit; ends with 1 when
something else happened.
"""
import os
import resource
import subprocess
import sys

import harness

MIB = 1 << 20
LIMITS = {
    "address space (ulimit -v), 20 to 2,000 MiB": [[(resource.RLIMIT_AS, mib * MIB)] for mib in
                                                   (20, 40, 80, 120, 150, 180, 200, 215, 230, 250, 300, 400, 600, 1000, 2000)],
    "descriptors (ulimit -n), 3 to 20": [[(resource.RLIMIT_NOFILE, count)] for count in range(3, 21)],
    "file size (ulimit -f), 0 to 64 KiB": [[(resource.RLIMIT_FSIZE, size)] for size in (0, 1, 100, 512, 1024, 4096, 16384, 65536)],
    "processes (ulimit -u 1; root is not held by it)": [[(resource.RLIMIT_NPROC, 1)]],
}


class Tally:
    def __init__(self, name):
        self.name, self.runs, self.worked, self.refused, self.wrong = name, 0, 0, 0, []

    def add(self, what, status, said, left):
        self.runs += 1
        if status == 0:
            self.worked += 1
        elif status == 1 and "lead: " in said:
            self.refused += 1
        elif status == 127 and "error while loading shared libraries" in said:
            self.refused += 1  # the system's loader says so before the program begins
        else:
            self.wrong.append(f"{what}: status {status}, said {said[-300:]!r}")
        if left:
            self.wrong.append(f"{what}: left {left}")

    def print(self):
        print(f"| {self.name} | {self.runs} | {self.worked} | {self.refused} | {len(self.wrong)} |")
        for line in self.wrong:
            print(line, file=sys.stderr)


def under_limits(lead, name, settings):
    tally = Tally(name)
    with harness.scratch() as folder:
        for command, arguments in harness.prepare(lead, folder).items():
            for limits in settings:
                status, said = harness.run([lead, *arguments], limits)
                tally.add(f"{command} under {limits}", status, said, harness.leftovers(folder))
    return tally


def on_a_full_disk(lead):
    """A file system of a few KiB in memory, which needs root; None without it."""
    tally = Tally("full disk (a file system of 16 to 256 KiB)")
    with harness.scratch() as folder, harness.scratch() as small:
        made = harness.prepare(lead, folder)
        for kib in (16, 64, 256):
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", small], capture_output=True).returncode != 0:
                return None
            try:
                for command, arguments in made.items():
                    moved = [argument.replace(folder + "/out", small + "/out").replace(folder + "/routing", small + "/routing") for argument in arguments]
                    if command.startswith("convert"):
                        moved[-1] = moved[-1].replace(folder, small)
                    status, said = harness.run([lead, *moved])
                    tally.add(f"{command} on {kib} KiB", status, said, harness.leftovers(small))
            finally:
                subprocess.run(["umount", small], check=True)
    return tally


def in_a_read_only_folder(lead):
    """A file system that is mounted read-only, which needs root; None without it."""
    tally = Tally("read-only folder")
    with harness.scratch() as folder:
        made = harness.prepare(lead, folder)
        if subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode != 0:
            return None
        try:
            if subprocess.run(["mount", "-o", "remount,ro,bind", folder], capture_output=True).returncode != 0:
                return None
            for command, arguments in made.items():
                status, said = harness.run([lead, *arguments])
                tally.add(command, status, said, [])
        finally:
            subprocess.run(["umount", folder], check=True)
    return tally


def main():
    lead = os.path.abspath(sys.argv[1])
    tallies = [under_limits(lead, name, settings) for name, settings in LIMITS.items()]
    for tally in (on_a_full_disk(lead), in_a_read_only_folder(lead)):
        if tally:
            tallies.append(tally)
        else:
            print("not root: full disk and read-only folder are left out", file=sys.stderr)
    for tally in tallies:
        tally.print()
    sys.exit(any(tally.wrong for tally in tallies))


if __name__ == "__main__":
    main()
