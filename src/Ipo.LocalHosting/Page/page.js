// The page: four views chosen by the address' fragment, each drawn again when its JSON has changed. Text from outside reaches the
// document only through textContent, so nothing in a log line or a span's name can become markup.
'use strict';

const main = document.getElementById('main');
const summary = document.getElementById('summary');

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat()) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

// Keeps the focus where it was: what is drawn anew under the same data-key is the same thing to the reader.
function draw(container, ...children) {
  const key = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  container.replaceChildren(...children.flat().filter(Boolean));
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// Who marks text to copy it must not lose it to the next refresh.
const isReading = () => !getSelection().isCollapsed && main.contains(getSelection().anchorNode);

async function get(path) {
  const answer = await fetch(path, { cache: 'no-store' });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message ?? `${path} answers ${answer.status}`);
  return answer.json();
}

const tones = ['#0f766e', '#2563eb', '#b45309', '#9333ea', '#be185d', '#4d7c0f', '#0e7490', '#c2410c'];
const toneOf = new Map();
function tone(element, service) {
  if (!toneOf.has(service)) toneOf.set(service, tones[toneOf.size % tones.length]);
  element.style.setProperty('--tone', toneOf.get(service));
  return element;
}

function duration(milliseconds) {
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)} µs`;
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`;
  if (milliseconds < 60000) return `${(milliseconds / 1000).toFixed(2)} s`;
  const minutes = Math.floor(milliseconds / 60000);
  if (minutes < 60) return `${minutes} min ${Math.floor(milliseconds / 1000) % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}
const since = time => duration(Math.max(0, Math.floor((Date.now() - new Date(time)) / 1000) * 1000)).replace(/^0 µs$/, '0 s').replace(/\.00 s$/, ' s');
const clock = time => new Date(time).toLocaleTimeString([], { hour12: false, hour: '2-digit', minute: '2-digit', second: '2-digit' })
  + '.' + String(new Date(time).getMilliseconds()).padStart(3, '0');
const table = (heads, rows) => h('div', { class: 'table' }, h('table', {},
  h('thead', {}, h('tr', {}, heads.map(head => h('th', { scope: 'col', class: head.startsWith('#') ? 'number' : null }, head.replace('#', ''))))),
  h('tbody', {}, rows)));
const errors = trace => trace.errors === 1 ? '1 error' : `${trace.errors} errors`;
const empty = text => h('p', { class: 'empty' }, text);

// ---- resources

let instances = [];
let hostStarted = null;

async function overview() {
  const { started, resources } = await get('/api/resources');
  instances = resources;
  // A host that was started again numbers its lines anew.
  if (hostStarted !== null && hostStarted !== started) drawn = '';
  hostStarted = started;
  const services = resources.filter(one => one.kind === 'service');
  const well = services.filter(one => one.state === 'healthy' || one.state === 'running').length;
  summary.className = '';
  summary.textContent = `${well} of ${services.length} healthy · up ${since(started)}`;
  return resources;
}

const resourcesView = {
  async refresh() {
    if (isReading()) return;
    const rows = instances.map(one => h('tr', {},
      h('td', {}, h('a', { class: 'name', href: `#/logs?resource=${encodeURIComponent(one.name)}`, 'data-key': `logs ${one.name}`, title: `Logs of ${one.name}` }, one.name),
        one.kind === 'task' && h('span', { class: 'dim' }, ' task')),
      h('td', {}, h('span', { class: `state ${one.state}` }, one.state), one.detail && h('div', { class: 'dim' }, one.detail)),
      h('td', { class: 'nowrap dim' }, since(one.since)),
      h('td', {}, h('div', { class: 'stack' }, one.endpoints.map(endpoint => h('span', { class: 'mono nowrap' },
        h('span', { class: 'dim' }, endpoint.name, ' '),
        endpoint.name === 'http' ? h('a', { href: endpoint.url, target: '_blank', rel: 'noreferrer', 'data-key': endpoint.url }, endpoint.url) : endpoint.url)))),
      h('td', { class: 'dim' }, one.uses.join(', ')),
      h('td', { class: 'number' }, one.restarts > 0 ? h('span', { class: 'badge bad' }, one.restarts) : '0'),
      h('td', { class: 'number mono' }, one.pid ?? '')));
    draw(main, h('h2', {}, 'Resources'), table(['Name', 'State', 'For', 'Endpoints', 'Uses', '#Restarts', '#Process'], rows));
  },
};

