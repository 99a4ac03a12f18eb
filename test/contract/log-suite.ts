/** What every event log and metric log promises: numbers without gaps, nothing twice, waiting readers woken. */
import { eventOf, idOf, metricOf, OTHER, TENANT } from './records.ts';
import type { RegistryPorts, RegistryWorld } from './registry-world.ts';
import { suite } from './suite.ts';

const RUN = idOf(1);

export function runLogSuite(name: string, make: () => Promise<RegistryWorld>): void {
  suite(`the ${name} logs`, make, [numberTests, keyTests, newsTests, metricTests]);
}

async function seqsOf({ events }: RegistryPorts, run = RUN): Promise<readonly number[]> {
  return (await events.read(TENANT, run, 0, 1000)).map((event) => event.seq);
}

function numberTests(world: () => RegistryWorld): void {
  const ports = () => world().ports;

  it('numbers the events of a run from one, without gaps, when twenty append at once', async () => {
    const batch = (writer: number) => [0, 1, 2].map((part) => eventOf(RUN, { data: { writer, part } }));
    await Promise.all(
      Array.from({ length: 20 }, (_, writer) =>
        writer % 2 === 0
          ? ports().eventLog.append(TENANT, batch(writer))
          : ports().registry.commit(
              TENANT,
              batch(writer).map((event) => ({ kind: 'event', event })),
            ),
      ),
    );
    expect(await seqsOf(ports())).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const events = await ports().events.read(TENANT, RUN, 0, 1000);
    const parts = events.filter((event) => event.data.writer === 7).map((event) => event.data.part);
    expect(parts).toEqual([0, 1, 2]);
  });

  it('counts each run by itself', async () => {
    await ports().eventLog.append(TENANT, [eventOf(RUN), eventOf(idOf(2)), eventOf(RUN)]);
    expect(await seqsOf(ports())).toEqual([1, 2]);
    expect(await seqsOf(ports(), idOf(2))).toEqual([1]);
  });

  it('reads on after a number, no more than asked for, as whole envelopes', async () => {
    await ports().eventLog.append(TENANT, [
      eventOf(RUN),
      eventOf(RUN, { key: 'k' }),
      eventOf(RUN),
      eventOf(RUN),
    ]);
    const events = await ports().events.read(TENANT, RUN, 1, 2);
    expect(events.map((event) => event.seq)).toEqual([2, 3]);
    const { key: _key, ...given } = eventOf(RUN);
    expect(events[0]).toEqual({ ...given, seq: 2, tenant: TENANT });
  });
}

function keyTests(world: () => RegistryWorld): void {
  const ports = () => world().ports;

  it('drops an event whose key its run has, also within one batch and under a race, and uses no number for it', async () => {
    const first = eventOf(RUN, { key: 'job/1/0', data: { step: 1 } });
    const again = eventOf(RUN, { key: 'job/1/0', data: { step: 2 } });
    await ports().eventLog.append(TENANT, [first, again]);
    await Promise.all(Array.from({ length: 10 }, () => ports().eventLog.append(TENANT, [again])));
    await ports().eventLog.append(TENANT, [eventOf(RUN, { data: { step: 3 } })]);
    const events = await ports().events.read(TENANT, RUN, 0, 10);
    expect(events.map(({ seq, data }) => [seq, data.step])).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  it('knows keys per run', async () => {
    await ports().eventLog.append(TENANT, [eventOf(RUN, { key: 'same' }), eventOf(idOf(2), { key: 'same' })]);
    expect([await seqsOf(ports()), await seqsOf(ports(), idOf(2))]).toEqual([[1], [1]]);
  });
}

function newsTests(world: () => RegistryWorld): void {
  const ports = () => world().ports;

  it('wakes who waits for a run when something is appended or committed', async () => {
    for (const write of [
      () => ports().eventLog.append(TENANT, [eventOf(RUN)]),
      () => ports().registry.commit(TENANT, [{ kind: 'event', event: eventOf(RUN) }]),
    ]) {
      const begin = performance.now();
      const woken = ports().events.waitForNews(TENANT, RUN, 10_000);
      await write();
      await woken;
      expect(performance.now() - begin).toBeLessThan(5000);
    }
  });

  it('stops waiting after the time when nothing comes, or only something of others', async () => {
    const begin = performance.now();
    const woken = ports().events.waitForNews(TENANT, RUN, 300);
    await ports().eventLog.append(OTHER, [eventOf(RUN)]);
    await ports().eventLog.append(TENANT, [eventOf(idOf(2))]);
    await woken;
    expect(performance.now() - begin).toBeGreaterThanOrEqual(250);
  });
}

function metricTests(world: () => RegistryWorld): void {
  const ports = () => world().ports;

  it('keeps a metric record as it was first written, in the order of writing', async () => {
    await ports().metricLog.record(TENANT, [metricOf(RUN, 'b/loss'), metricOf(RUN, 'a/loss')]);
    await ports().metricLog.record(TENANT, [metricOf(RUN, 'b/loss', { value: 9 }), metricOf(RUN, 'c/loss')]);
    const all = await ports().metrics.list(TENANT, RUN, {});
    expect(all.map((metric) => [metric.name, metric.value])).toEqual([
      ['b/loss', 1],
      ['a/loss', 1],
      ['c/loss', 1],
    ]);
    expect((await ports().metrics.get(TENANT, metricOf(RUN, 'b/loss').id))?.value).toBe(1);
    expect(await ports().metrics.get(TENANT, 'nobody')).toBeNull();
  });

  it('lists the metrics of one run, and of one of its phases', async () => {
    await ports().metricLog.record(TENANT, [
      metricOf(RUN, 'a/loss'),
      metricOf(RUN, 'b/loss', { id: 'merge', phase: 'evomerge' }),
      metricOf(idOf(2), 'c/loss'),
    ]);
    const names = async (filter: Parameters<RegistryPorts['metrics']['list']>[2]) =>
      (await ports().metrics.list(TENANT, RUN, filter)).map((metric) => metric.name);
    expect(await names({})).toEqual(['a/loss', 'b/loss']);
    expect(await names({ phase: 'evomerge' })).toEqual(['b/loss']);
  });
}
