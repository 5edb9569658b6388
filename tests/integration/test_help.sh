# Help where people type: every command says what it takes, and its examples run; unknown words name the nearest known one; man
# pages, completions and docs/commands.md are of the same table.
. "$LEAD_SOURCE/tests/integration/support.sh"
share=$LEAD_BUILD/share
mkdir -p "$work/at"
cp -r "$LEAD_SOURCE/scenarios" "$work/at/scenarios"
cd "$work/at"
PATH=$LEAD_BUILD:$PATH
sed -i 's/epochs: 288, history: 8640/epochs: 12, history: 600/; s/engine: ns3/engine: fluid/; /name: lead,/d' scenarios/abilene-synthetic.yaml
day=scenarios/abilene-synthetic.yaml

# --- help ---
lead help >list || fail "lead help"
awk 'length > 80 { exit 1 }' list || fail "lead help is wider than 80 columns"
commands=$(sed -n 's/^  lead \([a-z]*\) .*/\1/p' list)
[ "$(wc -w <<<"$commands")" -ge 14 ] || fail "few commands: $commands"
for command in $commands; do
    lead help "$command" >said || fail "lead help $command"
    lead "$command" --help >other || fail "lead $command --help"
    cmp said other || fail "lead help $command and lead $command --help differ"
    head -n 1 said | grep -q "^lead $command: [a-z]" || fail "the first line of lead help $command: $(head -n 1 said)"
    awk 'length > 80 { exit 1 }' said || fail "lead help $command is wider than 80 columns"
    [ "$(sed -n '/^Examples/,$p' said | grep -c '^    lead')" = 2 ] || fail "lead help $command has not two examples"
    sed -n 's/^  --\([a-z-]*\).*/\1/p' said >options
    while read -r option; do # all of them are understood by the parser, or ask for a value
        status=0
        lead "$command" "--$option" >/dev/null 2>err </dev/null || status=$?
        ! grep -qE 'there is no option|has no place|its table [0-9]|there is no command' err || fail "lead $command --$option: $(cat err)"
    done <options
done
[ "$(lead --version)" = "$(lead info | head -n 1)" ] || fail "lead --version"
[ "$(lead version)" = "$(lead --version)" ] || fail "lead version"
! lead >said || fail "lead alone succeeds"
cmp said list || fail "lead alone does not print the list"
diff <(lead help --markdown) "$LEAD_SOURCE/docs/commands.md" || fail "docs/commands.md is not what \`lead help --markdown\` prints"

# Ranges and defaults of options of the library are those of its tables.
lead help te | tr -s ' \n' ' ' | grep -q "moved-cost VALUE price .* default: none) --moved-limit" || fail "lead help te: $(lead help te)"
refused "max-weight: 70000 is not in 1..65535" lead te --topology scenarios/abilene.yaml --tm x.csv --algorithm weights --max-weight 70000
lead help te | tr -s ' \n' ' ' | grep -q "1 to 65535" || fail "lead help te does not tell of 65535"
refused "\-\-jobs: \"1025\" is not a number in 1..1024" lead run "$day" --jobs 1025
refused "\-\-jobs: 1.5 is not a whole number" lead run "$day" --jobs 1.5

# --- examples ---
lead help --markdown | awk '/^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside { sub(/ # .*/, ""); print }' >commands
[ "$(wc -l <commands)" = $((2 * $(wc -w <<<"$commands"))) ] || fail "$(wc -l <commands) examples of commands $commands"
while read -r line; do
    bash -c "set -o pipefail; $line" >said 2>&1 </dev/null || fail "the example \"$line\": $(cat said)"
done <commands
for file in out/abilene-synthetic/summary.csv out/fluid/summary.csv tms.csv.gz scores.json routing.csv junit.xml lead-run.1; do
    [ -s $file ] || fail "the examples did not write $file"
done

# --- words that are not known ---
while IFS='|' read -r arguments expected; do
    refused "^lead: .*$expected" bash -c "lead $arguments"
