// The product with its pages, as the platform serves it: files of dist/pages under the headers of `_headers`, everything
// else from the product on the real workerd, all on one origin. `npm test` makes the pages before the tests run.

import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createServer, request as connectTo, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProduct, type Product, type ProductOptions } from './product.ts';

export type PagesProduct = {
  /** The origin of the pages and of the API. */
  readonly url: string;
  readonly product: Product;
  /** Breaks every connection of every page, as a network does. */
  cut(): void;
  dispose(): Promise<void>;
};

const PAGES = fileURLToPath(new URL('../../dist/pages', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** @param port - of the pages; any free one by default */
export async function startPagesProduct(options: ProductOptions = {}, port = 0): Promise<PagesProduct> {
  const pages = readPages();
  const headers = pageHeaders();
  const product = await startProduct(options);
  const server = createServer({ noDelay: true }, (request, response) => {
    const path = new URL(request.url ?? '/', 'http://pages').pathname;
    const page = request.method === 'GET' ? pages.get(path) : undefined;
    if (page === undefined) forward(request, response, product.url);
    else response.writeHead(200, { ...headers, 'content-type': page.type }).end(page.bytes);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    product,
    cut: () => server.closeAllConnections(),
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await product.dispose();
    },
  };
}

type Page = { readonly type: string; readonly bytes: Buffer };

/** Read once: whoever builds the pages anew meanwhile does not take them from under a test. */
function readPages(): ReadonlyMap<string, Page> {
  if (!existsSync(join(PAGES, 'index.html'))) {
    throw new Error('There are no pages in dist/pages: run node scripts/pages.mjs first.');
  }
  const pages = new Map<string, Page>();
  for (const file of globSync('**/*.{html,js,css,svg}', { cwd: PAGES })) {
    const page = { type: TYPES[extname(file)] ?? 'text/plain', bytes: readFileSync(join(PAGES, file)) };
    // As the platform has it: `/` is index.html, and `/dashboard` is dashboard.html.
    pages.set(`/${file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')}`, page);
  }
  return pages;
}

/** Of the one rule there is, `/*`. */
function pageHeaders(): Readonly<Record<string, string>> {
  const lines = readFileSync(join(PAGES, '_headers'), 'utf8').matchAll(/^\s+([\w-]+):\s*(.+)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
}

function forward(request: IncomingMessage, response: ServerResponse, target: string): void {
  const { method, url, headers } = request;
  const { connection: _, ...kept } = headers;
  const onward = connectTo(target + (url ?? ''), { method, headers: kept, agent: false }, (answer) => {
    const { connection: _hop, 'transfer-encoding': _coding, ...told } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, told);
    response.flushHeaders();
    answer.on('error', () => response.destroy()); // the product cut the body: so do we
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy()); // whoever leaves us leaves the product
  request.pipe(onward);
}
