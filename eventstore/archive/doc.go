// Package archive keeps the register's log where anybody can check it: the events once more, the tree over them, and a
// signed checkpoint, as plain files in the form of C2SP tlog-tiles (https://c2sp.org/tlog-tiles).
//
// The archive's folder holds
//
//	checkpoint               the newest checkpoint: a signed note in the form of https://c2sp.org/tlog-checkpoint
//	tile/<L>/<N>             the hashes of level 8·L, 256 in a tile; tile/<L>/<N>.p/<W> the first W of a tile not yet full
//	tile/entries/<N>         the stored bytes of 256 events, each after its length; tile/entries/<N>.p/<W> of the first W
//
// and the data directory, which is to be on another disk, holds log.key (who signs) and log.checkpoint (what was signed
// last). It is written in one order: tiles, then log.checkpoint, then checkpoint. Each file follows from the events
// alone, so whatever was interrupted is resumed by writing the same again.
//
// Event number n is leaf n-1 of the tree; its stored bytes are the leaf. DESIGN.md of eventstore says how and why.
package archive
