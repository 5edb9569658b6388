# What run.sh and test.sh share: installing packages.txt, building, finding the data. To be sourced in the project's folder.

# Runs a command, as root by $1 (sudo, or nothing), while no package that is installed may start a service: munge's and Slurm's are for
# tests, which start their own.
without_services() {
    local sudo=$1 policy=/usr/sbin/policy-rc.d
    shift
    (
        if [ ! -e $policy ]; then
            trap '$sudo rm -f $policy' EXIT
            printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
            $sudo chmod 755 $policy
        fi
        $sudo "$@"
    )
}

# install_packages run|tests: the Debian packages of packages.txt that are missing, "run" without those that only test.sh needs; says
# nothing and does nothing when none is.
install_packages() {
    local wanted missing=() package sudo="" but='^[^#]*# test.sh:'
    [ "$1" != tests ] || but='^$'
    mapfile -t wanted < <(sed -e "/$but/d" -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' packages.txt)
    for package in "${wanted[@]}"; do
        # Node.js from elsewhere often has npm with it, and conflicts with Debian's.
        [[ $package != @(nodejs|npm) ]] || ! command -v npm >/dev/null || continue
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing and need root to install: ${missing[*]}" >&2
            echo "Run as root: apt-get install --no-install-recommends ${missing[*]}" >&2
            exit 1
        fi
        sudo=sudo
    fi
    echo "Installing ${#missing[@]} packages: ${missing[*]}"
    $sudo apt-get update -q >/dev/null || echo "The package lists could not be brought up to date; trying with the old ones." >&2
    if ! without_services "$sudo" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/tmp/ns3-lead-apt.$$ 2>&1; then
        tail -n 20 /tmp/ns3-lead-apt.$$ >&2
        rm -f /tmp/ns3-lead-apt.$$
        echo "Installing the packages failed." >&2
        exit 1
    fi
    rm -f /tmp/ns3-lead-apt.$$
}

# True when the folder $1 was configured with the CMake options that follow.
is_configured() {
    local folder=$1 option
    shift
    [ -f "$folder/build.ninja" ] || return 1
    for option in "$@"; do
        option=${option#-D}
        grep -q "^${option%%=*}:[A-Z]*=${option#*=}$" "$folder/CMakeCache.txt" || return 1
    done
}

# Configures (once) and builds into the folder $1 with the CMake options that follow; shows the output only when it fails. With
# LEAD_TARGETS only these.
build() {
    local folder=$1 log targets
    shift
    log=$folder/build.log
    read -ra targets <<<"${LEAD_TARGETS:-}"
    [ -f "$folder/build.ninja" ] || echo "Building in $folder, some minutes the first time (the compiler's output: $log)"
    mkdir -p "$folder"
    if ! { is_configured "$folder" "$@" || cmake -S . -B "$folder" -G Ninja "$@"; } >"$log" 2>&1 || ! ninja -C "$folder" "${targets[@]}" >>"$log" 2>&1; then
        tail -n 60 "$log" >&2
        echo "The build failed; the whole output is in $log." >&2
        exit 1
    fi
    grep -A 2 '^note: .*npm' "$log" >&2 || true # what the report's page lacks
}

# install_program FOLDER [PREFIX]: what was built in the folder, and what to type where the shell does not find it there.
install_program() {
    local prefix=${2:-} found
    [ -n "$prefix" ] || { if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi; }
    cmake --install "$1" --prefix "$prefix" >"$1/install.log" 2>&1 || { tail -n 5 "$1/install.log" >&2; exit 1; }
    prefix=$(cd "$prefix" && pwd)
    echo "Installed in $prefix: bin/lead, its library, man pages, completions, and share/ns3-lead with scenarios and models."
    found=$(command -v lead || true)
    if [ -z "$found" ]; then
        echo "Your shell does not look there. Type, or add to ~/.profile: export PATH=\"$prefix/bin:\$PATH\""
    elif [ "$(readlink -f "$found")" != "$(readlink -f "$prefix/bin/lead")" ]; then
        echo "But \`lead\` is $found in this shell. Type, or add to ~/.profile: export PATH=\"$prefix/bin:\$PATH\""
    fi
}

# True when a file of real data is where `lead` will look for it.
find_data() {
    [ -f "${LEAD_DATA:-/nonexistent}/$1" ] || [ -f "scenarios/data/$1" ]
}
