// What the README tells a reader to type is typed here, and what it lists is compared with the code.
// A block runs when the line above it says so: `<!-- run: words, that, must, be, printed -->`.
// Blocks share their shell variables and their folder, in the order of the page, as in a reader's terminal.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig, type Config } from '../policy/config.ts';
import { providerNamed } from '../providers/registry.ts';
import { startProduct, type Product } from './support/product.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const DOCUMENTED_URL = 'http://localhost:8787';

type Block = {
  readonly topic: string;
  readonly language: string;
  readonly code: string;
  readonly expected: readonly string[];
  readonly isInProject: boolean;
};

const BLOCKS = [...README.matchAll(/^<!-- run( in project)?: (.*) -->\n+```(\w+)\n([^]*?)^```$/gm)].map(
  (match): Block => {
    const [, where, words = '', language = '', code = ''] = match;
    return {
      topic: topicBefore(match.index),
      language,
      code,
      expected: words.split(', '),
      isInProject: where !== undefined,
    };
  },
);

const STATISTICS = [
  ...['summary', 'timeseries', 'routes', 'models', 'quality', 'quota'].map((name) => `/v1/analytics/${name}`),
  '/metrics',
];

/** Prompts as they are printed, the words that only they have, and what every answer says. */
const SAID = [
  ...new Set([...README.matchAll(/"content": ?"([^"]{3,})"/g)].map(([, prompt = '']) => prompt)),
  'capital',
  'France',
  'Norway',
  'Oslo',
  'irrational',
  'Paris',
  'stand-in',
];

describe('a block of the README', () => {
  let product: Product;
  const folder = mkdtempSync(join(tmpdir(), 'edgeways-readme-'));

  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await product.dispose();
  });

  for (const { topic, language, code, expected, isInProject } of BLOCKS) {
    it(`works as printed: ${topic} (${language})`, async () => {
      const text = code.replaceAll(DOCUMENTED_URL, product.url);
      const program = language === 'js' ? ['-'] : ['-c', inSharedShell(text, folder)];
      const cwd = isInProject || language === 'js' ? ROOT : folder;
      const { exitCode, output } = await run(language === 'js' ? process.execPath : 'bash', program, {
        cwd,
        input: language === 'js' ? text : '',
      });
      const missing = expected.filter((words) => !output.includes(words));
      expect({ exitCode, missing, output: missing.length > 0 ? output.slice(0, 4000) : '' }).toEqual({
        exitCode: 0,
        missing: [],
        output: '',
      });
    });
  }

  it('leaves no word of its prompts and answers in the statistics', async () => {
    const asked = async (path: string): Promise<string> => (await fetch(`${product.url}${path}`)).text();
    const listed = await asked('/v1/analytics/streams?limit=1000');
    const ids = [...listed.matchAll(/"id":"(s_[^"]+)"/g)].map(([, id]) => id);
    const paths = [...STATISTICS, ...ids.map((id) => `/v1/analytics/streams/${id}`)];
    const told = [listed, ...(await Promise.all(paths.map(asked)))].join('\n').toLowerCase();
    expect(ids.length).toBeGreaterThan(10);
    expect(SAID.filter((words) => told.includes(words.toLowerCase()))).toEqual([]);
  });

  it('is run whenever it calls the server', () => {
    const calling = [...README.matchAll(/^```(?:sh|js)\n([^]*?)^```$/gm)].map(([, code]) => code);
    expect(BLOCKS.map((block) => block.code)).toEqual(calling);
    expect(BLOCKS.length).toBeGreaterThan(10);
  });

  it('that shows a configuration shows a valid one', () => {
    const shown = [...README.matchAll(/^<!-- config -->\n+```json\n([^]*?)^```$/gm)].map(
      ([, text = '']) => text,
    );
    const problems = shown.map((text) => {
      const parsed = parseConfig(JSON.parse(text));
      return parsed.ok ? unknownNames(parsed.value) : parsed.refusal;
    });
    expect(problems).toEqual([[], []]);
  });
});

