// Cuts a byte stream of SSE frames at frame boundaries and remembers the last id that went through. When an
// object dies, what was forwarded is then whole frames, and the id says where to go on.

const LF = 10;
const COLON = 58;
const LETTER_I = 105;
const LETTER_D = 100;
const ID_FIELD = 'id: ';

const ASCII = new TextDecoder();

export class FrameBoundary {
  #rest: Uint8Array | null = null;
  #lastId: string | null = null;

  /** Id of the last complete frame that has one; null before the first. */
  get lastId(): string | null {
    return this.#lastId;
  }

  /** The part of the bytes so far that is whole frames (and whole comment lines); null when there is none. */
  push(chunk: Uint8Array): Uint8Array | null {
    const bytes = this.#rest === null ? chunk : concat(this.#rest, chunk);
    const frameEnd = endOfFrames(bytes);
    if (frameEnd > 0) this.#noteId(bytes, frameEnd);
    const end = endOfComments(bytes, frameEnd);
    this.#rest = end === bytes.byteLength ? null : bytes.slice(end);
    return end === 0 ? null : bytes.subarray(0, end);
  }

  /** Forgets an incomplete frame: the next body sends it again from its start. */
  restart(): void {
    this.#rest = null;
  }

  /** JSON escapes line breaks, so a line that begins like an id is one. The last frame may have none (`reset`). */
  #noteId(bytes: Uint8Array, frameEnd: number): void {
    let lineEnd = frameEnd - 2;
    while (lineEnd > 0) {
      const lineStart = bytes.lastIndexOf(LF, lineEnd - 1) + 1;
      if (bytes[lineStart] === LETTER_I && bytes[lineStart + 1] === LETTER_D) {
        this.#lastId = ASCII.decode(bytes.subarray(lineStart, lineEnd)).slice(ID_FIELD.length);
        return;
      }
      lineEnd = lineStart - 1;
    }
  }
}

/** One past the last blank line; 0 when there is none. */
function endOfFrames(bytes: Uint8Array): number {
  for (let at = bytes.lastIndexOf(LF); at > 0; at = bytes.lastIndexOf(LF, at - 1)) {
    if (bytes[at - 1] === LF) return at + 1;
  }
  return 0;
}

/** Heartbeats have no blank line of their own: comment lines that end in a line break are whole, too. */
function endOfComments(bytes: Uint8Array, from: number): number {
  let end = from;
  while (bytes[end] === COLON) {
    const lineEnd = bytes.indexOf(LF, end);
    if (lineEnd < 0) break;
    end = lineEnd + 1;
  }
  return end;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.byteLength + second.byteLength);
  joined.set(first);
  joined.set(second, first.byteLength);
  return joined;
}
