// What a model may make a reader click on, and what the playground hands out to be copied.

import { describe, expect, it } from 'vitest';
import { snippet, SNIPPETS } from '../playground/chat/copy-as.ts';
import { wantsKey, whatToDo } from '../playground/chat/what-to-do.ts';
import { wouldGo } from '../playground/knob/routing-figures.ts';
import { safeLink } from '../playground/markdown/safe-link.ts';
import { followedPath, followLink, streamIdIn } from '../playground/stream/stream-link.ts';
import { duration, percent, perSecond, usd } from '../playground/page/figures.ts';

describe('an address that a model wrote', () => {
  it.each([
    ['https://example.com/a?b=c#d', 'example.com'],
    ['http://example.com:8080', 'example.com:8080'],
    ['HTTPS://Example.com/', 'example.com'],
    ['<https://example.com/>', 'example.com'],
    ['https://example.com/ "a title"', 'example.com'],
    ['mailto:someone@example.com', 'e-mail'],
    // A letter that only looks like an a: the host says so.
    ['https://b\u0430nk.example/', 'xn--bnk-6cd.example'],
  ])('becomes a link that shows where it leads: %s', (written, host) => {
    expect(safeLink(written)?.host).toBe(host);
  });

  it.each([' ', ' ((', ' "', '\t'])(
    'is no link when it is endless, and that is known at once: %j',
    (piece) => {
      const startedMs = performance.now();
      expect([safeLink(`https://x${piece.repeat(100_000)}y`), performance.now() - startedMs < 200]).toEqual([
        null,
        true,
      ]);
    },
  );

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'java\u200bscript:alert(1)',
    '\uff4aavascript:alert(1)',
    '&#106;avascript:alert(1)',
    '%6Aavascript:alert(1)',
    'vbscript:msgbox(1)',
    'data:text/html,<script>alert(1)</script>',
    'data:image/svg+xml;base64,AAAA',
    'file:///etc/passwd',
    'blob:https://example.com/1',
    '//evil.example/x',
    '/v1/cache',
    '../x',
    '#top',
    '',
    'https:evil.example',
    'https:///evil.example',
    'https:\\\\evil.example',
    'https://good.example\\@evil.example',
    'https://good.example@evil.example/',
    'https://user:pw@evil.example/',
    'https://evil.example/\u202egpj.exe',
    'https://evil.example/a b',
    'https://',
    `https://example.com/${'x'.repeat(3_000)}`,
    'mailto:',
  ])('stays text: %j', (written) => {
    expect(safeLink(written)).toBeNull();
  });
});

describe('the address of a second tab', () => {
  const path = '/v1/streams/s_a-b.c.d.e?ticket=t.x_y.local';

  it('leads back to the very stream, with its ticket', () => {
    expect([streamIdIn(path), followedPath(followLink(path).slice(1)), followedPath('')]).toEqual([
      's_a-b.c.d.e',
      path,
      null,
    ]);
  });

  it('reaches no other path, whatever somebody writes into it', () => {
    expect(followedPath('?follow=../cache%3Fx&ticket=a%26format=chat')).toBe(
      '/v1/streams/..%2Fcache%3Fx?ticket=a%26format%3Dchat',
    );
  });
});

describe('a copied request', () => {
  const request = {
    model: 'auto',
    messages: [{ role: 'user', content: `It's "$HOME" \`x\` \\ and ü` }],
  } as const;

  it.each(SNIPPETS)('as %s names the real server and never holds a key', (kind) => {
    const text = snippet(kind, { origin: 'http://localhost:8787', request, headers: {}, hasKey: true });
    expect(text).toContain('http://localhost:8787/v1');
    expect(text).toContain('EDGEWAYS_API_KEY');
  });

  it('has the headers that were sent, and no line for none', () => {
    const headers = { 'x-edgeways-data-locality': 'edge-only' };
    const told = SNIPPETS.map((kind) =>
      [headers, {}].map((sent) =>
        /x-edgeways-data-locality|headers/i.test(
          snippet(kind, { origin: 'http://localhost:8787', request, headers: sent, hasKey: false }),
        ),
      ),
    );
    expect(told).toEqual(SNIPPETS.map(() => [true, false]));
  });

  it('keeps its body through the quotes of a shell', () => {
    const text = snippet('curl', { origin: 'http://localhost:8787', request, headers: {}, hasKey: false });
    const quoted = /-d '((?:[^']|'\\'')*)'/.exec(text)?.[1] ?? '';
    expect(JSON.parse(quoted.replaceAll(String.raw`'\''`, "'"))).toEqual({ ...request, stream: true });
  });
});

describe('a refusal', () => {
  const problem = { status: 401, code: 'missing_key', message: '', param: null, retryAfterMs: null };

  it('says what to do, by its code', () => {
    expect(whatToDo(problem)).toMatch(/key/);
    expect(whatToDo({ ...problem, code: 'never_heard_of' })).not.toBe('');
  });

  it('asks for a key only where one helps', () => {
    expect([problem, { ...problem, code: 'bad_ticket' }, { ...problem, status: 403 }].map(wantsKey)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the knob', () => {
  it('sends a prompt where its probability and the threshold of the position say', () => {
    expect([wouldGo(0.6, 0.6), wouldGo(0.59, 0.6), wouldGo(null, 0.6), wouldGo(0.5, undefined)]).toEqual([
      'edge',
      'cloud',
      'undecided',
      'undecided',
    ]);
  });
});

describe('a figure', () => {
  it('is short, and a dash where nothing is known', () => {
    expect([usd(0.000045), usd(0), usd(0.25), usd(null), usd(1e-12)]).toEqual([
      '$0.000045',
      '$0',
      '$0.2500',
      '–',
      '$0.00000000',
    ]);
    expect([duration(12.4), duration(1_234), duration(12_345), duration(null)]).toEqual([
      '12 ms',
      '1.23 s',
      '12.3 s',
      '–',
    ]);
    expect([percent(0.423), percent(null), perSecond(12.34), perSecond(null)]).toEqual([
      '42 %',
      '–',
      '12.3 tok/s',
      '–',
    ]);
  });
});
