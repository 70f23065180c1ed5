// Bugs that stream code really has, each as a change of the sources. The simulator must notice every one;
// a bug that it does not notice is a hole in the simulator.

import type { Edit } from './replay-mutants.ts';

export type InjectedBug = { readonly name: string; readonly edits: readonly Edit[] };

const FOLLOWER = 'replay/follower.ts';
const LOG = 'replay/replay-log.ts';
const RECOVER = 'replay/recover.ts';
const SPLIT = 'replay/split-oversize.ts';
const COLUMNS = 'replay/columns.ts';
const CHUNK = 'replay/next-chunk.ts';
const SSE = 'protocol/sse.ts';
const CURSOR = 'protocol/cursor.ts';
const HEADER = 'replay/header.ts';

function bug(
  name: string,
  ...edits: readonly (readonly [file: string, find: string, replace: string])[]
): InjectedBug {
  return { name, edits: edits.map(([file, find, replace]) => ({ file, find, replace })) };
}

/** Where a reader goes on. */
const RESUME: readonly InjectedBug[] = [
  bug('resume at n', [FOLLOWER, 'this.#after = cursor.frame;', 'this.#after = cursor.frame - 1;']),
  bug('resume at n + 2', [FOLLOWER, 'this.#after = cursor.frame;', 'this.#after = cursor.frame + 1;']),
  bug(
    'gap between snapshot and live: live starts at the newest event',
    [
      FOLLOWER,
      'while (this.#seq < end && text.length < maxUnits) {\n      text += this.#encodeNext();\n    }',
      'while (this.#seq < end && text.length < maxUnits) text += this.#encodeNext();\n    if (text !== "") this.#jump(end);',
    ],
    [
      FOLLOWER,
      '  #encodeNext(): string {',
      `  #jump(end: number): void {
    while (this.#seq < end) this.#frame += this.#projector.count(this.#eventAt(this.#seq++));
  }

  #encodeNext(): string {`,
    ],
  ),
  bug('overlap of snapshot and live: the last event is read again', [
    FOLLOWER,
    '    const end = this.#log.visibleEnd;\n    while (this.#seq < end && text.length < maxUnits) {',
    `    const end = this.#log.visibleEnd;
    if (this.#seq > 0 && this.#seq < end && this.#after < this.#frame) {
      this.#frame -= this.#projector.count(this.#eventAt(--this.#seq));
    }
    while (this.#seq < end && text.length < maxUnits) {`,
  ]),
  bug('ids are counted per connection', [
    FOLLOWER,
    'text += encodeFrame(frame, prefix + String(n),',
    'text += encodeFrame(frame, prefix + String(n - this.#after - 1),',
  ]),
  bug('positions are compared as strings', [
    FOLLOWER,
    'if (this.#frame + count > target) return this.#seq;',
    'if (String(this.#frame + count) > String(target)) return this.#seq;',
  ]),
  bug('what was received is compared as strings', [
    FOLLOWER,
    'if (n <= this.#after) continue;\n      text',
    'if (this.#after >= 0 && String(n) <= String(this.#after)) continue;\n      text',
  ]),
  bug('the delay of a reconnection comes with the first frame of each connection', [
    FOLLOWER,
    'n === 0 ? this.#retryMs',
    'n === this.#after + 1 ? this.#retryMs',
  ]),
  bug('a poll counts frames that were received before against its size', [
    FOLLOWER,
    'if (n <= this.#after) continue; //',
    'units += n <= this.#after ? frame.data.length : 0;\n        if (n <= this.#after) continue; //',
  ]),
];

