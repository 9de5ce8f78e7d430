// Package sheet reads function maps and RACI sheets that people keep in spreadsheets, and says cell by cell what is wrong
// with them.
//
//	file ─▶ cells (XLSX or CSV) ─▶ columns (by their heads) ─▶ rows ─▶ lines of an ImportMap command
//	           cells.go, xlsx.go, csv.go      columns.go          rows.go      lines.go
//
// # What a row says
//
// A list has one row for each function, place, role and body: the function (and part), the place for which it is held
// (none: all that the body covers), what the body does (a role of the register, or letters: A is accountable, E decides,
// R or D does the work, O keeps an overview, F holds the money; C and I have no role in the register and are counted, not
// recorded), the body and whom it acts through, since when (none: today), the legal instrument, to whom it answers,
// the committee or post, how sure it is, and the source. A grid, which is what most RACI sheets are, has a row for each
// function (and place), a column for each body, and letters in the cells. Codes, names, and "Name (CODE)" are understood.
// What the register gives to take away (the export of the map) is such a list.
//
// # What the rows become
//
// A body's own people bring in its map as claims: its word on what it holds, which changes nobody's holding. Registrars
// bring in baselines: who held what when the record began; they wait for a second person. Either is one command
// (ImportMap), so that all is recorded in one transaction, or nothing. What the register says already is left as it is;
// baselines that contradict it are refused, claims that do are findings.
//
// # What it does not trust
//
// Files are bounded in size, unpacked too, and in rows. Formulas, macros, links to other files, merged cells, hidden
// sheets and passwords are refused, since what they show is not what they hold. Nothing of a file is run, looked up or
// shown as anything but text.
package sheet
