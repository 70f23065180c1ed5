// Copies of the replay core with other limits or with a bug in them. The sources are copied to a temporary
// folder, text is replaced there, and Node loads the copy: the core needs no switches for its tests, and a
// replacement that no longer fits the sources fails instead of testing nothing.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { projectCore, ReplayCore } from './replay-core.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['protocol', 'replay', 'dialects'] as const;
const MODULES = [
  'replay/follower.ts',
  'replay/header.ts',
  'replay/next-chunk.ts',
  'replay/recover.ts',
  'replay/replay-log.ts',
  'replay/split-oversize.ts',
  'dialects/projectors.ts',
] as const;

/** `find` must occur exactly once in `file`. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string };

/** Limits so small that every schedule crosses pages, drops memory, splits events and fills chunks. */
export const SMALL_LIMITS: readonly Edit[] = [
  { file: 'replay/replay-log.ts', find: 'PAGE_UNITS = 2 * 1024;', replace: 'PAGE_UNITS = 300;' },
  { file: 'replay/replay-log.ts', find: 'MAX_TAIL_BYTES = 32 * 1024;', replace: 'MAX_TAIL_BYTES = 1500;' },
  {
    file: 'replay/split-oversize.ts',
    find: 'MAX_EVENT_UNITS = 128 * 1024;',
    replace: 'MAX_EVENT_UNITS = 100;',
  },
  { file: 'replay/columns.ts', find: 'MAX_ROW_UNITS = 128 * 1024;', replace: 'MAX_ROW_UNITS = 300;' },
  { file: 'replay/columns.ts', find: 'MAX_ROW_EVENTS = 1024;', replace: 'MAX_ROW_EVENTS = 7;' },
  { file: 'replay/next-chunk.ts', find: 'MAX_CHUNK_UNITS = 64 * 1024;', replace: 'MAX_CHUNK_UNITS = 600;' },
];

/** Gives `use` a copy of the core with the edits made, and removes the copy afterwards. */
export async function withEditedCore<T>(
  edits: readonly Edit[],
  use: (core: ReplayCore) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeways-core-'));
  try {
    for (const name of FOLDERS) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const edit of edits) applyEdit(folder, edit);
    return await use(load(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function applyEdit(folder: string, { file, find, replace }: Edit): void {
  const path = join(folder, file);
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${find}`);
  writeFileSync(path, parts.join(replace));
}

/** `require` and not `import`: the test runner rewrites imports, and a copy must be loaded as it is. */
function load(folder: string): ReplayCore {
  const require = createRequire(join(folder, 'package.json'));
  const loaded = MODULES.map((module) => require(join(folder, module)) as Partial<typeof projectCore>);
  return Object.assign({}, ...loaded) as ReplayCore; // the same exports as replay-core.ts names
}
