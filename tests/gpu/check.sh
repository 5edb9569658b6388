#!/usr/bin/env bash
# On a machine with a GPU and a libtorch with CUDA (2.1 or newer): forecasts on it against those of the CPU, in single and in half
# precision, and seconds a forecast and a step of the denoiser, kernel by kernel and as a captured graph.
#
#   tests/gpu/check.sh BUILD      a build made with LEAD_TORCH and LEAD_TESTS (Torch_DIR names the libtorch)
#
# Ends with 77 where there is no CUDA, with 1 where samples are too far away.
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
"${1:-$source/build}/check_gpu" "$source/models/checkpoints"
