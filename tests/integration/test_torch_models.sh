#!/bin/bash
# Runs the Python tests of models/ (networks, training, export, and the fixtures that the C tests compare with) and of results/ (the
# makers of its pages).
set -eu
cd "$LEAD_SOURCE"
export OMP_NUM_THREADS=1
for tests in models/tests results/tests; do
    "${LEAD_PYTHON:-/usr/bin/python3}" -m unittest discover -s $tests -t .
done
