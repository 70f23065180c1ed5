// Decides whether an address that a model wrote may become a link. Only plain http, https and mailto in their plain
// spelling pass; everything that hides what it is, or where it leads, stays text.

export type SafeLink = {
  readonly href: string;
  /** Where it leads, as the browser understands it: `xn--…` for names that look like others. */
  readonly host: string;
};

const MAX_LENGTH = 2_048;

/** Control characters, spaces, and what is invisible or turns the direction of writing. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Z}\p{Cs}\p{Co}]/u;

/** Browsers read `\` as `/`, so a reader and a browser may see different hosts. */
const SPELLED_OUT = /^(?:https?:\/\/[^\\/]|mailto:[^\\]+@)/i;

export function safeLink(written: string): SafeLink | null {
  // Before any pattern looks at it: on megabytes of spaces or brackets they take seconds.
  if (written.length > MAX_LENGTH) return null;
  const address = withoutTitle(written);
  if (HIDDEN.test(address) || !SPELLED_OUT.test(address)) return null;
  if (address.includes('\\') || !URL.canParse(address)) return null;
  const url = new URL(address);
  // `https://bank.example@evil.example` leads to evil.example.
  if (url.username !== '' || url.password !== '') return null;
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      return { href: url.href, host: url.host };
    case 'mailto:':
      return { href: url.href, host: 'e-mail' };
    default:
      return null;
  }
}

/** `<https://…>` and `https://… "title"` are Markdown's ways to write an address. */
function withoutTitle(written: string): string {
  const address = written.trim().replace(/\s+(?:"[^"]*"|'[^']*'|\([^)]*\))$/, '');
  return /^<[^<>]*>$/.test(address) ? address.slice(1, -1) : address;
}
