-- SPDX-License-Identifier: MIT
-- peers.lua - LuaJIT's coroutines: the works of works.h, and peer.h around
-- them. Lua has coroutines but no scheduler, mutex or condition variable; the
-- scheduler is the loop that resumes in turn, so a yield is a switch to it and
-- a switch from it.

local ffi = require "ffi"
ffi.cdef [[
struct timespec { long seconds, ns; };
int clock_gettime(int clock, struct timespec *now);
]]

local time = ffi.new "struct timespec"
local function now()
    ffi.C.clock_gettime(1, time) -- CLOCK_MONOTONIC
    return tonumber(time.seconds) * 1e9 + tonumber(time.ns)
end

local create, resume, yield = coroutine.create, coroutine.resume,
    coroutine.yield

local function for_ever()
    while true do yield() end
end

-- n switches between two contexts: one there and one back at a time.
local function bare_switch(n)
    local other = create(for_ever)
    local begin = now()
    for _ = 1, n / 2 do resume(other) end
    return now() - begin
end

-- n yields among so many coroutines.
local function yield_among(threads)
    return function(n)
        local ready = {}
        for i = 1, threads do
            ready[i] = create(for_ever)
            resume(ready[i])
        end
        local begin, rounds = now(), math.ceil(n / threads)
        for _ = 1, rounds do
            for i = 1, threads do resume(ready[i]) end
        end
        return (now() - begin) * n / (rounds * threads)
    end
end

local function create_run_join(n)
    local function nothing() end
    local begin = now()
    for _ = 1, n do resume(create(nothing)) end
    return now() - begin
end

local function resident()
    local file = assert(io.open "/proc/self/statm")
    local pages = file:read "*l":match "^%d+ (%d+)"
    file:close()
    return tonumber(pages) * 4096
end

local function memory(n)
    local before, parked = resident(), {}
    for i = 1, n do
        parked[i] = create(for_ever)
        resume(parked[i])
    end
    return resident() - before
end

local works = {
    ["switch"] = bare_switch,
    ["yield-2"] = yield_among(2),
    ["yield-1000"] = yield_among(1000),
    ["create"] = create_run_join,
    ["memory"] = memory,
}

local function one(measure)
    local n = 64
    while true do
        local ns = measure(n)
        if ns >= 1e7 then return ns / n end
        n = n * 2
    end
end

local measure = works[arg[1]]
if not measure then
    io.stderr:write "has no such thing\n"
    os.exit(77)
end
local n = tonumber(arg[2])
print(("%.2f"):format(n and measure(n) / n or one(measure)))
