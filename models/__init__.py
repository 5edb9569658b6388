"""The only Python of the project: LEAD's networks, their training and their export to TorchScript."""
import os

# OpenBLAS's own threads wait by yielding, which makes small networks twice as slow; torch's threads (--threads) remain.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