/** What an odd cursor is told. */
const CURSORS: readonly InjectedBug[] = [
  bug('a cursor ahead of the log is told that all is over', [
    FOLLOWER,
    "refuse({ reason: 'cursor_ahead' })",
    "ok('at_end')",
  ]),
  bug('200 with an empty body instead of 204', [
    FOLLOWER,
    "return ok(this.#nothingAfter(cursor.frame) ? 'at_end' : 'ready');",
    "return ok('ready');",
  ]),
  bug('204 at the last frame of a log that still runs', [
    FOLLOWER,
    'if (!this.#log.ended || this',
    'if (this',
  ]),
  bug('204 one frame too early', [
    FOLLOWER,
    'return frame === this.#frame +',
    'return frame >= this.#frame - 1 +',
  ]),
  bug('the epoch is not checked', [FOLLOWER, 'if (issued > cursor.epoch) return this.#lost(cursor);', '']),
  bug(
    'an epoch that never was is accepted',
    [FOLLOWER, "if (cursor.epoch > this.#log.epoch) return refuse({ reason: 'bad_cursor' });", ''],
    [FOLLOWER, "if (issued < cursor.epoch) return refuse({ reason: 'bad_cursor' });", ''],
  ),
  bug('a cursor of another generation is accepted', [
    FOLLOWER,
    'cursor.generation !== this.#generation || ',
    '',
  ]),
  bug('a cursor of another format is accepted', [
    FOLLOWER,
    ' || cursor.format !== this.#projector.format',
    '',
  ]),
  bug('a damaged cursor is read as far as it is good', [
    CURSOR,
    '(0|[1-9][0-9]{0,8})$/',
    '(0|[1-9][0-9]{0,8})/',
  ]),
  bug('a damaged cursor means the start', [
    FOLLOWER,
    "if (cursor === null) return refuse({ reason: 'bad_cursor' });",
    "if (cursor === null) return ok('ready');",
  ]),
  bug('a lost cursor is replayed from the start', [
    FOLLOWER,
    'this.#after = this.#frame - 1;\n    this.#preamble',
    'this.#seq = this.#frame = 0;\n    this.#preamble',
  ]),
  bug('a reset keeps a frame too many', [
    FOLLOWER,
    'this.#projector.reset(this.#frame - 1,',
    'this.#projector.reset(this.#frame,',
  ]),
  bug('a reset forgets its text', [
    FOLLOWER,
    "if (event.type === 'text_delta') survivingText",
    'survivingText',
  ]),
];

/** What the bytes look like. */
const FRAMES: readonly InjectedBug[] = [
  bug('the id comes first', [
    SSE,
    'return `${event}${retry}data: ${frame.data}\\nid: ${id}\\n\\n`;',
    'return `id: ${id}\\n${event}${retry}data: ${frame.data}\\n\\n`;',
  ]),
  bug('a raw CR in the data', [
    SSE,
    'data: ${frame.data}\\nid',
    "data: ${frame.data.replaceAll('\\\\r', '\\r')}\\nid",
  ]),
  bug('a heartbeat ends an event', [
    SSE,
    "HEARTBEAT = ': keep-alive\\n'",
    "HEARTBEAT = ': keep-alive\\n\\n'",
  ]),
  bug('a heartbeat is an event with an id', [
    SSE,
    "HEARTBEAT = ': keep-alive\\n'",
    "HEARTBEAT = 'data: {}\\nid: 0\\n\\n'",
  ]),
  bug(
    'a heartbeat takes a number',
    [
      CHUNK,
      "if ((await waitForChange()) === 'heartbeat') return HEARTBEAT;",
      "if ((await waitForChange()) === 'heartbeat') {\n      follower.beat();\n      return HEARTBEAT;\n    }",
    ],
    [
      FOLLOWER,
      '  #encodeNext(): string {',
      '  beat(): void {\n    this.#frame++;\n  }\n\n  #encodeNext(): string {',
    ],
  ),
  bug('a heartbeat inside an event', [
    CHUNK,
    "if (text !== '') return text;",
    'if (text.length > 200) return `${text.slice(0, 100)}${HEARTBEAT}${text.slice(100)}`;\n    if (text !== "") return text;',
  ]),
  bug('a clean end while the generation still runs', [
    CHUNK,
    'if (follower.finished) return null;',
    'return null;',
  ]),
  bug('the body never ends', [
    FOLLOWER,
    'return this.#preamble === null && this.#log.ended &&',
    'return false &&',
  ]),
  bug('a split tears a surrogate pair', [
    SPLIT,
    'if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1)) && to - from > 1) to--;',
    '',
  ]),
  bug('an oversize event is skipped', [
    SPLIT,
    'return pieces(event.text, maxUnits).map((text) => ({ type: event.type, text }));',
    'return [];',
  ]),
  bug('the rest of an oversize tool call is dropped', [
    SPLIT,
    '...rest.map(',
    '...rest.slice(rest.length).map(',
  ]),
];

