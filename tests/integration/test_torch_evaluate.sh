# `lead evaluate` with models: the shipped checkpoint asked for more steps than it forecasts, a module that fails midway.
. "$LEAD_SOURCE/tests/integration/support.sh"
need_data abilene-tm.csv.gz
cd "$work"
checkpoint=$LEAD_SOURCE/models/checkpoints/synthetic # which has a denoiser
steps=$(python3 -c "import json; print(json.load(open('$checkpoint/manifest.json'))['horizon'])")
evaluate() { # after what the checkpoint was trained on
    "$lead" evaluate --tm "$LEAD_DATA/abilene-tm.csv.gz" --from 2004-07-22T00:00:00Z --windows 3 --samples 4 "$@"
}
rows() { python3 -c "import json, sys; print(*((r['predictor'].split(':')[0], r['horizon']) for r in json.load(open(sys.argv[1]))))" "$1"; }

more=$((steps + 1))
evaluate --predictor "lead:$checkpoint" --predictor last --horizon "1,$more" --steps 2 --json out.json >table 2>said ||
    fail "a horizon too far ended the command: $(cat said)"
[ "$(rows out.json)" = "('lead', 1) ('last', 1) ('last', $more)" ] || fail "rows $(rows out.json)"
grep -qE "^lead:synthetic +$more( +-){8}\$" table || fail "no row of dashes: $(cat table)"
grep -q "^lead: .*, $more ahead: .*the model forecasts $steps steps, asked for $more" said || fail "no reason: $(cat said)"
refused "asked for $more\$" evaluate --predictor "lead:$checkpoint" --horizon "$more"
refused "^lead: no predictor can serve what is asked for\$" evaluate --predictor "lead:$checkpoint" --horizon "$more"

# An hour is enough for all steps that are allowed, a microsecond for none: then one is taken.
field() { python3 -c "import json, sys; print(json.load(open(sys.argv[1]))[0][sys.argv[2]])" "$@"; }
scores() { python3 -c "import json; print([{k: v for k, v in r.items() if k != 'seconds_per_forecast'} for r in json.load(open('$1'))])"; }
evaluate --predictor "lead:$checkpoint" --steps 3 --json plain.json >table 2>said || fail "$(cat said)"
evaluate --predictor "lead:$checkpoint" --steps 3 --budget "60 min" --horizon 1 --json rich.json >table 2>said || fail "$(cat said)"
[ "$(scores plain.json)" = "$(scores rich.json)" ] || fail "an hour is not as good as no budget: $(scores plain.json) $(scores rich.json)"
[ "$(field rich.json diffusion_steps)" = 3.0 ] || fail "$(field rich.json diffusion_steps) steps of 3"
[ ! -s said ] || fail "an hour is too little: $(cat said)"
grep -q '^lead:synthetic: budget 3.6e+06 ms, diffusion steps 3 on average$' table || fail "no line on the budget: $(cat table)"
evaluate --predictor "lead:$checkpoint" --budget "0.001 ms" --json poor.json >table 2>said || fail "$(cat said)"
[ "$(field poor.json diffusion_steps)" = 1.0 ] || fail "$(field poor.json diffusion_steps) steps in a microsecond"
[ "$(grep -c '^lead: warning: .*one diffusion step takes' said)" = 1 ] || fail "not warned once: $(cat said)"

# A module that forecasts two of three windows, then fails; torch wants its source in a file.
cat >moody.py <<'PY'
import torch
class Moody(torch.nn.Module):
    calls: int
    def __init__(self):
        super().__init__()
        self.calls = 0
    def forward(self, history):
        self.calls += 1
        if self.calls > 2:
            raise RuntimeError("I had enough")
        return history[:, -1:]
torch.jit.script(Moody()).save("moody.pt")
PY
"${LEAD_PYTHON:-/usr/bin/python3}" moody.py
refused "^lead: torchscript:moody.pt, forecast made at 2.*" evaluate --predictor last --predictor torchscript:moody.pt --predictor ewma \
    --json early.json
grep -q "I had enough" said || fail "not why: $(cat said)"
[ "$(rows early.json)" = "('last', 1)" ] || fail "what was done before it: $(rows early.json)"