describe('a table of the documentation', () => {
  it('lists every limit and timeout with its default', () => {
    const rows = README.matchAll(
      /^\| `([a-z_]+(?:\.[a-z_]+)?)` +\| (\d+|unlimited) +\| (\d+|unlimited) +\|/gm,
    );
    const listed = [...rows].map(
      ([, key = '', general = '', local = '']) => [key, [general, local]] as const,
    );
    expect(Object.fromEntries(listed)).toEqual(defaultLimits());
  });

  it('lists every setting of failover, the cache, long histories and analytics with its default', () => {
    const pages = ['docs/failover.md', 'docs/analytics.md'].map((page) =>
      readFileSync(join(ROOT, page), 'utf8'),
    );
    const rows = pages.join('\n').matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| `([^`]*)` \|/gm);
    const listed = [...rows].map(([, key = '', value = '']) => [key, value] as const);
    const { failover, cache, prompt_budget, analytics } = defaultConfig();
    const settings = Object.entries({ failover, cache, prompt_budget, analytics }).flatMap(
      ([section, values]) =>
        Object.entries(values).map(([key, value]) => [`${section}.${key}`, inTable(value)] as const),
    );
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(settings));
  });

  it('names every provider and links its page', () => {
    const rows = README.matchAll(/^\| `([a-z-]+)` +\|.*\(docs\/providers\/([a-z-]+)\.md\) +\|$/gm);
    const listed = Object.fromEntries([...rows].map(([, name = '', page]) => [name, page]));
    const folders = readdirSync(join(ROOT, 'providers'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => [name, name] as const);
    expect(listed).toEqual(Object.fromEntries(folders));
  });

  it('lists every section of the configuration', () => {
    const sections = Object.keys(defaultConfig()).filter(
      (key) => key !== '$schema' && key !== 'local_limits',
    );
    expect(sections.filter((key) => !new RegExp(`^\\| \`${key}[\`.[]`, 'm').test(README))).toEqual([]);
  });

  it('gives every dependency a reason', () => {
    const listed = [...README.matchAll(/^\| (`[^|]+`[^|]*) \| [^|\d]/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(dependencies().filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('names only commands that exist', () => {
    const named = [...README.matchAll(/\bnpm (?:run )?([a-z]+(?:[:-][a-z]+)*)/g)].map(
      ([, name = '']) => name,
    );
    const scripts = Object.keys(packageJson()['scripts'] ?? {});
    expect([...new Set(named)].filter((name) => !scripts.includes(name))).toEqual([]);
  });
});

it('every link from the README and the documentation leads to a file', () => {
  const pages = ['README.md', ...pagesUnder('docs')];
  const broken = pages.flatMap((page) => linksOf(page).filter((target) => !existsSync(join(ROOT, target))));
  expect(broken).toEqual([]);
});

/** The last heading or bold beginning of a paragraph. */
function topicBefore(index: number): string {
  const topics = [...README.slice(0, index).matchAll(/^(?:#+ (.+)|\*\*(.+?)\*\*)/gm)];
  return topics.at(-1)?.slice(1).join('') ?? '';
}

/** Variables outlive their block, because a reader's do; the exit code is the last command's. */
function inSharedShell(code: string, folder: string): string {
  const state = join(folder, '.variables');
  return `[ -f ${state} ] && . ${state}\n${code}\nstatus=$?\ndeclare -p stream last > ${state} 2>/dev/null\nexit $status`;
}

type Options = { readonly cwd: string; readonly input: string };

async function run(
  command: string,
  args: readonly string[],
  { cwd, input }: Options,
): Promise<{ readonly exitCode: unknown; readonly output: string }> {
  const moduleArgs = input === '' ? args : ['--input-type=module', ...args];
  const child = spawn(command, moduleArgs, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
  }
  child.stdin.end(input);
  const [exitCode]: unknown[] = await once(child, 'close');
  return { exitCode, output };
}

/** What the schema leaves to the deployment: providers and their flavours. */
function unknownNames({ models, endpoints }: Config): string[] {
  return models.flatMap(({ provider: name, endpoint }) => {
    const flavour = endpoints[endpoint]?.flavour;
    const provider = providerNamed(name);
    if (provider === null) return [name];
    return flavour === undefined || provider.flavours.includes(flavour) ? [] : [flavour];
  });
}

function inTable(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function defaultConfig(): Config {
  const price = { input_usd_per_mtok: 0, output_usd_per_mtok: 0 };
  const model = {
    provider: 'openai',
    upstream_model: 'm',
    context_tokens: 1000,
    max_output_tokens: 100,
    price,
  };
  const models = (['edge', 'cloud'] as const).map((tier) => ({
    ...model,
    id: `a-${tier}`,
    tier,
    endpoint: tier,
  }));
  const parsed = parseConfig({ models });
  if (!parsed.ok) throw new Error('the smallest configuration is not valid');
  return parsed.value;
}

/** `[in general, in local mode]` for each key, as the table writes it. */
function defaultLimits(): Record<string, readonly string[]> {
  const config = defaultConfig();
  const shown = (value: unknown): string => (value === null ? 'unlimited' : String(value));
  const listed: Record<string, readonly string[]> = {};
  const local = new Map(Object.entries(config.local_limits));
  for (const [key, value] of Object.entries(config.limits)) {
    const inLocalMode = local.get(key);
    listed[`limits.${key}`] = [shown(value), shown(inLocalMode === undefined ? value : inLocalMode)];
  }
  for (const [key, value] of Object.entries(config.timeouts))
    listed[`timeouts.${key}`] = [shown(value), shown(value)];
  const retention = shown(config.retention_seconds);
  const linger = shown(config.on_disconnect.linger_seconds);
  return {
    ...listed,
    retention_seconds: [retention, retention],
    'on_disconnect.linger_seconds': [linger, linger],
  };
}

function packageJson(): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

function dependencies(): string[] {
  const {
    dependencies: runtime,
    devDependencies: development,
    optionalDependencies: optional,
  } = packageJson();
  return Object.keys({ ...runtime, ...development, ...optional });
}

function pagesUnder(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.md')).map((file) => join(folder, file));
}

/** Targets inside the repository, from its root. */
function linksOf(page: string): string[] {
  const folder = page.includes('/') ? page.slice(0, page.lastIndexOf('/')) : '';
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !target.includes('://'))
    .map((target) => join(folder, target));
}
