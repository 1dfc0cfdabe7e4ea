// The page's own part: it shows what the JSON says. Tables are DataTables; everything is set as text, never as HTML.
const data = await read(lines(document.getElementById('data')));
const bundle = new Blob([document.getElementById('datatables').textContent], { type: 'text/javascript' });
const { default: DataTable } = await import(URL.createObjectURL(bundle));

// The first line is the page's own; each other one adds the documents of some reports, which follow in the same order.
async function read(all) {
  let page = null;
  let place = 0;
  for await (const line of all) {
    const told = JSON.parse(line);
    if (page === null) page = told;
    else for (const each of told.reports) {
      const report = Object.assign(each, page.reports[place]);
      report.said = told.said;
      report.w = [...new Set(report.c.map(([origin]) => page.found[origin][1]))].join('; ');
      page.reports[place] = report;
      place += 1;
    }
  }
  return page;
}

// Large reviews travel packed (carrying.py says when); every browser since 2023 can unpack them. They are never held as one text.
async function* lines(holder) {
  if (holder.type === 'application/x-ndjson') {
    yield* holder.textContent.split('\n');
    return;
  }
  const signs = atob(holder.textContent);
  const bytes = new Uint8Array(signs.length);
  for (let place = 0; place < signs.length; place += 1) bytes[place] = signs.charCodeAt(place);
  const reader = new Blob([bytes]).stream().pipeThrough(inflating()).pipeThrough(new TextDecoderStream()).getReader();
  let held = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const pieces = next.value.split('\n');
    for (const ended of pieces.slice(0, -1)) {
      yield held.join('') + ended;
      held = [];
    }
    held.push(pieces.at(-1));
  }
}

function inflating() {
  try {
    return new DecompressionStream('deflate-raw');
  } catch (fault) {
    document.getElementById('too-old').hidden = false;
    throw fault;
  }
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const shade = () => document.documentElement.classList.toggle('dark', dark.matches);
dark.addEventListener('change', shade);
shade();

for (const box of Object.values(data.boxes)) if (box.as) box.rows = data.boxes[box.as].rows;
const byId = new Map(data.reports.map((report, index) => [report.i, index]));
const title = (report) => report.t || report.o || '(no title)';
const stageName = (stage) => ({ title_abstract: 'title and abstract' })[stage] || stage.replaceAll('_', ' ');
const question = (id) => (data.questions[id] && data.questions[id] !== id ? `${id}: ${data.questions[id]}` : id);
const reason = (id) => data.criteria[id] || id;

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== '' && child !== null && child !== undefined));
  return node;
}
const text = (value) => el('bdi', {}, String(value));
const recordLink = (report) => el('a', { href: `#record=${encodeURIComponent(report.i)}` }, text(title(report)));

// ---- tables, and the search above each -----------------------------------------------------------------------------
// Capitals, accents and full-width forms don't matter to a search. Most text is plain ASCII and needs no more than lower case.
const fold = (value) => (/[^\x00-\x7f]/.test(value) ? value.normalize('NFKD').replace(/\p{M}+/gu, '') : value).toLowerCase();
const terms = (asked) => [...fold(asked).matchAll(/"([^"]+)"?|([^\s"]+)/g)].map(([, phrase, word]) => phrase || word);

// Finds the rows whose text holds every word (or "phrase") asked for. What is typed on narrows what was found before; while
// that stays the same rows, it is the same set, and nothing needs to be drawn anew.
function finder(haystacks) {
  const every = new Set(haystacks.keys());
  let before = [];
  let found = every;
  return (asked) => {
    const wanted = terms(asked);
    const narrower = before.every((old) => wanted.some((term) => term.includes(old)));
    const among = narrower ? found : every;
    const left = [...among].filter((place) => wanted.every((term) => haystacks[place].includes(term)));
    before = wanted;
    if (left.length < found.size || !narrower) found = new Set(left);
    return found;
  };
}

const column = (heading, plain, name = '', node = (row) => text(plain(row))) => ({ heading, plain, name, node });
const language = { emptyTable: 'Nothing here.', zeroRecords: 'Nothing matches.' };

// A table that sorts, pages and is searched in `words` of each row; `keep` may leave rows out besides.
function grid(node, columns, rows, words = (row) => columns.map((each) => each.plain(row)), keep = () => true) {
  const box = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const find = finder(rows.map((row) => words(row).map(fold).join('\n')));
  let found = find('');
  const made = new DataTable(node, {
    columns: columns.map((each) => ({
      title: each.heading, className: each.name, searchable: false,
      render: (_, type, row) => (type === 'display' ? each.node(row) : each.plain(row)),
    })),
    data: rows, language, autoWidth: false, order: [], pageLength: 25,
    layout: { topEnd: () => el('label', { class: 'dt-search' }, 'Search ', box) },
  });
  const section = node.closest('section').querySelector('h2').textContent;
  for (const nav of made.table().container().querySelectorAll('nav')) nav.setAttribute('aria-label', `Pages: ${section}`);
  made.search.fixed('words', (_, row, place) => found.has(place) && keep(row));
  box.addEventListener('input', () => {
    const before = found;
    found = find(box.value);
    if (found !== before) made.draw();
  });
  return made;
}

