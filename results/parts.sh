# What the makers of pages share; to be sourced in the project's folder. A maker has two functions: `prepare` installs, builds and looks
# whether all is there (the one below, unless it has its own); `measure PART` writes the part's text to standard output and what went wrong
# to standard error, and ends with 0 when nothing did. What parts depend on stands in results/parts.ini, how they are kept in results/parts.py.

prepare_runs() {
    : "${LEAD_DATA:?the folder with the real traffic matrices}"
    install_packages run >&2
    build build >&2
}
prepare() { prepare_runs; }

# make_page PAGE [--list | PART ...]: measures the parts whose hash differs from the page's, or those named (the beginning of a name is
# all of these); --list says which differ. Not to be called in a condition, where bash would not end a part at its first failure.
make_page() {
    local page=$1 part chosen status=0
    shift
    if [ "${1:-}" = --list ]; then
        /usr/bin/python3 -m results.parts list "$page"
        return
    fi
    folder=$PWD/build/parts/$(basename "$page" .md)
    mkdir -p "$folder"
    chosen=$(/usr/bin/python3 -m results.parts choose "$page" "$folder" "$@")
    [ -n "$chosen" ] || return 0
    prepare
    for part in $chosen; do
        echo "== $part ($(date +%T))" >&2
        stamp=$folder/$part.stamp # what it is measured from
        set +e
        (set -e && measure "$part") >"$folder/$part.md" 2>"$folder/$part.wrong"
        ended=$?
        set -e
        keep_part "$page" "$part" "$ended" || status=1
    done
    return $status
}

# A part that went wrong leaves the page as it is.
keep_part() { # PAGE PART STATUS
    if [ "$3" = 0 ]; then
        /usr/bin/python3 -m results.parts put "$1" "$2" "$stamp" <"$folder/$2.md"
    else
        echo "$2 went wrong: see $2.md and $2.wrong in $folder; $1 is as it was" >&2
        return 1
    fi
}
