#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/deps on machines of every kind: what it asks of which package
# manager, and what it says when it cannot.
#
# A machine is a directory of programs, its only PATH. Its package managers,
# id, sudo and compiler are scripts; a manager writes down how it was called.
. "$(dirname "$0")/../lib.sh"
plan 81
limit=60
sh=$(command -v sh)
machine=$tmp/machine # the programs of this machine
headers=$tmp/headers # what its compiler can include
calls=$tmp/calls     # how its managers were called

# ---- Machines ----

# program NAME: standard input becomes a program of this machine.
program() {
    rm -f "$machine/$1"
    { echo "#!$sh" && cat; } >"$machine/$1"
    chmod +x "$machine/$1"
}

# machine WHO [MANAGER...]: a new one, with a compiler and these managers, but
# nothing that the project needs. WHO is logged in: root or nobody.
machine() {
    rm -rf "$machine" "$headers"
    mkdir "$machine" "$headers"
    : >"$calls"
    for tool in chmod cut env grep head mktemp rm sed sort tail touch tr; do
        ln -s "$(command -v $tool)" "$machine/$tool"
    done
    if [ "$1" = root ]; then echo 'echo 0'; else echo 'echo 1000'; fi |
        program id
    program cc <<END
header=\$(sed -n 's/#include <\(.*\)>/\1/p' | tr / _)
[ -e "$headers/\$header" ]
END
    shift
    for name in "$@"; do
        manager "$name"
    done
}

# has THING...: these headers and tools are there.
has() {
    for thing in "$@"; do
        case $thing in
        *.h) : >"$headers/$(echo "$thing" | tr / _)" ;;
        *) echo : | program "$thing" ;;
        esac
    done
}

# manager NAME [THING...]: a package manager that provides these, or all that a
# build needs, when it is asked to install anything.
manager() {
    name=$1
    shift
    [ $# -gt 0 ] || set -- liburing.h jansson.h objcopy pkg-config
    {
        echo "echo \"\${BY:+\$BY }$name \$*\" >>'$calls'"
        echo 'case $* in update*) exit ;; esac'
        for thing in "$@"; do
            case $thing in
            *.h) echo ": >'$headers/$thing'" ;;
            *) echo "echo : >'$machine/$thing'; chmod +x '$machine/$thing'" ;;
            esac
        done
    } | program "$name"
}

# A manager that has no network.
cut_off() {
    program "$1" <<END
echo "$1 \$*" >>'$calls'
echo "E: Could not resolve the host" >&2
exit 100
END
}

# sudo as it is without a terminal: it knows what -n means.
working_sudo() {
    program sudo <<'END'
[ "$1" = -n ] || exit 1
shift
export BY=sudo
exec "$@"
END
}

refusing_sudo() {
    program sudo <<'END'
echo "sudo: a password is required" >&2
exit 1
END
}

# deps STATUS WHAT ARGUMENT...: run it on this machine.
deps() {
    wanted_status=$1 sentence=$2
    shift 2
    status "$wanted_status" "$sentence" \
        env -i PATH="$machine" TMPDIR="$tmp" ${compiler:+CC="$compiler"} \
        scripts/deps "$@"
}

# called WHAT LINE...: the managers were called just so.
called() {
    sentence=$1
    shift
    : >"$tmp/expected"
    [ $# -eq 0 ] || printf '%s\n' "$@" >"$tmp/expected"
    ok "$sentence" diff "$tmp/expected" "$calls"
}

says() { # WHAT REGEX
    matches "$1" "$2" "$tmp/err"
}

compiler=
all_managers='apt-get dnf pacman zypper apk'

# How each manager is asked for all that a build needs.
build_line() {
    case $1 in
    apt-get) echo "apt-get install -y --no-install-recommends" \
        "binutils libjansson-dev liburing-dev pkg-config" ;;
    dnf) echo "dnf install -y" \
        "binutils jansson-devel liburing-devel pkgconf-pkg-config" ;;
    pacman) echo "pacman -S --needed --noconfirm" \
        "binutils jansson liburing pkgconf" ;;
    zypper) echo "zypper --non-interactive install" \
        "binutils libjansson-devel liburing-devel pkg-config" ;;
    apk) echo "apk add binutils jansson-dev liburing-dev pkgconf" ;;
    esac
}

# ---- Everything there ----

