// A share as a length in a style.

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
