#!/bin/bash
# Runs the Python tests of models/: networks, training, export, and the fixtures that the C tests compare with.
set -eu
cd "$LEAD_SOURCE"
export OMP_NUM_THREADS=1
exec "${LEAD_PYTHON:-/usr/bin/python3}" -m unittest discover -s models/tests -t .
