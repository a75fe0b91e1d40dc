// Go's line in bench/threads: goroutines on two threads, channels of the language.
//
// Usage: bench_threads_go <case> <n> <size>.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)*1e-6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

func sendNumbers(channel chan<- int32, n uint64) {
	for i := uint64(0); i < n; i++ {
		channel <- int32(i)
	}
	close(channel)
}

// The plain way: the scheduler decides on which thread the goroutines run.
func receiveNumbers(n, size uint64) (sum uint64) {
	channel := make(chan int32, size)
	go sendNumbers(channel, n)
	for item := range channel {
		sum += uint64(item)
	}
	return sum
}

// Both goroutines have a thread of their own.
func receiveNumbersLocked(n, size uint64) (sum uint64) {
	runtime.LockOSThread()
	channel := make(chan int32, size)
	go func() {
		runtime.LockOSThread()
		sendNumbers(channel, n)
	}()
	for item := range channel {
		sum += uint64(item)
	}
	return sum
}

func post(n, size uint64) (sum uint64) {
	calls := make(chan func(), 1024)
	for i := uint64(0); i < size; i++ {
		go func() {
			for k := uint64(0); k < n/size; k++ {
				calls <- func() { sum++ }
			}
		}()
	}
	for i := uint64(0); i < n/size*size; i++ {
		(<-calls)()
	}
	return sum
}

func runCase(name string, n, size uint64) uint64 {
	switch name {
	case "channel":
		return receiveNumbers(n, size)
	case "channel:locked":
		return receiveNumbersLocked(n, size)
	case "post":
		return post(n, size)
	}
	panic("no case " + name)
}

func main() {
	name := os.Args[1]
	n, _ := strconv.ParseUint(os.Args[2], 10, 64)
	size, _ := strconv.ParseUint(os.Args[3], 10, 64)
	runtime.GOMAXPROCS(2)
	wall, cpu := time.Now(), cpuSeconds()
	sum := runCase(name, n, size)
	seconds, used := time.Since(wall).Seconds(), cpuSeconds()-cpu
	fmt.Printf("{\"case\": \"%s\", \"n\": %d, \"seconds\": %.6f, \"cpu_seconds\": %.6f, \"sum\": %d}\n",
		name, n, seconds, used, sum)
}
