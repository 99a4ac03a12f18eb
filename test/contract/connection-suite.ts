/** What every store of open connections promises. */
import { newConnection, newSubscription, type Subscription } from '#core/domain/socket.ts';
import type { ConnectionReader } from '#core/ports/connection-reader.ts';
import type { ConnectionWriter } from '#core/ports/connection-writer.ts';
import { idOf, OTHER, TENANT } from './records.ts';
import { type Closable, suite } from './suite.ts';

export interface ConnectionWorld extends Closable {
  readonly connections: ConnectionReader & ConnectionWriter;
}

const NOW = new Date('2099-01-01T00:00:00.000Z');
const RUN = idOf(1);
const connectionOf = (id: string, tenant = TENANT) =>
  newConnection({ tenant, role: 'viewer', subject: 'user/x' }, id, NOW);
const subscriptionOf = (id: string, run = RUN, tenant = TENANT): Subscription =>
  newSubscription(connectionOf(id, tenant), run, 0);

export function connectionSuite(name: string, make: () => Promise<ConnectionWorld>): void {
  suite(`the ${name} connections`, make, [openTests, followTests]);
}

function openTests(world: () => ConnectionWorld): void {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000).toISOString();

  it('knows an open connection for two hours and no longer', async () => {
    const { connections } = world();
    await connections.open(connectionOf('one='));
    expect(await connections.connection('one=', at(119))).toEqual(connectionOf('one='));
    expect(await connections.connection('one=', at(120))).toBeNull();
    expect(await connections.connection('two=', at(0))).toBeNull();
  });

  it('forgets a closed connection and all that it followed, and nothing else; twice is no error', async () => {
    const { connections } = world();
    for (const id of ['one=', 'two=']) {
      await connections.open(connectionOf(id));
      for (const run of [RUN, idOf(2)]) await connections.save(subscriptionOf(id, run), null);
    }
    await connections.close('one=');
    await connections.close('one=');
    expect(await connections.connection('one=', at(0))).toBeNull();
    expect(await connections.followed('one=')).toEqual([]);
    expect(await connections.subscription(TENANT, RUN, 'one=')).toBeNull();
    expect(await followersOf(connections)).toEqual(['two=']);
    expect(await connections.followed('two=')).toEqual([RUN, idOf(2)]);
  });
}

async function followersOf(connections: ConnectionReader, tenant = TENANT): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of connections.followers(tenant, RUN))
    found.push(...page.map(({ connection }) => connection));
  return found;
}

function followTests(world: () => ConnectionWorld): void {
  it('writes a subscription only over the version that was seen', async () => {
    const { connections } = world();
    const first = subscriptionOf('one=');
    expect(await connections.save(first, 1)).toBe(false);
    expect(await connections.save(first, null)).toBe(true);
    expect(await connections.save({ ...first, after: 9 }, null)).toBe(false);
    const second = { ...first, after: 5, recordVersion: 2 };
    expect(await connections.save(second, 1)).toBe(true);
    expect(await connections.save({ ...first, after: 4, recordVersion: 2 }, 1)).toBe(false);
    expect(await connections.subscription(TENANT, RUN, 'one=')).toEqual(second);
  });

  it('lets one of several take a subscription', async () => {
    const { connections } = world();
    await connections.save(subscriptionOf('one='), null);
    const takers = [1, 2, 3, 4].map((after) =>
      connections.save({ ...subscriptionOf('one='), after, recordVersion: 2 }, 1),
    );
    expect((await Promise.all(takers)).filter(Boolean)).toHaveLength(1);
  });

  it('does not bring a dropped subscription back', async () => {
    const { connections } = world();
    await connections.save(subscriptionOf('one='), null);
    await connections.drop(TENANT, RUN, 'one=');
    await connections.drop(TENANT, RUN, 'one=');
    expect(await connections.save({ ...subscriptionOf('one='), recordVersion: 2 }, 1)).toBe(false);
    expect([await followersOf(connections), await connections.followed('one=')]).toEqual([[], []]);
  });

  it('lists the followers of a run by their connections, and shows nothing to another tenant', async () => {
    const { connections } = world();
    for (const id of ['c=', 'a=', 'b=']) await connections.save(subscriptionOf(id), null);
    await connections.save(subscriptionOf('d=', idOf(2)), null);
    expect(await followersOf(connections)).toEqual(['a=', 'b=', 'c=']);
    expect(await followersOf(connections, OTHER)).toEqual([]);
    expect(await connections.subscription(OTHER, RUN, 'a=')).toBeNull();
  });
}
