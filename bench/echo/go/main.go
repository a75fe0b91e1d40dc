// Go's server in bench/echo: a goroutine per connection. run sets GOMAXPROCS=1.
//
// Usage: bench_echo_go [plain] [<timers>]; prints its port.
package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 4096)
	for {
		size, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:size]); err != nil {
			return
		}
	}
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	timers := 0
	if len(os.Args) > 2 {
		timers, _ = strconv.Atoi(os.Args[2])
	}
	for i := 0; i < timers; i++ {
		go time.Sleep(time.Hour)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go echo(connection)
	}
}
