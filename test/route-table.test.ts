// One table says which function answers; what a path takes, and what it does not, follows from its lines.

import { describe, expect, it } from 'vitest';
import { findRoute, type RouteTable } from '../worker/route-table.ts';

const TABLE: RouteTable<string> = {
  'GET /v1/policy': 'show',
  'POST /v1/policy': 'score',
  'DELETE /v1/cache': 'empty',
  'GET /v1/streams/latest': 'latest',
  'GET /v1/streams/:id': 'read',
  'POST /v1/streams/:id/stop': 'stop',
};

/** What answers and with which id; or why nothing does. */
function find(method: string, pathname: string): readonly (string | undefined)[] {
  const route = findRoute(TABLE, method, pathname);
  if (route.ok) return [route.value.answer, route.value.id];
  const { refusal } = route;
  return refusal.reason === 'method_not_allowed' ? [refusal.reason, refusal.allow] : [refusal.reason];
}

describe('the route table', () => {
  it('a method and a path name one function, and a segment may be an id', () => {
    expect([
      find('GET', '/v1/policy'),
      find('POST', '/v1/policy'),
      find('GET', '/v1/streams/s_1'),
      find('POST', '/v1/streams/s_1/stop'),
    ]).toEqual([
      ['show', ''],
      ['score', ''],
      ['read', 's_1'],
      ['stop', 's_1'],
    ]);
  });

  it('a known path with another method is told every method that it takes', () => {
    expect([
      find('DELETE', '/v1/policy'),
      find('GET', '/v1/cache'),
      find('PUT', '/v1/streams/s_1'),
      find('HEAD', '/v1/streams/s_1/stop'),
    ]).toEqual([
      ['method_not_allowed', 'GET, POST'],
      ['method_not_allowed', 'DELETE'],
      ['method_not_allowed', 'GET'],
      ['method_not_allowed', 'POST'],
    ]);
  });

  it('HEAD is answered by the function of GET', () => {
    expect(find('HEAD', '/v1/policy')).toEqual(['show', '']);
  });

  it('everything else is an unknown route: a slash more, a segment more or less, an empty id, other letters', () => {
    const paths = [
      '/',
      '/v1',
      '/v1/policy/',
      '/v1//policy',
      '/v1/Policy',
      '/v1/streams/',
      '/v1/streams//stop',
    ];
    const more = ['/v1/streams', '/v1/streams/a/b', '/v1/streams/a/stop/', '/v1%2Fpolicy', '/v1/:id'];
    for (const path of [...paths, ...more]) {
      expect([path, find('GET', path)]).toEqual([path, ['unknown_route']]);
    }
  });

  it('segments are compared and handed over decoded; what cannot be decoded is an unknown route', () => {
    expect([
      find('GET', '/v1/%70olicy'),
      find('GET', '/v1/streams/a%2Fb%20%C3%A9'),
      find('GET', '/v1/streams/%C3'),
      find('GET', '/v1/streams/%'),
    ]).toEqual([['show', ''], ['read', 'a/b é'], ['unknown_route'], ['unknown_route']]);
  });

  it('of two lines that fit, the first answers', () => {
    expect(find('GET', '/v1/streams/latest')).toEqual(['latest', '']);
  });
});
