#!/bin/sh
# SPDX-License-Identifier: MIT
# What `make install` puts down is all there and all works without the source;
# `make uninstall` takes all of it away.
. "$(dirname "$0")/../lib.sh"
command -v pkg-config >/dev/null || skip_all "pkg-config is not installed"
for library in uthreads kthreads gil processes; do
    if nm "$BUILD/lib/lib$library.a" | grep -qE 'U __(a|ub)san_'; then
        skip_all "a library with a sanitizer needs more than pkg-config says"
    fi
done
plan 36
CC=${CC:-cc}
root=$tmp/root
limit=120
strict="-Wall -Wextra -Wpedantic -Werror"

# What make is told, and where the installed libraries are found.
export BUILD DESTDIR="$root" PREFIX=/usr
run="env LD_LIBRARY_PATH=$root/usr/lib"

# ---- What is installed ----

expected() {
    for header in channel io sync thread; do
        echo "/usr/include/threadbare/$header.h"
    done
    for library in uthreads kthreads gil processes; do
        printf '/usr/lib/%s\n' "lib$library.a" "lib$library.so" \
            "lib$library.so.0" "pkgconfig/$library.pc"
    done
    echo /usr/bin/threadbare
    for program in utgdb uthread-core uthread-proxy; do
        printf '/usr/bin/%s\n/usr/share/threadbare/gdb/%s\n' \
            $program $program
    done
    for script in uthreads.py lldb_uthreads.py threadbare/*.py; do
        (cd gdb && printf '/usr/share/threadbare/gdb/%s\n' $script)
    done
    for library in uthreads kthreads gil processes; do
        echo "/usr/share/gdb/auto-load/usr/lib/lib$library.so.0-gdb.py"
    done
    for demo in $(grep -l '^main(' demos/*.c); do
        for model in user user-asm kernel gil process; do
            echo "/usr/libexec/threadbare/demos/$(basename "$demo" .c)-$model"
        done
    done
    for bug in demos/bugs/*.c; do
        for model in user user-asm; do
            echo "/usr/libexec/threadbare/demos/$(basename "$bug" .c)-$model"
        done
    done
    for page in docs/man/*.[137]; do
        echo "/usr/share/man/man${page##*.}/${page##*/}"
    done
    # Every call has a page under its own name.
    scripts/contract-names include/*.h | while read -r call; do
        [ -e "docs/man/$call.3" ] || echo "/usr/share/man/man3/$call.3"
    done
}

found() {
    find "$root" ! -type d | sed "s,^$root,,"
}

exactly_expected() {
    expected | sort >"$tmp/expected"
    found | sort >"$tmp/found"
    diff "$tmp/expected" "$tmp/found"
}

nobody_else_can_write() {
    test -z "$(find "$root" ! -type l -perm /022 | tee /dev/stderr)"
}

status 0 "make install succeeds" "${MAKE:-make}" install
ok "what it installs is what it should" exactly_expected
ok "for nobody else to write" nobody_else_can_write

# ---- Manual pages ----

# A reader asks for a call, and not for the page that it is described on.
each_call_has_its_page() {
    scripts/contract-names include/*.h | while read -r call; do
        MANPAGER=cat man -M "$root/usr/share/man" 3 "$call" 2>/dev/null |
            grep -qw "$call" || echo "no page: $call"
    done >"$tmp/missing"
    cat "$tmp/missing"
    ! [ -s "$tmp/missing" ]
}
link_pages_lead_somewhere() {
    grep -h '^\.so ' "$root"/usr/share/man/man3/* | sort -u |
        while read -r _ page; do
            [ -s "$root/usr/share/man/$page" ] || echo "no such page: $page"
        done >"$tmp/missing"
    cat "$tmp/missing"
    ! [ -s "$tmp/missing" ]
}
ok "link pages lead to pages" link_pages_lead_somewhere
if command -v man >/dev/null; then
    ok "man finds each call" each_call_has_its_page
else
    skip "man finds each call" "man is not installed"
fi

# ---- Headers ----

for header in channel io sync thread; do
    echo "#include <threadbare/$header.h>" >"$tmp/$header.c"
    # shellcheck disable=SC2086 # $strict is several words, $CC may be
    ok "$header.h stands alone in C11" $CC -std=c11 $strict -fsyntax-only \
        -I "$root/usr/include" "$tmp/$header.c"
done

# ---- Programs that know only pkg-config ----

export PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
# /usr is where a compiler looks by itself, but the /usr in $root is not.
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1

# compile COMPILER SOURCE PROGRAM LIBRARY LINKING [OPTION...]
compile() {
    compiler=$1 source=$2 program=$3 library=$4 linking=$5
    shift 5
    case $linking in
    shared) flags=$(pkg-config --cflags --libs "$library") ;;
    static) flags=$(pkg-config --static --cflags --libs "$library" |
        sed "s/-l$library/-Wl,-Bstatic & -Wl,-Bdynamic/") ;;
    esac || return
    # shellcheck disable=SC2086 # both are several words
    $compiler "$@" $strict "$source" $flags -o "$program"
}

needed() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$tmp/needed"
}

for model in user kernel; do
    library=$(echo "$model" | cut -c1)threads
    for linking in static shared; do
        program=$tmp/$model-$linking
        this="out of tree, $model, $linking"
        ok "$this: compiles" compile "$CC" tests/install/out-of-tree.c \
            "$program" "$library" "$linking" -std=c11
        needed "$program"
        case $linking in
        static) lacks "$this: needs no library of ours" threads "$tmp/needed" ;;
        shared) matches "$this: needs ours, by its version" \
            "^lib$library\.so\.0$" "$tmp/needed" ;;
        esac
        status 0 "$this: runs" $run "$program"
        matches "$this: on that model" "^$model 2000$"
    done
done

# The example of thread(3), as a reader would copy it.
sed -n '/^\.EX/,/^\.EE/{/^\./d;s/\\-/-/g;s/\\e/\\/g;p;}' docs/man/thread.3 |
    sed '/^cc /d' >"$tmp/example.c"
if compile "$CC" "$tmp/example.c" "$tmp/example" kthreads shared -std=c11 \
    >"$tmp/compiled" 2>&1; then
    status 0 "the example of thread(3) runs" $run "$tmp/example"
    matches "and adds up" '^3000 on one-to-one threads$'
else
    failed "the example of thread(3) compiles"
    show "$tmp/compiled"
    failed "and adds up"
fi

# ---- C++ ----

cat >"$tmp/plus.cc" <<'END'
#include <threadbare/io.h>
#include <threadbare/sync.h>
#include <threadbare/thread.h>

#include <cstdio>

static struct mutex locks[] = {MUTEX_INITIALIZER, MUTEX_RECURSIVE_INITIALIZER,
                               MUTEX_ERRORCHECK_INITIALIZER};
static struct cond cond = COND_INITIALIZER;
static struct semaphore done = SEMAPHORE_INITIALIZER(0);

static void *
work(void *arg)
{
    for (struct mutex &m : locks)
        if (mutex_lock(&m) || mutex_unlock(&m))
            return nullptr;
    cond_broadcast(&cond);
    semaphore_post(&done);
    return arg;
}

int
main()
{
    thread_t thread;
    void *result = nullptr;
    if (thread_create(&thread, nullptr, work, &thread))
        return 1;
    semaphore_wait(&done);
    thread_join(thread, &result);
    std::printf("%s\n", result == &thread ? thread_model()->name : "wrong");
}
END
if command -v g++ >/dev/null; then
    ok "a C++ program compiles" compile g++ "$tmp/plus.cc" "$tmp/plus" \
        uthreads shared -std=c++11
    status 0 "and runs" $run "$tmp/plus"
    matches "on that model" '^user$'
else
    skip "a C++ program compiles" "g++ is not installed"
    skip "and runs" "g++ is not installed"
    skip "on that model" "g++ is not installed"
fi

# ---- threadbare ----

status 0 "the installed threadbare lists demos" "$root/usr/bin/threadbare" list
matches "those that were installed" '^blocking on user, kernel, user-asm, gil, process$'
status 0 "and compares" "$root/usr/bin/threadbare" compare blocking:user

# ---- And away again ----

status 0 "make uninstall succeeds" "${MAKE:-make}" uninstall
ok "it leaves no file" sh -c "test -z \"\$(find '$root' ! -type d)\""
ok "and no directory with our name" \
    sh -c "test -z \"\$(find '$root' -name threadbare)\""
