# SPDX-License-Identifier: ISC
"""What each format of a report says, held against the rows of its NDJSON."""

import csv
import html.parser
import io
import json
import re

FLAGS = {True: 'yes', False: 'no', None: ''}
UNSHOWN = ['schema', 'view', 'since_utc', 'until_utc', 'hint']  # a table has them above it
CODE = re.compile(r'^`+ ?(.*?) ?`+$|^<code>(.*)</code>$')


def typed(value):
    """What CSV says of a value of JSON."""
    if value is None or isinstance(value, bool):
        return FLAGS[value]
    return '%.6f' % value if isinstance(value, float) else str(value)


def shown(value, text):
    """Whether a cell for people says this value."""
    if value is None:
        return text in ('-', '')
    if isinstance(value, bool):
        return text == FLAGS[value]
    if isinstance(value, float):
        if '<0.1%' == text:
            return 0 < value < 0.001
        if '>99.9%' == text:
            return 0.999 < value < 1
        number = re.fullmatch(r'(\d+(?:\.\d)?)%', text)
        return bool(number) and abs(float(number.group(1)) - value * 100) < 0.0501 and (
            (text == '0%') == (value == 0) and (text == '100%') == (value == 1))
    if isinstance(value, int):
        return text == '{:,}'.format(value)
    if re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', value):
        return text in (value[:10], value[:16].replace('T', ' '))
    return ' '.join(text.split()) == ' '.join(value.split())


class Tables(html.parser.HTMLParser):
    """The tables of a page, without those under charts."""

    def __init__(self):
        super().__init__()
        self.tables, self.inside, self.cell = [], 0, None

    def handle_starttag(self, tag, attrs):
        if tag == 'details':
            self.inside += 1
        elif tag == 'table' and not self.inside:
            self.tables.append([])
        elif tag == 'tr' and not self.inside:
            self.tables[-1].append([])
        elif tag in ('td', 'th') and not self.inside:
            self.cell = ''

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag == 'details':
            self.inside -= 1
        elif tag in ('td', 'th') and self.cell is not None:
            self.tables[-1][-1].append(self.cell)
            self.cell = None


def html_table(text):
    page = Tables()
    page.feed(text)
    return page.tables[0]


def markdown_table(text):
    tables, before = [], ''
    for line in text.splitlines():
        if line.startswith('| '):
            if not before.startswith('| '):
                tables.append([])
            cells = re.split(r'(?<!\\) \| ', line[2:-2])
            tables[-1].append([html.unescape(CODE.sub(r'\1\2', cell)) for cell in cells])
        before = line
    return tables[0][:1] + tables[0][2:]


def plain_table(text):
    """The last table: its cells hold no two blanks, and none of them is empty."""
    part = re.split(r'\n\n', text.rstrip('\n'))[1]
    return [re.split(r' {2,}', line) for line in part.splitlines()]


def same_cell(row, name, text):
    """A fraction has six digits; what a metric is may be another number."""
    value = row[name]
    if isinstance(value, float) and 'metric' in row:
        return bool(text) and float(text) == value
    return text == typed(value)


def difference(rows, table):
    """Each column of the data that tells something is one of the table's, in order; what else a
    table shows is not in the data.  None if that is so."""
    if len(table) != len(rows) + 1:
        return '%d rows of %d' % (len(table) - 1, len(rows))
    columns, place = list(zip(*table)), 0
    for name in rows[0] if rows else []:
        values = [row[name] for row in rows]
        if name in UNSHOWN or not any(v is not None for v in values):
            continue
        at = place
        while at < len(columns) and not all(map(shown, values, columns[at][1:])):
            at += 1
        if at == len(columns):
            return '%s is %s, not %s' % (columns[place:place + 1], name, values)
        place = at + 1
    return None if len(columns) - place <= 2 else 'more: %s' % (columns[place:],)


def csv_difference(rows, text):
    read = list(csv.DictReader(io.StringIO(text, newline=''), strict=True))
    for row, told in zip(read, rows):
        if list(row) != list(told) or not all(same_cell(told, *cell) for cell in row.items()):
            return '%s is no %s' % (row, told)
    return None if len(read) == len(rows) else '%d rows of %d' % (len(read), len(rows))


def json_difference(rows, text):
    return None if json.loads(text)['rows'] == rows else 'other rows'


DIFFERENCE = {
    'csv': csv_difference,
    'json': json_difference,
    'markdown': lambda rows, text: difference(rows, markdown_table(text)),
    'html': lambda rows, text: difference(rows, html_table(text)),
    'table': lambda rows, text: difference(rows, plain_table(text)),
}
