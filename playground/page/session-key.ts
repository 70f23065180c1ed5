// The API key of this tab, for deployments that ask for one.

import { keepKey, keptKey } from '../../web/api-client.ts';

const NAME = 'edgeways.key';

export function sessionKey(): string | null {
  return keptKey(NAME);
}

export function setSessionKey(key: string): void {
  keepKey(NAME, key.trim() === '' ? null : key.trim());
}
