// SPDX-License-Identifier: MIT

// web.go - the file server of Go's own library: web DIR.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("web: port %d\n", l.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(l, http.FileServer(http.Dir(os.Args[1]))))
}
