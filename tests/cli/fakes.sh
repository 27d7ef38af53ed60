# SPDX-License-Identifier: MIT
# fakes.sh - a threadbare of our own, with demos that do as they are told.
#
# The front end looks for demos beside itself, so a copy of it in $tmp finds
# the ones that fake_trace.py plays (see there), and a test knows exactly what
# they did. Read after lib.sh.

# The system's own: one in a home directory cannot be run by another user.
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) ||
    skip_all "python3 is not installed"
[ -x "$BUILD/threadbare" ] || skip_all "$BUILD/threadbare is not built"

bin=$tmp/bin
mkdir -p "$bin/demos" "$tmp/scratch"
cp "$BUILD/threadbare" "$bin/"
export TMPDIR=$tmp/scratch LC_ALL=C ASAN_OPTIONS=exitcode=99
unset NO_COLOR COLUMNS

# fake NAME-MODEL...: install these demos.
fake() {
    for demo in "$@"; do
        { echo "#!$python"; cat tests/cli/fake_trace.py; } \
            >"$bin/demos/$demo"
        chmod +x "$bin/demos/$demo"
    done
}

# recording FILE FUNCTION: write what that function of fake_trace.py makes.
recording() {
    PYTHONPATH=tests/cli PYTHONDONTWRITEBYTECODE=1 "$python" -c "
import fake_trace, sys
eval('fake_trace.' + sys.argv[2]).write(sys.argv[1])" "$1" "$2"
}

threadbare() {
    "$bin/threadbare" "$@"
}
