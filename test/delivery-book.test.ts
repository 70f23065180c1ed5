// The promise: of each stream it is known who read it, from where to where, and how often a reader had to come back; and
// a client that comes back for ever does not fill the memory.

import { expect, it } from 'vitest';
import { DeliveryBook } from '../durable-objects/delivery-book.ts';

const START_MS = 1_790_000_000_000;

type Reader = Parameters<DeliveryBook['open']>[1];

/** A reader as the book sees it: a place in the log that moves. */
function readerAt(position: number): { position: number } & Reader {
  return { position } as { position: number } & Reader; // the book asks for nothing else
}

function bookOf(earlier: ConstructorParameters<typeof DeliveryBook>[1] = []): DeliveryBook {
  return new DeliveryBook(START_MS, earlier);
}

it('tells who read what and when, in milliseconds after the start', () => {
  const book = bookOf();
  const asked = readerAt(0);
  const close = book.open('asked', asked, START_MS + 5);
  asked.position = 12;
  close(START_MS + 900);
  const again = readerAt(9);
  book.open('resumed', again, START_MS + 1_000);
  again.position = 20;
  expect(book.all()).toEqual([
    { kind: 'asked', openedMs: 5, closedMs: 900, fromSeq: 0, toSeq: 12 },
    { kind: 'resumed', openedMs: 1_000, closedMs: null, fromSeq: 9, toSeq: 20 },
  ]);
});

it('counts only who went on after a cursor as a reconnect', () => {
  const book = bookOf();
  for (const kind of ['asked', 'joined', 'poll', 'resumed', 'resumed'] as const)
    book.open(kind, readerAt(0), START_MS)(START_MS);
  expect(book.reconnects).toBe(2);
});

it('ends a delivery once, where the reader was then', () => {
  const book = bookOf();
  const reader = readerAt(0);
  const close = book.open('joined', reader, START_MS);
  reader.position = 3;
  close(START_MS + 10);
  reader.position = 8;
  close(START_MS + 99);
  expect(book.all()).toEqual([{ kind: 'joined', openedMs: 0, closedMs: 10, fromSeq: 0, toSeq: 3 }]);
});

it('makes one delivery of polls that follow each other, and two when something was left out', () => {
  const book = bookOf();
  const poll = (fromSeq: number, toSeq: number, atMs: number): void => {
    const reader = readerAt(fromSeq);
    const close = book.open('poll', reader, START_MS + atMs);
    reader.position = toSeq;
    close(START_MS + atMs + 1);
  };
  poll(0, 4, 10);
  poll(4, 9, 20);
  poll(12, 15, 30);
  expect(book.all()).toEqual([
    { kind: 'poll', openedMs: 10, closedMs: 21, fromSeq: 0, toSeq: 9 },
    { kind: 'poll', openedMs: 30, closedMs: 31, fromSeq: 12, toSeq: 15 },
  ]);
});

it('keeps the first and the latest of very many, and counts them all', () => {
  const book = bookOf();
  book.open('asked', readerAt(0), START_MS)(START_MS + 1);
  for (let at = 1; at <= 1_000; at++) book.open('resumed', readerAt(at), START_MS + at)(START_MS + at);
  const all = book.all();
  expect([all.length <= 24, all[0]?.kind, all.at(-1)?.fromSeq, book.reconnects]).toEqual([
    true,
    'asked',
    1_000,
    1_000,
  ]);
});

it('shows the latest readers, also when many are there at once', () => {
  const book = bookOf();
  for (let at = 0; at < 40; at++) book.open('joined', readerAt(at), START_MS + at)(START_MS + at);
  book.open('resumed', readerAt(77), START_MS + 500);
  expect(book.all().at(-1)).toMatchObject({ kind: 'resumed', closedMs: null, fromSeq: 77 });
});

it('goes on with what an object before it had noted', () => {
  const earlier = [{ kind: 'asked', openedMs: 1, closedMs: 2, fromSeq: 0, toSeq: 3 }] as const;
  const book = bookOf(earlier);
  book.open('resumed', readerAt(3), START_MS + 50);
  expect(book.all().map(({ kind }) => kind)).toEqual(['asked', 'resumed']);
});

it('has no time before the start, when two clocks differ', () => {
  const book = bookOf();
  book.open('asked', readerAt(0), START_MS - 20)(START_MS - 10);
  expect(book.all()).toMatchObject([{ openedMs: 0, closedMs: 0 }]);
});
