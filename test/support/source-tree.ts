// A copy of the product's source in a temporary folder, so that a test can show what a change of it takes.

import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the product is built from. */
const PARTS = [
  'protocol',
  'dialects',
  'replay',
  'classifier',
  'policy',
  'providers',
  'durable-objects',
  'worker',
  'edgeways.config.json',
  'package.json',
];

export type SourceTree = {
  url(path: string): URL;
  /** Rewrites one file; throws when that changes nothing. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  /** Adds one file; its folder is made. */
  add(path: string, text: string): Promise<void>;
  dispose(): Promise<void>;
};

export async function copySourceTree(): Promise<SourceTree> {
  const folder = await mkdtemp(join(tmpdir(), 'edgeways-source-'));
  const isProduct = (path: string): boolean => !path.includes(join('classifier', 'train'));
  for (const part of PARTS)
    await cp(join(ROOT, part), join(folder, part), { recursive: true, filter: isProduct });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    url: (path) => pathToFileURL(join(folder, path)),
    edit: async (path, change) => {
      const before = await readFile(join(folder, path), 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`nothing to change in ${path}`);
      await writeFile(join(folder, path), after);
    },
    add: async (path, text) => {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), text);
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
