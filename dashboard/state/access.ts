// What every panel needs to ask the API: the operator's key, when to ask again, and where to tell that a key is wanted.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ApiProblem } from '../../web/api-client.ts';

export const KEY_NAME = 'edgeways-operator-key';

export type Access = {
  readonly key: string | null;
  /** Grows when everything is to be asked again. */
  readonly tick: number;
  readonly onRefused: (problem: ApiProblem) => void;
};

export const AccessContext = createContext<Access>({ key: null, tick: 0, onRefused: () => undefined });

export function useAccess(): Access {
  return useContext(AccessContext);
}

/** The API wants another key, or one at all. */
export function isRefusal({ status }: ApiProblem): boolean {
  return status === 401 || status === 403;
}
