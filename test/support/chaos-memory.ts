// How much memory a process has used at most, as the kernel counts it (Linux).

import { readFileSync } from 'node:fs';

const KIB = 1024;

/** Bytes of resident memory at their highest since the process started. */
export function peakResidentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (peak === undefined) throw new Error(`/proc/${pid}/status tells no VmHWM`);
  return Number(peak) * KIB;
}

export function inMib(bytes: number): number {
  return Math.round(bytes / (KIB * KIB));
}
