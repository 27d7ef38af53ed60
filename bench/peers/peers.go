// SPDX-License-Identifier: MIT

// peers.go - Go's goroutines on one kernel thread: the works of works.h, and
// peer.h around them.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	yieldsLeft int
	lastYield  time.Time
)

func yieldDownTo(left int) {
	for yieldsLeft > left {
		yieldsLeft--
		runtime.Gosched()
	}
}

func yieldToTheLast() {
	yieldDownTo(0)
	if lastYield.IsZero() {
		lastYield = time.Now()
	}
}

func yieldAmong(threads, n int) float64 {
	var done sync.WaitGroup
	yieldsLeft = n + 2*threads
	lastYield = time.Time{}
	for i := 1; i < threads; i++ {
		done.Add(1)
		go func() {
			yieldToTheLast()
			done.Done()
		}()
	}
	yieldDownTo(n)
	begin := time.Now()
	yieldToTheLast()
	done.Wait()
	return float64(lastYield.Sub(begin))
}

func yield2(n int) float64 { return yieldAmong(2, n) }

func yield1000(n int) float64 { return yieldAmong(1000, n) }

// A goroutine is joined by what it says on a channel when it ends.
func create(n int) float64 {
	ended := make(chan struct{}, 1)
	begin := time.Now()
	for i := 0; i < n; i++ {
		go func() { ended <- struct{}{} }()
		<-ended
	}
	return float64(time.Since(begin))
}

var (
	mutex     sync.Mutex
	turnComes = [2]*sync.Cond{sync.NewCond(&mutex), sync.NewCond(&mutex)}
	turn      int
)

func takeTurns(self, times int) {
	mutex.Lock()
	for i := 0; i < times; i++ {
		for turn != self {
			turnComes[self].Wait()
		}
		turn = 1 - self
		turnComes[1-self].Signal()
	}
	mutex.Unlock()
}

func handoff(n int) float64 {
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		takeTurns(1, n/2)
		done.Done()
	}()
	begin := time.Now()
	takeTurns(0, n/2)
	done.Wait()
	return float64(time.Since(begin))
}

func channel(n int) float64 {
	items := make(chan int)
	go func() {
		for i := 0; i < n; i++ {
			items <- i
		}
	}()
	begin := time.Now()
	for i := 0; i < n; i++ {
		if <-items != i {
			panic("out of order")
		}
	}
	return float64(time.Since(begin))
}

func resident() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return float64(pages * os.Getpagesize())
}

func memory(n int) float64 {
	before := resident()
	var waiting sync.WaitGroup
	waiting.Add(n)
	never := sync.NewCond(&sync.Mutex{})
	for i := 0; i < n; i++ {
		go func() {
			never.L.Lock()
			waiting.Done()
			never.Wait()
		}()
	}
	waiting.Wait()
	return resident() - before
}

func one(measure func(int) float64) float64 {
	for n := 64; ; n *= 2 {
		if ns := measure(n); ns >= 1e7 {
			return ns / float64(n)
		}
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	works := map[string]func(int) float64{
		"yield-2": yield2, "yield-1000": yield1000, "create": create,
		"handoff": handoff, "channel": channel, "memory": memory,
	}
	measure := works[os.Args[1]]
	if measure == nil {
		fmt.Fprintln(os.Stderr, "has no such thing")
		os.Exit(77)
	}
	if len(os.Args) > 2 {
		n, _ := strconv.Atoi(os.Args[2])
		fmt.Printf("%.2f\n", measure(n)/float64(n))
	} else {
		fmt.Printf("%.2f\n", one(measure))
	}
}
