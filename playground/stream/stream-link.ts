// The addresses of one stream: where it is read, and the tab that shows it.

/** `/v1/streams/s_….….…?ticket=…` → `s_….….…` */
export function streamIdIn(path: string): string {
  return path.split('?')[0]?.split('/').at(-1) ?? '';
}

/** The address of a tab that shows the same stream. */
export function followLink(path: string): string {
  const ticket = new URLSearchParams(path.split('?')[1]).get('ticket') ?? '';
  return `/?${new URLSearchParams({ follow: streamIdIn(path), ticket }).toString()}`;
}

/** The stream that such an address names; null for the address of the page itself. */
export function followedPath(query: string): string | null {
  const parameters = new URLSearchParams(query);
  const streamId = parameters.get('follow');
  if (streamId === null) return null;
  const ticket = new URLSearchParams({ ticket: parameters.get('ticket') ?? '' }).toString();
  return `/v1/streams/${encodeURIComponent(streamId)}?${ticket}`;
}