// ---- all reports -------------------------------------------------------------------------------------------------
const ended = (report) => data.states[report.s] || report.s;
const abstractOf = (report) => (report.x || []).map((piece) => (typeof piece === 'string' ? piece : piece[0])).join('');
const reportColumns = [
  column('Report', title, 'title', recordLink),
  column('Authors', (r) => r.a || '', 'wide'),
  column('Year', (r) => r.y || '', 'narrow'),
  column('Journal', (r) => r.j || '', 'wide'),
  column('Found in', (r) => r.w || '', 'wide'),
  column('Search', (r) => r.f || '', 'wide'),
  column('Where it ended', ended),
  column('Reason', (r) => reason(r.r || ''), 'wide'),
];
const everything = (report) => [
  ...reportColumns.map((each) => each.plain(report)),
  report.i, report.p, report.d, report.o, report.k, report.m, abstractOf(report), ...report.c.map((row) => row[1]),
].filter(Boolean);
const chosen = new Map();
const records = grid(document.getElementById('all-reports'), reportColumns, data.reports, everything,
  (report) => [...chosen].every(([{ plain }, value]) => plain(report) === value));
for (const select of document.querySelectorAll('select[data-column]')) {
  const its = reportColumns[Number(select.dataset.column)];
  for (const value of [...new Set(data.reports.map(its.plain))].sort()) {
    select.append(el('option', { value }, value || '(none)'));
  }
  select.addEventListener('change', () => {
    if (select.selectedIndex === 0) chosen.delete(its);
    else chosen.set(its, select.value);
    records.draw();
  });
}

addEventListener('beforeprint', () => records.page.len(-1).draw());
addEventListener('afterprint', () => records.page.len(25).draw());

// ---- open work ---------------------------------------------------------------------------------------------------
const open = document.getElementById('open-work');
if (open) {
  const at = (row) => data.reports[row[0]];
  grid(open, [
    column('Report', (r) => (at(r) ? title(at(r)) : ''), 'title', (r) => (at(r) ? recordLink(at(r)) : '')),
    column('Stage', (r) => stageName(r[1])),
    column('Why', (r) => r[2]),
    column('Waiting for', (r) => r[3], 'wide'),
    column('Rules propose', (r) => r[5], 'wide'),
    column('Evidence', (r) => r[6], 'wide'),
  ], data.open);
}

// ---- the list behind a box ---------------------------------------------------------------------------------------
let listTable = null;
function showList(key) {
  const box = data.boxes[key];
  const section = document.getElementById('list');
  if (!box) return;
  if (listTable) listTable.destroy();
  const heading = document.getElementById('list-heading');
  heading.textContent = `${box.label} (n = ${box.rows.length})`;
  document.getElementById('list-file').href = `lists/${encodeURIComponent(key)}.csv`;
  const table = el('table', { class: 'display' });
  document.getElementById('list-table').replaceChildren(table);
  const at = (row) => data.reports[row[0]];
  const columns = box.unit === 'study' ? [
    column('Study', (r) => r[0]),
    column('Label', (r) => r[1], 'wide'),
    column('Reports', (r) => r[2].map((i) => title(data.reports[i])).join(' '), 'title',
      (r) => el('ul', {}, ...r[2].map((i) => el('li', {}, recordLink(data.reports[i]))))),
  ] : [
    column('Report', (r) => (at(r) ? title(at(r)) : r[4]), 'title', (r) => (at(r) ? recordLink(at(r)) : text(r[4]))),
    column('Year', (r) => (at(r) || {}).y || '', 'narrow'),
    column(box.unit === 'record' ? 'Record' : 'Report id', (r) => r[1], 'wide'),
    column('Why', (r) => r[2]),
    column('By', (r) => r[3], 'wide'),
  ];
  section.hidden = false;
  listTable = grid(table, columns, box.rows);
  heading.focus();
  section.scrollIntoView({ block: 'start' });
}

// ---- one report and its journey ----------------------------------------------------------------------------------
const dialog = document.getElementById('record');
const pieces = (list) => list.map((piece) =>
  (typeof piece === 'string' ? piece : el('mark', { title: piece[1] }, piece[0], piece[2] ? el('span', { class: 'why' }, piece[2]) : '')));