for group in build test; do
    # shellcheck disable=SC2086 # many names
    machine nobody $all_managers
    has liburing.h jansson.h objcopy pkg-config
    has criterion/criterion.h gdb gdbserver g++ git groff jq nm patch pgrep \
        python3 setpriv spin
    deps 0 "$group: with everything there it succeeds" $group
    ok "$group: and says nothing" test ! -s "$tmp/err" -a ! -s "$tmp/out"
    called "$group: and calls no manager"
    deps 0 "$group: so it does with --check" --check $group
done

# ---- Something missing: --check ----

for manager in $all_managers; do
    machine root "$manager"
    deps 1 "$manager: --check fails if something is missing" --check build
    says "$manager: it names what" \
        'missing: liburing.h jansson.h objcopy pkg-config\. Type:$'
    says "$manager: it prints the line to type" "^  $(build_line "$manager")\$"
    called "$manager: it calls nothing"
done
machine nobody apt-get
has jansson.h objcopy pkg-config
deps 1 "--check for whoever is not root fails as well" --check build
says "the line has sudo, and only what is missing" \
    '^  sudo apt-get install -y --no-install-recommends liburing-dev$'

# ---- Something missing: install ----

for manager in $all_managers; do
    set -- "$(build_line "$manager")"
    [ "$manager" != apt-get ] || set -- "apt-get update -qq" "$1"
    machine root "$manager"
    deps 0 "$manager: root installs what is missing" build
    called "$manager: by that line" "$@"

    machine nobody "$manager"
    working_sudo
    deps 0 "$manager: who is not root uses sudo" build
    sed -i 's/^sudo //w '"$tmp/by-sudo" "$calls"
    called "$manager: for that line" "$@"
    ok "$manager: and every call" diff "$tmp/by-sudo" "$calls"
done

# ---- No way ----

machine nobody apt-get
deps 1 "without root's rights and without sudo it fails" build
says "it says why, what, and what root should type" \
    "missing: liburing.h .*not root.* no sudo.*type:  $(build_line apt-get)"
called "and calls nothing"

machine nobody dnf
refusing_sudo
deps 1 "if sudo would ask for a password it fails" build
says "it shows what sudo said" 'a password is required'
says "and the line to type" "Type:  sudo $(build_line dnf)"
called "and calls nothing"

machine root
cut_off apt-get
deps 1 "without network it fails" build
says "it shows what the manager said" 'Could not resolve'
says "and the line to type" "Type:  $(build_line apt-get)"
ok "and leaves no file" test -z "$(ls "$tmp" | grep '^tmp\.')"

machine root
manager pacman jansson.h objcopy pkg-config
deps 1 "if the manager succeeds but a thing is still missing it fails" build
says "and names that thing alone" 'still missing: liburing.h ?$'

machine root
deps 1 "without a manager it fails" build
says "and names what to install by hand" \
    'missing: liburing.h .*no package manager .*by hand'

machine root apt-get
rm "$machine/cc"
deps 1 "without a compiler it fails" build
says "and says so" "no C compiler: 'cc'"

machine root apt-get
has liburing.h jansson.h objcopy pkg-config
compiler='cc -m64'
deps 0 "a compiler may have options" build
compiler=
deps 1 "an unknown group is refused" nosuch
says "with the valid ones" "group 'nosuch'; valid: build probes test check aarch64 bench peers io"

# ---- make, where liburing is missing ----

# The real programs, but for a compiler without liburing, a manager without
# network, and somebody who calls himself root, lest the real sudo be asked.
machine root
cut_off apt-get
cat >"$tmp/cc" <<END
#!$sh
case " \$* " in
*" -E "*) ! grep -q liburing; exit ;;
esac
exec ${CC:-cc} "\$@"
END
chmod +x "$tmp/cc"
mkdir "$tmp/first"
mv "$machine/apt-get" "$machine/id" "$tmp/first/"
make_there() {
    status 2 "$1" env PATH="$tmp/first:$PATH" "${MAKE:-make}" \
        BUILD="$tmp/build" CC="$tmp/cc" "$2"
}
make_there "a plain make stops where liburing is missing" all
says "it prints the line to type" \
    '^  apt-get install -y --no-install-recommends liburing-dev$'
called "it calls no manager"
ok "it has compiled nothing" \
    test -z "$(find "$tmp/build" -name '*.o' 2>/dev/null)"
make_there "make demo, without network, stops too" demo
says "and prints the line as well" 'Type:  apt-get install .*liburing'
