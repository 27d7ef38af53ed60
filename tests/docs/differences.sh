#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/models.md: what its first table says of a model, the model says itself;
# what its second one says is asserted by the tests that it names.
. "$(dirname "$0")/../lib.sh"
page=docs/models.md

# The models are the columns of the first table.
models=$(sed -nE '/^\| Property/{s/^\| Property \|//;s/\|//g;p;}' "$page")
properties=$(sed -nE 's/^\| `([a-z_]+)` \|.*/\1/p' "$page" | grep -v thread_)

plan $(($(echo "$models" | wc -w) * (1 + $(echo "$properties" | wc -w)) + 2))

cell() { # PROPERTY COLUMN: yes or no, without what it depends on
    grep "^| \`$1\` " "$page" | head -n 1 | cut -d '|' -f "$(($2 + 2))" |
        sed -E 's/^ *(yes|no).*/\1/'
}

column=0
for model in $models; do
    column=$((column + 1))
    status 0 "$model: a program tells its properties" \
        "$BUILD/tests/programs/properties-$model"
    for property in $properties; do
        what="$model: $property is as the table says"
        if [ "$property" = io_call_stalls ] && grep -q 'fallback=.' "$tmp/out"; then
            skip "$what" "$(sed -n 's/io_fallback=//p' "$tmp/out")"
            continue
        fi
        case $(sed -n "s/^$property=//p" "$tmp/out") in
        1) said=yes ;;
        0) said=no ;;
        *) said=nothing ;;
        esac
        ok "$what" test "$(cell "$property" $column)" = $said
    done
done

ok "every model that is built has a column" sh -c "
    sed -nE 's/^MODELS +:= +//p' Makefile | tr ' ' '\n' | grep -v - |
        while read -r model; do
            echo ' $models ' | grep -q \" \$model \" || { echo \$model; exit 1; }
        done"

# The last column of the second table.
sed -n '/^| What /,$p' "$page" | sed '1,2d' | awk -F'|' 'NF > 2 { print $(NF - 1) }' |
    grep -oE '`[^`]+`' | tr -d '`' >"$tmp/named"
ok "every test that is named exists" sh -c "
    test -s '$tmp/named' || exit 1
    while read -r name; do
        grep -rqw \"\$name\" tests/contract tests/*threads tests/gil \
            tests/processes ||
            ls tests/*/\$name >/dev/null || { echo \$name; exit 1; }
    done <'$tmp/named'"
