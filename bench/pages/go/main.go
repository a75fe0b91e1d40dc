// Peer: Go's net/http. Fetches <pages> pages with <connections> goroutines, every body read in full. Over TLS it speaks
// HTTP/2 where that is offered, unless --http1 says otherwise.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type work struct {
	urls  []string
	total int64
	next  atomic.Int64
	pages atomic.Int64
	bytes atomic.Int64
}

func fetch(client *http.Client, url string) int64 {
	response, err := client.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		log.Fatal(url, ": ", response.Status)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	return int64(len(body))
}

func (w *work) run(client *http.Client) {
	for {
		index := w.next.Add(1) - 1
		if index >= w.total {
			return
		}
		w.bytes.Add(fetch(client, w.urls[index%int64(len(w.urls))]))
		w.pages.Add(1)
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func certificates(file string) *x509.CertPool {
	text, err := os.ReadFile(file)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(text) {
		log.Fatal(file, ": ", err)
	}
	return pool
}

func transport(connections int, flags []string) *http.Transport {
	made := &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}
	isHTTP1 := false
	for i := 0; i < len(flags); i++ {
		switch {
		case flags[i] == "--http1":
			isHTTP1 = true
		case flags[i] == "--ca" && i+1 < len(flags):
			i++
			made.TLSClientConfig = &tls.Config{RootCAs: certificates(flags[i])}
		default:
			log.Fatal(flags[i], "?")
		}
	}
	if made.TLSClientConfig != nil && !isHTTP1 {
		made.ForceAttemptHTTP2 = true
		made.MaxConnsPerHost = 1
	}
	return made
}

func main() {
	if len(os.Args) < 4 {
		log.Fatal("usage: bench_go <base URL> <pages> <connections> [--http1] [--ca FILE]")
	}
	w := &work{total: int64(number(os.Args[2]))}
	for page := 1; page <= 100; page++ {
		w.urls = append(w.urls, fmt.Sprintf("%s/page-%d.json", os.Args[1], page))
	}
	connections := number(os.Args[3])
	client := &http.Client{Transport: transport(connections, os.Args[4:])}
	start := time.Now()
	var workers sync.WaitGroup
	for i := 0; i < connections; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			w.run(client)
		}()
	}
	workers.Wait()
	json.NewEncoder(os.Stdout).Encode(map[string]any{"pages": w.pages.Load(), "bytes": w.bytes.Load(),
		"seconds": time.Since(start).Seconds(), "version": runtime.Version()})
}