/** What a restart makes of the log. */
const CRASHES: readonly InjectedBug[] = [
  bug('numbers start again after a crash', [
    LOG,
    'last === null ? 0 : last.firstSeq + events.length);',
    'last === null ? 0 : events.length);',
  ]),
  bug('the epoch is not bumped', [
    LOG,
    'const epochStarts = [...this.#header.epochStarts, this.end];',
    'const { epochStarts } = this.#header;',
  ]),
  bug('the new epoch is not stored', [
    LOG,
    'encodeHeader(header)',
    'encodeHeader({ ...header, epochStarts: [0] })',
  ]),
  bug('the new epoch starts one event early', [
    LOG,
    '[...this.#header.epochStarts, this.end];',
    '[...this.#header.epochStarts, Math.max(0, this.end - 1)];',
  ]),
  bug('a restarted generation is left on heartbeats', [
    RECOVER,
    '  await interrupt(log, nowMs);\n  return log;\n}\n\n/**',
    '  return log;\n}\n\n/**',
  ]),
  bug('a generation of which nothing survived starts in its first epoch', [
    RECOVER,
    'log.beginEpoch();',
    'if (log.end > 0) log.beginEpoch();',
  ]),
  bug(
    'a finished generation is interrupted again after a restart',
    [
      RECOVER,
      'if (log === null || log.terminal !== null) return log;',
      'if (log === null || log.end < 2) return log;',
    ],
    [LOG, "if (this.#terminal !== null) throw new Error('append after the terminal event');", ''],
  ),
  bug('the terminal is visible before it is on disk', [
    LOG,
    'this.#show(this.#terminal === null ? this.end : this.end - 1);',
    'this.#show(this.end);',
  ]),
  bug('a commit does not wait for the disk', [LOG, 'await this.#store.sync();', 'void this.#store.sync();']),
  bug('a commit shows what came while it waited', [LOG, 'this.#show(durableEnd);', 'this.#show(this.end);']),
  bug('strict events are visible at once', [LOG, "else if (this.#durability === 'batched') ", 'else ']),
  bug(
    'two terminals on a stop',
    [
      LOG,
      'if (this.#terminal !== null) return false;\n    this.append',
      'if (this.#terminal !== null) {\n      this.append([event]);\n      return false;\n    }\n    this.append',
    ],
    [LOG, "if (this.#terminal !== null) throw new Error('append after the terminal event');", ''],
  ),
];

/** What becomes of memory and disk. */
const STORAGE: readonly InjectedBug[] = [
  bug(
    'memory drops the oldest events whether persisted or not',
    [
      LOG,
      '        this.#tailBytes += bytesOf(part);\n',
      '        this.#tailBytes += bytesOf(part);\n        this.#trim();\n',
    ],
    [LOG, 'const persisted = this.#persistedEnd - this.#tailStart;', 'const persisted = this.#tail.length;'],
  ),
  bug('memory keeps everything', [LOG, 'if (this.#tailBytes <= MAX_TAIL_BYTES) return;', 'return;']),
  bug('memory forgets where it starts', [
    LOG,
    'this.#tailStart += dropped;',
    'this.#tailStart += Math.max(0, dropped - 1);',
  ]),
  bug('a full page is not written', [LOG, 'full.push({ firstSeq, body });', '']),
  bug('a page starts at the wrong number', [LOG, 'firstSeq = seq + 1;', 'firstSeq = seq + 2;']),
  bug('a reopened log writes over its last page', [
    LOG,
    'this.#page = { firstSeq: persistedEnd, body: LINES };\n  }\n\n  /** A new generation.',
    'this.#page = { firstSeq: Math.max(0, persistedEnd - 1), body: LINES };\n  }\n\n  /** A new generation.',
  ]),
  bug('a refused write is taken for done', [
    LOG,
    '    this.#store.transaction(\n      () => {\n        if (isNewHeader',
    '    this.#page = open;\n    this.#store.transaction(\n      () => {\n        if (isNewHeader',
  ]),
  bug('an append to an ended log hides its end', [
    LOG,
    'this.#visibleEnd = Math.max(this.#visibleEnd, end);',
    'this.#visibleEnd = end;',
  ]),
  bug('compaction over unpersisted events', [
    LOG,
    'if (this.#terminal === null || this.#persistedEnd !== this.end) return;',
    'if (this.#terminal === null) return;',
  ]),
  bug('compaction loses the length of long texts', [
    COLUMNS,
    'row.longs.push(length);',
    'row.longs.push(length - 1);',
  ]),
  bug('compaction forgets which text was thinking', [
    COLUMNS,
    "if (event.type === 'thinking') row.shape += THINKING;",
    '',
  ]),
  bug('a compacted row starts at the wrong number', [COLUMNS, 'rowSeq += count;', 'rowSeq += count + 1;']),
  bug(
    'compaction takes a length for another sign',
    [COLUMNS, 'const LAST_CODE = 125;', 'const LAST_CODE = 126;'],
    [COLUMNS, "const OTHER = '!';", "const OTHER = '~';"],
  ),
  bug('a log is deleted by the time of its start', [
    HEADER,
    'header.finished.atMs + header.retentionMs',
    'header.facts.createdMs + header.retentionMs',
  ]),
  bug('a log is deleted a moment early', [HEADER, 'nowMs >= atMs', 'nowMs >= atMs - 1']),
  bug('the end is not told to the disk', [
    LOG,
    'this.#store.writeHeader(encodeHeader(header), expiresAtMs(header));',
    'this.#store.writeHeader(encodeHeader(header), null);',
  ]),
];

export const INJECTED_BUGS: readonly InjectedBug[] = [
  ...RESUME,
  ...CURSORS,
  ...FRAMES,
  ...CRASHES,
  ...STORAGE,
];
