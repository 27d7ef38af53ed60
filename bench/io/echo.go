// SPDX-License-Identifier: MIT

// echo.go - a goroutine for each connection; pinned to one CPU, on one kernel
// thread at a time.
package main

import (
	"fmt"
	"log"
	"net"
)

const buffer = 512 // as in echo.h

func serve(c net.Conn) {
	defer c.Close()
	buf := make([]byte, buffer)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if _, err = c.Write(buf[:n]); err != nil {
			return
		}
	}
}

func main() {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(c)
	}
}
