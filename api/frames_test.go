package api_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	h2 "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// wire writes HTTP/2 as nobody should.
type wire struct {
	*h2.Framer

	out bytes.Buffer
}

// newWire begins as a client does.
func newWire() *wire {
	w := &wire{}
	w.Framer = h2.NewFramer(&w.out, nil)
	w.AllowIllegalWrites = true
	w.out.WriteString(h2.ClientPreface)
	_ = w.WriteSettings() // to a buffer, which takes everything
	return w
}

// header is that of a call over gRPC, with fields besides.
func (w *wire) header(fields ...string) []byte {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	fields = append([]string{
		":method", http.MethodPost, ":scheme", "http", ":path", "/remit.v1.MapService/WhoHolds", ":authority", "localhost",
		"content-type", "application/grpc", "te", "trailers",
	}, fields...)
	for i := 0; i < len(fields); i += 2 {
		_ = encoder.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return block.Bytes()
}

// call begins stream 1, and sends data.
func (w *wire) call(data string, fields ...string) *wire {
	_ = w.WriteHeaders(h2.HeadersFrameParam{StreamID: 1, BlockFragment: w.header(fields...), EndHeaders: true})
	_ = w.WriteData(1, true, []byte(data))
	return w
}

// raw adds bytes that are no frame.
func (w *wire) raw(text string) *wire {
	w.out.WriteString(text)
	return w
}

// badFrames are connections that break the rules of HTTP/2 or of gRPC.
func badFrames() map[string]*wire {
	random := make([]byte, 4096)
	for i := range random {
		random[i] = byte(rand.New(rand.NewPCG(1, uint64(i))).IntN(256))
	}
	flood := newWire()
	_ = flood.WriteHeaders(h2.HeadersFrameParam{StreamID: 1, BlockFragment: flood.header()})
	for range 2000 {
		_ = flood.WriteContinuation(1, false, flood.header("x-"+strings.Repeat("a", 100), strings.Repeat("b", 1000)))
	}
	resets := newWire()
	for id := uint32(1); id < 10_000; id += 2 {
		_ = resets.WriteHeaders(h2.HeadersFrameParam{StreamID: id, BlockFragment: resets.header(), EndHeaders: true})
		_ = resets.WriteRSTStream(id, h2.ErrCodeCancel)
	}
	windows := newWire()
	for range 3 {
		_ = windows.WriteWindowUpdate(0, 1<<31-1)
	}
	return map[string]*wire{
		"noise":                     newWire().raw(string(random)),
		"a frame that is too long":  newWire().raw("\xff\xff\xff\x00\x00\x00\x00\x00\x01"),
		"settings cut short":        newWire().raw("\x00\x00\x03\x04\x00\x00\x00\x00\x00abc"),
		"data for the connection":   newWire().raw("\x00\x00\x03\x00\x00\x00\x00\x00\x00abc"),
		"headers that are none":     newWire().raw("\x00\x00\x04\x01\x05\x00\x00\x00\x01\xff\xff\xff\xff"),
		"windows too wide":          windows,
		"headers without end":       flood,
		"ten thousand resets":       resets,
		"no prefix":                 newWire().call("\x00\x00"),
		"a length that lies":        newWire().call("\x00\xff\xff\xff\xff123"),
		"flags that nobody knows":   newWire().call("\x09\x00\x00\x00\x01a"),
		"packed with nothing":       newWire().call("\x01\x00\x00\x00\x03abc"),
		"two messages for one":      newWire().call("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		"no time":                   newWire().call("\x00\x00\x00\x00\x00", "grpc-timeout", "soon"),
		"a line's end in a header":  newWire().call("\x00\x00\x00\x00\x00", "remit-actor", "a@X24\r\nSet-Cookie: x"),
		"a header in capitals":      newWire().call("\x00\x00\x00\x00\x00", "Remit-Actor", "a@X24"),
		"a path with a line's end":  newWire().call("", ":path", "/\r\nX: y"),
		"HTTP/1 with two lengths":   {out: *bytes.NewBufferString("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")},
		"HTTP/1 with another line":  {out: *bytes.NewBufferString("GET /healthz HTTP/1.1\r\nHost: localhost\r\nRemit-Actor: a@X24\rX: y\r\n\r\n")},
		"HTTP/1 for two registers":  {out: *bytes.NewBufferString("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere\r\n\r\n")},
		"half a preface of HTTP/2":  {out: *bytes.NewBufferString(h2.ClientPreface[:10])},
		"a preface and nothing yet": {out: *bytes.NewBufferString(h2.ClientPreface)},
	}
}

// TestBadFrames has connections break the rules of the protocols below the calls: no answer tells internals, nothing panics,
// and whoever asks properly is answered after each.
func TestBadFrames(t *testing.T) {
	s := newServer(t)
	for name, bad := range badFrames() {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			said := make(chan []byte, 1)
			go func() {
				answer, _ := io.ReadAll(conn)
				said <- answer
			}()
			if _, err := conn.Write(bad.out.Bytes()); os.IsTimeout(err) { // that it ends the connection meanwhile is right
				t.Errorf("it stopped reading: %v", err)
			}
			if a := s.call(t, "", "MapService/WhoHolds", object{"function": "eprr", "footprint": "06H"}); a.status != http.StatusNotFound {
				t.Errorf("a good request is answered %d %s", a.status, a.raw)
			}
			if half, ok := conn.(*net.TCPConn); ok {
				_ = half.CloseWrite() // it may be closed
			}
			if answer := <-said; leaks.Match(answer) {
				t.Errorf("it says %q", answer)
			}
		})
	}
	if strings.Contains(s.log.String(), "panicked") {
		t.Errorf("the log says: %s", s.log)
	}
}