// ---- logs

// Our services write the level after the time; what else comes on standard error (progress, a runtime's last words) stands out a little.
function level(line) {
  const written = /^\d\d:\d\d:\d\d\.\d{3} (\w+) /.exec(line.text)?.[1];
  return written === 'ERROR' || written === 'FATAL' ? 'error' : written === 'WARN' || line.isError ? 'warning' : null;
}

function logsView(query) {
  const resource = query.get('resource') ?? '';
  const rows = [];
  const box = h('div', { class: resource ? 'log single' : 'log', tabindex: '0', role: 'log', 'aria-label': 'Log lines' });
  const choose = h('select', { 'aria-label': 'Resource', onchange: () => { location.hash = choose.value ? `#/logs?resource=${encodeURIComponent(choose.value)}` : '#/logs'; } });
  const search = h('input', { type: 'search', placeholder: 'Lines that contain …', 'aria-label': 'Lines that contain', oninput: () => { rows.forEach(filter); count(); } });
  const counter = h('span', { class: 'right' });
  let last = 0;
  const filter = row => { row.hidden = search.value !== '' && !row.textContent.toLowerCase().includes(search.value.toLowerCase()); };
  const count = () => { counter.textContent = `${rows.filter(row => !row.hidden).length} lines`; };
  return {
    start() {
      const names = ['', 'host', ...instances.map(one => one.name)];
      choose.replaceChildren(...names.map(name => h('option', { value: name, selected: name === resource }, name || 'All resources')));
      draw(main, h('h2', {}, 'Logs'), h('div', { class: 'bar' }, choose, search, counter), box);
    },
    async refresh() {
      const page = await get(`/api/logs?after=${last}${resource ? `&resource=${encodeURIComponent(resource)}` : ''}`);
      last = page.last;
      const follow = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
      for (const line of page.lines) {
        const row = h('div', { class: level(line) },
          h('time', { datetime: line.time }, clock(line.time)), h('span', { class: 'who' }, line.resource), h('span', { class: 'what' }, line.text));
        filter(row);
        rows.push(row);
        box.append(row);
      }
      while (rows.length > 5000) rows.shift().remove();
      count();
      if (follow) box.scrollTop = box.scrollHeight;
    },
  };
}

// ---- traces

const tracesView = {
  async refresh() {
    if (isReading()) return;
    const { traces } = await get('/api/traces');
    const rows = traces.map(trace => h('tr', {},
      h('td', { class: 'nowrap dim' }, clock(trace.start)),
      h('td', {}, h('a', { class: 'name', href: `#/traces/${trace.id}`, 'data-key': trace.id }, trace.name),
        trace.isOpen && [' ', h('span', { class: 'badge open' }, 'still open')],
        trace.errors > 0 && [' ', h('span', { class: 'badge bad' }, errors(trace))]),
      h('td', { class: 'dim' }, trace.services.join(', ')),
      h('td', { class: 'number' }, trace.spans),
      h('td', { class: 'number nowrap' }, duration(trace.milliseconds))));
    draw(main, h('h2', {}, 'Traces'), traces.length ? table(['Start', 'Name', 'Services', '#Spans', '#Duration'], rows)
      : empty('No trace yet. A run, or any call to a service, makes one.'));
  },
};

