// Go's line in bench/waits: a goroutine per wait. run sets GOMAXPROCS=1.
//
// Usage: bench_waits_go asleep <n> <milliseconds>; prints its figures as one JSON line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func memoryBytes(line string) uint64 {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		if words := strings.Fields(scanner.Text()); len(words) > 1 && words[0] == line {
			kilobytes, _ := strconv.ParseUint(words[1], 10, 64)
			return kilobytes * 1024
		}
	}
	panic("no " + line)
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	seconds := float64(usage.Utime.Sec + usage.Stime.Sec)
	return seconds + float64(usage.Utime.Usec+usage.Stime.Usec)*1e-6
}

func sleepAll(n uint64, duration time.Duration) uint64 {
	var group sync.WaitGroup
	var woken uint64
	var lock sync.Mutex
	group.Add(int(n))
	for i := uint64(0); i < n; i++ {
		go func() {
			time.Sleep(duration)
			lock.Lock()
			woken++
			lock.Unlock()
			group.Done()
		}()
	}
	group.Wait()
	return woken
}

func main() {
	n, _ := strconv.ParseUint(os.Args[2], 10, 64)
	milliseconds, _ := strconv.Atoi(os.Args[3])
	memory, wall, cpu := memoryBytes("VmRSS:"), time.Now(), cpuSeconds()
	woken := sleepAll(n, time.Duration(milliseconds)*time.Millisecond)
	cpu = cpuSeconds() - cpu
	seconds := time.Since(wall).Seconds()
	grown := memoryBytes("VmHWM:") - memory
	fmt.Printf("{\"case\": %q, \"n\": %d, \"ns_per_op\": %f, \"seconds\": %f, \"cpu_seconds\": %f, \"bytes_per_task\": %f, \"sum\": %d}\n",
		os.Args[1], n, cpu/float64(n)*1e9, seconds, cpu, float64(grown)/float64(n), woken)
}