done <<'CASES'
rnu|there is no command `rnu`: did you mean run\?
help exlpain|there is no command `exlpain`: did you mean explain\?
quux|there is no command `quux` \(
run --outt x s.yaml|there is no option --outt: did you mean --out\?
te --moved_csot 1|there is no option --moved_csot: did you mean --moved-cost\?
te --format jsn|format: "jsn" is none of text, json: did you mean json\?
te --topology scenarios/abilene.yaml --tm tms.csv.gz --algorithm mfc|algorithm: "mfc" is none of .*: did you mean mcf\?
te --topology scenarios/abilene.yaml --tm tms.csv.gz --algorithm mcf --survive lnks|survive: "lnks" is none of .*: did you mean links\?
evaluate --predictor seasnoal --tm tms.csv.gz|"seasnoal" is none of .*: did you mean seasonal\?
evaluate --predictor lead:abilen-80 --tm tms.csv.gz|checkpoint abilen-80 is not there .*: did you mean abilene-80\?
explain moved_csot|there is no key "moved_csot": did you mean moved_cost\?
explain te.moved|there is no key "te.moved": did you mean te.moved_cost\?
compare out/fluid --policy static --policy reactvie|has no policy "reactvie" .*: did you mean reactive\?
compare out/fluid out/fluid --metric mlu_over_optimm|metric: "mlu_over_optimm" is none.*: did you mean mlu_over_optimum\?
whatif scenarios/abilene-synthetic.yaml --by mlu_maen|by: "mlu_maen" is no value .*: did you mean mlu_mean\?
validate scenarios/abilene-synthetic.yaml --engine flud|engine: "flud" is none of .*: did you mean fluid\?
validate scenarios/abilene-synthetic.yaml --policy staitc|there is no policy "staitc" .*: did you mean static\?
validate scenarios/abilene-synthetic.yaml --set policies.sttaic.te.paths=3|there is no policy "sttaic" .*: did you mean static\?
validate scenarios/abilene-synthetic.yaml --set policies.static.te.pahts=3|did you mean policies.static.te.paths\?
validate scenarios/abilene-synthetic.yaml --set trafic.load.factor=3|did you mean traffic.load.factor\?
validate scenarios/abilene-synthetic.yaml --set rate_scale=1|did you mean time.rate_scale\?
validate scenarios/abilene-synthetic.yaml --set measure.from=od-counter|"od-counter" is none of .*: did you mean od-counters\?
validate scenarios/abilene-synthetic.yaml --event 'kind: brust, pairs: "*", at: 12:00, factor: 2'|"brust" is none of .*: did you mean burst\?
validate scenarios/abilene-synthetic.yaml --event 'knid: burst'|Unexpected key: knid: did you mean kind\?
validate scenarios/abilene-synthetic.yaml --event 'kind: link-failure, link: DNVRng-KSCNYg, epoch: 1'|no link "DNVRng-KSCNYg" .*: did you mean DNVRng-KSCYng\?
validate scenarios/abilene-synthetic.yaml --event 'kind: node-failure, node: WASHgn, epoch: 1'|no node "WASHgn": did you mean WASHng\?
validate scenarios/abilene-synthetic.yaml --event 'kind: burst, pairs: ATLAgn>*, epoch: 1, factor: 2'|"ATLAgn>\*" is none of .*: did you mean ATLAng>\*\?
CASES
file() { # SED PATTERN: the scenario with a fault
    sed "$1" $day >scenarios/fault.yaml
    refused "^lead: scenarios/fault.yaml:$2" lead validate scenarios/fault.yaml
}
file 's/^engine/egnine/' '[0-9]+: Unexpected key: egnine: did you mean engine\?'
file 's/flows_per_pair/flows_pre_pair/' '8: packets: Unexpected key: flows_pre_pair: did you mean flows_per_pair\?'
file 's/algorithm: mcf/algorithm: mcff/' '1[0-9]: policies\[1\].te.algorithm: "mcff" is none of .*: did you mean mcf\?'
file 's/model: last/model: lst/' '1[0-9]: policies\[1\].predict.model: "lst" is none of .*: did you mean last\?'
lead run $day --policy static --event 'kind: plan-fault, policies: sttaic, epoch: 1, duration: 1 h, fault: late' >/dev/null 2>said || true
grep -q '"sttaic" is no policy of this run: did you mean static?' said || fail "events[].policies: $(cat said)"

# --- lead info ---
lead info >said
awk 'length > 80 && !/\// { exit 1 }' said || fail "lead info is wider than 80 columns: $(cat said)"
for word in '^libraries .*GSL [0-9]' 'Clp [0-9]' '^models ' '^engines ' '^estimators .*gravity' '^predictors ' '^algorithms ' \
    '^  geant-80 +23 nodes, step 900 s, 20 ahead; geant 2005' '^data '; do
    grep -qE -- "$word" said || fail "lead info does not say \"$word\": $(cat said)"
done
mkdir -p models/mine
echo '{' >models/mine/manifest.json
LEAD_MODELS=$PWD/models LEAD_DATA=/nowhere lead info >said
grep -q '^  mine  *cannot be read' said || fail "lead info and a broken checkpoint: $(cat said)"
tr -s ' \n' ' ' <said | grep -q '(/nowhere: no such folder)' || fail "lead info and a folder that is not there: $(cat said)"

# A checkpoint's name, where a folder that is something else has it, too.
if [ -e "$LEAD_BUILD/liblead-torch.so" ]; then
    mkdir synthetic
    lead evaluate --predictor lead:synthetic --tm tms.csv.gz --windows 1 --steps 1 --samples 2 >said 2>&1 || fail "lead:synthetic: $(cat said)"
    grep -qE '^lead:synthetic +1 +1 ' said || fail "the row of lead:synthetic: $(cat said)"
    lead run "$LEAD_SOURCE/$day" --engine fluid --policy lead --set traffic.synthetic.epochs=1 --set policies.lead.predict.samples=2 \
        >said 2>&1 || fail "lead run with the checkpoint's name: $(cat said)"
fi

# --- man pages ---
[ "$(find "$share/man/man1" -name '*.1' | wc -l)" = $((1 + $(wc -w <<<"$commands"))) ] || fail "the man pages: $(ls "$share/man/man1")"
for page in "$share"/man/man1/*.1; do
    said=$(groff -man -Tutf8 -ww "$page" 2>&1 >page.txt) || fail "groff and $page"
    [ -z "$said" ] || fail "groff says of $page: $said"
    said=$(MANWIDTH=80 man --warnings -l "$page" 2>&1 >man.txt) || fail "man and $page"
    [ -z "$said" ] || fail "man says of $page: $said"
    grep -q '^NAME' man.txt || fail "$page has no name: $(cat man.txt)"
done
cmp <(lead help run --man) "$share/man/man1/lead-run.1" || fail "lead help run --man"
MANWIDTH=200 man -l "$share/man/man1/lead-run.1" | grep -qF -- "--set policies.lead.te.moved_cost=0.1" || fail "lead-run.1 garbles an example"

# --- bash ---
shellcheck "$share/bash-completion/completions/lead" || fail "shellcheck and the completion for bash"
cat >complete.bash <<'BASH'
. "$1"
shift
complete -p lead | grep -q -- '-F _lead lead' || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_lead
printf '%s\n' "${COMPREPLY[@]}"
BASH
completes() { # EXPECTED WORD...: the last word is completed to these
    local expected=$1 got
    shift
    got=$(bash --norc complete.bash "$share/bash-completion/completions/lead" "$@" | paste -sd' ')
    [ "$got" = "$expected" ] || fail "bash completes \"$*\" to \"$got\", not \"$expected\""
}
: >model.yaml
completes "validate version" lead v
completes "--version" lead --v
completes "--moved-cost --moved-limit" lead te --mov
completes "mcf" lead te --algorithm mc
completes "seasonal" lead evaluate --predictor seas
completes "fluid" lead run x.yaml --engine fl
completes "fluid" lead run x.yaml --engine = fl
! has_ns3 || completes "fluid ns3" lead run x.yaml --engine =
completes "json" lead te --format j
completes "mlu mlu_over_optimum" lead compare --metric ml
completes "policies[].te.moved_cost policies[].te.moved_limit" lead explain 'policies[].te.moved'
completes "whatif" lead help wha
completes "models model.yaml" lead run model
completes "models" lead run --out mod
completes "" lead run --jobs 1
printf 'name: x\npolicies: [ { name: one, te: { algorithm: ecmp } }, { name: two-b, te: { algorithm: mcf } } ]\nengine: fluid\n' >flow.yaml
printf 'name: y\nvariants:\n  - { name: no-policy }\npolicies:\n  - { name: tree, te: { algorithm: ecmp } }\n  - name: two\n    te: { algorithm: mcf }\nengine: fluid\n' >block.yaml
mkdir -p ran/two-x ran/other && : >ran/two-x/epochs.csv
completes "one two-b" lead run flow.yaml --policy ""
completes "tree two" lead whatif block.yaml --policy t
completes "two-x" lead compare ran --policy tw
completes "tms.csv.gz" lead te --tm tms.csv.

# --- zsh ---
zsh -n "$share/zsh/site-functions/_lead" || fail "zsh -n"
cat >complete.zsh <<'ZSH'
zmodload zsh/zpty
zpty z zsh -f -i
ask() { # TYPED EXPECTED: what a tab makes of it; waits until it is there
    zpty -w -n z $'\x15'$1$'\t'
    print -r "asked for $1"
    zpty -r -m z said "*$2*"
}
zpty -w z "PS1='> ' TERM=dumb; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; unsetopt beep; echo rea''dy"
zpty -r -m z said '*ready*'
ask 'lead va' 'validate'
ask 'lead te --algor' '--algorithm'
ask 'lead te --algorithm mc' 'mcf '
ask 'lead evaluate --predictor seas' 'seasonal'
ask 'lead run --eng' 'engine='
ask 'lead explain converg' 'convergence'
ask 'lead run flow.yaml --policy=tw' 'policy=two-b'
ZSH
timeout 300 zsh -f complete.zsh "$share/zsh/site-functions" >said || fail "zsh, after $(tail -n 1 said)"