function traceView(id) {
  const opened = new Set();
  let folded = null;
  let trace = null;

  function details(span) {
    const list = pairs => h('dl', {}, pairs.map(({ name, value }) => [h('dt', {}, name), h('dd', {}, value)]));
    const lines = trace.lines.filter(line => line.span === span.id);
    return h('div', { class: 'details' },
      span.message && h('p', { class: 'bad' }, span.message),
      list([{ name: 'start', value: `+${duration(span.offset)}` }, { name: 'duration', value: duration(span.milliseconds) }, { name: 'kind', value: span.kind }, ...span.attributes]),
      span.events.map(event => [h('h3', {}, `${event.name} · +${duration(event.offset)}`), list(event.attributes)]),
      lines.length > 0 && h('h3', {}, 'Log lines'),
      lines.length > 0 && list(lines.map(line => ({ name: `+${duration(line.offset)} ${line.level}`, value: line.text }))));
  }

  function redraw() {
    const known = new Set(trace.spans.map(span => span.id));
    const children = new Map();
    const roots = [];
    for (const span of trace.spans) {
      if (!known.has(span.parent)) roots.push(span);
      else if (children.has(span.parent)) children.get(span.parent).push(span);
      else children.set(span.parent, [span]);
    }
    if (folded === null) {
      // A long run has thousands of spans: its steps first, what is in them on demand.
      folded = new Set();
      if (trace.spans.length > 200) for (const span of trace.spans) if (known.has(span.parent) && children.has(span.id)) folded.add(span.id);
    }
    const whole = Math.max(trace.milliseconds, 0.001);
    const rows = [];
    const visit = (span, depth) => {
      if (rows.length > 4000) return;
      const inner = children.get(span.id) ?? [];
      const toggle = (set, key) => { if (set.has(key)) set.delete(key); else set.add(key); redraw(); };
      const left = 100 * span.offset / whole;
      const width = 100 * span.milliseconds / whole;
      const bar = h('i');
      bar.style.left = `${left}%`;
      bar.style.width = `${width}%`;
      const text = h('b', {}, duration(span.milliseconds));
      if (left + width > 85 && left > 20) { text.style.right = `${100 - left}%`; } else { text.style.left = `${left + width}%`; }
      const label = h('div', { class: 'label' },
        h('button', { class: 'fold', 'data-key': `fold ${span.id}`, 'aria-expanded': inner.length ? String(!folded.has(span.id)) : null, disabled: !inner.length,
          'aria-label': inner.length ? `${inner.length} spans inside` : 'no span inside', onclick: () => toggle(folded, span.id) }, inner.length ? (folded.has(span.id) ? '▸' : '▾') : ''),
        h('span', { class: 'dot' }),
        h('button', { class: 'open', 'data-key': `open ${span.id}`, 'aria-expanded': String(opened.has(span.id)), title: span.name, onclick: () => toggle(opened, span.id) },
          h('span', { class: span.isError ? 'bad' : null }, span.name), h('span', { class: 'service' }, span.service, folded.has(span.id) ? ` · ${inner.length} inside` : '')));
      label.style.paddingLeft = `${6 + Math.min(depth, 12) * 16}px`;
      rows.push(tone(h('div', { class: 'row span' }, label, h('div', { class: span.isError ? 'track error' : 'track' }, bar, text)), span.service));
      if (opened.has(span.id)) rows.push(details(span));
      if (!folded.has(span.id)) for (const child of inner) visit(child, depth + 1);
    };
    for (const root of roots) visit(root, 0);

    const ticks = h('div', { class: 'ticks' }, [0, .25, .5, .75, 1].map(part => {
      const tick = h('span', {}, duration(whole * part).replace(/^0 µs$/, '0'));
      tick.style.left = `${100 * part}%`;
      return tick;
    }));
    const loose = trace.lines.filter(line => !known.has(line.span));
    draw(main,
      h('div', { class: 'bar' }, h('a', { href: '#/traces', 'data-key': 'back' }, '← Traces')),
      h('h2', {}, trace.name, ' ', trace.isOpen && h('span', { class: 'badge open' }, 'still open'), trace.errors > 0 && h('span', { class: 'badge bad' }, errors(trace))),
      h('p', { class: 'dim' }, `${new Date(trace.start).toLocaleString()} · ${duration(trace.milliseconds)} · ${trace.spans.length} spans · ${trace.services.join(', ')} · `, h('span', { class: 'mono' }, trace.id)),
      trace.dropped > 0 && h('p', { class: 'bad' }, `${trace.dropped} further entries of this trace are not kept.`),
      h('div', { class: 'waterfall' }, h('div', { class: 'row axis' }, h('div', {}, 'Span'), ticks), rows),
      loose.length > 0 && h('h2', {}, 'Log lines of spans that have not ended'),
      loose.length > 0 && h('div', { class: 'details' }, h('dl', {}, loose.slice(-200).map(line => [h('dt', {}, `+${duration(line.offset)} ${line.service} ${line.level}`), h('dd', {}, line.text)]))));
  }

  return {
    async refresh() {
      if (trace !== null && !trace.isOpen && trace.settled) return;
      const next = await get(`/api/traces/${encodeURIComponent(id)}`);
      const same = trace !== null && next.spans.length === trace.spans.length && next.lines.length === trace.lines.length;
      next.settled = same; // the last spans may come a little after the first one's
      trace = next;
      if (!same) redraw();
    },
  };
}