const rowsOf = (headings, rows) => el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': headings.join(', ') }, el('table', {},
  el('thead', {}, el('tr', {}, ...headings.map((name) => el('th', { scope: 'col' }, name)))),
  el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell) => el('td', {}, cell instanceof Node ? cell : text(cell))))))));
const step = (name, ...content) => (content.length ? el('li', {}, el('h3', {}, name), ...content) : null);
const outside = (address, label) => el('a', { href: address, rel: 'noreferrer noopener', target: '_blank' }, label);
const quote = (words) => (words ? el('q', { dir: 'auto' }, words) : '');

function story(report) {
  const ids = [text(report.i)];
  if (/^\d+$/.test(report.p || '')) ids.push(outside(`https://pubmed.ncbi.nlm.nih.gov/${report.p}/`, `PMID ${report.p}`));
  if (report.d) ids.push(outside(`https://doi.org/${encodeURI(report.d)}`, `doi:${report.d}`));
  if (/^https?:\/\//.test(report.u || '')) ids.push(outside(report.u, 'where it was found'));
  const citation = [report.a, report.j, [report.y, report.v].filter(Boolean).join(';')].filter(Boolean).join('. ');
  return [
    report.o && report.o !== report.t ? el('p', { dir: 'auto' }, report.o) : null,
    el('p', { dir: 'auto' }, citation),
    el('p', { class: 'ids' }, ...ids.flatMap((id) => [id, ' '])),
    report.q ? el('p', { class: 'notice' }, report.q) : null,
    report.h ? el('p', { class: 'abstract', dir: 'auto' }, ...pieces(report.h)) : null,
    report.x ? el('p', { class: 'abstract', dir: 'auto' }, ...pieces(report.x)) : el('p', { class: 'quiet' }, 'No abstract.'),
    ...(report.dg || []).map(([digest, source]) => el('p', { class: 'quiet' }, `Note by the coders, not an abstract: ${digest} `, text(source))),
    el('ol', { class: 'journey' },
      step('Found', rowsOf(['Search', 'Source', 'File', 'Record', 'Line', 'SHA-256', 'Title there'],
        report.c.map(([place, ...rest]) => [...data.found[place], ...rest]))),
      report.e ? step('Compared', rowsOf(['Record', 'Record', 'Verdict', 'Rule', 'Score', 'Evidence'], report.e)) : null,
      report.n ? step('Judged by rules', rowsOf(['Criterion', 'Verdict', 'Rule', 'Field', 'Quote'],
        report.n.map(([place, words]) => [report.said[place], words]).map(([[id, ...rest], words]) => [question(id), ...rest, quote(words)]))) : null,
      report.z ? step('Decided by people', rowsOf(['Date', 'Reviewer', 'Stage', 'Decision', 'Criterion', 'Role', 'Read', 'Note', 'Seal', 'Ledger'],
        report.z.map((row) => row.map((cell, place) => (place === 8 ? (cell ? cell.slice(0, 12) : 'unsealed') : place === 2 ? stageName(cell) : cell))))) : null,
      report.g ? step('Decision in force', rowsOf(['Stage', 'Decision', 'Reason', 'By', 'Read', 'Agreed', 'Stale'],
        report.g.map((place) => data.decided[place]).map(([stage, decision, why, ...rest]) => [stageName(stage), decision, reason(why), ...rest]))) : null,
      report.ex ? step('Extracted', rowsOf(['Study', 'Field', 'Value', 'Quote', 'By', 'Checked by', 'Source', 'Confidence'],
        report.ex.map((row) => row.map((cell, place) => (place === 3 ? quote(cell) : cell))))) : null),
  ].filter(Boolean);
}

function showRecord(id) {
  const report = data.reports[byId.get(id)];
  if (!report) return;
  const heading = document.getElementById('record-title');
  heading.replaceChildren(text(title(report)));
  document.getElementById('record-ended').textContent =
    ended(report) + (report.r ? ` (${reason(report.r)})` : '');
  document.getElementById('record-story').replaceChildren(...story(report));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  heading.focus();
}
let behind = '';
dialog.addEventListener('close', () => history.replaceState(null, '', behind || '#flow'));
document.getElementById('record-close').addEventListener('click', () => dialog.close());

function follow() {
  const [kind, value] = location.hash.slice(1).split('=', 2);
  if (kind === 'record' && value !== undefined) return showRecord(decodeURIComponent(value));
  behind = location.hash;
  if (dialog.open) dialog.close();
  if (kind === 'list' && value !== undefined) showList(decodeURIComponent(value));
}
addEventListener('hashchange', follow);
follow();
document.documentElement.dataset.ready = 'yes';
