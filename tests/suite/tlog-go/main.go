// main FOLDER: reads a log of ours, FOLDER/log, with the Go project's own packages, as its checksum
// database is read: checkpoints as signed notes, tiles, proofs of records and of trees. FOLDER/kept-N
// is the checkpoint as it was at N records, FOLDER/proof-N our proof of record N, FOLDER/sums-0 a note
// over sums of files as that of a case file. Writes a key and a
// note that Go has signed, for us to open.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads tiles of height 8 by the names of c2sp.org/tlog-tiles.
type tiles struct{ folder string }

func (t tiles) Height() int                       { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, w := range wanted {
		data, err := t.read(w)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (t tiles) read(w tlog.Tile) ([]byte, error) {
	name := func(w tlog.Tile) string {
		return filepath.Join(t.folder, "tile", strings.TrimPrefix(w.Path(), "tile/8/"))
	}
	data, err := os.ReadFile(name(w))
	if os.IsNotExist(err) && w.W < 256 {
		full := w
		full.W = 256
		if data, err = os.ReadFile(name(full)); err == nil {
			data = data[:w.W*tlog.HashSize]
		}
	}
	if err == nil && len(data) != w.W*tlog.HashSize {
		err = fmt.Errorf("%s has %d bytes", name(w), len(data))
	}
	return data, err
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(name string) []byte {
	data, err := os.ReadFile(name)
	must(err)
	return data
}

// checkpoint opens a signed checkpoint and takes its tree.
func checkpoint(data []byte, v note.Verifier) tlog.Tree {
	n, err := note.Open(data, note.VerifierList(v))
	must(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != v.Name() {
		log.Fatalf("no checkpoint: %q", n.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	hash, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: hash}
}

// entries gives all entries of a log of a size.
func entries(folder string, size int64) [][]byte {
	var all [][]byte
	for n := int64(0); n < (size+255)/256; n++ {
		w := int(min(size-n*256, 256))
		path := strings.TrimPrefix(tlog.Tile{H: 8, L: -1, N: n, W: w}.Path(), "tile/8/data/")
		data := read(filepath.Join(folder, "tile/entries", path))
		for len(data) >= 2 {
			length := int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
		if len(data) != 0 {
			log.Fatalf("bundle %d has %d bytes more", n, len(data))
		}
	}
	return all
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

// ours takes the hashes out of a proof of c2sp.org/tlog-proof, and checks its checkpoint.
func ours(data []byte, index int64, v note.Verifier) (tlog.RecordProof, tlog.Tree) {
	head, rest, found := bytes.Cut(data, []byte("\n\n"))
	if !found {
		log.Fatal("no proof")
	}
	lines := strings.Split(string(head), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != fmt.Sprint("index ", index) {
		log.Fatalf("no proof: %q", lines[:2])
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		var h tlog.Hash
		raw, err := base64.StdEncoding.DecodeString(line)
		must(err)
		copy(h[:], raw)
		proof = append(proof, h)
	}
	return proof, checkpoint(rest, v)
}

// sums opens a signed note over sums of files, and computes them.
func sums(folder string, v note.Verifier) {
	n, err := note.Open(read(folder+"/sums-0"), note.VerifierList(v))
	must(err)
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	for _, line := range lines {
		sum, name, found := strings.Cut(line, "  ")
		if !found || sum != fmt.Sprintf("%x", sha256.Sum256(read(filepath.Join(folder, name)))) {
			log.Fatalf("another sum: %q", line)
		}
	}
	if len(lines) != 1 || strings.HasPrefix(n.Text, v.Name()) {
		log.Fatalf("no sums: %q", n.Text)
	}
}

func main() {
	folder := os.Args[1]
	v, err := note.NewVerifier(strings.TrimSpace(string(read(folder + "/log/key"))))
	must(err)
	tree := checkpoint(read(folder+"/log/checkpoint"), v)
	reader := tlog.TileHashReader(tree, tiles{folder + "/log"})

	root, err := tlog.TreeHash(tree.N, reader)
	must(err)
	if root != tree.Hash {
		log.Fatal("another root")
	}
	all := entries(folder+"/log", tree.N)
	if int64(len(all)) != tree.N {
		log.Fatalf("%d entries, %d in the checkpoint", len(all), tree.N)
	}
	step := 1 + tree.N/2000
	proofs := 0
	for n := int64(0); n < tree.N; n += step {
		p, err := tlog.ProveRecord(tree.N, n, reader)
		must(err)
		must(tlog.CheckRecord(p, tree.N, tree.Hash, n, tlog.RecordHash(all[n])))
		proofs++
	}
	kept, err := filepath.Glob(folder + "/kept-*")
	must(err)
	for _, name := range kept {
		old := checkpoint(read(name), v)
		if old.N == 0 {
			continue
		}
		p, err := tlog.ProveTree(tree.N, old.N, reader)
		must(err)
		must(tlog.CheckTree(p, tree.N, tree.Hash, old.N, old.Hash))
		then, err := tlog.TreeHash(old.N, tlog.TileHashReader(old, tiles{folder + "/log"}))
		must(err)
		if then != old.Hash {
			log.Fatalf("another root at %d", old.N)
		}
	}
	written, err := filepath.Glob(folder + "/proof-*")
	must(err)
	for _, name := range written {
		n, err := strconv.ParseInt(name[strings.LastIndex(name, "-")+1:], 10, 64)
		must(err)
		p, of := ours(read(name), n, v)
		must(tlog.CheckRecord(p, of.N, of.Hash, n, tlog.RecordHash(all[n])))
	}
	fmt.Fprintf(os.Stderr, "%d records, %d proofs by Go, %d of ours, %d older trees\n", tree.N, proofs,
		len(written), len(kept))

	sums(folder, v)

	skey, vkey, err := note.GenerateKey(nil, "go.example/log")
	must(err)
	signer, err := note.NewSigner(skey)
	must(err)
	/* Our own secret is one that Go reads, too. */
	mine, err := note.NewSigner(strings.TrimSpace(string(read(folder + "/secret"))))
	must(err)
	signed, err := note.Sign(&note.Note{Text: "go.example/log\n7\n" + tree.Hash.String() + "\n"}, mine, signer)
	must(err)
	must(os.WriteFile(folder+"/go-key", []byte(vkey+"\n"), 0644))
	must(os.WriteFile(folder+"/go-note", signed, 0644))
}
