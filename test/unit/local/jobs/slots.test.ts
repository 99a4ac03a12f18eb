import fc from 'fast-check';
import { createJobQueue } from '#local/jobs/queue.ts';
import { createRecords } from '#local/jobs/records.ts';
import { createSlots } from '#local/jobs/slots.ts';

const TOTAL = { vcpus: 1, memoryMiB: 100, gpus: 2 };
const small = { vcpus: 0.1, memoryMiB: 10, gpus: 0 };

describe('slots', () => {
  it('hold ten tenths of a vCPU, not nine and not eleven', () => {
    const slots = createSlots(TOTAL);
    const taken = Array.from({ length: 11 }, (_, index) => slots.take(`job-${index}`, small) !== undefined);
    expect(taken).toEqual([...Array(10).fill(true), false]);
  });

  it.each([
    ['vCPUs', { ...small, vcpus: 1.1 }],
    ['memory', { ...small, memoryMiB: 101 }],
    ['GPUs', { ...small, gpus: 3 }],
  ])('could never fit more %s than there are', (_, wanted) => {
    expect(createSlots(TOTAL).couldEverFit(wanted)).toBe(false);
    expect(createSlots(TOTAL).couldEverFit(small)).toBe(true);
  });

  it('give each GPU to one job and take it back', () => {
    const slots = createSlots(TOTAL);
    const wanted = { ...small, gpus: 1 };
    expect([slots.take('a', wanted), slots.take('b', wanted), slots.take('c', wanted)]).toEqual([
      [0],
      [1],
      undefined,
    ]);
    slots.release('a');
    expect(slots.take('c', wanted)).toEqual([0]);
  });

  it('book what an adopted job holds even if it is more than there is', () => {
    const slots = createSlots(TOTAL);
    slots.hold('adopted', { vcpus: 4, memoryMiB: 50, gpus: 1 }, [0]);
    expect(slots.take('next', small)).toBeUndefined();
    slots.release('adopted');
    expect(slots.take('next', { ...small, gpus: 1 })).toEqual([0]);
  });
});

describe('the queue', () => {
  const job = (sequence: number, index: number) => {
    const records = createRecords(
      {
        jobName: 'toy',
        jobQueue: 'queue',
        jobDefinition: { name: 'toy', vcpus: 1, memoryMiB: 1 },
        arrayProperties: { size: 5 },
      },
      { jobId: String(sequence), sequence, at: 0 },
    );
    return records[index + 1] ?? records[0];
  };

  it('serves by submission, then by index, in whatever order jobs come', () => {
    const places = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 4 }));
    fc.assert(
      fc.property(fc.uniqueArray(places, { selector: String }), (arrivals) => {
        const queue = createJobQueue();
        for (const [sequence, index] of arrivals) queue.add(job(sequence, index));
        const served: string[] = [];
        for (let head = queue.head(); head; head = queue.head()) {
          served.push(head.jobId);
          queue.remove(head.jobId);
        }
        expect(served).toEqual(arrivals.map(([sequence, index]) => `${sequence}:${index}`).sort());
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('is not disturbed by the removal of a job it does not hold', () => {
    const queue = createJobQueue();
    queue.add(job(1, 0));
    queue.remove('nobody');
    expect(queue.head()?.jobId).toBe('1:0');
  });
});
