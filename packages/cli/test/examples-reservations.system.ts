/**
 * Reservations: one trace over two borders, on the console and in the collector, and two ways to fail.
 */
import { describe, expect, it } from 'vitest';
import { named, playsExample, tree, treeOf } from './examples-rig.ts';

const example = playsExample('reservations');

describe('the reservations', () => {
  it('come on the console first, as a tree', () => {
    expect(example.told).toMatch(
      /trace [0-9a-f]{32}\n {2}POST \/reservations\/\{user\} .*\n {4}Reservations\.reserve .*\n {6}GET .*\n {6}check limit .*\n {6}keep table /,
    );
  });

  it('are one trace through three processes', async () => {
    const spans = await example.spans('a table for Ada', 11);
    expect(treeOf(spans)).toBe(
      tree(`
        guest want a table internal
          guest POST client
            reservation-service POST /reservations/{user} server
              reservation-service Reservations.reserve internal
                reservation-service GET client
                  user-service GET /users/{id} server
                    user-service Users.find internal
                      user-service read user internal
                      user-service read limits internal
                reservation-service check limit internal
                reservation-service keep table internal
      `),
    );
    expect(named(spans, 'POST /reservations/{user}').attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/reservations/{user}',
      'url.path': '/reservations/ada',
      'http.response.status_code': 201,
    });
    expect(named(spans, 'check limit').attributes).toEqual({ 'tables.held': 0, 'tables.max': 1 });
  });

  it('over the limit: what refused and who asked are errors, the server between them is none', async () => {
    const spans = await example.spans('a second table for Ada: over the limit', 10);
    expect(treeOf(spans)).toBe(
      tree(`
        guest want a table internal
          guest POST client ✕
            reservation-service POST /reservations/{user} server
              reservation-service Reservations.reserve internal ✕
                reservation-service GET client
                  user-service GET /users/{id} server
                    user-service Users.find internal
                      user-service read user internal
                      user-service read limits internal
                reservation-service check limit internal ✕
      `),
    );
    expect(named(spans, 'check limit')).toMatchObject({
      status: { code: 2, message: 'Ada holds 1 of 1' },
      attributes: { 'tables.held': 1, 'tables.max': 1 },
      events: [{ name: 'exception', attributes: { 'exception.type': 'LimitExceeded' } }],
    });
    const server = named(spans, 'POST /reservations/{user}');
    expect(server.attributes).toMatchObject({ 'http.response.status_code': 409 });
  });

  it('without the user service: the call has no other side, and the server says 503', async () => {
    const spans = await example.spans('a table for Bob: the user service is away', 5);
    expect(treeOf(spans)).toBe(
      tree(`
        guest want a table internal
          guest POST client ✕
            reservation-service POST /reservations/{user} server ✕
              reservation-service Reservations.reserve internal ✕
                reservation-service GET client ✕
      `),
    );
    expect(named(spans, 'GET')).toMatchObject({
      status: { message: 'the user service does not answer' },
      events: [{ name: 'exception', attributes: { 'exception.type': 'UserServiceMissing' } }],
    });
    const server = named(spans, 'POST /reservations/{user}');
    expect(server.attributes).toMatchObject({ 'http.response.status_code': 503 });
  });
});
