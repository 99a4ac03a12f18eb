import fc from 'fast-check';
import { type LogBatch, recordEvents } from '#core/application/commands/record-events.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';

const RUN = '01JZ8F3M7Q2X4V6B8N0C1D2E3F';

const progress = (step: number): string =>
  JSON.stringify({ type: 'phase_progress', at: '2026-03-01T12:00:00Z', data: { step, steps: 40 } });

function batchOf(lines: LogBatch['lines'], change: Partial<LogBatch> = {}): LogBatch {
  return {
    runId: RUN,
    phase: 'cognate',
    stage: 'variants',
    index: 2,
    jobId: 'job-1',
    attempt: 1,
    lines,
    ...change,
  };
}

const logged = (ports: MemoryPorts) => ports.events.read(ADMIN.tenant, RUN, 0, 10_000);

describe('recording what a job printed', () => {
  test('adds where it came from to each event and numbers them', async () => {
    const ports = memoryPorts();
    const lines = [1, 2].map((step) => ({ offset: step * 100, text: progress(step) }));

    const batch = batchOf(lines, { attempt: 2, phaseAttempt: 3 });
    expect(await recordEvents(ports, ADMIN, batch)).toEqual({ recorded: 2, ignored: 0 });
    expect(await logged(ports)).toEqual(
      [1, 2].map((step) => ({
        seq: step,
        type: 'phase_progress',
        tenant: 'default',
        run: RUN,
        phase: 'cognate',
        attempt: 3,
        at: '2026-03-01T12:00:00Z',
        data: { step, steps: 40, stage: 'variants', index: 2, job: 'job-1', jobAttempt: 2 },
      })),
    );
  });

  test.each([
    ['plain text', 'loading the corpus'],
    ['broken JSON', '{"type":'],
    ['JSON that is no event', '{"type":"Unheard","at":"2026-03-01T12:00:00Z","data":{}}'],
    [
      'an event with an own number',
      '{"type":"phase_progress","at":"2026-03-01T12:00:00Z","data":{},"seq":7}',
    ],
    [
      'a key with a meaning of its own',
      '{"type":"phase_progress","at":"2026-03-01T12:00:00Z","data":{"__proto__":{}}}',
    ],
    ['a line of more than 64 KiB', progress(1).replace('steps', 's'.repeat(70_000))],
    ['nothing', ''],
  ])('leaves out %s and takes the lines around it', async (_, text) => {
    const ports = memoryPorts();
    const texts = [progress(1), text, progress(2)];
    const lines = texts.map((each, offset) => ({ offset, text: each }));

    expect(await recordEvents(ports, ADMIN, batchOf(lines))).toEqual({ recorded: 2, ignored: 1 });
    expect((await logged(ports)).map((event) => event.data.step)).toEqual([1, 2]);
  });

  test('a container cannot claim another place than its own', async () => {
    const ports = memoryPorts();
    const text = JSON.stringify({
      type: 'phase_progress',
      at: '2026-03-01T12:00:00Z',
      data: { stage: 'evaluate', index: 0, job: 'other', jobAttempt: 9 },
    });
    await recordEvents(ports, ADMIN, batchOf([{ offset: 0, text }]));
    const [event] = await logged(ports);
    expect(event?.data).toEqual({ stage: 'variants', index: 2, job: 'job-1', jobAttempt: 1 });
    // A job of an older machine does not say which start of the phase it belongs to; its own attempt is none.
    expect(event?.attempt).toBeNull();
  });

  test('delivered in pieces, one to three times, in any order and at once: each line once, numbers without a gap', async () => {
    const lines = Array.from({ length: 12 }, (_, step) => ({ offset: step * 50, text: progress(step) }));
    const pieces = [lines.slice(0, 5), lines.slice(5, 6), lines.slice(6)];
    const deliveries = fc
      .array(fc.nat({ max: 2 }), { maxLength: 6 })
      .chain((extra) => fc.shuffledSubarray([0, 1, 2, ...extra], { minLength: 3 + extra.length }));
    await fc.assert(
      fc.asyncProperty(deliveries, async (order) => {
        const ports = memoryPorts();
        await Promise.all(order.map((piece) => recordEvents(ports, ADMIN, batchOf(pieces[piece] ?? []))));
        const events = await logged(ports);
        expect(events.map((event) => event.seq)).toEqual(lines.map((_, position) => position + 1));
        expect(events.map((event) => event.data.step as number).sort((a, b) => a - b)).toEqual(
          lines.map((_, step) => step),
        );
      }),
      { seed: 10, numRuns: 40 },
    );
  });

  test('the same offset of another job, attempt, run or tenant is another event', async () => {
    const ports = memoryPorts();
    const lines = [{ offset: 0, text: progress(1) }];
    const changes = [{}, { jobId: 'job-2' }, { attempt: 2 }, { runId: `${RUN.slice(0, 25)}G` }];
    for (const change of changes) await recordEvents(ports, ADMIN, batchOf(lines, change));
    await recordEvents(ports, STRANGER, batchOf(lines));

    expect(await logged(ports)).toHaveLength(3);
    expect(await ports.events.read(STRANGER.tenant, RUN, 0, 10)).toHaveLength(1);
  });

  test('a reader that goes on after the last number it saw misses nothing', async () => {
    const ports = memoryPorts();
    const lines = Array.from({ length: 10 }, (_, step) => ({ offset: step, text: progress(step) }));
    await recordEvents(ports, ADMIN, batchOf(lines));
    const seen: number[] = [];
    for (;;) {
      const next = await ports.events.read(ADMIN.tenant, RUN, seen.at(-1) ?? 0, 3);
      if (next.length === 0) break;
      seen.push(...next.map((event) => event.seq));
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
