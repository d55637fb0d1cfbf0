/* attachment. */
#include "check.h"

#define MIXED "Content-Type: multipart/mixed; boundary=b\n"
#define FILE(name, type, content)                                                                  \
	"--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: " type                         \
	"\nContent-Disposition: attachment; filename=\"" name                                      \
	"\"\nContent-Transfer-Encoding: 8bit\n\n" content "\n--b--\n"
#define PLAIN(name) FILE(name, "application/octet-stream", "some text")
#define FILE64(name, content)                                                                      \
	"--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: application/octet-stream"      \
	"\nContent-Disposition: attachment; filename=\"" name                                      \
	"\"\nContent-Transfer-Encoding: base64\n\n" content "\n--b--\n"

/* ZIP local headers with one name each: "PK\3\4", version, flags 0 or 1, ..., length, name. */
#define ZIP_EXE  "UEsDBBQAAAAAAAAAAAAAAAAAAAAAAAAAAAAFAAAAYS5leGU="     /* a.exe */
#define ZIP_TXT  "UEsDBBQAAAAAAAAAAAAAAAAAAAAAAAAAAAAFAAAAYS50eHQ="     /* a.txt */
#define ZIP_HTM  "UEsDBBQAAAAAAAAAAAAAAAAAAAAAAAAAAAAGAAAAYS5odG1s"     /* a.html */
#define ZIP_LOCK "UEsDBBQAAQAAAAAAAAAAAAAAAAAAAAAAAAAFAAAAYS50eHQ="     /* a.txt, encrypted */
/* OLE's mark, then "_VBA_PROJECT", or "Ole10Native", in UTF-16LE. */
#define OLE_VBA  "0M8R4KGxGuFfAFYAQgBBAF8AUABSAE8ASgBFAEMAVAA="
#define OLE_OBJ  "0M8R4KGxGuFPAGwAZQAxADAATgBhAHQAaQB2AGUA"
#define OLE      "0M8R4KGxGuEAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

const struct check_case file_cases[] = {
	{"attachment/program", MIXED, PLAIN("setup.exe")},
	{"attachment/program", MIXED, FILE("setup.dat", "application/octet-stream", "MZ\x90")},
	{"!attachment/program", MIXED, PLAIN("setup.exe.log.txt")},
	{"attachment/script", MIXED, PLAIN("run.vbs")},
	{"!attachment/script", MIXED, PLAIN("vbs.csv")},
	{"attachment/shortcut", MIXED, PLAIN("open.lnk")},
	{"!attachment/shortcut", MIXED, PLAIN("lnk.csv")},
	{"attachment/disk-image", MIXED, PLAIN("scan.iso")},
	{"!attachment/disk-image", MIXED, PLAIN("iso.csv")},
	{"attachment/double-extension", MIXED, PLAIN("invoice.pdf.js")},
	{"!attachment/double-extension", MIXED, PLAIN("invoice.v2.pdf")},
	{"attachment/turned-name", MIXED, PLAIN("ann\xe2\x80\xae" "fdp.exe")},
	{"!attachment/turned-name", MIXED, PLAIN("ann\xc3\xa9.pdf")},
	{"attachment/type-lies", MIXED, FILE("invoice.pdf", "application/pdf", "<html><script>x</script>")},
	{"!attachment/type-lies", MIXED, FILE("invoice.pdf", "application/pdf", "%PDF-1.4")},
	{"attachment/macro attachment/document", MIXED, FILE64("a.doc", OLE_VBA)},
	{"!attachment/macro attachment/document", MIXED, FILE64("a.doc", OLE)},
	{"!attachment/document", MIXED, PLAIN("a.txt")},
	{"attachment/office-object", MIXED, FILE64("a.doc", OLE_OBJ)},
	{"!attachment/office-object", MIXED, FILE64("a.doc", OLE)},
	{"attachment/encrypted", MIXED, FILE64("a.zip", ZIP_LOCK)},
	{"!attachment/encrypted !attachment/archive-program !attachment/archive-html", MIXED,
		FILE64("a.zip", ZIP_TXT)},
	{"attachment/archive-program", MIXED, FILE64("a.zip", ZIP_EXE)},
	{"attachment/archive-html !attachment/archive-program", MIXED, FILE64("a.zip", ZIP_HTM)},
	{"attachment/html !attachment/html-script !attachment/html-password", MIXED,
		FILE("report.html", "text/html", "<html><p>Report</p></html>")},
	{"!attachment/html", "Content-Type: text/html\n", "<html><p>Report</p></html>"},
	{"attachment/html-script", MIXED,
		FILE("report.html", "text/html", "<html><script>document.write(atob('x'))</script>")},
	{"!attachment/html-script", MIXED,
		FILE("report.html", "text/html", "<html><script>toggle()</script>")},
	{"attachment/html-password", MIXED,
		FILE("report.html", "text/html", "<html><form><input type=\"password\"></form>")},
	{"attachment/svg-script", MIXED,
		FILE("a.svg", "image/svg+xml", "<svg xmlns=\"x\"><script>go()</script></svg>")},
	{"!attachment/svg-script", MIXED,
		FILE("a.svg", "image/svg+xml", "<svg xmlns=\"x\"><path d=\"M0 0\"/></svg>")},
	{"attachment/onenote", MIXED, PLAIN("notes.one")},
	{"!attachment/onenote", MIXED, PLAIN("one.csv")},
	{"attachment/rtf-object", MIXED, FILE("a.rtf", "text/rtf", "{\\rtf1{\\object\\objdata 01}}")},
	{"!attachment/rtf-object", MIXED, FILE("a.rtf", "text/rtf", "{\\rtf1 hello}")},
	{"attachment/pdf-script", MIXED, FILE("a.pdf", "application/pdf", "%PDF-1.4 /JavaScript (x)")},
	{"attachment/pdf-launch !attachment/pdf-script", MIXED,
		FILE("a.pdf", "application/pdf", "%PDF-1.4 /Launch (x)")},
	{"attachment/pdf-link !attachment/pdf-launch", MIXED,
		FILE("a.pdf", "application/pdf", "%PDF-1.4 /URI (https://example.org/)")},
	{"!attachment/pdf-link", MIXED, FILE("a.pdf", "application/pdf", "%PDF-1.4 hello")},
	{"attachment/calendar-link", MIXED,
		FILE("a.ics", "text/calendar", "BEGIN:VCALENDAR\nURL:https://example.org/\nEND:VCALENDAR")},
	{"!attachment/calendar-link", MIXED,
		FILE("a.ics", "text/calendar", "BEGIN:VCALENDAR\nSUMMARY:Lunch\nEND:VCALENDAR")},
	{"attachment/message", MIXED,
		"--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: message/rfc822\n\n"
		"From: x@example.org\nSubject: x\n\nx\n--b--\n"},
	{"!attachment/message", MIXED, PLAIN("message.txt")},
	{"attachment/odd-archive", MIXED,
		FILE("a.rar", "application/octet-stream", "Rar!\x1a\x07\x01")},
	{"!attachment/odd-archive", MIXED, FILE64("a.zip", ZIP_TXT)},
	{"attachment/password-told", MIXED,
		"--b\n\nThe archive's password is 77.\n" FILE64("a.zip", ZIP_TXT)},
	{"!attachment/password-told", MIXED, "--b\n\nThe password is 77.\n" PLAIN("a.txt")},
	{"attachment/recipient-name", MIXED, PLAIN("bob@example.com.txt")},
	{"!attachment/recipient-name", MIXED, PLAIN("bob.txt")},
	{NULL, NULL, NULL},
};
