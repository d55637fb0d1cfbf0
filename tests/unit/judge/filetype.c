#include "test.h"

#include "judge/filetype.h"

static void types_by_content(void **state)
{
	(void)state;
	static const struct {
		struct span content;
		enum filetype want;
	} cases[] = {
		{{"MZ\x90\0", 4}, FILETYPE_PROGRAM},
		{{"%PDF-1.7", 8}, FILETYPE_PDF},
		{{"junk\n%PDF-1.7", 13}, FILETYPE_PDF},
		{{"{\\rtf1 x}", 9}, FILETYPE_RTF},
		{{"PK\3\4\24\0", 6}, FILETYPE_ZIP},
		{{"PK\3\4 [Content_Types].xml", 24}, FILETYPE_OOXML},
		{{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8}, FILETYPE_OLE},
		{{"<!DOCTYPE HTML><p>", 18}, FILETYPE_HTML},
		{{"  <svg xmlns='x'>", 17}, FILETYPE_SVG},
		{{"begin:vcalendar", 15}, FILETYPE_CALENDAR},
		{{"a < b", 5}, FILETYPE_TEXT},
		{{"a\0b", 3}, FILETYPE_UNKNOWN},
		{{"", 0}, FILETYPE_TEXT},
		{{"\x89PNG\r\n", 6}, FILETYPE_IMAGE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(filetype_of(cases[i].content), cases[i].want);
	for (int t = 0; t < FILETYPE_COUNT; t++)
		assert_non_null(filetype_words((enum filetype)t));
}

static void images_of_disks(void **state)
{
	(void)state;
	char *disk = calloc(1, 0x8010);

	assert_non_null(disk);
	memcpy(disk + 0x8001, "CD001", 5);
	assert_int_equal(filetype_of((struct span){disk, 0x8010}), FILETYPE_ISO);
	assert_int_equal(filetype_of((struct span){disk, 0x8005}), FILETYPE_UNKNOWN);
	free(disk);
}

static void kinds_by_name(void **state)
{
	(void)state;
	assert_int_equal(filetype_name(SPAN("a.EXE")), NAME_PROGRAM);
	assert_int_equal(filetype_name(SPAN("a.pdf.js ")), NAME_SCRIPT);
	assert_int_equal(filetype_name(SPAN("a.html")), NAME_HTML);
	assert_int_equal(filetype_name(SPAN("a.docm")), NAME_MACRO);
	assert_int_equal(filetype_name(SPAN("exe")), NAME_OTHER);
	assert_int_equal(filetype_name(SPAN("a.")), NAME_OTHER);
	assert_int_equal(filetype_name(SPAN("")), NAME_OTHER);
	assert_true(filetype_name_double(SPAN("invoice.pdf.exe")));
	assert_true(filetype_name_double(SPAN("invoice.pdf    .exe")));
	assert_true(filetype_name_double(SPAN("photo.jpg.html")));
	assert_false(filetype_name_double(SPAN("invoice.exe")));
	assert_false(filetype_name_double(SPAN("v1.2.pdf")));
	assert_false(filetype_name_double(SPAN("archive.tar.gz")));
}

/* A local header: 30 bytes, the name at 30. */
static struct span zip_of(char to[64], const char *name, bool locked)
{
	size_t n = strlen(name);

	memset(to, 0, 64);
	memcpy(to, "PK\3\4", 4);
	to[6] = locked;
	to[26] = (char)n;
	memcpy(to + 30, name, n);
	return (struct span){to, 30 + n};
}

static void looks_inside(void **state)
{
	(void)state;
	char zip[64];

	assert_int_equal(
		filetype_inside(FILETYPE_ZIP, zip_of(zip, "a/b.scr", false)), INSIDE_PROGRAM);
	assert_int_equal(
		filetype_inside(FILETYPE_ZIP, zip_of(zip, "b.txt", true)), INSIDE_ENCRYPTED);
	assert_int_equal(filetype_inside(FILETYPE_ZIP, zip_of(zip, "b.htm", false)), INSIDE_HTML);
	assert_int_equal(filetype_inside(FILETYPE_OOXML, zip_of(zip, "word/vbaProject.bin", false)),
		INSIDE_MACRO);
	/* A name longer than what is there, and a header that is cut. */
	assert_int_equal(
		filetype_inside(FILETYPE_ZIP, span_take(zip_of(zip, "a.exe", false), 33)), 0);
	assert_int_equal(
		filetype_inside(FILETYPE_ZIP, span_take(zip_of(zip, "a.exe", false), 20)), 0);
	assert_int_equal(filetype_inside(FILETYPE_PDF, SPAN("%PDF /JavaScript /URI /Encrypt")),
		INSIDE_SCRIPT | INSIDE_LINK | INSIDE_ENCRYPTED);
	assert_int_equal(filetype_inside(FILETYPE_HTML, SPAN("<SCRIPT>x=atob(y)</SCRIPT>")),
		INSIDE_SCRIPT | INSIDE_ENCODED);
	assert_int_equal(filetype_inside(FILETYPE_RTF, SPAN("{\\rtf1\\OBJDATA}")), INSIDE_OBJECT);
	assert_int_equal(filetype_inside(FILETYPE_TEXT, SPAN("<script>")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_by_content),
		cmocka_unit_test(images_of_disks),
		cmocka_unit_test(kinds_by_name),
		cmocka_unit_test(looks_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
