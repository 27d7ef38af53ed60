#!/bin/sh
# SPDX-License-Identifier: MIT
# make bench-io: what its load believes, and what its driver makes of numbers.
#
# The servers are a few lines that lie in known ways, and the programs are
# scripts that print a number, so it is known what must come out.
. "$(dirname "$0")/../lib.sh"
plan 19
command -v python3 >/dev/null || skip_all "no python3"
run=bench/io/run

# ---- The load ----

${CC:-cc} -std=gnu11 -D_GNU_SOURCE -O2 bench/io/load.c -o "$tmp/load" ||
    skip_all "no compiler"

# A server for one load: each message is echoed as MANNER says.
cat >"$tmp/server.py" <<'END'
import selectors, socket, sys
manner, count = sys.argv[1], 0
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
ready = selectors.DefaultSelector()
ready.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if key.fileobj is listener:
            ready.register(listener.accept()[0], selectors.EVENT_READ)
            continue
        data = key.fileobj.recv(512)
        if not data:
            sys.exit()
        count += 1
        if manner == "flips" and count == 50:
            data = data[:40] + bytes([data[40] ^ 1]) + data[41:]
        if manner == "repeats" and count > 1:
            data = first
        if manner == "leaves" and count == 50:
            sys.exit()
        first = data if count == 1 else first
        if manner == "crumbles":
            key.fileobj.sendall(data[:13])
            data = data[13:]
        key.fileobj.sendall(data)
END

# ask MANNER: a burst of 20 ms over three connections to such a server.
cat >"$tmp/ask" <<END
#!/bin/sh
mkfifo $tmp/port.\$\$
python3 $tmp/server.py \$1 >$tmp/port.\$\$ &
read -r port <$tmp/port.\$\$
echo 20 | $tmp/load \$port 3
END
chmod +x "$tmp/ask"

status 0 "an honest server is measured" "$tmp/ask" echoes
matches "and the load says when it is connected" '^ready$'
matches "then: replies, all of them, ns, p50, p99" \
    '^[1-9][0-9]* [1-9][0-9]* 20000000 [1-9][0-9]* [1-9][0-9]*$'
status 0 "an echo may come in pieces" "$tmp/ask" crumbles
status 1 "one wrong bit is noticed" "$tmp/ask" flips
matches "and named" 'an echo is not what was said' "$tmp/err"
status 1 "so is an echo of something else" "$tmp/ask" repeats
status 1 "and a server that goes away" "$tmp/ask" leaves
matches "as that" 'the server has closed a connection' "$tmp/err"

# ---- The driver ----

# program NAME: standard input becomes a program of the benchmark.
program() {
    { echo '#!/bin/sh' && cat; } >"$tmp/io/$1"
    chmod +x "$tmp/io/$1"
}
mkdir "$tmp/io"
echo 'echo 100' | program trip-uring
echo 'echo 105' | program trip-ours-user-asm

status 0 "round trips are compared" "$run" --pairs 3 --parts trips \
    --json "$tmp/json" "$tmp/io"
matches "within the goal is reached" '^ *trip, null .*<= 1.1 .* 1.05 .*reached'
ok "and stands in the JSON" python3 - "$tmp/json" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
goal = next(g for g in result["goals"] if g["goal"].startswith("trip, null"))
assert (goal["median"], goal["wanted"], goal["verdict"]) == (
    1.05, 1.1, "reached"), goal
END
echo 'echo 120' | program trip-ours-user-asm
status 0 "a goal that is missed is no failure" "$run" --pairs 3 \
    --parts trips "$tmp/io"
matches "but it is said" '^ *trip, null .* 1.20 .*MISSED'
status 1 "and fails if one is strict" "$run" --strict --pairs 3 \
    --parts trips "$tmp/io"
echo 'echo "no such engine" >&2; exit 77' | program trip-ours-user-asm
status 0 "what cannot be had is skipped" "$run" --pairs 3 --parts trips \
    "$tmp/io"
matches "with its reason" 'uthreads . uring .* SKIP  no such engine'
matches "and nothing is judged" '^ *trip, null .* not measured'
status 2 "an unknown part is an error" "$run" --parts nosuch "$tmp/io"