// ---- metrics

const metricsView = {
  start() {
    const search = h('input', { type: 'search', 'aria-label': 'Names that contain', placeholder: 'Names that contain …', oninput: () => this.refresh() });
    this.search = search;
    this.body = h('div');
    draw(main, h('h2', {}, 'Metrics'), h('div', { class: 'bar' }, search), this.body);
  },
  async refresh() {
    if (isReading()) return;
    const wanted = this.search.value.toLowerCase();
    const { metrics } = await get('/api/metrics');
    // The product's own first; the runtime's are there for those who look for them.
    const order = one => (one.name.startsWith('ipo.') ? 0 : 1);
    const rows = metrics.filter(one => one.name.toLowerCase().includes(wanted)).sort((one, other) => order(one) - order(other)).map(one => h('tr', {},
      h('td', {}, h('span', { class: 'mono name' }, one.name), one.description && h('div', { class: 'dim' }, one.description)),
      h('td', {}, one.instance),
      h('td', { class: 'mono dim' }, one.attributes.map(({ name, value }) => `${name}=${value}`).join('  ')),
      h('td', { class: 'number nowrap' }, one.count !== null
        ? `${one.count.toLocaleString()} of mean ${one.count ? (one.sum / one.count).toPrecision(3) : '–'}` : one.value === null ? '–' : Number(one.value.toPrecision(6)).toLocaleString(undefined, { maximumFractionDigits: 6 }),
        one.unit && h('span', { class: 'dim' }, ` ${one.unit.replace(/[{}]/g, '')}`))));
    draw(this.body, rows.length ? table(['Name', 'Process', 'Attributes', '#Last value'], rows) : empty('No measurement yet.'));
  },
};

// ---- which view, and when

let view = null;
let drawn = '';

async function tick() {
  try {
    await overview();
    const place = location.hash || '#/resources';
    if (place !== drawn) {
      drawn = place;
      const [path, query] = place.slice(2).split('?');
      const [name, id] = path.split('/');
      view = name === 'logs' ? logsView(new URLSearchParams(query)) : name === 'traces' ? (id ? traceView(id) : tracesView) : name === 'metrics' ? metricsView : resourcesView;
      for (const link of document.querySelectorAll('nav a')) {
        if (link.hash === `#/${name}`) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
      document.title = `${(name || 'resources').replace(/^./, letter => letter.toUpperCase())} · Ipo`;
      view.start?.();
    }
    await view.refresh();
  } catch (fault) {
    summary.className = 'lost';
    summary.textContent = fault instanceof TypeError ? 'The host does not answer: it has stopped.' : fault.message;
  }
}

// One at a time: two that overlap would both append the same log lines.
let timer;
let last = Promise.resolve();
function loop() {
  clearTimeout(timer);
  last = last.then(tick).then(() => {
    clearTimeout(timer);
    timer = setTimeout(loop, document.hidden ? 10000 : 1500);
  });
}
addEventListener('hashchange', () => { if (location.hash.startsWith('#/')) loop(); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) loop(); });
document.querySelector('.skip').addEventListener('click', event => { event.preventDefault(); main.focus(); });
loop();
