#!/usr/bin/env python3
"""auth-results.py PROGRAM: what is written as Authentication-Results is read back to the same values by a parser
written from the grammar alone (RFC 8601, 2.2, over RFC 5322 and RFC 2045), whatever a sender called
itself; and no line is longer than mail may have.
"""
import json
import re
import subprocess
import sys

SEED, FIELDS = '7', '5000'
TOKEN = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+")  # RFC 2045, 5.1
DOT_ATOM = r"[!#$%&'*+\-/=?^_`{|}~0-9A-Za-z]+(?:\.[!#$%&'*+\-/=?^_`{|}~0-9A-Za-z]+)*"  # RFC 5322, 3.2.3
ADDRESS = re.compile(rf'(?:{DOT_ATOM})?@[0-9A-Za-z_.-]+')
KEYWORD = re.compile(r'[0-9A-Za-z-]*[0-9A-Za-z]')  # RFC 5321, 4.1.2: Ldh-str


class Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def fail(self, what):
        raise ValueError(f'{what} expected at {self.text[self.at:self.at + 40]!r}')

    def comment(self):
        self.at += 1
        while self.text[self.at] != ')':
            if self.text[self.at] == '(':
                self.comment()
            else:
                self.at += 2 if self.text[self.at] == '\\' else 1
        self.at += 1

    def cfws(self):
        """Blanks, folds and comments; true when there was any."""
        begin = self.at
        while self.at < len(self.text):
            if self.text[self.at] == '(':
                self.comment()
            elif fold := re.compile(r'(?:\r\n)?[ \t]+').match(self.text, self.at):
                self.at = fold.end()
            else:
                break
        return self.at > begin

    def take(self, pattern, what):
        found = pattern.match(self.text, self.at)
        if not found:
            self.fail(what)
        self.at = found.end()
        return found.group()

    def literal(self, char):
        if self.text[self.at:self.at + 1] != char:
            self.fail(repr(char))
        self.at += 1

    def quoted(self):
        out = []
        self.at += 1
        while self.text[self.at] != '"':
            self.at += self.text[self.at] == '\\'
            if not ' ' <= self.text[self.at] <= '~':
                self.fail('a printable character')
            out.append(self.text[self.at])
            self.at += 1
        self.at += 1
        return ''.join(out)

    def value(self, address=False):
        if self.text[self.at:self.at + 1] == '"':
            return self.quoted()
        if address and (found := ADDRESS.match(self.text, self.at)):
            self.at = found.end()
            return found.group()
        return self.take(TOKEN, 'a value')

    def result(self):
        """methodspec [CFWS reasonspec] [CFWS 1*propspec]"""
        self.cfws()
        method = self.take(KEYWORD, 'a method')
        self.literal('=')
        result, reason, properties = self.take(KEYWORD, 'a result'), None, []
        while self.cfws() and self.text[self.at:self.at + 1] not in ('', ';'):
            name = self.take(KEYWORD, 'a property')
            if name == 'reason' and reason is None and not properties:
                self.literal('=')
                reason = self.value()
                continue
            self.literal('.')
            name += '.' + self.take(KEYWORD, 'a property')
            self.literal('=')
            properties.append([name, self.value(address=True)])
        return [method, result, reason, properties]

    def field(self):
        self.cfws()
        author, results = self.value(), []
        self.cfws()
        while self.at < len(self.text):
            self.literal(';')
            results.append(self.result())
            self.cfws()
        return author, results


def main(program):
    lines = subprocess.run([program, SEED, FIELDS], capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = 0
    for line in map(json.loads, lines):
        try:
            got = Reader(line['field'].replace('\n', '\r\n')).field()
        except (ValueError, IndexError) as error:
            got = error, None
        if got != (line['id'], line['want']) or max(map(len, line['field'].split('\n'))) > 998:
            wrong += 1
            if wrong < 5:
                print(f'FAILED:\n{line["field"]}\n got {got[0]} {got[1]}\nwant {line["id"]} {line["want"]}')
    print(f'{len(lines)} fields, {wrong} not read back as they were meant')
    sys.exit(1 if wrong or not lines else 0)


main(sys.argv[1])
