# The same seed gives the same bytes: over threads, jobs, locale, time zone, current folder, HOME, the number of descriptors, another
# build type; on both engines, for policies of all kinds.
. "$LEAD_SOURCE/tests/integration/support.sh"
localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" >/dev/null 2>&1 || fail "localedef makes no locale (Debian package locales)"

scenario() { # ENGINE EPOCHS THREADS
    cat <<Y
name: same-$1
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: $2, history: 300, seed: 3 }, load: { optimal_mlu_peak: 0.8 } }
time: { epoch: 300 s, simulated: 200 ms, rate_scale: 1e-3 }
events:
  - { kind: link-failure, epoch: 1, link: IPLSng-KSCYng }
  - { kind: link-repair, epoch: 2, link: IPLSng-KSCYng }
  - { kind: burst, pairs: random, factor: 3, at: random, duration: 300 s, every: 10 min }
  - { kind: blackout, epoch: 0, share: 0.1, counters: corrupted, duration: 300 s }
  - { kind: node-failure, node: random, epoch: 1, offset: 30 s, duration: 200 s }
policies:
  - { name: ecmp, te: { algorithm: ecmp } }
  - { name: mcf, predict: { model: last }, te: { algorithm: mcf } }
  - { name: gravity, measure: { from: tomogravity }, predict: { model: ewma }, te: { algorithm: paths } }
  - { name: weights, predict: { model: nlinear, samples: 4 }, te: { algorithm: weights, evaluations: 300, threads: $3 } }
  - { name: robust, predict: { model: last, samples: bootstrap 5 }, te: { algorithm: robust, moved_cost: 0.2 } }
  - { name: sr, predict: { model: mean }, te: { algorithm: sr, method: search, evaluations: 500 } }
  - { name: smore, measure: { from: minimum-kl }, te: { algorithm: smore } }
  - { name: auto, predict: { model: auto, samples: 3 }, te: { algorithm: mcf, every: 2 } }
engine: $1
seed: 7
Y
}

sums() { # FOLDER: what must be the same of a run; seconds are in timings.csv and in the summary
    (cd "$1" && cat ./events.csv ./*/epochs.csv ./*/links.csv ./*/pairs.csv && sed 's/"seconds": *{[^}]*}//g' summary.json | grep -v '"build"\|"simulate"\|"measure"\|"predict"\|"te"') | sha256sum
}

# VARIANT is a way to call what follows it.
plain() { "$@"; }
one_job() { "$@" --jobs 1; }
many_jobs() { "$@" --jobs 8; }
german() { LOCPATH=$work LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 "$@"; }
tokyo() { TZ=Asia/Tokyo "$@"; }
elsewhere() { (mkdir -p "$work/else where" && cd "$work/else where" && "$@"); }
homeless() { env -u HOME -u LANG -u LC_ALL "$@"; }
# OPENBLAS_CORETYPE stands for another processor, whose kernels round in another order: that is no part of the promise.
bare() { env -i PATH="$PATH" ${OPENBLAS_CORETYPE:+OPENBLAS_CORETYPE="$OPENBLAS_CORETYPE"} "$@"; }
few_files() { (ulimit -n 40 && "$@"); }
blas() { OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 "$@"; }
malloc() { MALLOC_PERTURB_=165 "$@"; }

compare() { # ENGINE EPOCHS PROGRAM VARIANTS...
    local engine=$1 epochs=$2 program=$3 first="" variant
    shift 3
    scenario "$engine" "$epochs" 1 >"$work/$engine-1.yaml"
    scenario "$engine" "$epochs" 3 >"$work/$engine-3.yaml"
    for variant in "$@"; do
        local threads=1
        [ "$variant" != threads ] || threads=3
        local way=$variant
        [ "$variant" != threads ] || way=plain
        $way "$program" run "$work/$engine-$threads.yaml" --out "$work/o" >/dev/null 2>"$work/log" || fail "$engine, $variant: $(cat "$work/log")"
        local sum
        sum=$(sums "$work/o")
        [ -n "$first" ] || first=$sum
        [ "$sum" = "$first" ] || fail "$engine, $variant: other bytes than ${1}"
        rm -rf "$work/o"
    done
    echo "$first" >"$work/sum-$engine"
}

all="plain threads one_job many_jobs german tokyo elsewhere homeless bare few_files blas malloc"
# shellcheck disable=SC2086
compare fluid 4 "$lead" $all
release=$(cat "$work/sum-fluid")
if has_ns3; then
    # shellcheck disable=SC2086
    compare ns3 3 "$lead" $all
fi
# Another build of the same source, say a Debug one: LEAD_OTHER_BUILD=folder.
if [ -n "${LEAD_OTHER_BUILD:-}" ]; then
    compare fluid 4 "$LEAD_OTHER_BUILD/lead" plain
    [ "$(cat "$work/sum-fluid")" = "$release" ] || fail "$LEAD_OTHER_BUILD gives other bytes"
fi
