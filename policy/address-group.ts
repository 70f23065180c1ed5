// Which addresses count as one client. An IPv6 customer is given a whole /64, so counting single addresses would
// give each of them 2^64 quotas. IPv4 addresses, and anything that is not an address, stand for themselves.

const GROUPS = 8;
const PREFIX_GROUPS = 4;

/** The /64 of an IPv6 address (`2001:db8:0:1::/64`); the text itself for everything else. */
export function addressGroup(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : GROUPS - front.length - back.length;
  if (zeros < 0) return address;
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back];
  const prefix = groups.slice(0, PREFIX_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${prefix.join(':')}::/64`;
}
